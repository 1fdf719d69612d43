//! Uploads that did not come to their end, and the same call again.

use std::ops::ControlFlow;

use cos_emulator::BUCKET;
use coslink::{
    ErrorKind, InitiateMultipartUpload, Progress, PutObject, Resume, UploadFile, UploadPart,
    Uploaded, Watch,
};

use crate::support::{World, failed, noise};

const MIB: usize = 1 << 20;
const PARTS: usize = 6;

/// A world with a file of six parts, and one part at a time.
fn world() -> World {
    let world = World::with(|builder| builder.parallel_requests(1));
    world.file("f", &noise(PARTS * MIB));
    world
}

fn upload(world: &World) -> UploadFile {
    UploadFile::new("k", world.path("f"))
        .part_size(MIB as u64)
        .slice_above(0)
}

/// Fails at the fourth part, with three of them sent.
fn break_off(world: &World, upload: &UploadFile) {
    world.fault("UploadPart after=3 times=forever reset");
    failed(world.bucket.upload(upload), ErrorKind::Transport);
    world.cos.clear_faults();
    world.cos.clear_requests();
}

/// The whole object is there, nothing else is, and these many parts were sent.
#[track_caller]
fn done(world: &World, uploaded: &Uploaded, sent: usize) {
    let content = std::fs::read(world.path("f")).unwrap();
    assert!(world.stored("k").unwrap() == content);
    assert!(uploaded.verified && uploaded.receipt.whole_crc64);
    assert_eq!(
        (uploaded.size, uploaded.parts),
        (content.len() as u64, PARTS as u32)
    );
    assert_eq!(uploaded.crc64, world.cos.object(BUCKET, "k").unwrap().crc64);
    world.asked("UploadPart", sent);
    assert_eq!(uploaded.receipt.moved, (sent * MIB) as u64);
    assert_eq!(uploaded.receipt.skipped, ((PARTS - sent) * MIB) as u64);
    assert_eq!(uploaded.receipt.resumed, sent < PARTS);
    assert_eq!(world.cos.uploads(BUCKET), []);
    assert_eq!(world.journals(), [""; 0]);
}

#[test]
fn a_failed_upload_sends_the_rest_the_next_time() {
    let world = world();
    break_off(&world, &upload(&world));
    assert_eq!(world.cos.uploads(BUCKET).len(), 1);
    assert_eq!(world.journals().len(), 1);
    let mut seen = Vec::new();
    let watch = |progress: &Progress| {
        seen.push((progress.loaded, progress.total));
        ControlFlow::Continue(())
    };
    let uploaded = world.bucket.upload_with(&upload(&world), watch).unwrap();
    done(&world, &uploaded, 3);
    assert_eq!(
        seen.last(),
        Some(&((PARTS * MIB) as u64, (PARTS * MIB) as u64))
    );
    assert!(
        seen.contains(&((3 * MIB) as u64, (PARTS * MIB) as u64)),
        "{seen:?}"
    );
}

#[test]
fn all_parts_and_no_object_takes_no_part_more() {
    let world = world();
    world.fault("CompleteMultipartUpload times=forever status=403 code=AccessDenied");
    failed(world.bucket.upload(&upload(&world)), ErrorKind::Denied);
    world.cos.clear_faults();
    world.cos.clear_requests();
    done(&world, &world.bucket.upload(&upload(&world)).unwrap(), 0);
}

#[test]
fn what_is_not_the_same_upload_is_begun_anew_and_the_old_one_taken_back() {
    type Change = fn(&World, UploadFile) -> UploadFile;
    let rows: [(&str, Change); 5] = [
        ("other content", |world, upload| {
            world.file(
                "f",
                &noise(PARTS * MIB).into_iter().rev().collect::<Vec<_>>(),
            );
            upload
        }),
        ("touched", |world, upload| {
            let file = std::fs::File::options()
                .write(true)
                .open(world.path("f"))
                .unwrap();
            file.set_modified(std::time::SystemTime::UNIX_EPOCH)
                .unwrap();
            upload
        }),
        ("replaced", |world, upload| {
            let new = world.file("new", &noise(PARTS * MIB));
            std::fs::rename(new, world.path("f")).unwrap();
            upload
        }),
        ("other metadata", |_, upload| upload.meta("a", "b")),
        ("other class", |_, upload| {
            upload.storage_class(coslink::StorageClass::Archive)
        }),
    ];
    for (what, change) in rows {
        let world = world();
        break_off(&world, &upload(&world));
        let changed = change(&world, upload(&world));
        let uploaded = world.bucket.upload(&changed).unwrap();
        assert!(!uploaded.receipt.resumed, "{what}");
        done(&world, &uploaded, PARTS);
    }
}

