//! Ten things that official SDKs of other languages were seen to get wrong, one test each.

use std::time::{Duration, Instant};

use cos_emulator::{BUCKET, Emulator, REGION, SECRET_ID, SECRET_KEY};
use coslink::{
    ByteRange, Client, CompleteMultipartUpload, CompletedPart, CopyObject, Credentials,
    DownloadFile, ErrorKind, GetObject, InitiateMultipartUpload, PutObject, RetryPolicy,
    UploadPart,
};

use crate::support::{World, failed, noise};

#[test]
fn a_get_that_met_a_500_first_gives_the_bytes_and_no_others() {
    let world = World::new();
    world.cos.put(BUCKET, "k", noise(100));
    world.fault("GetObject status=500 code=InternalError");
    let got = world.bucket.send(GetObject::new("k")).unwrap();
    assert_eq!(got.attempts, 2);
    assert_eq!(got.output.body.into_bytes().unwrap(), noise(100));
}

#[test]
fn a_put_that_met_a_500_first_sends_all_of_its_body_again() {
    let world = World::new();
    world.fault("PutObject status=500 code=InternalError");
    world
        .bucket
        .send(PutObject::new("k", noise(100_000)))
        .unwrap();
    assert_eq!(world.stored("k").unwrap(), noise(100_000));
    let lengths: Vec<u64> = world.cos.requests().iter().map(|r| r.body_length).collect();
    assert_eq!(lengths, [100_000, 100_000]);
}

#[test]
fn a_put_whose_connection_is_cut_stores_all_of_its_body() {
    let world = World::new();
    world.fault("PutObject upload=1000 reset");
    world
        .bucket
        .send(PutObject::new("k", noise(100_000)))
        .unwrap();
    assert_eq!(world.stored("k").unwrap(), noise(100_000));
}

#[test]
fn a_get_to_a_file_that_ends_early_without_a_crc_is_an_error() {
    let world = World::new();
    world.cos.put(BUCKET, "k", noise(100));
    world.fault("GetObject times=forever no-crc cut=40");
    let mut body = world.bucket.send(GetObject::new("k")).unwrap().output.body;
    assert!(body.save(world.path("out")).is_err());
    // A download goes on where the answer broke off, until there is nothing to go on with.
    world.fault("HeadObject times=forever no-crc");
    let download = DownloadFile::new("k", world.path("out"));
    world.bucket.download(&download).unwrap();
    assert_eq!(std::fs::read(world.path("out")).unwrap(), noise(100));
    world.cos.clear_faults();
    world.fault("GetObject times=forever no-crc cut=0");
    let download = DownloadFile::new("k", world.path("other"));
    failed(world.bucket.download(&download), ErrorKind::Transport);
    assert_eq!(world.files(), ["out"]);
}

#[test]
fn a_get_of_a_range_that_ends_early_is_an_error() {
    let world = World::new();
    world.cos.put(BUCKET, "k", noise(200));
    world.fault("GetObject times=forever cut=40");
    let get = GetObject::new("k").range(ByteRange::new(0, 99));
    let mut body = world.bucket.send(get).unwrap().output.body;
    failed(body.save(world.path("out")), ErrorKind::Transport);
    assert_eq!(world.files(), [""; 0]);
}

#[test]
#[cfg_attr(not(feature = "tls"), ignore = "needs TLS")]
fn a_certificate_that_nobody_vouches_for_is_refused_before_a_secret_is_sent() {
    let cos = Emulator::builder().tls(true).start();
    let client = Client::builder(Credentials::new(SECRET_ID, SECRET_KEY))
        .endpoint(cos.url())
        .retry(RetryPolicy::new(1))
        .build()
        .unwrap();
    let bucket = client.bucket(BUCKET, REGION).unwrap();
    failed(bucket.send(GetObject::new("k")), ErrorKind::Transport);
    assert!(cos.requests().is_empty());
}

#[test]
fn a_completion_answered_with_an_error_under_200_is_an_error() {
    let world = World::new();
    let begun = world
        .bucket
        .send(InitiateMultipartUpload::new("k"))
        .unwrap();
    let id = begun.output.upload_id;
    let part = world
        .bucket
        .send(UploadPart::new("k", &id, 1, "bytes"))
        .unwrap();
    world.fault("CompleteMultipartUpload times=forever error-200=InternalError");
    let parts = [CompletedPart::new(1, part.output.etag)];
    let complete = CompleteMultipartUpload::new("k", &id, parts);
    let error = failed(world.bucket.send(complete), ErrorKind::Service);
    assert_eq!(error.code(), Some("InternalError"));
}

#[test]
fn a_copy_answered_with_an_error_under_200_is_an_error() {
    let world = World::new();
    world.cos.put(BUCKET, "k", "bytes");
    world.fault("CopyObject times=forever error-200=InternalError");
    let copy = CopyObject::new("copy", world.bucket.source("k"));
    failed(world.bucket.send(copy), ErrorKind::Service);
    assert!(world.stored("copy").is_none());
}

#[test]
fn a_service_that_asks_for_fewer_requests_is_left_alone_for_longer_each_time() {
    let waits = (Duration::from_millis(40), Duration::from_secs(1));
    let world = World::with(|builder| builder.retry(RetryPolicy::new(5).waits(waits.0, waits.1)));
    let begun = Instant::now();
    world.fault("PutObject times=forever status=503 code=SlowDown");
    let error = failed(
        world.bucket.send(PutObject::new("k", "bytes")),
        ErrorKind::Throttled,
    );
    assert_eq!(error.attempts(), 5);
    // Drawn evenly from zero to 40, 80, 160 and 320 ms: four of them next to nothing is no chance.
    assert!(
        begun.elapsed() > Duration::from_millis(7),
        "{:?}",
        begun.elapsed()
    );
}

#[test]
fn a_download_that_is_denied_leaves_the_file_as_it_was() {
    let world = World::new();
    world.cos.put(BUCKET, "k", noise(3 << 20));
    let target = world.file("target", b"8 bytes.");
    world.fault("GetObject times=forever status=403 code=AccessDenied");
    let download = DownloadFile::new("k", &target).part_size(1 << 20);
    failed(world.bucket.download(&download), ErrorKind::Denied);
    assert_eq!(std::fs::read(&target).unwrap(), b"8 bytes.");
    assert_eq!(world.files(), ["target"]);
}
