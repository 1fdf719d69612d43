//! Completing an upload whatever becomes of the answer: the result is always the truth.

use std::thread::sleep;
use std::time::Duration;

use cos_emulator::BUCKET;
use coslink::{ErrorKind, Resume, UploadFile};

use crate::support::{World, failed, noise};

const MIB: usize = 1 << 20;
const TIMES: usize = 100;

fn world(size: usize) -> World {
    let world = World::new();
    world.file("f", &noise(size));
    world
}

fn upload(world: &World) -> UploadFile {
    UploadFile::new("k", world.path("f"))
        .part_size(MIB as u64)
        .slice_above(0)
}

#[test]
fn a_lost_answer_is_asked_for_again_a_hundred_times_each() {
    // Small, for this is about the answer; a record is made durable, which takes the longest.
    let world = world(1000);
    let content = noise(1000);
    for fault in [
        // Nothing was done.
        "reset",
        "close",
        "refused-empty-200",
        "error-200=InternalError",
        // It was done.
        "drop-answer",
        "empty-200",
        "truncate-xml",
        "cut=0",
        "cut=half",
        "cut=-1",
    ] {
        let mut recovered = 0;
        for time in 0..TIMES {
            let resume = if time % 10 == 0 {
                Resume::Journal
            } else {
                Resume::Off
            };
            world.cos.put(BUCKET, "k", "before");
            world.fault(&format!("CompleteMultipartUpload {fault}"));
            let uploaded = world.bucket.upload(&upload(&world).resume(resume)).unwrap();
            assert!(uploaded.verified, "{fault}");
            assert!(world.stored("k").unwrap() == content, "{fault}");
            assert!(uploaded.etag.ends_with("-1\""), "{fault}");
            recovered += usize::from(uploaded.receipt.recovered);
        }
        println!("{fault}: {TIMES} uploads, {recovered} of them found by looking");
        assert_eq!(world.cos.uploads(BUCKET), [], "{fault}");
        assert_eq!(world.journals(), [""; 0], "{fault}");
    }
}

#[test]
fn an_answer_that_never_comes_is_success_only_when_the_object_is_there() {
    for (fault, is_done) in [
        ("drop-answer", true),
        ("empty-200", true),
        ("truncate-xml", true),
        ("cut=half", true),
        ("reset", false),
        ("refused-empty-200", false),
        ("error-200=InternalError", false),
    ] {
        let world = world(MIB + 1);
        world.cos.put(BUCKET, "k", "before");
        world.fault(&format!("CompleteMultipartUpload times=forever {fault}"));
        let result = world.bucket.upload(&upload(&world));
        if is_done {
            assert!(result.unwrap().receipt.recovered, "{fault}");
            assert!(world.stored("k").unwrap() == noise(MIB + 1), "{fault}");
            continue;
        }
        let error = result.unwrap_err();
        assert_eq!(world.stored("k").unwrap(), b"before", "{fault}");
        // It may be done later than anybody waits, so it is kept, and completed the next time.
        world.cos.clear_faults();
        world.cos.clear_requests();
        let uploaded = world.bucket.upload(&upload(&world)).unwrap();
        assert!(uploaded.receipt.moved == 0, "{fault}: {error}");
        assert!(world.stored("k").unwrap() == noise(MIB + 1), "{fault}");
        assert_eq!(world.cos.uploads(BUCKET), [], "{fault}");
    }
}

#[test]
fn an_object_that_is_not_ours_is_never_taken_for_ours() {
    let content = noise(MIB + 1);
    let mut other = content.clone();
    other[0] ^= 1;
    type Put = fn(&World, &[u8]);
    let simple: Put = |world, bytes| assert!(world.cos.put(BUCKET, "k", bytes));
    let in_parts: Put = |world, bytes| {
        let path = world.file("g", bytes);
        let upload = UploadFile::new("k", path)
            .part_size(MIB as u64)
            .slice_above(0);
        world.bucket.upload(&upload).unwrap();
        // The times of COS have whole seconds.
        sleep(Duration::from_millis(1100));
    };
    for (what, bytes, put) in [
        ("other bytes", &other, in_parts),
        ("other bytes in one part", &other, simple),
        ("the same bytes in one part", &content, simple),
        ("the same object, but older", &content, in_parts),
    ] {
        let world = world(MIB + 1);
        put(&world, bytes);
        let before = world.cos.object(BUCKET, "k").unwrap().etag;
        world.fault("CompleteMultipartUpload times=forever reset");
        let result = world.bucket.upload(&upload(&world).resume(Resume::Off));
        let error = failed(result, ErrorKind::Transport);
        assert!(error.message().contains("not known"), "{what}: {error}");
        assert_eq!(
            world.cos.object(BUCKET, "k").unwrap().etag,
            before,
            "{what}"
        );
    }
}

#[test]
fn an_upload_that_somebody_aborted_is_no_success() {
    let world = world(MIB + 1);
    world.fault("CompleteMultipartUpload status=503 code=SlowDown");
    world.fault("CompleteMultipartUpload status=404 code=NoSuchUpload");
    failed(world.bucket.upload(&upload(&world)), ErrorKind::NotFound);
    assert!(world.stored("k").is_none());
}
