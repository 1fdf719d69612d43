//! Connections are used again, and none is trusted that should not be.

use std::time::Duration;

use cos_emulator::{BUCKET, Emulator, REGION, SECRET_ID, SECRET_KEY};
use coslink::{
    Client, ClientBuilder, Credentials, DeleteObject, ErrorKind, GetObject, HeadObject,
    ListObjects, PutObject, RetryPolicy,
};

use crate::support::{World, builder, failed, noise};

#[test]
fn one_connection_serves_one_caller() {
    let world = World::new();
    for n in 0..10 {
        let key = format!("k{n}");
        world.bucket.send(PutObject::new(&key, "x")).unwrap();
        world
            .bucket
            .send(GetObject::new(&key))
            .unwrap()
            .output
            .body
            .into_bytes()
            .unwrap();
        world.bucket.send(HeadObject::new(&key)).unwrap();
        failed(
            world.bucket.send(GetObject::new("absent")),
            ErrorKind::NotFound,
        );
        world.bucket.objects(ListObjects::new()).for_each(drop);
        world.bucket.send(DeleteObject::new(&key)).unwrap();
    }
    assert_eq!(world.cos.connections(), 1);
}

#[test]
fn a_connection_that_the_server_closed_is_replaced_without_a_wait() {
    let cos = Emulator::start();
    let waits = Duration::from_secs(3600);
    let client = builder(&cos)
        .retry(RetryPolicy::new(2).waits(waits, waits))
        .build()
        .unwrap();
    let bucket = client.bucket(BUCKET, REGION).unwrap();
    bucket.send(PutObject::new("k", "x")).unwrap();
    cos.fault("HeadObject close").unwrap();
    bucket.send(HeadObject::new("k")).unwrap();
    assert_eq!(cos.connections(), 2);
}

#[test]
fn threads_share_a_client() {
    let world = World::new();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let bucket = &world.bucket;
            scope.spawn(move || {
                for n in 0..20 {
                    let key = format!("{thread}/{n}");
                    bucket.send(PutObject::new(&key, key.as_str())).unwrap();
                    let got = bucket.send(GetObject::new(&key)).unwrap().output;
                    assert_eq!(got.body.into_bytes().unwrap(), key.as_bytes());
                }
            });
        }
    });
    assert!(world.cos.connections() <= 8, "{}", world.cos.connections());
}

#[test]
fn broken_connections_and_strange_answers_are_typed_errors() {
    let world = World::with(|b| b.stall_timeout(Duration::from_millis(300)));
    world.cos.put(BUCKET, "k", noise(1000));
    for (fault, kind) in [
        ("reset", ErrorKind::Transport),
        ("close", ErrorKind::Transport),
        ("drop-answer", ErrorKind::Transport),
        ("delay=2000", ErrorKind::Timeout),
        ("raw=SSH-2.0-garbage%0D%0A%0D%0A", ErrorKind::Protocol),
        ("huge-headers=100000", ErrorKind::Protocol),
        ("status=302", ErrorKind::Protocol),
        ("status=403 no-request-id", ErrorKind::Denied),
        (
            "status=502 no-request-id body=%3Chtml%3E",
            ErrorKind::Service,
        ),
        ("status=429", ErrorKind::Throttled),
        // An answer to HEAD has no code that could say more.
        ("status=503 code=SlowDown", ErrorKind::Service),
        ("status=501", ErrorKind::Service),
    ] {
        world.fault(&format!("HeadObject times=forever {fault}"));
        let error = world.bucket.send(HeadObject::new("k")).expect_err(fault);
        assert_eq!(error.kind(), kind, "{fault}: {error}");
        assert!(error.attempts() >= 1, "{fault}");
        assert!(!error.to_string().contains("q-signature"), "{error}");
        world.cos.clear_faults();
    }
    world.fault("GetObject stall=100");
    let got = world.bucket.send(GetObject::new("k")).unwrap().output;
    failed(got.body.into_bytes(), ErrorKind::Timeout);
    world.bucket.send(HeadObject::new("k")).unwrap();
}

#[test]
fn nobody_listens() {
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let client = Client::builder(Credentials::new(SECRET_ID, SECRET_KEY))
        .endpoint(format!("http://127.0.0.1:{port}"))
        .retry(RetryPolicy::new(1))
        .build()
        .unwrap();
    let bucket = client.bucket(BUCKET, REGION).unwrap();
    let error = failed(bucket.send(HeadObject::new("k")), ErrorKind::Transport);
    assert!(error.is_retryable(), "{error}");
}

#[test]
#[cfg_attr(not(feature = "tls"), ignore = "needs TLS")]
fn only_a_certificate_of_a_trusted_authority_is_accepted() {
    let cos = Emulator::builder().tls(true).start();
    let other = Emulator::builder().tls(true).start();
    let directory = tempfile::tempdir().unwrap();
    let ca = |emulator: &Emulator, name: &str| {
        let path = directory.path().join(name);
        std::fs::write(&path, emulator.ca_pem()).unwrap();
        path
    };
    let send = |settings: ClientBuilder| {
        let bucket = settings.build().unwrap().bucket(BUCKET, REGION).unwrap();
        bucket.send(PutObject::new("k", "secret"))
    };
    send(builder(&cos).ca_file(ca(&cos, "own"))).unwrap();
    assert_eq!(cos.object(BUCKET, "k").unwrap().bytes().unwrap(), b"secret");
    for settings in [builder(&cos), builder(&cos).ca_file(ca(&other, "other"))] {
        let error = failed(send(settings), ErrorKind::Transport);
        assert!(!error.is_retryable(), "{error}");
        assert!(error.to_string().contains("certificate"), "{error}");
    }
    // Encrypted keys may be sent over TLS.
    let key = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
    let put = PutObject::new("c", "secret")
        .sse_customer_algorithm("AES256")
        .sse_customer_key(key)
        .sse_customer_key_md5("hRasmdxgYDKV3nvbahU1MA==");
    let settings = builder(&cos).ca_file(ca(&cos, "own"));
    let bucket = settings.build().unwrap().bucket(BUCKET, REGION).unwrap();
    bucket.send(put).unwrap();
    assert!(bucket.send(GetObject::new("c")).is_err());
}