#[test]
fn another_key_file_or_bucket_has_a_record_of_its_own() {
    let world = world();
    break_off(&world, &upload(&world));
    let other_key = UploadFile::new("other", world.path("f"))
        .part_size(MIB as u64)
        .slice_above(0);
    assert!(!world.bucket.upload(&other_key).unwrap().receipt.resumed);
    let other_file = UploadFile::new("k", world.file("g", &noise(2 * MIB))).slice_above(0);
    assert!(!world.bucket.upload(&other_file).unwrap().receipt.resumed);
    world.cos.clear_requests();
    done(&world, &world.bucket.upload(&upload(&world)).unwrap(), 3);
}

#[test]
fn a_record_that_nobody_can_read_is_taken_for_none() {
    for content in [
        &b""[..],
        b"\xFF\0 garbage\n",
        b"deadbeef coslink-journal 2 upload x\n",
    ] {
        let world = world();
        break_off(&world, &upload(&world));
        let journal = world.journals.path().join(&world.journals()[0]);
        std::fs::write(&journal, content).unwrap();
        world.cos.expire_uploads(BUCKET);
        done(
            &world,
            &world.bucket.upload(&upload(&world)).unwrap(),
            PARTS,
        );
    }
}

#[test]
fn a_torn_record_costs_what_it_does_not_say() {
    let world = world();
    break_off(&world, &upload(&world));
    let journal = world.journals.path().join(&world.journals()[0]);
    let content = std::fs::read(&journal).unwrap();
    std::fs::write(&journal, &content[..content.len() - 3]).unwrap();
    done(&world, &world.bucket.upload(&upload(&world)).unwrap(), 4);
}

#[test]
fn a_second_upload_of_the_same_is_busy() {
    let world = world();
    let mut second = None;
    let watch = |progress: &Progress| {
        if progress.loaded > 0 && second.is_none() {
            second = Some(world.bucket.upload(&upload(&world)));
        }
        ControlFlow::Continue(())
    };
    let uploaded = world.bucket.upload_with(&upload(&world), watch).unwrap();
    failed(second.unwrap(), ErrorKind::Busy);
    done(&world, &uploaded, PARTS);
}

#[test]
fn the_record_is_compared_with_what_cos_has() {
    let world = world();
    // The upload is gone, as the lifecycle rule does it.
    break_off(&world, &upload(&world));
    world.cos.expire_uploads(BUCKET);
    done(
        &world,
        &world.bucket.upload(&upload(&world)).unwrap(),
        PARTS,
    );

    // Somebody sent another part of that number.
    break_off(&world, &upload(&world));
    let (_, id) = world.cos.uploads(BUCKET).remove(0);
    world
        .bucket
        .send(UploadPart::new("k", id, 2, noise(MIB + 1)))
        .unwrap();
    world.cos.clear_requests();
    done(&world, &world.bucket.upload(&upload(&world)).unwrap(), 4);

    // Who may not list believes the record.
    break_off(&world, &upload(&world));
    world.fault("ListParts status=403 code=AccessDenied");
    done(&world, &world.bucket.upload(&upload(&world)).unwrap(), 3);

    // Who cannot reach the service has lost nothing.
    break_off(&world, &upload(&world));
    world.fault("ListParts times=3 status=503");
    failed(world.bucket.upload(&upload(&world)), ErrorKind::Throttled);
    world.cos.clear_faults();
    world.cos.clear_requests();
    done(&world, &world.bucket.upload(&upload(&world)).unwrap(), 3);
}

