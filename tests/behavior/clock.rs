//! A clock of this machine that is wrong, by the service's reckoning.

use std::time::Duration;

use cos_emulator::BUCKET;
use coslink::{DownloadFile, ErrorKind, GetObject, HeadObject, PutObject, UploadFile};

use crate::support::{World, failed, noise};

/// One refusal, and everything after it is signed by the right time.
#[test]
fn the_time_is_learned_from_a_refusal() {
    for ahead in [7 * 3600, -7 * 3600, 40 * 86_400] {
        let world = World::new();
        world.cos.set_clock(ahead);
        let response = world.bucket.send(PutObject::new("k", "x")).unwrap();
        assert_eq!(response.attempts, 2, "{ahead}");
        let again = world.bucket.send(HeadObject::new("k")).unwrap();
        assert_eq!(again.attempts, 1, "{ahead}");
        let url = world
            .bucket
            .presign(&GetObject::new("k"), Duration::from_secs(60))
            .unwrap();
        let anyone = world.bucket.client().presigned(&url).unwrap();
        assert_eq!(anyone.download(world.path("t")).unwrap(), 1);
    }
}

#[test]
fn a_transfer_goes_on_when_the_clock_is_set_meanwhile() {
    let world = World::new();
    world.file("f", &noise(3 << 20));
    world.cos.set_clock(9000);
    let upload = UploadFile::new("k", world.path("f"))
        .part_size(1 << 20)
        .slice_above(0);
    let uploaded = world.bucket.upload(&upload).unwrap();
    assert!(uploaded.verified && !uploaded.receipt.resumed);
    world.cos.set_clock(-9000);
    assert!(world.bucket.upload(&upload).unwrap().verified);
}

#[test]
fn a_clock_that_shall_not_be_corrected_is_not() {
    let world = World::with(|builder| builder.correct_clock(false));
    world.cos.set_clock(7200);
    failed(
        world.bucket.send(PutObject::new("k", "x")),
        ErrorKind::Denied,
    );
    assert_eq!(world.operations().len(), 1);
}

/// The refusal of a HEAD has no body that could say why, only a date.
#[test]
fn the_time_is_learned_from_the_refusal_of_a_head() {
    for ahead in [7200, -7200] {
        let world = World::new();
        world.cos.put(BUCKET, "k", "x");
        world.cos.set_clock(ahead);
        let download = DownloadFile::new("k", world.path("t"));
        assert!(world.bucket.download(&download).unwrap().verified);
        let heads = world.operations();
        assert_eq!(heads.iter().filter(|name| *name == "HeadObject").count(), 2);
    }
    // The clocks agree, or it was not the service that answered.
    for fault in [
        "status=403",
        "status=403 date=7200 no-request-id",
        "status=404 date=7200",
    ] {
        let world = World::new();
        world.fault(&format!("HeadObject times=forever {fault}"));
        world.bucket.send(HeadObject::new("k")).unwrap_err();
        assert_eq!(world.operations().len(), 1, "{fault}");
    }
}

/// A date that cannot be, or that comes again, is no reason to ask once more.
#[test]
fn a_service_that_cannot_be_pleased_is_asked_twice_at_most() {
    let rows = [("skew=3600", 2), ("skew=5", 1), ("skew=-99999999", 1)];
    for (fault, requests) in rows {
        let world = World::new();
        world.cos.put(BUCKET, "k", "x");
        world.fault(&format!("GetObject times=forever {fault}"));
        let error = failed(world.bucket.send(GetObject::new("k")), ErrorKind::Denied);
        assert_eq!(error.code(), Some("RequestTimeTooSkewed"));
        assert_eq!(world.operations().len(), requests, "{fault}");
        assert_eq!(error.attempts() as usize, requests);
    }
}
