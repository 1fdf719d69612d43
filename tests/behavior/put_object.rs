use coslink::{Acl, Body, ErrorKind, Progress, PutObject, StorageClass};
use std::ops::ControlFlow;

use crate::support::{World, failed, noise};

#[test]
fn every_kind_of_body_arrives() {
    let world = World::new();
    let content = noise(300_000);
    let path = world.file("f", &content);
    let rows: Vec<(&str, Body<'_>, &[u8])> = vec![
        ("empty", Body::empty(), b""),
        ("text", "hello".into(), b"hello"),
        ("slice", content.as_slice().into(), &content),
        ("owned", content.clone().into(), &content),
        ("file", Body::file(&path), &content),
        (
            "range",
            Body::file_range(&path, 1000, 70_000),
            &content[1000..71_000],
        ),
        (
            "reader",
            Body::reader(std::io::Cursor::new(content.clone()), 299_999),
            &content[..299_999],
        ),
    ];
    for (key, body, expected) in rows {
        let put = world.bucket.send(PutObject::new(key, body)).unwrap();
        assert_eq!(world.stored(key).as_deref(), Some(expected), "{key}");
        assert!(put.verified, "{key}");
        assert_eq!(Some(put.sent_crc64), put.crc64);
        assert!(put.etag.starts_with('"'), "{}", put.etag);
        assert!(put.request_id().is_some());
        let location = format!(
            "{}.cos.ap-guangzhou.myqcloud.com/{key}",
            world.bucket.name()
        );
        assert_eq!(world.bucket.location(key), location);
    }
}

#[test]
fn every_parameter_is_sent_signed_and_under_its_name() {
    let world = World::new();
    let put = PutObject::new("k", "hello!")
        .content_type("text/plain; charset=utf-8")
        .cache_control("max-age=60")
        .content_disposition("attachment; filename=\"a b.txt\"")
        .content_encoding("identity")
        .content_language("zh-CN")
        .expires("Wed, 21 Oct 2026 07:28:00 GMT")
        .acl(Acl::PublicRead)
        .grant_read("id=\"qcs::cam::uin/100000000001:uin/100000000001\"")
        .grant_read_acp("id=\"100000000002\"")
        .grant_write_acp("id=\"100000000003\"")
        .grant_full_control("id=\"100000000004\"")
        .storage_class(StorageClass::StandardIa)
        .tagging("a=b&c=d%20e")
        .forbid_overwrite(true)
        .traffic_limit(819_200)
        .server_side_encryption("AES256")
        .content_md5("WyFbJwiPG+VlBuW3R7WCrQ==")
        .meta("color", "blue green")
        .meta("Name", "腾讯云");
    let md5 = failed(world.bucket.send(put.clone()), ErrorKind::Service);
    assert_eq!((md5.code(), md5.attempts()), (Some("BadDigest"), 1));
    world.cos.clear_requests();

    // Of "hello!".
    world
        .bucket
        .send(put.content_md5("Wo3TrQdWqT3tcrgjsZ3Ydw=="))
        .unwrap();
    let request = world.request();
    let rows = [
        ("content-type", "text/plain; charset=utf-8"),
        ("cache-control", "max-age=60"),
        ("content-disposition", "attachment; filename=\"a b.txt\""),
        ("content-encoding", "identity"),
        ("content-language", "zh-CN"),
        ("expires", "Wed, 21 Oct 2026 07:28:00 GMT"),
        ("x-cos-acl", "public-read"),
        (
            "x-cos-grant-read",
            "id=\"qcs::cam::uin/100000000001:uin/100000000001\"",
        ),
        ("x-cos-grant-read-acp", "id=\"100000000002\""),
        ("x-cos-grant-write-acp", "id=\"100000000003\""),
        ("x-cos-grant-full-control", "id=\"100000000004\""),
        ("x-cos-storage-class", "STANDARD_IA"),
        ("x-cos-tagging", "a=b&c=d%20e"),
        ("x-cos-forbid-overwrite", "true"),
        ("x-cos-traffic-limit", "819200"),
        ("x-cos-server-side-encryption", "AES256"),
        ("x-cos-meta-color", "blue green"),
        ("x-cos-meta-name", "腾讯云"),
        ("content-length", "6"),
    ];
    let authorization = request.header("authorization").unwrap();
    let list = authorization
        .split("q-header-list=")
        .nth(1)
        .unwrap()
        .split('&')
        .next()
        .unwrap();
    for (name, value) in rows {
        assert_eq!(request.header(name), Some(value), "{name}");
        let signed = name != "content-language";
        assert_eq!(
            list.split(';').any(|signed| signed == name),
            signed,
            "{name} in {list}"
        );
    }
    for name in ["accept-encoding", "accept", "transfer-encoding"] {
        assert_eq!(request.header(name), None, "{name}");
    }
    assert!(
        request
            .header("user-agent")
            .unwrap()
            .starts_with("coslink/")
    );
}

