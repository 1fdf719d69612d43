use coslink::{
    Acl, ErrorKind, GetObjectAcl, Grant, Grantee, Owner, Permission, PutObject, PutObjectAcl,
};

use crate::support::{World, failed, refused};

const OWNER: &str = "qcs::cam::uin/100000000001:uin/100000000001";
const FRIEND: &str = "qcs::cam::uin/100000000011:uin/100000000011";

#[test]
fn an_acl_is_set_by_name_by_grants_and_by_policy() {
    let world = World::new();
    world.bucket.send(PutObject::new("k", "x")).unwrap();
    let acl = || world.bucket.send(GetObjectAcl::new("k")).unwrap().output;
    for canned in [
        Acl::PublicRead,
        Acl::Private,
        Acl::AuthenticatedRead,
        Acl::Default,
    ] {
        world
            .bucket
            .send(PutObjectAcl::new("k").acl(canned.clone()))
            .unwrap();
        assert_eq!(acl().acl, canned);
    }

    let grants = PutObjectAcl::new("k")
        .grant_read(&format!("id=\"{FRIEND}\""))
        .grant_full_control(&format!("id=\"{FRIEND}\""))
        .grant_read_acp(&format!("id=\"{FRIEND}\""))
        .grant_write_acp(&format!("id=\"{FRIEND}\""));
    world.bucket.send(grants).unwrap();
    let rights: Vec<Permission> = acl()
        .grants
        .into_iter()
        .map(|grant| grant.permission)
        .collect();
    for right in [
        Permission::Read,
        Permission::FullControl,
        Permission::ReadAcp,
    ] {
        assert!(rights.contains(&right), "{right} in {rights:?}");
    }

    let mut friend = Owner::new(FRIEND);
    friend.display_name = "a friend & <more>".to_owned();
    let grants = [
        Grant::new(Grantee::User(friend), Permission::ReadAcp),
        Grant::new(Grantee::everybody(), Permission::Read),
    ];
    let policy = PutObjectAcl::new("k").policy(Owner::new(OWNER), grants.clone());
    world.bucket.send(policy).unwrap();
    let found = acl();
    assert_eq!(found.acl, Acl::PublicRead);
    assert_eq!(found.grants.len(), grants.len());
    assert!(
        found
            .grants
            .iter()
            .any(|grant| grant.grantee == Grantee::everybody())
    );
    assert!(
        found
            .grants
            .iter()
            .any(|grant| grant.permission == Permission::ReadAcp)
    );
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let world = World::new();
    let put = || PutObjectAcl::new("k");
    let owner = || Owner::new(OWNER);
    let grant = |id: &str, right: &str| Grant::new(Grantee::user(id), Permission::from(right));
    refused(world.bucket.send(put()), "acl");
    refused(
        world
            .bucket
            .send(put().acl(Acl::Private).policy(owner(), [])),
        "policy",
    );
    refused(world.bucket.send(put().policy(Owner::new(""), [])), "owner");
    let many = vec![grant(FRIEND, "READ"); 101];
    refused(world.bucket.send(put().policy(owner(), many)), "grants");
    refused(
        world
            .bucket
            .send(put().policy(owner(), [grant("", "READ")])),
        "grants",
    );
    refused(
        world
            .bucket
            .send(put().policy(owner(), [grant(FRIEND, "FLY")])),
        "grants",
    );
    assert_eq!(world.operations(), [""; 0]);
    let absent = PutObjectAcl::new("absent").acl(Acl::Private);
    failed(world.bucket.send(absent), ErrorKind::NotFound);
}
