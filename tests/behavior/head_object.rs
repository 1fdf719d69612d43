use std::time::{Duration, SystemTime};

use coslink::{ErrorKind, HeadObject, PutObject, StorageClass};

use crate::support::{World, failed};

#[test]
fn everything_that_was_stored_is_told() {
    let world = World::new();
    let put = PutObject::new("k", "123456789")
        .content_type("text/plain")
        .cache_control("no-cache")
        .content_disposition("inline")
        .content_encoding("identity")
        .content_language("en")
        .expires("Wed, 21 Oct 2026 07:28:00 GMT")
        .storage_class(StorageClass::IntelligentTiering)
        .server_side_encryption("AES256")
        .meta("Upper-Case", "Value");
    let etag = world.bucket.send(put).unwrap().etag.clone();
    let head = world.bucket.send(HeadObject::new("k")).unwrap();
    assert_eq!(head.content_length, 9);
    assert_eq!(head.etag, etag);
    assert_eq!(head.crc64, Some(11_051_210_869_376_104_954));
    assert_eq!(head.content_type.as_deref(), Some("text/plain"));
    assert_eq!(head.cache_control.as_deref(), Some("no-cache"));
    assert_eq!(head.content_disposition.as_deref(), Some("inline"));
    assert_eq!(head.content_encoding.as_deref(), Some("identity"));
    assert_eq!(head.content_language.as_deref(), Some("en"));
    assert_eq!(
        head.expires.as_deref(),
        Some("Wed, 21 Oct 2026 07:28:00 GMT")
    );
    assert_eq!(head.storage_class, Some(StorageClass::IntelligentTiering));
    assert_eq!(head.object_type, None);
    assert_eq!(head.server_side_encryption.as_deref(), Some("AES256"));
    assert_eq!(
        head.metadata,
        [("upper-case".to_owned(), "Value".to_owned())]
    );
    let stored = head
        .last_modified
        .as_ref()
        .and_then(|time| time.system_time())
        .unwrap();
    assert!(SystemTime::now().duration_since(stored).unwrap() < Duration::from_secs(60));
}

#[test]
fn the_storage_class_of_a_plain_object_is_standard() {
    let world = World::new();
    world.bucket.send(PutObject::new("k", "x")).unwrap();
    let head = world.bucket.send(HeadObject::new("k")).unwrap();
    assert_eq!(head.storage_class, Some(StorageClass::Standard));
}

#[test]
fn conditions_answer_not_modified_or_fail_without_a_code() {
    let world = World::new();
    let etag = world
        .bucket
        .send(PutObject::new("k", "x"))
        .unwrap()
        .etag
        .clone();
    let later = HeadObject::new("k").if_modified_since(SystemTime::now());
    assert!(world.bucket.send(later).unwrap().not_modified);
    let same = HeadObject::new("k").if_none_match(&etag);
    assert!(world.bucket.send(same).unwrap().not_modified);
    assert!(
        !world
            .bucket
            .send(HeadObject::new("k").if_match(&etag))
            .unwrap()
            .not_modified
    );
    let error = failed(
        world.bucket.send(HeadObject::new("k").if_match("0")),
        ErrorKind::Precondition,
    );
    assert_eq!((error.status(), error.code()), (Some(412), None));
    let error = failed(
        world.bucket.send(HeadObject::new("absent")),
        ErrorKind::NotFound,
    );
    assert_eq!((error.status(), error.code()), (Some(404), None));
    assert!(error.request_id().is_some());
}
