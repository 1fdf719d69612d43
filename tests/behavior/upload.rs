//! Files into a bucket.

use std::ops::ControlFlow;

use cos_emulator::BUCKET;
use coslink::{ErrorKind, HeadObject, Progress, Resume, StorageClass, UploadFile};

use crate::support::{World, failed, noise};

const MIB: usize = 1 << 20;

#[test]
fn a_file_of_any_size_arrives_whole() {
    let world = World::new();
    for (size, parts) in [
        (0, 0),
        (1, 0),
        (MIB, 0),
        (MIB + 1, 2),
        (2 * MIB, 2),
        (5 * MIB - 1, 5),
        (5 * MIB, 5),
        (5 * MIB + 1, 6),
    ] {
        let content = noise(size);
        let path = world.file("f", &content);
        let upload = UploadFile::new("k", path)
            .part_size(MIB as u64)
            .slice_above(MIB as u64);
        let uploaded = world.bucket.upload(&upload).unwrap();
        assert_eq!(world.stored("k").unwrap(), content, "{size}");
        assert_eq!((uploaded.size, uploaded.parts), (size as u64, parts));
        assert!(uploaded.verified);
        assert_eq!(uploaded.crc64, world.cos.object(BUCKET, "k").unwrap().crc64);
        assert_eq!(uploaded.upload_id.is_some(), parts > 0);
        assert_eq!(
            uploaded.location,
            format!("{BUCKET}.cos.ap-guangzhou.myqcloud.com/k")
        );
        assert!(uploaded.request_id.is_some() && !uploaded.etag.is_empty());
        assert!(
            uploaded
                .receipt
                .request_ids
                .contains(&uploaded.request_id.unwrap())
        );
        assert_eq!((upload.key(), upload.path()), ("k", &*world.path("f")));
    }
    assert_eq!(world.cos.uploads(BUCKET), []);
}

#[test]
fn the_object_gets_the_headers_however_it_is_sent() {
    let world = World::new();
    let path = world.file("f", &noise(2 * MIB));
    for slice_above in [MIB as u64, 10 * MIB as u64] {
        let upload = UploadFile::new("k", &path)
            .part_size(MIB as u64)
            .slice_above(slice_above)
            .content_type("video/mp4")
            .storage_class(StorageClass::StandardIa)
            .traffic_limit(838_860_800)
            .meta("a", "b");
        world.bucket.upload(&upload).unwrap();
        let head = world.bucket.send(HeadObject::new("k")).unwrap();
        assert_eq!(head.content_type.as_deref(), Some("video/mp4"));
        assert_eq!(head.storage_class, Some(StorageClass::StandardIa));
        assert_eq!(head.metadata, [("a".to_owned(), "b".to_owned())]);
    }
    let parts = world
        .cos
        .requests()
        .into_iter()
        .filter(|r| r.operation == "UploadPart");
    for part in parts {
        assert_eq!(part.header("x-cos-traffic-limit"), Some("838860800"));
        assert_eq!(part.header("x-cos-storage-class"), None);
        assert_eq!(part.header("x-cos-meta-a"), None);
    }
}

#[test]
fn parts_move_in_parallel_up_to_the_limit_over_kept_connections() {
    for (client, upload, peak) in [(4, 0, 4), (8, 2, 2), (2, 100, 2), (1, 0, 1)] {
        let world = World::with(|builder| builder.parallel_requests(client));
        let path = world.file("f", &noise(16 * MIB));
        world.fault("UploadPart times=forever delay=50");
        let upload = UploadFile::new("k", path)
            .part_size(MIB as u64)
            .parallel(upload);
        world.bucket.upload(&upload).unwrap();
        assert_eq!(world.cos.peak_parallel(), peak);
        assert!(
            world.cos.connections() <= client,
            "{}",
            world.cos.connections()
        );
    }
}

#[test]
fn progress_never_falls_and_is_told_on_this_thread_even_when_parts_fail() {
    let world = World::new();
    let path = world.file("f", &noise(6 * MIB));
    world.fault("UploadPart after=1 times=2 status=503 code=SlowDown");
    world.fault("UploadPart after=3 reset");
    let here = std::thread::current().id();
    let mut seen = Vec::new();
    let watch = |progress: &Progress| {
        assert_eq!(std::thread::current().id(), here);
        assert_eq!(progress.total, 6 * MIB as u64);
        seen.push(progress.loaded);
        let done = progress.loaded as f64 / progress.total as f64;
        assert!((progress.fraction() - done).abs() < 1e-9);
        let is_over = progress.loaded == progress.total;
        assert_eq!(progress.eta().is_some(), is_over || progress.speed > 0);
        ControlFlow::Continue(())
    };
    let upload = UploadFile::new("k", path)
        .part_size(MIB as u64)
        .slice_above(0);
    assert!(world.bucket.upload_with(&upload, watch).unwrap().verified);
    assert_eq!(
        (seen.first(), seen.last()),
        (Some(&0), Some(&(6 * MIB as u64)))
    );
    assert!(seen.is_sorted(), "{seen:?}");
}

