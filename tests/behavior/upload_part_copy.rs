use std::time::{Duration, SystemTime};

use coslink::{
    ByteRange, CompleteMultipartUpload, CompletedPart, ErrorKind, InitiateMultipartUpload,
    PutObject, UploadPartCopy,
};

use crate::support::{World, failed, noise, refused};

#[test]
fn parts_are_made_of_ranges_of_an_object() {
    let world = World::new();
    let content = noise(3 << 20);
    let etag = world
        .bucket
        .send(PutObject::new("source", &content[..]))
        .unwrap()
        .etag
        .clone();
    let id = world
        .bucket
        .send(InitiateMultipartUpload::new("k"))
        .unwrap()
        .upload_id
        .clone();
    let source = || world.bucket.source("source");
    let mut parts = Vec::new();
    for (number, first, last) in [(1, 0, (1 << 20) - 1), (2, 2 << 20, (3 << 20) - 1)] {
        let part = UploadPartCopy::new("k", &id, number, source())
            .copy_source_range(ByteRange::new(first, last))
            .copy_source_if_match(&etag);
        let copied = world.bucket.send(part).unwrap();
        assert!(copied.last_modified.unix().is_some());
        parts.push(CompletedPart::new(number, &copied.etag));
    }
    let day = Duration::from_secs(86_400);
    let conditions = UploadPartCopy::new("k", &id, 3, source())
        .copy_source_if_none_match("0")
        .copy_source_if_modified_since(SystemTime::now() - day);
    world.bucket.send(conditions).unwrap();
    let conditions = UploadPartCopy::new("k", &id, 3, source())
        .copy_source_if_unmodified_since(SystemTime::now() - day);
    failed(world.bucket.send(conditions), ErrorKind::Precondition);
    let whole = world
        .bucket
        .send(UploadPartCopy::new("k", &id, 3, source()))
        .unwrap();
    parts.push(CompletedPart::new(3, &whole.etag));
    world
        .bucket
        .send(CompleteMultipartUpload::new("k", &id, parts))
        .unwrap();
    let expected = [&content[..1 << 20], &content[2 << 20..], &content[..]].concat();
    assert!(world.stored("k").unwrap() == expected);
}

#[test]
fn what_cannot_be_is_refused_and_an_error_under_200_is_one() {
    let world = World::new();
    let part = |id, number| UploadPartCopy::new("k", id, number, world.bucket.source("source"));
    refused(world.bucket.send(part("", 1)), "upload_id");
    refused(world.bucket.send(part("id", 0)), "part_number");
    refused(world.bucket.send(part("id", 10_001)), "part_number");
    let backwards = part("id", 1).copy_source_range(ByteRange::new(2, 1));
    refused(world.bucket.send(backwards), "copy_source_range");
    let open = part("id", 1).copy_source_range(ByteRange::from(2));
    refused(world.bucket.send(open), "copy_source_range");
    assert_eq!(world.operations(), [""; 0]);

    world.bucket.send(PutObject::new("source", "x")).unwrap();
    let id = world
        .bucket
        .send(InitiateMultipartUpload::new("k"))
        .unwrap()
        .upload_id
        .clone();
    world.fault("UploadPartCopy times=forever error-200=AccessDenied");
    failed(world.bucket.send(part(&id, 1)), ErrorKind::Service);
    world.cos.clear_faults();
    world.fault("UploadPartCopy error-200=InternalError");
    world.bucket.send(part(&id, 1)).unwrap();
}
