use coslink::{Acl, ErrorKind, GetObjectAcl, PutObject};

use crate::support::{World, failed};

#[test]
fn the_acl_of_an_object_is_told() {
    let world = World::new();
    world.bucket.send(PutObject::new("k", "x")).unwrap();
    let policy = world.bucket.send(GetObjectAcl::new("k")).unwrap();
    assert_eq!(policy.acl, Acl::Default);
    assert!(!policy.owner.id.is_empty() && !policy.owner.display_name.is_empty());
    world
        .bucket
        .send(PutObject::new("k", "x").acl(Acl::PublicRead))
        .unwrap();
    let policy = world.bucket.send(GetObjectAcl::new("k")).unwrap();
    assert_eq!(policy.acl, Acl::PublicRead);
    assert!(!policy.grants.is_empty());
    failed(
        world.bucket.send(GetObjectAcl::new("absent")),
        ErrorKind::NotFound,
    );
    let version = GetObjectAcl::new("k").version_id("v");
    failed(world.bucket.send(version), ErrorKind::NotFound);
}
