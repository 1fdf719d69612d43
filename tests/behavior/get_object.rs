use std::io::Read;
use std::ops::ControlFlow;
use std::time::{Duration, SystemTime};

use cos_emulator::BUCKET;
use coslink::{ByteRange, Error, ErrorKind, GetObject, Progress, PutObject, StorageClass};

use crate::support::{World, failed, noise};

#[test]
fn a_whole_object_is_read_and_checked() {
    let world = World::new();
    let content = noise(1_000_000);
    let put = PutObject::new("k", &content[..])
        .content_type("image/png")
        .cache_control("no-cache")
        .storage_class(StorageClass::StandardIa)
        .meta("a", "b");
    let etag = world.bucket.send(put).unwrap().etag.clone();
    let mut got = world.bucket.send(GetObject::new("k")).unwrap().output;
    assert_eq!(got.head.etag, etag);
    assert_eq!(got.head.content_type.as_deref(), Some("image/png"));
    assert_eq!(got.head.cache_control.as_deref(), Some("no-cache"));
    assert_eq!(got.head.storage_class, Some(StorageClass::StandardIa));
    assert_eq!(got.head.metadata, [("a".to_owned(), "b".to_owned())]);
    assert_eq!(
        (got.object_size, got.body.length()),
        (Some(1_000_000), Some(1_000_000))
    );
    let mut bytes = Vec::new();
    got.body.read_to_end(&mut bytes).unwrap();
    assert_eq!(bytes, content);
    assert!(got.body.is_verified());
}

#[test]
fn ranges_are_those_that_were_asked_for() {
    let world = World::new();
    let content = noise(1000);
    world.cos.put(BUCKET, "k", &content);
    let rows = [
        (ByteRange::new(0, 0), 0..1),
        (ByteRange::new(10, 19), 10..20),
        (ByteRange::new(990, 5000), 990..1000),
        (ByteRange::from(400), 400..1000),
    ];
    for (range, expected) in rows {
        let got = world
            .bucket
            .send(GetObject::new("k").range(range))
            .unwrap()
            .output;
        assert_eq!(got.object_size, Some(1000));
        assert_eq!(got.body.into_bytes().unwrap(), content[expected]);
    }
    let behind = GetObject::new("k").range(ByteRange::from(1000));
    let error = failed(world.bucket.send(behind), ErrorKind::Precondition);
    assert_eq!(
        (error.status(), error.code()),
        (Some(416), Some("InvalidRange"))
    );

    let range = GetObject::new("k").range(ByteRange::new(10, 19));
    for fault in ["ignore-range", "wrong-content-range"] {
        world.fault(&format!("GetObject {fault}"));
        failed(world.bucket.send(range.clone()), ErrorKind::Protocol);
    }
}

#[test]
fn conditions_answer_not_modified_or_fail() {
    let world = World::new();
    let put = world.bucket.send(PutObject::new("k", "text")).unwrap();
    let etag = put.etag.trim_matches('"');
    let day = Duration::from_secs(86_400);
    let (before, after) = (SystemTime::now() - day, SystemTime::now() + day);
    let get = || GetObject::new("k");
    for (get, not_modified) in [
        (get().if_match(etag), false),
        (get().if_none_match("00"), false),
        (get().if_modified_since(before), false),
        (get().if_unmodified_since(after), false),
        (get().if_none_match(etag), true),
        (get().if_none_match(&put.etag), true),
        (get().if_modified_since(SystemTime::now()), true),
    ] {
        let got = world.bucket.send(get).unwrap().output;
        assert_eq!(got.not_modified, not_modified);
        let expected: &[u8] = if not_modified { b"" } else { b"text" };
        assert_eq!(got.body.into_bytes().unwrap(), expected);
    }
    for get in [get().if_match("00"), get().if_unmodified_since(before)] {
        let error = failed(world.bucket.send(get), ErrorKind::Precondition);
        assert_eq!(error.status(), Some(412));
    }
    let error = failed(
        world.bucket.send(get().version_id("v1")),
        ErrorKind::NotFound,
    );
    assert_eq!(error.code(), Some("NoSuchVersion"));
}

