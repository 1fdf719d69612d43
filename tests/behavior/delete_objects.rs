use cos_emulator::BUCKET;
use coslink::{DeleteObjects, ErrorKind, ObjectVersion};

use crate::support::{World, failed, refused};

#[test]
fn each_object_is_answered_for() {
    let world = World::new();
    let keys = ["a&b<c>\"'.txt", "中文 1.txt", " space ", "tab\there"];
    for key in keys {
        world.cos.put(BUCKET, key, b"x");
    }
    let absent = ["absent"];
    let deleted = world
        .bucket
        .send(DeleteObjects::new(keys.into_iter().chain(absent)))
        .unwrap();
    let found: Vec<&str> = deleted
        .deleted
        .iter()
        .map(|object| object.key.as_str())
        .collect();
    assert_eq!(found, [&keys[..], &absent].concat());
    assert!(deleted.errors.is_empty());
    assert_eq!(world.cos.keys(BUCKET), [""; 0]);
    let request = world.request();
    assert_eq!(
        (request.method.as_str(), request.target.as_str()),
        ("POST", "/?delete=")
    );
    assert!(request.header("content-md5").is_some());
}

#[test]
fn an_object_that_cannot_be_deleted_is_told_with_its_reason() {
    let world = World::new();
    for key in ["a", "b"] {
        world.cos.put(BUCKET, key, b"x");
    }
    for quiet in [true, false] {
        world.fault("DeleteMultipleObjects deny=AccessDenied key=b");
        let delete = DeleteObjects::new(["a", "b"]).quiet(quiet);
        let deleted = world.bucket.send(delete).unwrap();
        assert_eq!(deleted.deleted.len(), usize::from(!quiet));
        let error = &deleted.errors[0];
        assert_eq!(
            (error.key.as_str(), error.code.as_str()),
            ("b", "AccessDenied")
        );
        assert!(!error.message.is_empty());
    }
    assert!(world.stored("b").is_some());
}

#[test]
fn any_number_is_deleted_a_thousand_at_a_time() {
    let world = World::new();
    let keys: Vec<String> = (0..2100).map(|n| format!("k{n:04}")).collect();
    for key in &keys {
        world.cos.put(BUCKET, key, b"");
    }
    world.cos.put(BUCKET, "control\u{1}", b"");
    let all = keys.iter().map(String::as_str).chain(["control\u{1}"]);
    let deleted = world.bucket.delete_objects(all).unwrap();
    assert_eq!((deleted.deleted.len(), deleted.errors.len()), (2101, 0));
    assert_eq!(world.cos.keys(BUCKET), [""; 0]);
    assert_eq!(world.operations().len(), 4);
    let nothing = world.bucket.delete_objects([""; 0]).unwrap();
    assert_eq!(nothing.deleted.len(), 0);
}

#[test]
fn lists_that_cannot_be_are_refused() {
    let world = World::new();
    refused(world.bucket.send(DeleteObjects::new([""; 0])), "objects");
    refused(
        world.bucket.send(DeleteObjects::new(vec!["k"; 1001])),
        "objects",
    );
    refused(world.bucket.send(DeleteObjects::new(["a", "/"])), "key");
    refused(
        world.bucket.send(DeleteObjects::new(["a", "control\u{1}"])),
        "key",
    );
    refused(world.bucket.delete_objects(["a", ""]), "key");
    assert_eq!(world.operations(), [""; 0]);
}

#[test]
fn an_answer_that_leaves_an_object_out_is_no_success() {
    let world = World::new();
    for fault in ["empty-200", "truncate-xml"] {
        world.fault(&format!("DeleteMultipleObjects times=forever {fault}"));
        failed(
            world.bucket.send(DeleteObjects::new(["a"])),
            ErrorKind::Protocol,
        );
        world.cos.clear_faults();
    }
    world.fault("DeleteMultipleObjects times=forever error-200=AccessDenied");
    failed(
        world.bucket.send(DeleteObjects::new(["a"])),
        ErrorKind::Service,
    );
    let version = ObjectVersion::new("a", "");
    assert_eq!(version, ObjectVersion::from("a"));
}
