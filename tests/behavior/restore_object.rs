use coslink::{ErrorKind, GetObject, HeadObject, PutObject, RestoreObject, StorageClass, Tier};

use crate::support::{World, failed, refused};

#[test]
fn an_archived_object_is_made_readable() {
    let world = World::new();
    world
        .bucket
        .send(PutObject::new("k", "x").storage_class(StorageClass::Archive))
        .unwrap();
    let error = failed(world.bucket.send(GetObject::new("k")), ErrorKind::Denied);
    assert_eq!(error.code(), Some("InvalidObjectState"));
    world.cos.clear_requests();
    let restore = RestoreObject::new("k", 3, Tier::Expedited);
    let restored = world.bucket.send(restore.clone()).unwrap();
    assert!(restored.begun);
    assert_eq!(world.request().target, "/k?restore=");
    assert!(
        world
            .bucket
            .send(HeadObject::new("k"))
            .unwrap()
            .restore
            .is_some()
    );
    let error = failed(world.bucket.send(restore), ErrorKind::Precondition);
    assert_eq!(error.code(), Some("RestoreAlreadyInProgress"));
    world.bucket.send(PutObject::new("plain", "x")).unwrap();
    let plain = RestoreObject::new("plain", 1, Tier::Bulk);
    let error = failed(world.bucket.send(plain), ErrorKind::Service);
    assert_eq!(error.status(), Some(405));
}

#[test]
fn requests_that_cannot_be_are_refused() {
    let world = World::new();
    refused(
        world
            .bucket
            .send(RestoreObject::new("k", 0, Tier::Standard)),
        "days",
    );
    let unknown = RestoreObject::new("k", 1, Tier::from("Tomorrow"));
    refused(world.bucket.send(unknown), "tier");
    assert_eq!(world.operations(), [""; 0]);
    let absent = RestoreObject::new("absent", 1, Tier::Standard).version_id("v");
    failed(world.bucket.send(absent), ErrorKind::NotFound);
}
