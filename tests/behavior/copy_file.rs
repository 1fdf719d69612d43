//! Copies of any size inside the service.

use std::ops::ControlFlow;

use cos_emulator::{BUCKET, Emulator, REGION};
use coslink::{
    Acl, CopyFile, Directive, ErrorKind, GetObjectAcl, HeadObject, Progress, PutObject, Resume,
    StorageClass,
};

use crate::support::{World, failed, noise, refused};

const MIB: usize = 1 << 20;
const SIZE: usize = 4 * MIB + 5;
const FAR: &str = "far-1250000000";

/// A world with a source that has all that a source may have, and a bucket in another region.
fn world() -> World {
    let cos = Emulator::builder()
        .bucket(BUCKET, REGION)
        .bucket(FAR, "ap-beijing")
        .start();
    let world = World::on(cos, |builder| builder.parallel_requests(1));
    let put = PutObject::new("source", noise(SIZE))
        .content_type("video/mp4")
        .cache_control("max-age=5")
        .meta("a", "b")
        .tagging("k1=v%201&k2=")
        .acl(Acl::PublicRead)
        .storage_class(StorageClass::StandardIa);
    world.bucket.send(put).unwrap();
    world.cos.clear_requests();
    world
}

fn copy(world: &World) -> CopyFile {
    CopyFile::new("copy", world.bucket.source("source"))
        .part_size(MIB as u64)
        .slice_above(0)
}

#[test]
fn it_has_bytes_metadata_and_tags_of_the_source_however_it_is_copied() {
    let world = world();
    for (slice_above, parts) in [(1 << 30, 0), (0, 5), (SIZE as u64 - 1, 5), (SIZE as u64, 0)] {
        let copied = world
            .bucket
            .copy(&copy(&world).slice_above(slice_above))
            .unwrap();
        assert!(world.stored("copy").unwrap() == noise(SIZE));
        assert_eq!((copied.size, copied.parts), (SIZE as u64, parts));
        assert!(copied.verified && copied.receipt.whole_crc64);
        assert_eq!(
            copied.crc64,
            Some(world.cos.object(BUCKET, "source").unwrap().crc64)
        );
        assert_eq!(copied.upload_id.is_some(), parts > 0);
        assert_eq!(
            copied.location,
            format!("{BUCKET}.cos.{REGION}.myqcloud.com/copy")
        );
        assert!(copied.request_id.is_some() && !copied.receipt.request_ids.is_empty());
        assert_eq!(world.bucket.name(), BUCKET);
        let head = world.bucket.send(HeadObject::new("copy")).unwrap();
        assert_eq!(head.content_type.as_deref(), Some("video/mp4"), "{parts}");
        assert_eq!(head.cache_control.as_deref(), Some("max-age=5"));
        assert_eq!(head.metadata, [("a".to_owned(), "b".to_owned())]);
        assert_eq!(
            head.headers.get("x-cos-tagging-count"),
            Some("2"),
            "{parts}"
        );
        // As for every copy, these do not come along.
        assert_eq!(head.storage_class, Some(StorageClass::Standard));
        let acl = world.bucket.send(GetObjectAcl::new("copy")).unwrap();
        assert_eq!(acl.acl, Acl::Default);
    }
    assert_eq!(world.cos.uploads(BUCKET), []);
    assert_eq!(world.journals(), [""; 0]);
}