#[test]
fn an_object_that_was_made_unheard_is_found_the_next_time() {
    let world = world();
    world.fault("CompleteMultipartUpload times=forever drop-answer");
    world.fault("HeadObject times=forever status=403");
    let error = failed(world.bucket.upload(&upload(&world)), ErrorKind::Transport);
    assert!(
        error
            .message()
            .contains("whether the object was made is not known"),
        "{error}"
    );
    world.cos.clear_faults();
    world.cos.clear_requests();
    let uploaded = world.bucket.upload(&upload(&world)).unwrap();
    assert!(uploaded.receipt.recovered && uploaded.verified);
    assert_eq!(world.operations(), ["ListParts", "HeadObject"]);
    assert!(world.stored("k").unwrap() == noise(PARTS * MIB));
    assert_eq!(world.journals(), [""; 0]);
}

#[test]
fn a_beginning_whose_answer_is_lost_leaves_no_second_upload() {
    for fault in ["drop-answer", "cut=half", "cut=0"] {
        let world = world();
        world.fault(&format!("InitiateMultipartUpload {fault}"));
        done(
            &world,
            &world.bucket.upload(&upload(&world)).unwrap(),
            PARTS,
        );
    }
    // Neither an older upload nor one of two is taken for it.
    for older in [true, false] {
        let world = world();
        world.cos.set_clock(if older { -60 } else { 0 });
        let foreign = world
            .bucket
            .send(InitiateMultipartUpload::new("k"))
            .unwrap()
            .output
            .upload_id;
        world.cos.set_clock(0);
        world.fault("InitiateMultipartUpload drop-answer");
        assert!(world.bucket.upload(&upload(&world)).unwrap().verified);
        assert!(world.stored("k").unwrap() == noise(PARTS * MIB));
        let left = world.cos.uploads(BUCKET);
        assert!(left.iter().any(|(_, id)| *id == foreign));
        assert_eq!(left.len(), if older { 1 } else { 2 });
    }
}

#[test]
fn a_stopped_upload_is_taken_back_unless_it_is_kept() {
    for keep in [false, true] {
        let world = world();
        world.fault("UploadPart times=forever delay=60");
        let stop = |progress: &Progress| match progress.loaded {
            loaded if loaded < (3 * MIB) as u64 => ControlFlow::Continue(()),
            _ => ControlFlow::Break(()),
        };
        let kept = upload(&world).keep_cancelled(keep);
        failed(world.bucket.upload_with(&kept, stop), ErrorKind::Cancelled);
        world.cos.clear_faults();
        world.cos.clear_requests();
        assert_eq!(world.cos.uploads(BUCKET).len(), usize::from(keep));
        assert_eq!(world.journals().len(), usize::from(keep));
        let uploaded = world.bucket.upload(&upload(&world)).unwrap();
        assert_eq!(uploaded.receipt.resumed, keep);
        assert_eq!(
            uploaded.receipt.moved + uploaded.receipt.skipped,
            (PARTS * MIB) as u64
        );
    }
}

#[test]
fn a_failure_that_does_not_pass_keeps_nothing() {
    let world = world();
    for (fault, kind) in [
        (
            "UploadPart part=4 status=400 code=InvalidArgument",
            ErrorKind::Service,
        ),
        (
            "UploadPart part=4 times=forever wrong-crc",
            ErrorKind::Integrity,
        ),
        (
            "CompleteMultipartUpload status=409 code=FileAlreadyExists",
            ErrorKind::Precondition,
        ),
    ] {
        world.fault(fault);
        failed(world.bucket.upload(&upload(&world)), kind);
        world.cos.clear_faults();
        assert_eq!(world.cos.uploads(BUCKET), [], "{fault}");
        assert_eq!(world.journals(), [""; 0], "{fault}");
    }
}

/// Counts what was summed up.
struct Hashed(Vec<u64>);

impl Watch for &mut Hashed {
    fn moved(&mut self, _: &Progress) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn hashed(&mut self, progress: &Progress) -> ControlFlow<()> {
        self.0.push(progress.loaded);
        assert_eq!(progress.total, (PARTS * MIB) as u64);
        let done = progress.loaded as f64 / progress.total as f64;
        assert!((progress.fraction() - done).abs() < 1e-9);
        assert!(progress.speed > 0 || progress.eta().is_none_or(|left| left.is_zero()));
        ControlFlow::Continue(())
    }
}