#[test]
fn the_answer_may_be_given_other_headers() {
    let world = World::new();
    world.cos.put(BUCKET, "k", b"text");
    let get = GetObject::new("k")
        .response_content_type("text/html; charset=utf-8")
        .response_content_language("de")
        .response_expires("Wed, 21 Oct 2026 07:28:00 GMT")
        .response_cache_control("no-store")
        .response_content_disposition("attachment; filename=\"x y\"")
        .response_content_encoding("br")
        .traffic_limit(819_200);
    let got = world.bucket.send(get).unwrap().output;
    assert_eq!(
        got.head.content_type.as_deref(),
        Some("text/html; charset=utf-8")
    );
    assert_eq!(got.head.content_language.as_deref(), Some("de"));
    assert_eq!(
        got.head.expires.as_deref(),
        Some("Wed, 21 Oct 2026 07:28:00 GMT")
    );
    assert_eq!(got.head.cache_control.as_deref(), Some("no-store"));
    assert_eq!(
        got.head.content_disposition.as_deref(),
        Some("attachment; filename=\"x y\"")
    );
    assert_eq!(got.head.content_encoding.as_deref(), Some("br"));
    let mut body = got.body;
    let mut text = String::new();
    body.read_to_string(&mut text).unwrap();
    assert!(body.is_verified());
    assert_eq!(
        world.request().header("x-cos-traffic-limit"),
        Some("819200")
    );
}

#[test]
fn an_object_stored_as_gzip_comes_as_it_was_stored() {
    let world = World::new();
    let content = [0x1f, 0x8b, 8, 0, 1, 2, 3];
    let put = PutObject::new("k", &content).content_encoding("gzip");
    world.bucket.send(put).unwrap();
    let got = world.bucket.send(GetObject::new("k")).unwrap().output;
    assert_eq!(got.body.into_bytes().unwrap(), content);
}

#[test]
fn a_body_that_is_cut_or_changed_is_never_taken_for_whole() {
    let world = World::new();
    let content = noise(200_000);
    world.cos.put(BUCKET, "k", &content);
    for (fault, kind) in [
        ("cut=0", ErrorKind::Transport),
        ("cut=1", ErrorKind::Transport),
        ("cut=half", ErrorKind::Transport),
        ("cut=-1", ErrorKind::Transport),
        ("flip=0", ErrorKind::Integrity),
        ("flip=199999", ErrorKind::Integrity),
        ("wrong-crc", ErrorKind::Integrity),
    ] {
        world.fault(&format!("GetObject {fault}"));
        let mut got = world.bucket.send(GetObject::new("k")).unwrap().output;
        let mut bytes = Vec::new();
        let error = got.body.read_to_end(&mut bytes).expect_err(fault);
        assert_eq!(Error::from_io(error).expect(fault).kind(), kind, "{fault}");
        assert!(!got.body.is_verified());

        world.fault(&format!("GetObject {fault}"));
        let target = world.file("target", b"before");
        let mut got = world.bucket.send(GetObject::new("k")).unwrap().output;
        assert_eq!(failed(got.body.save(&target), kind).attempts(), 1);
        assert_eq!(std::fs::read(&target).unwrap(), b"before", "{fault}");
        assert_eq!(world.files(), ["target"]);
    }
    world.fault("GetObject no-crc");
    let mut got = world.bucket.send(GetObject::new("k")).unwrap().output;
    got.body.save(world.path("target")).unwrap();
    assert!(!got.body.is_verified());
    assert_eq!(std::fs::read(world.path("target")).unwrap(), content);
}

#[test]
fn progress_is_told_while_a_body_is_written_and_may_stop() {
    let world = World::new();
    world.cos.put(BUCKET, "k", noise(1 << 20));
    let mut last = 0;
    let mut got = world.bucket.send(GetObject::new("k")).unwrap().output;
    let watch = |progress: &Progress| {
        last = progress.loaded;
        assert_eq!(progress.total, 1 << 20);
        assert!(progress.fraction() <= 1.0 && (progress.speed > 0 || last == 0));
        ControlFlow::Continue(())
    };
    let mut bytes = Vec::new();
    got.body.write_to_with(&mut bytes, watch).unwrap();
    assert_eq!((bytes.len(), last), (1 << 20, 1 << 20));

    let target = world.file("target", b"before");
    let mut got = world.bucket.send(GetObject::new("k")).unwrap().output;
    let stop = |_: &Progress| ControlFlow::Break(());
    failed(got.body.save_with(&target, stop), ErrorKind::Cancelled);
    assert_eq!(std::fs::read(&target).unwrap(), b"before");
}

#[test]
fn what_is_not_there_is_not_found() {
    let world = World::new();
    let error = failed(
        world.bucket.send(GetObject::new("absent")),
        ErrorKind::NotFound,
    );
    assert_eq!(
        (error.code(), error.status()),
        (Some("NoSuchKey"), Some(404))
    );
    assert_eq!((error.operation(), error.attempts()), ("GetObject", 1));
    assert!(
        error
            .headers()
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("date"))
    );
    let (shown, id) = (error.to_string(), error.request_id().unwrap());
    assert!(shown.starts_with("GetObject: not found: "), "{shown}");
    assert!(
        shown.contains("404 NoSuchKey") && shown.contains(id),
        "{shown}"
    );
}