#[test]
fn what_is_given_takes_the_place_of_what_the_source_has() {
    let world = world();
    for slice_above in [1 << 30, 0] {
        let given = copy(&world)
            .slice_above(slice_above)
            .content_type("text/plain")
            .meta("c", "d")
            .tagging("only=one")
            .storage_class(StorageClass::Archive)
            .keep_acl(true);
        world.bucket.copy(&given).unwrap();
        let head = world.bucket.send(HeadObject::new("copy")).unwrap();
        assert_eq!(head.content_type.as_deref(), Some("text/plain"));
        assert_eq!(
            head.cache_control.as_deref(),
            Some("max-age=5"),
            "{slice_above}"
        );
        assert_eq!(head.metadata.len(), 2);
        assert_eq!(head.headers.get("x-cos-tagging-count"), Some("1"));
        assert_eq!(head.storage_class, Some(StorageClass::Archive));
        let acl = world.bucket.send(GetObjectAcl::new("copy")).unwrap();
        assert_eq!(acl.acl, Acl::PublicRead);

        let bare = copy(&world)
            .slice_above(slice_above)
            .metadata_directive(Directive::Replaced)
            .tagging_directive(Directive::Replaced)
            .keep_acl(true)
            .acl(Acl::Private);
        world.bucket.copy(&bare).unwrap();
        let head = world.bucket.send(HeadObject::new("copy")).unwrap();
        assert_eq!(
            (head.cache_control.as_deref(), head.metadata.len()),
            (None, 0)
        );
        assert_eq!(head.headers.get("x-cos-tagging-count").unwrap_or("0"), "0");
        let acl = world.bucket.send(GetObjectAcl::new("copy")).unwrap();
        assert_eq!(acl.acl, Acl::Private);
    }
}

#[test]
fn it_goes_from_one_region_to_another() {
    let world = world();
    let far = world.bucket.client().bucket(FAR, "ap-beijing").unwrap();
    for slice_above in [1 << 30, 0] {
        far.copy(&copy(&world).slice_above(slice_above)).unwrap();
        let stored = world.cos.object(FAR, "copy").unwrap();
        assert!(stored.bytes().unwrap() == noise(SIZE));
    }
}

#[test]
fn a_failed_copy_copies_the_rest_the_next_time() {
    let world = world();
    world.fault("UploadPartCopy after=3 times=forever reset");
    failed(world.bucket.copy(&copy(&world)), ErrorKind::Transport);
    world.cos.clear_faults();
    world.cos.clear_requests();
    assert_eq!(
        (world.cos.uploads(BUCKET).len(), world.journals().len()),
        (1, 1)
    );
    // As long as the source has not answered, nobody knows how large it is.
    world.fault("HeadObject delay=200");
    let (mut unknown, mut seen) = (0, Vec::new());
    let watch = |progress: &Progress| {
        seen.push(progress.loaded);
        if progress.total == 0 {
            unknown += 1;
            assert_eq!((progress.fraction(), progress.eta()), (0.0, None));
            return ControlFlow::Continue(());
        }
        assert_eq!(progress.total, SIZE as u64);
        let done = progress.loaded as f64 / progress.total as f64;
        assert!((progress.fraction() - done).abs() < 1e-9);
        assert!(progress.speed > 0 || progress.eta().is_none_or(|left| left.is_zero()));
        ControlFlow::Continue(())
    };
    let copied = world.bucket.copy_with(&copy(&world), watch).unwrap();
    assert!(copied.verified && copied.receipt.resumed);
    assert_eq!(copied.receipt.skipped, 3 * MIB as u64);
    assert_eq!(copied.receipt.moved, (SIZE - 3 * MIB) as u64);
    assert!(
        unknown > 0 && seen.is_sorted() && seen.last() == Some(&(SIZE as u64)),
        "{unknown} of {seen:?}"
    );
    assert!(world.stored("copy").unwrap() == noise(SIZE));
    assert_eq!(
        (world.cos.uploads(BUCKET).len(), world.journals().len()),
        (0, 0)
    );

    // A source that was replaced meanwhile is another one.
    world.fault("UploadPartCopy after=3 times=forever reset");
    failed(world.bucket.copy(&copy(&world)), ErrorKind::Transport);
    world.cos.clear_faults();
    world.cos.put(BUCKET, "source", noise(2 * MIB));
    let copied = world.bucket.copy(&copy(&world)).unwrap();
    assert!(!copied.receipt.resumed);
    assert!(world.stored("copy").unwrap() == noise(2 * MIB));
    assert_eq!(
        (world.cos.uploads(BUCKET).len(), world.journals().len()),
        (0, 0)
    );
}