#[test]
fn a_stopped_or_failed_upload_leaves_nothing_in_the_bucket() {
    let world = World::with(|builder| builder.resume(Resume::Off));
    let path = world.file("f", &noise(8 * MIB));
    let upload = UploadFile::new("k", path)
        .part_size(MIB as u64)
        .slice_above(0);
    world.fault("UploadPart times=forever delay=1000");
    let mut calls = 0;
    let stop = |_: &Progress| {
        calls += 1;
        if calls > 3 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    failed(
        world.bucket.upload_with(&upload, stop),
        ErrorKind::Cancelled,
    );
    world.cos.clear_faults();

    for (fault, kind) in [
        (
            "UploadPart part=5 times=forever status=403 code=AccessDenied",
            ErrorKind::Denied,
        ),
        (
            "UploadPart part=5 times=forever reset",
            ErrorKind::Transport,
        ),
        (
            "UploadPart part=5 times=forever wrong-crc",
            ErrorKind::Integrity,
        ),
        (
            "CompleteMultipartUpload times=forever error-200=InternalError",
            ErrorKind::Service,
        ),
        (
            "InitiateMultipartUpload status=403 code=AccessDenied",
            ErrorKind::Denied,
        ),
    ] {
        world.fault(fault);
        failed(world.bucket.upload(&upload), kind);
        world.cos.clear_faults();
        assert!(world.stored("k").is_none(), "{fault}");
        assert_eq!(world.cos.uploads(BUCKET), [], "{fault}");
    }
    assert!(world.bucket.upload(&upload).unwrap().verified);
}

#[test]
fn a_whole_object_of_other_bytes_is_an_integrity_error() {
    let world = World::new();
    let path = world.file("f", &noise(3 * MIB));
    let upload = UploadFile::new("k", path)
        .part_size(MIB as u64)
        .slice_above(0);
    world.fault("CompleteMultipartUpload wrong-crc");
    failed(world.bucket.upload(&upload), ErrorKind::Integrity);
    // Where COS does not say it yet, it is asked.
    world.fault("CompleteMultipartUpload no-crc");
    assert!(world.bucket.upload(&upload).unwrap().verified);
    assert_eq!(world.operations().last().unwrap(), "HeadObject");
    world.fault("CompleteMultipartUpload no-crc");
    world.fault("HeadObject wrong-crc");
    failed(world.bucket.upload(&upload), ErrorKind::Integrity);
}

#[test]
fn a_file_that_changes_while_it_is_sent_is_no_success() {
    let world = World::new();
    let content = noise(6 * MIB);
    let grow = |path: &std::path::Path| std::fs::write(path, noise(7 * MIB)).unwrap();
    let shrink = |path: &std::path::Path| {
        std::fs::File::options()
            .write(true)
            .open(path)
            .unwrap()
            .set_len(MIB as u64)
            .unwrap();
    };
    let replace = |path: &std::path::Path| {
        let other = path.with_extension("other");
        std::fs::write(&other, noise(6 * MIB)).unwrap();
        std::fs::rename(other, path).unwrap();
    };
    let changes: [&dyn Fn(&std::path::Path); 3] = [&grow, &shrink, &replace];
    for change in changes {
        let path = world.file("f", &content);
        world.fault("UploadPart after=2 times=2 delay=500");
        let upload = UploadFile::new("k", &path)
            .part_size(MIB as u64)
            .slice_above(0)
            .parallel(1);
        let mut changed = false;
        let watch = |progress: &Progress| {
            if progress.loaded > 0 && !changed {
                changed = true;
                change(&path);
            }
            ControlFlow::Continue(())
        };
        failed(
            world.bucket.upload_with(&upload, watch),
            ErrorKind::SourceChanged,
        );
        world.cos.clear_faults();
        assert!(world.stored("k").is_none());
        assert_eq!(world.cos.uploads(BUCKET), []);
    }
}