#[test]
fn without_a_record_cos_is_asked_and_every_part_compared() {
    let world = world();
    let by_server = || upload(&world).resume(Resume::Server);
    // Uploads of the same key that are not of this file: empty, other bytes, other sizes.
    world
        .bucket
        .send(InitiateMultipartUpload::new("k"))
        .unwrap();
    for foreign in [noise(MIB + 1)[1..].to_vec(), noise(2 * MIB)] {
        let id = world
            .bucket
            .send(InitiateMultipartUpload::new("k"))
            .unwrap()
            .output
            .upload_id;
        world
            .bucket
            .send(UploadPart::new("k", id, 1, foreign))
            .unwrap();
    }
    let other = world
        .bucket
        .send(InitiateMultipartUpload::new("kk"))
        .unwrap()
        .output
        .upload_id;
    world
        .bucket
        .send(UploadPart::new("kk", other, 1, &noise(PARTS * MIB)[..MIB]))
        .unwrap();
    break_off(&world, &by_server());
    assert_eq!(world.journals(), [""; 0]);
    let mut hashed = Hashed(Vec::new());
    let uploaded = world.bucket.upload_with(&by_server(), &mut hashed).unwrap();
    assert!(
        !hashed.0.is_empty() && hashed.0.is_sorted(),
        "{:?}",
        hashed.0
    );
    assert!(uploaded.verified);
    assert_eq!(uploaded.receipt.skipped, (3 * MIB) as u64);
    assert!(world.stored("k").unwrap() == noise(PARTS * MIB));
    assert_eq!(world.cos.uploads(BUCKET).len(), 4);

    // The parts of a file that has changed meanwhile are not of this file.
    break_off(&world, &by_server());
    world.file("f", &noise(PARTS * MIB + 1)[1..]);
    let uploaded = world.bucket.upload(&by_server()).unwrap();
    assert_eq!(uploaded.receipt.skipped, 0);
}

#[test]
fn a_named_journal_directory_must_be_usable() {
    let world = World::new();
    let file = world.file("no-directory", b"");
    let client = crate::support::builder(&world.cos)
        .journal(&file)
        .build()
        .unwrap();
    let bucket = client.bucket(BUCKET, cos_emulator::REGION).unwrap();
    let path = world.file("f", &noise(2 * MIB));
    let upload = UploadFile::new("k", path).slice_above(0);
    failed(bucket.upload(&upload), ErrorKind::LocalIo);
    assert_eq!(world.operations(), [""; 0]);
    // One that is not used need not be there.
    bucket.upload(&upload.clone().resume(Resume::Off)).unwrap();
    bucket.upload(&upload.slice_above(u64::MAX)).unwrap();
    bucket.send(PutObject::new("x", "y")).unwrap();
}

#[test]
fn the_record_tells_no_secret_and_is_for_its_owner_only() {
    let world = World::on(
        cos_emulator::Emulator::builder().ssec_on_http(true).start(),
        |builder| builder.parallel_requests(1),
    );
    world.file("f", &noise(PARTS * MIB));
    break_off(&world, &upload(&world));
    let journal = world.journals.path().join(&world.journals()[0]);
    let text = std::fs::read_to_string(&journal).unwrap();
    assert!(!text.contains(cos_emulator::SECRET_KEY) && !text.contains(cos_emulator::SECRET_ID));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = journal.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn content_md5_goes_with_every_body() {
    let world = world();
    for slice_above in [0, 1 << 30] {
        world.cos.clear_requests();
        let upload = upload(&world).slice_above(slice_above).content_md5(true);
        assert!(world.bucket.upload(&upload).unwrap().receipt.content_md5);
        let is_body = |name: &str| ["UploadPart", "PutObject"].contains(&name);
        let mut bodies = world.cos.requests();
        bodies.retain(|request| is_body(&request.operation));
        assert!(!bodies.is_empty());
        assert!(
            bodies
                .iter()
                .all(|body| body.header("content-md5").is_some()),
            "{bodies:?}"
        );
    }
}
