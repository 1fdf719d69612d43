//! What may be left behind by a transfer, and what may not: uploads of ours, and those of others.

use std::ops::ControlFlow;

use cos_emulator::BUCKET;
use coslink::{CopyFile, ErrorKind, InitiateMultipartUpload, Progress, Resume, UploadFile};

use crate::support::{World, failed, noise};

const MIB: usize = 1 << 20;

fn world() -> World {
    let world = World::with(|builder| builder.parallel_requests(1));
    world.file("f", &noise(3 * MIB));
    world
}

fn upload(world: &World) -> UploadFile {
    UploadFile::new("k", world.path("f"))
        .part_size(MIB as u64)
        .slice_above(0)
}

#[track_caller]
fn nothing_left(world: &World) {
    assert_eq!(world.cos.uploads(BUCKET), []);
    assert_eq!(world.journals(), [""; 0]);
}

fn break_off(world: &World) {
    world.fault("UploadPart after=1 times=forever reset");
    failed(world.bucket.upload(&upload(world)), ErrorKind::Transport);
    world.cos.clear_faults();
    assert_eq!(
        (world.cos.uploads(BUCKET).len(), world.journals().len()),
        (1, 1)
    );
}

#[test]
fn an_upload_that_could_not_be_taken_back_is_not_forgotten() {
    let world = world();
    world.fault("AbortMultipartUpload status=503 code=SlowDown");
    world.fault("UploadPart part=2 times=forever delay=200");
    let stop = |progress: &Progress| match progress.loaded {
        // Sent is not stored: the first part is when the second is under way.
        loaded if loaded <= MIB as u64 => ControlFlow::Continue(()),
        _ => ControlFlow::Break(()),
    };
    failed(
        world.bucket.upload_with(&upload(&world), stop),
        ErrorKind::Cancelled,
    );
    world.cos.clear_faults();
    assert_eq!(
        (world.cos.uploads(BUCKET).len(), world.journals().len()),
        (1, 1)
    );
    assert!(
        world
            .bucket
            .upload(&upload(&world))
            .unwrap()
            .receipt
            .resumed
    );
    nothing_left(&world);
}

#[test]
fn a_file_that_has_become_small_takes_its_upload_back() {
    let world = world();
    break_off(&world);
    world
        .bucket
        .upload(&upload(&world).slice_above(1 << 30))
        .unwrap();
    nothing_left(&world);
    break_off(&world);
    world.file("f", b"small");
    world
        .bucket
        .upload(&upload(&world).slice_above(100))
        .unwrap();
    nothing_left(&world);
}

#[test]
fn where_nothing_can_be_continued_nothing_is_left() {
    // A copy has no other record than the journal.
    let world = world();
    world.cos.put(BUCKET, "source", noise(3 * MIB));
    let copy = CopyFile::new("copy", world.bucket.source("source"))
        .part_size(MIB as u64)
        .slice_above(0)
        .resume(Resume::Server);
    world.fault("UploadPartCopy after=1 times=forever reset");
    failed(world.bucket.copy(&copy), ErrorKind::Transport);
    nothing_left(&world);
    // An upload without a part cannot be told from any other, nor one whose ETags are no MD5.
    world.cos.clear_faults();
    world.fault("UploadPart times=forever reset");
    let by_server = upload(&world).resume(Resume::Server);
    failed(world.bucket.upload(&by_server), ErrorKind::Transport);
    nothing_left(&world);
    world.cos.clear_faults();
    world.fault("UploadPart after=1 times=forever reset");
    let encrypted = by_server
        .server_side_encryption("cos/kms")
        .sse_kms_key_id("key");
    failed(world.bucket.upload(&encrypted), ErrorKind::Transport);
    nothing_left(&world);
}

#[test]
fn a_beginning_is_looked_for_as_often_as_its_answer_is_lost() {
    let world = world();
    world.fault("InitiateMultipartUpload reset");
    world.fault("InitiateMultipartUpload drop-answer");
    world.bucket.upload(&upload(&world)).unwrap();
    nothing_left(&world);
    // Who could not look looks again the next time.
    world.fault("InitiateMultipartUpload times=forever drop-answer");
    world.fault("ListMultipartUploads times=forever reset");
    assert!(
        world
            .bucket
            .upload(&upload(&world).part_size(2 * MIB as u64))
            .is_err()
    );
    assert!(!world.cos.uploads(BUCKET).is_empty());
}

