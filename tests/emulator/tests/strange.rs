//! Faults of the framing and of documents, and those that strike now and then.
#![allow(clippy::unwrap_used)]

mod common;

use std::io::Read;
use std::time::{Duration, Instant};

use common::{connect, get, send};
use cos_emulator::{BUCKET, Emulator};

fn with(line: &str) -> Emulator {
    let cos = Emulator::start();
    cos.put(BUCKET, "k", b"0123456789");
    cos.fault(line).unwrap();
    cos
}

/// All that comes until the connection ends, or until nothing has come for a while.
fn seen(cos: &Emulator, target: &str) -> String {
    let mut stream = connect(cos);
    let patience = Some(Duration::from_millis(300));
    stream.set_read_timeout(patience).unwrap();
    send(&stream, "GET", target, &[], b"").unwrap();
    let mut seen = Vec::new();
    let _ = stream.read_to_end(&mut seen);
    String::from_utf8(seen).unwrap()
}

#[test]
fn a_length_may_be_wrong() {
    for (line, announced) in [("length=3", 13), ("length=-3", 7), ("length=-99", 0)] {
        let seen = seen(&with(&format!("GetObject {line}")), "/k");
        let length = format!("Content-Length: {announced}\r\n");
        assert!(seen.contains(&length), "{line}: {seen}");
        assert!(seen.ends_with("\r\n\r\n0123456789"), "{line}: {seen}");
    }
}

#[test]
fn a_header_may_come_twice() {
    for header in ["Content-Length", "ETag", "x-cos-hash-crc64ecma"] {
        let cos = with(&format!("GetObject add-header={header}:7"));
        let answer = get(&cos, "/k", &[]).expect(200);
        let named = |(name, _): &&(String, String)| name == header;
        assert_eq!(answer.headers.iter().filter(named).count(), 2, "{header}");
    }
}

#[test]
fn an_answer_may_be_of_another_age() {
    let seen = seen(&with("GetObject http-1.0 chunked"), "/k");
    assert!(seen.starts_with("HTTP/1.0 200 OK\r\n"), "{seen}");
    assert!(seen.contains("Connection: close"), "{seen}");
    assert!(seen.ends_with("\r\n\r\n0123456789"), "{seen}");
}

#[test]
fn a_head_may_take_its_time() {
    for line in [
        "slow-head=1",
        "slow-head=1 raw=HTTP/1.1%20200%20OK%0D%0A%0D%0A0123456789",
    ] {
        let cos = with(&format!("GetObject {line}"));
        let begun = Instant::now();
        assert!(seen(&cos, "/k").ends_with("0123456789"));
        assert!(begun.elapsed() >= Duration::from_millis(29), "{line}");
    }
}

#[test]
fn a_document_may_be_big_or_deep() {
    let listing = |line: &str| get(&with(line), "/", &[]).expect(200).text();
    let text = listing("ListObjects huge-xml=100000");
    assert!(text.len() >= 100_000 && text.contains("<ListBucketResult><Filler>xx"));
    assert!(text.contains("<Key>k</Key>"));
    let text = listing("ListObjects deep-xml=500");
    assert!(
        text.contains(&format!("<ListBucketResult>{}</d>", "<d>".repeat(500))),
        "{text}"
    );
    let refused = get(&with("GetObject status=500 huge-xml=1000"), "/k", &[]);
    refused.refused(500, "InternalError");
}

#[test]
fn a_chance_is_drawn_from_its_seed() {
    let struck = |seed: u32| -> Vec<bool> {
        let cos = with(&format!("* times=forever chance=20 seed={seed} status=503"));
        (0..200)
            .map(|_| get(&cos, "/k", &[]).status == 503)
            .collect()
    };
    let first = struck(1);
    let count = first.iter().filter(|struck| **struck).count();
    assert!((20..60).contains(&count), "{count}");
    assert_eq!(first, struck(1));
    assert_ne!(first, struck(2));
}