#[test]
fn progress_is_told_on_this_thread_and_may_stop() {
    let world = World::new();
    let content = noise(1 << 20);
    let here = std::thread::current().id();
    let mut seen = Vec::new();
    let watch = |progress: &Progress| {
        assert_eq!(std::thread::current().id(), here);
        seen.push((progress.loaded, progress.total));
        assert!(progress.fraction() <= 1.0 && (progress.speed > 0 || progress.loaded == 0));
        ControlFlow::Continue(())
    };
    world
        .bucket
        .send_with(PutObject::new("k", content.as_slice()), watch)
        .unwrap();
    assert_eq!(seen.first(), Some(&(0, 1 << 20)));
    assert_eq!(seen.last(), Some(&(1 << 20, 1 << 20)));
    assert!(seen.is_sorted());

    world.cos.clear_requests();
    let stop = |_: &Progress| ControlFlow::Break(());
    let result = world
        .bucket
        .send_with(PutObject::new("k2", content.as_slice()), stop);
    failed(result, ErrorKind::Cancelled);
    assert_eq!(world.operations(), [""; 0]);
}

#[test]
fn a_passing_fault_is_sent_again_but_a_reader_is_not() {
    let world = World::new();
    world.fault("PutObject times=2 status=503 code=SlowDown");
    let put = world.bucket.send(PutObject::new("k", "again")).unwrap();
    assert!(put.verified);
    assert_eq!(world.cos.requests().len(), 3);

    world.fault("PutObject times=forever status=503 code=SlowDown");
    failed(
        world.bucket.send(PutObject::new("k", "again")),
        ErrorKind::Throttled,
    );
    world.cos.clear_faults();

    world.fault("PutObject times=forever status=500 code=InternalError");
    let error = failed(
        world.bucket.send(PutObject::new("k", "again")),
        ErrorKind::Service,
    );
    assert_eq!((error.attempts(), error.code()), (3, Some("InternalError")));

    world.cos.clear_requests();
    let once = PutObject::new("k", Body::reader(&b"once"[..], 4));
    let error = failed(world.bucket.send(once), ErrorKind::Service);
    assert_eq!((error.attempts(), world.cos.requests().len()), (1, 1));
}

#[test]
fn other_bytes_in_the_bucket_than_were_sent_are_an_integrity_error() {
    let world = World::new();
    world.fault("PutObject times=forever wrong-crc");
    failed(
        world.bucket.send(PutObject::new("k", "bytes")),
        ErrorKind::Integrity,
    );
    world.cos.clear_faults();
    world.fault("PutObject no-crc");
    assert!(
        !world
            .bucket
            .send(PutObject::new("k", "bytes"))
            .unwrap()
            .verified
    );
}

#[test]
fn an_existing_object_is_kept_when_overwriting_is_forbidden() {
    let world = World::new();
    let put = |text| PutObject::new("k", text).forbid_overwrite(true);
    world.bucket.send(put("first")).unwrap();
    let error = failed(world.bucket.send(put("second")), ErrorKind::Precondition);
    assert_eq!(
        (error.code(), error.status()),
        (Some("FileAlreadyExists"), Some(409))
    );
    assert_eq!(world.stored("k").unwrap(), b"first");
}

#[test]
fn an_answer_that_comes_before_the_body_is_sent_is_read() {
    let world = World::new();
    let content = noise(8 << 20);
    for early in ["early=403", "early-close=403"] {
        world.fault(&format!("PutObject {early} code=AccessDenied"));
        let error = failed(
            world.bucket.send(PutObject::new("k", &content[..])),
            ErrorKind::Denied,
        );
        assert_eq!(error.code(), Some("AccessDenied"), "{early}");
        assert!(error.request_id().is_some());
    }
}

#[test]
fn expect_waits_for_the_word_of_the_server() {
    let world = World::new();
    world
        .bucket
        .send(PutObject::new("k", "hello").expect("100-continue"))
        .unwrap();
    assert_eq!(world.stored("k").unwrap(), b"hello");
    assert_eq!(world.request().header("expect"), Some("100-continue"));
}

/// Every object has an ETag; an answer without one is not about an object that was stored.
#[test]
fn a_success_without_an_object_is_none() {
    let world = World::new();
    world.fault("PutObject times=forever refused-empty-200");
    failed(
        world.bucket.send(PutObject::new("k", "x")),
        ErrorKind::Protocol,
    );
    world.cos.clear_faults();
    world.fault("PutObject times=forever error-200=AccessDenied");
    let error = failed(
        world.bucket.send(PutObject::new("k", "x")),
        ErrorKind::Service,
    );
    assert_eq!(
        (error.code(), error.status()),
        (Some("AccessDenied"), Some(200))
    );
    assert_eq!(world.stored("k"), None);
    world.cos.clear_faults();
    world.fault("PutObject error-200=InternalError");
    let put = world.bucket.send(PutObject::new("k", "x")).unwrap();
    assert_eq!(
        (put.attempts, world.stored("k").unwrap()),
        (2, b"x".to_vec())
    );
}
