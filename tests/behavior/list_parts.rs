use cos_emulator::BUCKET;
use coslink::{ErrorKind, InitiateMultipartUpload, ListParts, UploadPart};

use crate::support::{World, failed, refused};

#[test]
fn the_parts_of_an_upload_are_listed_page_by_page() {
    let world = World::new();
    let id = world
        .bucket
        .send(InitiateMultipartUpload::new("a b"))
        .unwrap()
        .upload_id
        .clone();
    for number in [1, 3, 5] {
        world
            .bucket
            .send(UploadPart::new("a b", &id, number, "part"))
            .unwrap();
    }
    let first = ListParts::new("a b", &id).max_parts(2).encoding_type("url");
    let page = world.bucket.send(first.clone()).unwrap();
    assert_eq!((page.bucket.as_str(), page.key.as_str()), (BUCKET, "a b"));
    assert_eq!((page.upload_id.as_str(), page.max_parts), (id.as_str(), 2));
    assert!(page.is_truncated);
    assert_eq!(page.next_part_number_marker, Some(3));
    for user in [&page.owner, &page.initiator] {
        let user = user.as_ref().unwrap();
        assert!(!user.id.is_empty() && !user.display_name.is_empty());
    }
    assert!(page.storage_class.is_some());
    let part = &page.parts[0];
    assert_eq!((part.part_number, part.size), (1, 4));
    assert!(part.last_modified.unix().is_some() && !part.etag.is_empty());
    let page = world.bucket.send(first.part_number_marker(3)).unwrap();
    let numbers: Vec<u32> = page.parts.iter().map(|part| part.part_number).collect();
    assert_eq!((numbers, page.is_truncated), (vec![5], false));
}

#[test]
fn an_unknown_upload_is_not_found() {
    let world = World::new();
    let error = failed(
        world.bucket.send(ListParts::new("k", "no")),
        ErrorKind::NotFound,
    );
    assert_eq!(error.code(), Some("NoSuchUpload"));
    refused(
        world.bucket.send(ListParts::new("k", "id").max_parts(0)),
        "max_parts",
    );
    refused(
        world.bucket.send(ListParts::new("k", "id").max_parts(1001)),
        "max_parts",
    );
}