#[test]
fn what_somebody_else_has_begun_is_neither_taken_nor_aborted() {
    let world = world();
    world.fault("InitiateMultipartUpload status=403 code=AccessDenied");
    failed(world.bucket.upload(&upload(&world)), ErrorKind::Denied);
    let foreign = world
        .bucket
        .send(InitiateMultipartUpload::new("k"))
        .unwrap();
    let id = foreign.output.upload_id;
    let is_there = || {
        world
            .cos
            .uploads(BUCKET)
            .iter()
            .any(|(_, left)| *left == id)
    };
    // Nothing was begun then, so that there is nothing to look for.
    world.bucket.upload(&upload(&world)).unwrap();
    assert!(is_there());
    // Nor when the answer is lost and the file has changed: it may be anybody's.
    world.fault("InitiateMultipartUpload times=forever reset");
    world.fault("ListMultipartUploads times=forever reset");
    assert!(world.bucket.upload(&upload(&world)).is_err());
    world.cos.clear_faults();
    world.file("f", &noise(3 * MIB + 1));
    world.bucket.upload(&upload(&world)).unwrap();
    assert!(is_there());
}

#[test]
fn a_record_never_stands_in_the_way() {
    for fault in [
        "ListParts times=forever status=501 code=NotImplemented",
        "ListParts times=forever truncate-xml",
        "ListParts times=forever status=400 code=InvalidArgument",
    ] {
        let world = world();
        break_off(&world);
        world.fault(fault);
        let uploaded = world.bucket.upload(&upload(&world)).unwrap();
        assert!(uploaded.receipt.resumed && uploaded.verified, "{fault}");
        nothing_left(&world);
    }
    // Parts that are not there are found out at the end, and the next call begins anew.
    let world = world();
    break_off(&world);
    world.fault("CompleteMultipartUpload status=400 code=InvalidPart");
    failed(world.bucket.upload(&upload(&world)), ErrorKind::Service);
    nothing_left(&world);
    world.bucket.upload(&upload(&world)).unwrap();
    nothing_left(&world);
}

#[test]
fn a_refusal_that_passes_loses_nothing() {
    let world = world();
    world.fault("UploadPart after=1 times=forever status=409 code=OperationAborted");
    failed(
        world.bucket.upload(&upload(&world)),
        ErrorKind::Precondition,
    );
    world.cos.clear_faults();
    assert!(
        world
            .bucket
            .upload(&upload(&world))
            .unwrap()
            .receipt
            .resumed
    );
    nothing_left(&world);
}

#[test]
fn an_object_that_nobody_may_look_at_is_found_when_somebody_may() {
    let world = world();
    world.fault("CompleteMultipartUpload drop-answer");
    world.fault("HeadObject times=forever status=403 code=AccessDenied");
    let error = failed(world.bucket.upload(&upload(&world)), ErrorKind::NotFound);
    assert!(error.message().contains("not known"), "{error}");
    world.cos.clear_faults();
    assert!(
        world
            .bucket
            .upload(&upload(&world))
            .unwrap()
            .receipt
            .recovered
    );
    nothing_left(&world);
    // The same where parts may not be listed.
    world.file("f", &noise(3 * MIB + 1));
    world.fault("CompleteMultipartUpload times=forever drop-answer");
    world.fault("HeadObject times=forever status=403 code=AccessDenied");
    assert!(world.bucket.upload(&upload(&world)).is_err());
    world.cos.clear_faults();
    world.fault("ListParts times=forever status=403 code=AccessDenied");
    assert!(
        world
            .bucket
            .upload(&upload(&world))
            .unwrap()
            .receipt
            .recovered
    );
    nothing_left(&world);
}

#[test]
fn an_upload_that_ends_while_it_is_looked_at_is_passed_over() {
    let world = world();
    world
        .bucket
        .send(InitiateMultipartUpload::new("k"))
        .unwrap();
    world.fault("ListParts status=404 code=NoSuchUpload");
    world
        .bucket
        .upload(&upload(&world).resume(Resume::Server))
        .unwrap();
}
