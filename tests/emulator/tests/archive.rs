//! Archived objects and their restored copies.
#![allow(clippy::unwrap_used)]

mod common;

use common::{HOST, call, get, post, put, set_clocks};
use cos_emulator::{BUCKET, Emulator};

fn order(days: &str, tier: &str) -> String {
    format!(
        "<RestoreRequest><Days>{days}</Days><CASJobParameters><Tier>{tier}</Tier>\
         </CASJobParameters></RestoreRequest>"
    )
}

fn restored(cos: &Emulator) -> Option<String> {
    let head = call(cos, "HEAD", "/k", &[], b"").expect(200);
    head.header("x-cos-restore").map(str::to_owned)
}

#[test]
fn a_copy_is_made_and_expires() {
    let cos = Emulator::start();
    put(&cos, "/k", &[("x-cos-storage-class", "ARCHIVE")], b"cold").expect(200);
    get(&cos, "/k", &[]).refused(403, "InvalidObjectState");
    let from = format!("{HOST}/k");
    let copy = |target: &str| put(&cos, target, &[("x-cos-copy-source", &from)], b"");
    copy("/c").refused(403, "InvalidObjectState");
    assert_eq!(restored(&cos), None);

    let answer = post(&cos, "/k?restore", &order("2", "Expedited")).expect(202);
    assert_eq!(answer.body, b"");
    assert_eq!(cos.requests().last().unwrap().operation, "RestoreObject");
    assert_eq!(restored(&cos).as_deref(), Some("ongoing-request=\"true\""));
    post(&cos, "/k?restore", &order("2", "Expedited")).refused(409, "RestoreAlreadyInProgress");
    get(&cos, "/k", &[]).refused(403, "InvalidObjectState");
    let list = get(&cos, "/", &[]).expect(200);
    assert_eq!(list.element("RestoreStatus").as_deref(), Some("ONGOING"));

    // Five minutes on; the signatures of these tests hold ten.
    cos.set_clock(301);
    let told = restored(&cos).unwrap();
    assert!(
        told.starts_with("ongoing-request=\"false\", expiry-date=\""),
        "{told}"
    );
    assert_eq!(get(&cos, "/k", &[]).expect(200).body, b"cold");
    copy("/c").expect(200);
    assert_eq!(cos.object(BUCKET, "c").unwrap().storage_class, "STANDARD");
    post(&cos, "/k?restore", &order("5", "Standard")).expect(200);
    assert_ne!(restored(&cos).unwrap(), told);
    let list = get(&cos, "/?prefix=k", &[]).expect(200);
    assert_eq!(list.element("RestoreStatus").as_deref(), Some("DONE"));
    assert!(
        call(&cos, "HEAD", "/k", &[], b"")
            .header("x-cos-restore-status")
            .is_some()
    );
}

#[test]
fn hours_and_days() {
    const HOUR: i64 = 3600;
    for (class, tier, hours) in [
        ("ARCHIVE", "Standard", 5),
        ("MAZ_ARCHIVE", "Bulk", 12),
        ("DEEP_ARCHIVE", "Standard", 24),
        ("DEEP_ARCHIVE", "Bulk", 48),
    ] {
        let cos = Emulator::start();
        set_clocks(&cos, 0);
        cos.put(BUCKET, "k", b"cold");
        assert!(cos.set_storage_class(BUCKET, "k", class));
        post(&cos, "/k?restore", &order("2", tier)).expect(202);
        set_clocks(&cos, hours * HOUR - 10);
        get(&cos, "/k", &[]).refused(403, "InvalidObjectState");
        set_clocks(&cos, hours * HOUR + 10);
        get(&cos, "/k", &[]).expect(200);
        set_clocks(&cos, (hours + 48) * HOUR - 10);
        get(&cos, "/k", &[]).expect(200);
        set_clocks(&cos, (hours + 48) * HOUR + 10);
        get(&cos, "/k", &[]).refused(403, "InvalidObjectState");
        assert_eq!(restored(&cos), None);
        post(&cos, "/k?restore", &order("2", tier)).expect(202);
    }
}

#[test]
fn a_test_need_not_wait() {
    let cos = Emulator::start();
    cos.put(BUCKET, "k", b"cold");
    cos.set_storage_class(BUCKET, "k", "ARCHIVE");
    post(&cos, "/k?restore", &order("1", "Bulk")).expect(202);
    assert!(cos.finish_restore(BUCKET, "k"));
    get(&cos, "/k", &[]).expect(200);
    assert!(!cos.finish_restore(BUCKET, "none"));
    assert!(!cos.set_storage_class(BUCKET, "none", "ARCHIVE"));
}

#[test]
fn what_cannot_be_restored() {
    let cos = Emulator::start();
    cos.put(BUCKET, "k", b"warm");
    post(&cos, "/k?restore", &order("1", "Standard")).refused(405, "RestoreNonArchiveObject");
    post(&cos, "/none?restore", &order("1", "Standard")).refused(404, "NoSuchKey");
    cos.set_storage_class(BUCKET, "k", "DEEP_ARCHIVE");
    post(&cos, "/k?restore", &order("1", "Expedited")).refused(400, "InvalidArgument");
    for days in ["0", "366"] {
        post(&cos, "/k?restore", &order(days, "Bulk")).refused(400, "InvalidArgument");
    }
    for bad in [
        "",
        "<RestoreRequest/>",
        "<RestoreRequest><Days>1</Days><Tier>Bulk</Tier></RestoreRequest>",
        "<RestoreRequest><Days>1</Days><CASJobParameters><Tire>Bulk</Tire></CASJobParameters></RestoreRequest>",
        "<Restore><Days>1</Days></Restore>",
        &order("x", "Bulk"),
        &order("1", "Fast"),
    ] {
        post(&cos, "/k?restore", bad).refused(400, "MalformedXML");
    }
    post(&cos, "/k?restore&versionId=MTg0", &order("1", "Bulk")).refused(404, "NoSuchVersion");
    post(
        &cos,
        "/k?restore",
        "<RestoreRequest><Days>365</Days></RestoreRequest>",
    )
    .expect(202);
    let head = call(&cos, "HEAD", "/k", &[], b"").expect(200);
    let status = head.header("x-cos-restore-status").unwrap();
    assert!(
        status.starts_with("tier=\"standard\"; request-date=\""),
        "{status}"
    );
}
