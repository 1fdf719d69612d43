use std::time::{Duration, SystemTime};

use cos_emulator::{BUCKET, REGION};
use coslink::{
    Acl, CopyObject, CopySource, Directive, ErrorKind, HeadObject, PutObject, StorageClass,
};

use crate::support::{World, failed, refused};

fn source(world: &World) -> CopySource {
    let put = PutObject::new("源/a b+c%", "content")
        .content_type("text/plain")
        .meta("a", "b");
    world.bucket.send(put).unwrap();
    world.bucket.source("源/a b+c%")
}

#[test]
fn a_copy_has_content_and_metadata_of_its_source() {
    let world = World::new();
    let source = source(&world);
    world.cos.clear_requests();
    let copied = world.bucket.send(CopyObject::new("copy", source)).unwrap();
    assert!(!copied.etag.is_empty() && copied.last_modified.unix().is_some());
    assert_eq!(
        copied.crc64,
        Some(world.cos.object(BUCKET, "copy").unwrap().crc64)
    );
    assert_eq!(world.stored("copy").unwrap(), b"content");
    let request = world.request();
    assert_eq!(
        request.header("x-cos-copy-source"),
        Some(format!("{BUCKET}.cos.{REGION}.myqcloud.com/%E6%BA%90/a%20b%2Bc%25").as_str())
    );
    assert_eq!(request.header("content-length"), Some("0"));
    let head = world.bucket.send(HeadObject::new("copy")).unwrap();
    assert_eq!(head.content_type.as_deref(), Some("text/plain"));
    assert_eq!(head.metadata, [("a".to_owned(), "b".to_owned())]);
}

#[test]
fn metadata_is_replaced_on_request() {
    let world = World::new();
    let copy = CopyObject::new("copy", source(&world))
        .metadata_directive(Directive::Replaced)
        .content_type("image/png")
        .meta("c", "d")
        .acl(Acl::Private)
        .grant_read("id=\"1\"")
        .grant_write("id=\"2\"")
        .grant_full_control("id=\"3\"")
        .tagging_directive(Directive::Replaced)
        .tagging("x=y")
        .storage_class(StorageClass::StandardIa);
    world.bucket.send(copy).unwrap();
    let head = world.bucket.send(HeadObject::new("copy")).unwrap();
    assert_eq!(head.content_type.as_deref(), Some("image/png"));
    assert_eq!(head.metadata, [("c".to_owned(), "d".to_owned())]);
    assert_eq!(head.storage_class, Some(StorageClass::StandardIa));
}

#[test]
fn conditions_on_the_source_are_kept() {
    let world = World::new();
    let source = source(&world);
    let etag = world
        .bucket
        .send(HeadObject::new("源/a b+c%"))
        .unwrap()
        .etag
        .clone();
    let day = Duration::from_secs(86_400);
    let (before, after) = (SystemTime::now() - day, SystemTime::now() + day);
    let copy = || CopyObject::new("copy", source.clone());
    for copy in [
        copy().copy_source_if_match(etag.trim_matches('"')),
        copy()
            .copy_source_if_match(&etag)
            .copy_source_if_unmodified_since(after),
        copy()
            .copy_source_if_none_match("0")
            .copy_source_if_modified_since(before),
    ] {
        world.bucket.send(copy).unwrap();
    }
    for copy in [
        copy().copy_source_if_match("0"),
        copy().copy_source_if_none_match(&etag),
        copy().copy_source_if_unmodified_since(before),
    ] {
        failed(world.bucket.send(copy), ErrorKind::Precondition);
    }
    world.cos.clear_requests();
    for copy in [
        copy()
            .copy_source_if_match(&etag)
            .copy_source_if_none_match("0"),
        copy()
            .copy_source_if_match(&etag)
            .copy_source_if_modified_since(before),
        copy()
            .copy_source_if_none_match("0")
            .copy_source_if_unmodified_since(after),
        copy()
            .copy_source_if_modified_since(before)
            .copy_source_if_unmodified_since(after),
    ] {
        refused(world.bucket.send(copy), "copy_source_if");
    }
    for source in [
        CopySource::new("bucket", REGION, "k"),
        CopySource::new(BUCKET, "a.b", "k"),
        CopySource::new(BUCKET, REGION, ""),
        CopySource::new(BUCKET, REGION, "/"),
        CopySource::new(BUCKET, REGION, "a\nb"),
    ] {
        refused(
            world.bucket.send(CopyObject::new("copy", source)),
            "copy_source",
        );
    }
    assert_eq!(world.operations(), [""; 0]);
}

#[test]
fn an_error_or_nothing_under_status_200_is_no_success() {
    let world = World::new();
    let copy = CopyObject::new("copy", source(&world));
    for (fault, kind) in [
        ("error-200=AccessDenied", ErrorKind::Service),
        ("empty-200", ErrorKind::Protocol),
        ("truncate-xml", ErrorKind::Protocol),
    ] {
        world.fault(&format!("CopyObject times=forever {fault}"));
        failed(world.bucket.send(copy.clone()), kind);
        world.cos.clear_faults();
    }
    let absent = CopyObject::new("copy", world.bucket.source("absent"));
    failed(world.bucket.send(absent), ErrorKind::NotFound);
}
