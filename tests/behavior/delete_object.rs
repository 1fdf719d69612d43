use cos_emulator::BUCKET;
use coslink::{DeleteObject, ErrorKind};

use crate::support::{World, failed};

#[test]
fn an_object_is_deleted_and_an_absent_one_counts_as_deleted() {
    let world = World::new();
    world.cos.put(BUCKET, "k", b"x");
    for _ in 0..2 {
        let deleted = world.bucket.send(DeleteObject::new("k")).unwrap();
        assert_eq!(deleted.status, 204);
        assert!(!deleted.delete_marker);
    }
    assert!(world.stored("k").is_none());
}

#[test]
fn an_empty_key_never_becomes_the_deletion_of_the_bucket() {
    let world = World::new();
    for key in ["", "/", "..", "//"] {
        failed(
            world.bucket.send(DeleteObject::new(key)),
            ErrorKind::InvalidArgument,
        );
    }
    assert_eq!(world.operations(), [""; 0]);
    assert_eq!(world.cos.buckets(), [BUCKET]);
}
