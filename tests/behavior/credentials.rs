//! Who is let in, and what is never shown.

use cos_emulator::{BUCKET, Emulator, REGION, SECRET_ID, SECRET_KEY};
use coslink::{
    Client, Credentials, CredentialsSource, ErrorKind, GetObject, HeadObject, PutObject,
};

use crate::support::{World, builder, failed};

#[test]
fn a_wrong_secret_is_denied_at_once() {
    let world = World::new();
    let client = world.bucket.client();
    for (credentials, code) in [
        (
            Credentials::new(SECRET_ID, "wrongSecretKey"),
            "SignatureDoesNotMatch",
        ),
        (
            Credentials::new("AKIDunknown", SECRET_KEY),
            "InvalidAccessKeyId",
        ),
    ] {
        client.set_credentials(credentials).unwrap();
        world.cos.clear_requests();
        let error = failed(
            world.bucket.send(PutObject::new("k", "x")),
            ErrorKind::Denied,
        );
        assert_eq!(
            (error.code(), error.status(), error.attempts()),
            (Some(code), Some(403), 1)
        );
        assert!(error.request_id().is_some() && error.trace_id().is_some());
        assert!(!error.is_retryable());
        assert_eq!(world.cos.requests().len(), 1);
        let shown = format!("{error} {error:?} {client:?} {:?}", world.bucket);
        assert!(
            !shown.contains("wrongSecretKey") && !shown.contains(SECRET_KEY),
            "{shown}"
        );
        assert_eq!(shown.lines().count(), 1);
    }
    client
        .set_credentials(Credentials::new(SECRET_ID, SECRET_KEY))
        .unwrap();
    world.bucket.send(PutObject::new("k", "x")).unwrap();
}

#[test]
fn a_token_is_sent_and_signed() {
    let cos = Emulator::builder().token("TOKEN/abc+def=").start();
    let client = |token: &str| {
        let credentials = Credentials::new(SECRET_ID, SECRET_KEY).token(token);
        Client::builder(credentials)
            .endpoint(cos.url())
            .build()
            .unwrap()
    };
    let bucket = client("TOKEN/abc+def=").bucket(BUCKET, REGION).unwrap();
    bucket.send(PutObject::new("k", "x")).unwrap();
    let request = cos.requests().remove(0);
    assert_eq!(
        request.header("x-cos-security-token"),
        Some("TOKEN/abc+def=")
    );
    assert!(
        request
            .header("authorization")
            .unwrap()
            .contains("x-cos-security-token")
    );
    let bucket = client("other").bucket(BUCKET, REGION).unwrap();
    failed(bucket.send(PutObject::new("k", "x")), ErrorKind::Denied);
}

#[test]
fn the_host_that_is_signed_is_the_buckets_own() {
    let world = World::new();
    failed(world.bucket.send(HeadObject::new("k")), ErrorKind::NotFound);
    let host = format!("{BUCKET}.cos.{REGION}.myqcloud.com");
    assert_eq!(world.request().header("host"), Some(host.as_str()));
}

#[test]
fn another_region_or_bucket_is_not_found() {
    let cos = Emulator::start();
    let client = builder(&cos).build().unwrap();
    let bucket = client.bucket("otherbucket-1250000000", REGION).unwrap();
    let error = failed(bucket.send(GetObject::new("k")), ErrorKind::NotFound);
    assert_eq!(error.code(), Some("NoSuchBucket"));
}

#[test]
fn a_provider_is_asked_when_the_service_calls_a_token_expired() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};
    let cos = Emulator::start();
    let asked = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&asked);
    let source = CredentialsSource::provider(move || {
        count.fetch_add(1, Ordering::SeqCst);
        Ok(Credentials::new(SECRET_ID, SECRET_KEY))
    });
    let client = Client::builder(source).endpoint(cos.url()).build().unwrap();
    let bucket = client.bucket(BUCKET, REGION).unwrap();
    bucket.send(PutObject::new("k", "x")).unwrap();
    bucket.send(PutObject::new("k", "x")).unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    cos.fault("PutObject status=403 code=ExpiredToken").unwrap();
    bucket.send(PutObject::new("k", "x")).unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    cos.fault("PutObject times=forever status=403 code=ExpiredToken")
        .unwrap();
    failed(bucket.send(PutObject::new("k", "x")), ErrorKind::Denied);
    assert_eq!(asked.load(Ordering::SeqCst), 3);
}

#[test]
fn a_long_transfer_survives_a_rotation_and_one_thread_asks_at_a_time() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::{Duration, SystemTime};
    let world = World::new();
    let asking = Arc::new(AtomicBool::new(false));
    let provider = CredentialsSource::provider(move || {
        assert!(!asking.swap(true, Ordering::SeqCst), "two threads ask");
        std::thread::sleep(Duration::from_millis(5));
        asking.store(false, Ordering::SeqCst);
        // So short that each part asks again.
        let end = SystemTime::now() + Duration::from_millis(30);
        Ok(Credentials::new(SECRET_ID, SECRET_KEY).expires(end))
    });
    let client = Client::builder(provider)
        .endpoint(world.cos.url())
        .build()
        .unwrap();
    let bucket = client.bucket(BUCKET, REGION).unwrap();
    let path = world.file("f", &crate::support::noise(12 << 20));
    world.fault("UploadPart times=forever delay=20");
    let upload = coslink::UploadFile::new("k", path)
        .part_size(1 << 20)
        .slice_above(0);
    assert!(bucket.upload(&upload).unwrap().verified);
}

#[test]
fn a_provider_that_fails_is_the_error() {
    let cos = Emulator::start();
    let source = CredentialsSource::provider(|| Credentials::from_file("/nonexistent/.cos.conf"));
    let client = Client::builder(source).endpoint(cos.url()).build().unwrap();
    let bucket = client.bucket(BUCKET, REGION).unwrap();
    failed(bucket.send(PutObject::new("k", "x")), ErrorKind::LocalIo);
    assert_eq!(cos.requests().len(), 0);
}
