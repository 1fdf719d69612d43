use cos_emulator::BUCKET;
use coslink::{AbortMultipartUpload, ErrorKind, InitiateMultipartUpload, UploadPart};

use crate::support::{World, failed, refused};

#[test]
fn an_upload_is_ended_and_then_unknown() {
    let world = World::new();
    let id = world
        .bucket
        .send(InitiateMultipartUpload::new("k"))
        .unwrap()
        .upload_id
        .clone();
    world
        .bucket
        .send(UploadPart::new("k", &id, 1, "x"))
        .unwrap();
    assert_eq!(
        world
            .bucket
            .send(AbortMultipartUpload::new("k", &id))
            .unwrap()
            .status,
        204
    );
    assert_eq!(world.cos.uploads(BUCKET), []);
    let again = world.bucket.send(AbortMultipartUpload::new("k", &id));
    assert_eq!(
        failed(again, ErrorKind::NotFound).code(),
        Some("NoSuchUpload")
    );
}

#[test]
fn a_forgotten_upload_id_never_becomes_the_deletion_of_the_object() {
    let world = World::new();
    world.cos.put(BUCKET, "k", b"precious");
    refused(
        world.bucket.send(AbortMultipartUpload::new("k", "")),
        "upload_id",
    );
    assert_eq!(world.stored("k").unwrap(), b"precious");
}
