//! One object at a time: bytes, headers, ranges, conditions, keys.
#![allow(clippy::unwrap_used)]

mod common;

use common::{call, get, noise, put, try_call};
use cos_emulator::{BUCKET, Emulator, crc64};

#[test]
fn what_was_put_comes_back() {
    let cos = Emulator::start();
    let answer = put(
        &cos,
        "/dir/example%20object",
        &[
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Cache-Control", "max-age=86400"),
            ("Content-Disposition", "attachment; filename=\"a b.txt\""),
            ("Content-Encoding", "gzip"),
            ("Content-Language", "zh-CN"),
            ("Expires", "not even a date"),
            ("x-cos-meta-Color", "dark  blue"),
            ("x-cos-storage-class", "STANDARD_IA"),
            ("x-cos-tagging", "k1=v1&k%202=v%2B2"),
        ],
        b"123456789",
    )
    .expect(200);
    assert_eq!(
        answer.header("ETag"),
        Some("\"25f9e794323b453885f5181f1b624d0b\"")
    );
    assert_eq!(
        answer.header("x-cos-hash-crc64ecma"),
        Some("11051210869376104954")
    );
    assert_eq!(answer.header("Server"), Some("tencent-cos"));
    for method in ["GET", "HEAD"] {
        let answer = call(&cos, method, "/dir/example%20object", &[], b"").expect(200);
        assert_eq!(
            answer.body,
            if method == "GET" {
                b"123456789".as_slice()
            } else {
                b""
            }
        );
        for (name, value) in [
            ("Content-Length", "9"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Cache-Control", "max-age=86400"),
            ("Content-Disposition", "attachment; filename=\"a b.txt\""),
            ("Content-Encoding", "gzip"),
            ("Content-Language", "zh-CN"),
            ("Expires", "not even a date"),
            ("x-cos-meta-color", "dark  blue"),
            ("x-cos-storage-class", "STANDARD_IA"),
            ("x-cos-tagging-count", "2"),
            ("x-cos-hash-crc64ecma", "11051210869376104954"),
            ("ETag", "\"25f9e794323b453885f5181f1b624d0b\""),
        ] {
            assert_eq!(answer.header(name), Some(value), "{method} {name}");
        }
        assert!(answer.header("Last-Modified").is_some());
    }
    let stored = cos.object(BUCKET, "dir/example object").unwrap();
    assert_eq!((stored.size, stored.crc64), (9, 11_051_210_869_376_104_954));
    assert_eq!(
        stored.metadata,
        [("color".to_owned(), "dark  blue".to_owned())]
    );
    assert_eq!(stored.tags[1], ("k 2".to_owned(), "v+2".to_owned()));
    assert_eq!(stored.bytes().unwrap(), b"123456789");
}

#[test]
fn defaults() {
    let cos = Emulator::start();
    put(&cos, "/k", &[], b"").expect(200);
    let answer = get(&cos, "/k", &[]).expect(200);
    assert_eq!(
        answer.header("Content-Type"),
        Some("application/octet-stream")
    );
    assert_eq!(answer.header("Content-Length"), Some("0"));
    assert_eq!(answer.header("x-cos-hash-crc64ecma"), Some("0"));
    assert_eq!(answer.header("x-cos-storage-class"), None);
}

#[test]
fn ranges() {
    let cos = Emulator::start();
    cos.put(BUCKET, "k", b"0123456789");
    for (range, body, told) in [
        ("bytes=0-0", "0", "bytes 0-0/10"),
        ("bytes=2-5", "2345", "bytes 2-5/10"),
        ("bytes=7-", "789", "bytes 7-9/10"),
        ("bytes=7-99999999999999999999", "789", "bytes 7-9/10"),
        ("bytes=-3", "789", "bytes 7-9/10"),
        ("bytes=-30", "0123456789", "bytes 0-9/10"),
    ] {
        let answer = get(&cos, "/k", &[("Range", range)]).expect(206);
        assert_eq!(
            (answer.text().as_str(), answer.header("Content-Range")),
            (body, Some(told))
        );
        let whole = crc64::checksum(b"0123456789").to_string();
        assert_eq!(answer.header("x-cos-hash-crc64ecma"), Some(whole.as_str()));
    }
    for ignored in [
        "bytes=5-2",
        "bytes=0-1,3-4",
        "lines=1-2",
        "bytes=",
        "bytes=-",
        "bytes=a-b",
        "bytes=1-x",
    ] {
        let answer = get(&cos, "/k", &[("Range", ignored)]).expect(200);
        assert_eq!(answer.text(), "0123456789", "{ignored}");
    }
    for beyond in [
        "bytes=10-",
        "bytes=10-11",
        "bytes=99999999999999999999-",
        "bytes=-0",
    ] {
        let answer = get(&cos, "/k", &[("Range", beyond)]).refused(416, "InvalidRange");
        assert_eq!(
            answer.header("Content-Range"),
            Some("bytes */10"),
            "{beyond}"
        );
    }
    cos.put(BUCKET, "empty", b"");
    get(&cos, "/empty", &[("Range", "bytes=0-")]).refused(416, "InvalidRange");
}

#[test]
fn ranges_across_blocks_and_files() {
    let directory = tempfile::tempdir().unwrap();
    for cos in [
        Emulator::start(),
        Emulator::builder().directory(directory.path()).start(),
    ] {
        let bytes = noise(700_000, 7);
        put(&cos, "/big", &[], &bytes).expect(200);
        for (from, to) in [
            (0, 699_999),
            (262_143, 262_144),
            (262_144, 524_288),
            (1, 699_998),
        ] {
            let range = format!("bytes={from}-{to}");
            let answer = get(&cos, "/big", &[("Range", &range)]).expect(206);
            assert!(answer.body == bytes[from..=to], "{range}");
        }
        assert!(get(&cos, "/big", &[]).expect(200).body == bytes);
    }
    assert_eq!(
        std::fs::read_dir(directory.path()).unwrap().count(),
        0,
        "files are left behind"
    );
}

#[test]
fn conditions() {
    let cos = Emulator::start();
    cos.put(BUCKET, "k", b"x");
    let seen = get(&cos, "/k", &[]);
    let etag = seen.header("ETag").unwrap();
    let modified = seen.header("Last-Modified").unwrap();
    let (past, future) = (
        "Thu, 01 Jan 1998 00:00:00 GMT",
        "Fri, 01 Jan 2100 00:00:00 GMT",
    );
    let cases: &[(&[(&str, &str)], u16)] = &[
        (&[("If-Match", etag)], 200),
        (&[("If-Match", "*")], 200),
        (
            &[(
                "If-Match",
                "\"other\", \"9dd4e461268c8034f5c8564e155c67a6\"",
            )],
            200,
        ),
        (&[("If-Match", "\"other\"")], 412),
        (&[("If-Match", etag.trim_matches('"'))], 412),
        (&[("If-None-Match", etag)], 304),
        (&[("If-None-Match", "*")], 304),
        (&[("If-None-Match", "\"other\"")], 200),
        (&[("If-Modified-Since", modified)], 304),
        (&[("If-Modified-Since", future)], 304),
        (&[("If-Modified-Since", past)], 200),
        (&[("If-Modified-Since", "yesterday")], 200),
        (&[("If-Unmodified-Since", past)], 412),
        (&[("If-Unmodified-Since", modified)], 200),
        (&[("If-Match", etag), ("If-Unmodified-Since", past)], 200),
        (
            &[
                ("If-None-Match", "\"other\""),
                ("If-Modified-Since", future),
            ],
            200,
        ),
        (&[("If-Match", "\"other\""), ("If-None-Match", etag)], 412),
        (&[("If-Match", etag), ("If-None-Match", etag)], 304),
        (&[("If-Match", "\"other\""), ("Range", "bytes=5-")], 412),
    ];
    for (headers, status) in cases {
        for method in ["GET", "HEAD"] {
            let answer = call(&cos, method, "/k", headers, b"");
            assert_eq!(answer.status, *status, "{method} {headers:?}");
            if *status == 304 {
                assert_eq!(answer.header("ETag"), Some(etag));
                assert_eq!(answer.header("Content-Length"), None);
            }
            if method == "HEAD" && *status == 412 {
                assert!(answer.header("x-cos-request-id").is_some());
            }
        }
    }
}

#[test]
fn what_is_not_there() {
    let cos = Emulator::start();
    let answer = get(&cos, "/none", &[]).refused(404, "NoSuchKey");
    assert_eq!(
        answer.element("Resource"),
        Some(format!("{}/none", common::HOST))
    );
    let answer = call(&cos, "HEAD", "/none", &[], b"");
    assert_eq!((answer.status, answer.body.len()), (404, 0));
    call(&cos, "DELETE", "/none", &[], b"").expect(204);
    cos.put(BUCKET, "k", b"x");
    get(&cos, "/k?versionId=MTg0", &[]).refused(404, "NoSuchVersion");
    call(&cos, "DELETE", "/k", &[], b"").expect(204);
    assert!(cos.object(BUCKET, "k").is_none());
}

#[test]
fn overrides_must_be_signed() {
    let cos = Emulator::start();
    put(&cos, "/k", &[("x-cos-acl", "public-read")], b"x").expect(200);
    let target = "/k?response-content-type=image%2Fpng&response-expires=never";
    let answer = get(&cos, target, &[]).expect(200);
    assert_eq!(answer.header("Content-Type"), Some("image/png"));
    assert_eq!(answer.header("Expires"), Some("never"));
    let anonymous = |target: &str| {
        common::raw(
            &cos,
            format!("GET {target} HTTP/1.1\r\nHost: {}\r\n\r\n", common::HOST),
        )
        .unwrap()
    };
    assert_eq!(anonymous("/k").expect(200).body, b"x");
    anonymous(target).refused(400, "InvalidRequest");
    cos.put(BUCKET, "private", b"x");
    anonymous("/private").refused(403, "AccessDenied");
}

#[test]
fn keys_are_bytes_of_the_path() {
    let cos = Emulator::start();
    for (target, key) in [
        ("//a", "/a"),
        ("/a//b", "a//b"),
        ("/a/../b", "a/../b"),
        ("/a/%2E%2E/b", "a/../b"),
        ("/.", "."),
        ("/a+b", "a+b"),
        ("/%E7%9B%AE%E5%BD%95/%F0%9F%98%80", "目录/😀"),
        ("/100%25", "100%"),
        ("/a%252Fb", "a%2Fb"),
        ("/tab%09nl%0A", "tab\tnl\n"),
        ("/trail%20", "trail "),
    ] {
        put(&cos, target, &[], key.as_bytes()).expect(200);
        assert_eq!(
            common::bytes_of(&cos, key).as_deref(),
            Some(key.as_bytes()),
            "{target}"
        );
        call(&cos, "DELETE", target, &[], b"").expect(204);
    }
    assert!(cos.keys(BUCKET).is_empty());
    put(&cos, &format!("/{}", "k".repeat(850)), &[], b"").expect(200);
    put(&cos, &format!("/{}", "k".repeat(851)), &[], b"").refused(400, "InvalidURI");
    put(&cos, "/a%1Ab", &[], b"").refused(400, "InvalidObjectName");
}

#[test]
fn buckets() {
    let cos = Emulator::start();
    call(&cos, "HEAD", "/", &[], b"").expect(200);
    put(&cos, "/", &[], b"").refused(409, "BucketAlreadyOwnedByYou");
    cos.put(BUCKET, "k", b"x");
    call(&cos, "DELETE", "/", &[], b"").refused(409, "BucketNotEmpty");
    call(&cos, "DELETE", "/k", &[], b"").expect(204);
    call(&cos, "DELETE", "/", &[], b"").expect(204);
    assert!(cos.buckets().is_empty());
    assert_eq!(cos.requests().last().unwrap().operation, "DeleteBucket");
    get(&cos, "/", &[]).refused(404, "NoSuchBucket");
    put(&cos, "/", &[], b"").expect(200);
    assert_eq!(cos.buckets(), [BUCKET]);
    assert_eq!(
        try_call(&cos, "HEAD", "/", &[], b"")
            .unwrap()
            .header("x-cos-bucket-region"),
        Some("ap-guangzhou")
    );
}
