//! A clock of this machine that is wrong, by the service's reckoning.

use std::time::Duration;

use cos_emulator::BUCKET;
use coslink::{ErrorKind, GetObject, HeadObject, PutObject, UploadFile};

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
