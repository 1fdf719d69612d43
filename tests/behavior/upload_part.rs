use coslink::{Body, ErrorKind, InitiateMultipartUpload, UploadPart};

use crate::support::{World, failed, refused};

#[test]
fn a_part_is_sent_checked_and_may_be_replaced() {
    let world = World::new();
    let id = world
        .bucket
        .send(InitiateMultipartUpload::new("k"))
        .unwrap()
        .upload_id
        .clone();
    world.cos.clear_requests();
    let first = world
        .bucket
        .send(UploadPart::new("k", &id, 10_000, "first"))
        .unwrap();
    assert!(first.verified);
    assert_eq!(Some(first.sent_crc64), first.crc64);
    assert_eq!(
        world.request().target,
        format!("/k?partNumber=10000&uploadId={id}")
    );
    let second = world
        .bucket
        .send(UploadPart::new("k", &id, 10_000, "second"))
        .unwrap();
    assert_ne!(first.etag, second.etag);
    let waits = UploadPart::new("k", &id, 2, Body::from("third")).expect("100-continue");
    assert!(world.bucket.send(waits).unwrap().verified);
    let part = UploadPart::new("k", &id, 1, "x").content_md5("AAAAAAAAAAAAAAAAAAAAAA==");
    let error = failed(world.bucket.send(part), ErrorKind::Service);
    assert_eq!(error.code(), Some("BadDigest"));
}

#[test]
fn parts_that_cannot_be_are_refused() {
    let world = World::new();
    for number in [0, 10_001, u32::MAX] {
        refused(
            world.bucket.send(UploadPart::new("k", "id", number, "x")),
            "part_number",
        );
    }
    refused(
        world.bucket.send(UploadPart::new("k", "", 1, "x")),
        "upload_id",
    );
    assert_eq!(world.operations(), [""; 0]);
    let error = failed(
        world.bucket.send(UploadPart::new("k", "no", 1, "x")),
        ErrorKind::NotFound,
    );
    assert_eq!(error.code(), Some("NoSuchUpload"));
}

#[test]
fn other_bytes_than_were_sent_are_an_integrity_error() {
    let world = World::new();
    let id = world
        .bucket
        .send(InitiateMultipartUpload::new("k"))
        .unwrap()
        .upload_id
        .clone();
    world.fault("UploadPart times=forever wrong-crc");
    failed(
        world.bucket.send(UploadPart::new("k", &id, 1, "x")),
        ErrorKind::Integrity,
    );
}
