//! What the journal tells of requests whose client died.
#![allow(clippy::unwrap_used)]

mod common;

use std::io::Write;
use std::time::{Duration, Instant};

use common::{MIB, connect, head, noise, put};
use cos_emulator::{Emulator, Recorded};
use socket2::SockRef;

#[track_caller]
fn wait_until(mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(10));
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn received(cos: &Emulator, operation: &str) -> u64 {
    let requests = cos.requests();
    let those = requests.iter().filter(|r| r.operation == operation);
    those.map(|r| r.body_length).sum()
}

#[test]
fn a_killed_client_is_there_with_what_it_sent() {
    let cos = Emulator::start();
    let part = "/k?partNumber=1&uploadId=";
    let id = common::call(&cos, "POST", "/k?uploads", &[], b"")
        .element("UploadId")
        .unwrap();
    for (target, operation, resets) in [
        ("/k".to_owned(), "PutObject", false),
        ("/k".to_owned(), "PutObject", true),
        (format!("{part}{id}"), "UploadPart", false),
        (format!("{part}{id}"), "UploadPart", true),
    ] {
        // Small bodies and large ones take different ways.
        for size in [1000, 2 * MIB] {
            put(&cos, &target, &[], b"before").expect(200);
            cos.clear_requests();
            let mut stream = connect(&cos);
            stream
                .write_all(head("PUT", &target, &[], Some(size)).as_bytes())
                .unwrap();
            stream.write_all(&noise(size / 2, 1)).unwrap();
            wait_until(|| received(&cos, operation) == size as u64 / 2);
            assert_eq!(cos.in_flight(), 1);
            if resets {
                SockRef::from(&stream)
                    .set_linger(Some(Duration::ZERO))
                    .unwrap();
            }
            drop(stream);
            wait_until(|| cos.in_flight() == 0);
            let requests = cos.requests();
            let [Recorded { ended, .. }] = &requests[..] else {
                panic!("{requests:?}");
            };
            assert!(ended.is_some());
            put(&cos, &target, &[], b"after").expect(200);
            assert_eq!(received(&cos, operation), size as u64 / 2 + 5);
        }
    }
}

#[test]
fn a_client_that_closes_at_once_is_counted_to_its_last_byte() {
    let cos = Emulator::start();
    let mut stream = connect(&cos);
    let half = noise(MIB / 2, 1);
    stream
        .write_all(head("PUT", "/k", &[], Some(MIB)).as_bytes())
        .unwrap();
    stream.write_all(&half).unwrap();
    drop(stream);
    wait_until(|| cos.requests().iter().any(|r| r.ended.is_some()));
    assert_eq!(received(&cos, "PutObject"), half.len() as u64);
    assert!(cos.object(cos_emulator::BUCKET, "k").is_none());
}