#[test]
fn a_source_that_is_replaced_on_the_way_gives_no_mixture() {
    let world = world();
    world.fault("UploadPartCopy after=1 delay=2000");
    let other = noise(SIZE + 1);
    let mut replaced = false;
    let replace = |progress: &Progress| {
        if progress.loaded >= MIB as u64 && !replaced {
            replaced = true;
            world.cos.put(BUCKET, "source", &other);
        }
        ControlFlow::Continue(())
    };
    failed(
        world.bucket.copy_with(&copy(&world), replace),
        ErrorKind::Precondition,
    );
    assert!(world.stored("copy").is_none());
    assert_eq!(
        (world.cos.uploads(BUCKET).len(), world.journals().len()),
        (0, 0)
    );
}

#[test]
fn a_stopped_copy_is_taken_back_unless_it_is_kept() {
    for (keep, resume) in [
        (false, Resume::Journal),
        (true, Resume::Journal),
        (false, Resume::Off),
    ] {
        let world = world();
        world.fault("UploadPartCopy times=forever delay=60");
        let stop = |progress: &Progress| match progress.loaded {
            0 => ControlFlow::Continue(()),
            _ => ControlFlow::Break(()),
        };
        let stopped = copy(&world).keep_cancelled(keep).resume(resume);
        failed(world.bucket.copy_with(&stopped, stop), ErrorKind::Cancelled);
        assert_eq!(world.cos.uploads(BUCKET).len(), usize::from(keep));
    }
}

#[test]
fn conditions_on_the_source_are_looked_at_first() {
    let world = world();
    for slice_above in [1 << 30, 0] {
        let sliced = || copy(&world).slice_above(slice_above);
        let etag = world.cos.object(BUCKET, "source").unwrap().etag;
        let other = sliced().copy_source_if_match("\"other\"");
        let error = failed(world.bucket.copy(&other), ErrorKind::Precondition);
        assert_eq!(error.status(), Some(412));
        failed(
            world
                .bucket
                .copy(&sliced().copy_source_if_none_match(&etag)),
            ErrorKind::Precondition,
        );
        assert!(world.stored("copy").is_none());
        world
            .bucket
            .copy(&sliced().copy_source_if_match(&etag))
            .unwrap();
        world
            .bucket
            .copy(&sliced().copy_source_if_none_match("\"other\""))
            .unwrap();
        world
            .bucket
            .send(coslink::DeleteObject::new("copy"))
            .unwrap();
    }
    failed(
        world
            .bucket
            .copy(&CopyFile::new("copy", world.bucket.source("nothing"))),
        ErrorKind::NotFound,
    );
}

#[test]
fn what_cannot_be_is_refused_before_anything_is_sent() {
    let world = world();
    let source = || world.bucket.source("source");
    refused(world.bucket.copy(&CopyFile::new("", source())), "key");
    refused(
        world
            .bucket
            .copy(&CopyFile::new("k", world.bucket.source(""))),
        "copy_source",
    );
    refused(world.bucket.copy(&copy(&world).part_size(0)), "part_size");
    refused(
        world.bucket.copy(&copy(&world).part_size((5 << 30) + 1)),
        "part_size",
    );
    refused(
        world.bucket.copy(&copy(&world).traffic_limit(1)),
        "traffic_limit",
    );
    let both = copy(&world)
        .copy_source_if_match("a")
        .copy_source_if_none_match("b");
    refused(world.bucket.copy(&both), "copy_source_if");
    assert_eq!(world.operations(), [""; 0]);
}

#[test]
fn an_empty_object_and_a_copy_onto_itself() {
    let world = world();
    world.bucket.send(PutObject::new("empty", "")).unwrap();
    let empty = CopyFile::new("copy", world.bucket.source("empty")).slice_above(0);
    assert_eq!(world.bucket.copy(&empty).unwrap().size, 0);
    // To change the metadata of an object, it is copied onto itself.
    let itself = CopyFile::new("source", world.bucket.source("source")).meta("new", "1");
    world.bucket.copy(&itself).unwrap();
    let head = world.bucket.send(HeadObject::new("source")).unwrap();
    assert_eq!(head.metadata.len(), 2);
    assert!(world.stored("source").unwrap() == noise(SIZE));
}
