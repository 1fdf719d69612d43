use cos_emulator::BUCKET;
use coslink::{Acl, ErrorKind, InitiateMultipartUpload, StorageClass};

use crate::support::{World, failed};

#[test]
fn an_upload_is_begun_with_the_headers_of_the_object() {
    let world = World::new();
    let initiate = InitiateMultipartUpload::new("dir/big file")
        .content_type("video/mp4")
        .cache_control("no-cache")
        .content_disposition("inline")
        .content_encoding("identity")
        .expires("Wed, 21 Oct 2026 07:28:00 GMT")
        .acl(Acl::Private)
        .grant_read("id=\"1\"")
        .grant_full_control("id=\"2\"")
        .storage_class(StorageClass::StandardIa)
        .meta("a", "b");
    let begun = world.bucket.send(initiate).unwrap();
    assert_eq!(
        (begun.bucket.as_str(), begun.key.as_str()),
        (BUCKET, "dir/big file")
    );
    let upload = ("dir/big file".to_owned(), begun.upload_id.clone());
    assert_eq!(world.cos.uploads(BUCKET), [upload]);
    let request = world.request();
    assert_eq!(
        (request.method.as_str(), request.target.as_str()),
        ("POST", "/dir/big%20file?uploads=")
    );
    for (name, value) in [
        ("content-type", "video/mp4"),
        ("x-cos-acl", "private"),
        ("x-cos-grant-full-control", "id=\"2\""),
        ("x-cos-storage-class", "STANDARD_IA"),
        ("x-cos-meta-a", "b"),
        ("content-length", "0"),
    ] {
        assert_eq!(request.header(name), Some(value), "{name}");
    }
}

#[test]
fn an_answer_without_an_upload_is_no_success() {
    let world = World::new();
    for (fault, kind) in [
        ("empty-200", ErrorKind::Protocol),
        ("error-200=AccessDenied", ErrorKind::Service),
    ] {
        world.fault(&format!("InitiateMultipartUpload times=forever {fault}"));
        failed(world.bucket.send(InitiateMultipartUpload::new("k")), kind);
        world.cos.clear_faults();
    }
}
