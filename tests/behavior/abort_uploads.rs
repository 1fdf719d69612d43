//! Uploads that nobody came back for.

use std::time::Duration;

use cos_emulator::BUCKET;
use coslink::{ErrorKind, InitiateMultipartUpload};

use crate::support::{World, failed};

#[test]
fn old_uploads_under_a_prefix_are_aborted_and_no_others() {
    let world = World::new();
    let begin = |key: &str| {
        world
            .bucket
            .send(InitiateMultipartUpload::new(key))
            .unwrap()
    };
    world.cos.set_clock(-50);
    for key in ["a/1", "a/1", "a/ü +%", "b/1"] {
        begin(key);
    }
    world.cos.set_clock(0);
    begin("a/young");
    let aborted = world
        .bucket
        .abort_uploads("a/", Duration::from_secs(25))
        .unwrap();
    let keys: Vec<&str> = aborted.iter().map(|upload| upload.key.as_str()).collect();
    assert_eq!(keys, ["a/1", "a/1", "a/ü +%"]);
    let mut left: Vec<String> = world
        .cos
        .uploads(BUCKET)
        .into_iter()
        .map(|(key, _)| key)
        .collect();
    left.sort();
    assert_eq!(left, ["a/young", "b/1"]);
    assert_eq!(
        world
            .bucket
            .abort_uploads("", Duration::ZERO)
            .unwrap()
            .len(),
        2
    );
    assert_eq!(world.cos.uploads(BUCKET), []);
}

#[test]
fn one_that_ends_meanwhile_is_no_error_and_a_refusal_is() {
    let world = World::new();
    let begin = |key: &str| {
        world
            .bucket
            .send(InitiateMultipartUpload::new(key))
            .unwrap()
    };
    begin("a");
    begin("b");
    world.fault("AbortMultipartUpload key=a status=404 code=NoSuchUpload");
    world.fault("AbortMultipartUpload key=b status=403 code=AccessDenied");
    failed(
        world.bucket.abort_uploads("", Duration::ZERO),
        ErrorKind::Denied,
    );
}
