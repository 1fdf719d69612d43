use cos_emulator::BUCKET;
use coslink::{ErrorKind, ListObjects, StorageClass};

use crate::support::{World, failed};

fn world() -> World {
    let world = World::new();
    for key in ["a/1", "a/2", "a/b/3", "b", "c/4", "目录/腾讯云"] {
        world.cos.put(BUCKET, key, b"content");
    }
    world
}

fn keys(page: &coslink::ListObjectsOutput) -> Vec<&str> {
    page.contents
        .iter()
        .map(|object| object.key.as_str())
        .collect()
}

#[test]
fn a_page_has_what_was_asked_for() {
    let world = world();
    let page = world.bucket.send(ListObjects::new()).unwrap();
    assert_eq!(
        keys(&page),
        ["a/1", "a/2", "a/b/3", "b", "c/4", "目录/腾讯云"]
    );
    assert_eq!(
        (page.name.as_str(), page.is_truncated, page.max_keys),
        (BUCKET, false, 1000)
    );
    assert_eq!(page.next_marker, None);
    let object = &page.contents[0];
    assert_eq!((object.size, object.etag.len()), (7, 34));
    assert_eq!(object.storage_class, Some(StorageClass::Standard));
    assert!(object.last_modified.unix().is_some());
    let owner = object.owner.as_ref().unwrap();
    assert!(!owner.id.is_empty() && !owner.display_name.is_empty());

    let page = world
        .bucket
        .send(ListObjects::new().prefix("a/").delimiter("/"))
        .unwrap();
    assert_eq!(keys(&page), ["a/1", "a/2"]);
    assert_eq!(page.common_prefixes, ["a/b/"]);
    assert_eq!((page.prefix.as_str(), page.delimiter.as_str()), ("a/", "/"));

    let page = world
        .bucket
        .send(ListObjects::new().marker("b").max_keys(1))
        .unwrap();
    assert_eq!(keys(&page), ["c/4"]);
    assert!(page.is_truncated);
    assert_eq!(page.next_marker.as_deref(), Some("c/4"));

    let page = world
        .bucket
        .send(ListObjects::new().encoding_type("").prefix("目"))
        .unwrap();
    assert_eq!(keys(&page), ["目录/腾讯云"]);
    assert_eq!(page.encoding_type, "");
}

#[test]
fn the_iterator_goes_over_all_pages() {
    let world = World::new();
    let expected: Vec<String> = (0..25).map(|n| format!("k{n:02}")).collect();
    for key in &expected {
        world.cos.put(BUCKET, key, b"x");
    }
    let objects = world.bucket.objects(ListObjects::new().max_keys(10));
    let found: Vec<String> = objects.map(|object| object.unwrap().key).collect();
    assert_eq!(found, expected);
    assert_eq!(world.operations(), ["ListObjects"; 3]);
}

#[test]
fn an_error_ends_the_iterator() {
    let world = World::new();
    for n in 0..5 {
        world.cos.put(BUCKET, &format!("k{n}"), b"x");
    }
    world.fault("ListObjects after=1 times=forever status=403 code=AccessDenied");
    let results: Vec<_> = world
        .bucket
        .objects(ListObjects::new().max_keys(2))
        .collect();
    assert_eq!(results.len(), 3);
    assert!(results[2].is_err());
}

#[test]
fn an_answer_that_is_no_listing_is_never_an_empty_bucket() {
    let world = world();
    for (fault, kind) in [
        ("empty-200", ErrorKind::Protocol),
        ("truncate-xml", ErrorKind::Protocol),
        ("error-200=InternalError", ErrorKind::Service),
        ("error-200=AccessDenied", ErrorKind::Service),
    ] {
        world.fault(&format!("ListObjects times=forever {fault}"));
        failed(world.bucket.send(ListObjects::new()), kind);
        world.cos.clear_faults();
    }
    // A passing fault is asked again.
    world.fault("ListObjects truncate-xml");
    assert_eq!(
        world
            .bucket
            .send(ListObjects::new())
            .unwrap()
            .contents
            .len(),
        6
    );
}
