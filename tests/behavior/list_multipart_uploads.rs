use cos_emulator::BUCKET;
use coslink::{InitiateMultipartUpload, ListMultipartUploads, StorageClass};

use crate::support::{World, refused};

fn world() -> World {
    let world = World::new();
    for key in ["a/1", "a/1", "a/b/2", "末+1"] {
        let begin = InitiateMultipartUpload::new(key).storage_class(StorageClass::StandardIa);
        world.bucket.send(begin).unwrap();
    }
    world
}

#[test]
fn a_page_has_what_was_asked_for() {
    let world = world();
    let page = world.bucket.send(ListMultipartUploads::new()).unwrap();
    let keys: Vec<&str> = page
        .uploads
        .iter()
        .map(|upload| upload.key.as_str())
        .collect();
    assert_eq!(keys, ["a/1", "a/1", "a/b/2", "末+1"]);
    assert_eq!(
        (page.bucket.as_str(), page.is_truncated, page.max_uploads),
        (BUCKET, false, 1000)
    );
    let upload = &page.uploads[0];
    assert!(!upload.upload_id.is_empty() && upload.initiated.unix().is_some());
    assert_eq!(upload.storage_class, Some(StorageClass::StandardIa));
    for user in [&upload.owner, &upload.initiator] {
        let user = user.as_ref().unwrap();
        assert!(!user.id.is_empty() && !user.display_name.is_empty());
    }

    let folded = ListMultipartUploads::new().prefix("a/").delimiter("/");
    let page = world.bucket.send(folded).unwrap();
    assert_eq!(
        (page.uploads.len(), page.common_prefixes.as_slice()),
        (2, &["a/b/".to_owned()][..])
    );
    assert_eq!((page.prefix.as_str(), page.delimiter.as_str()), ("a/", "/"));

    let plain = ListMultipartUploads::new().encoding_type("").prefix("末");
    assert_eq!(world.bucket.send(plain).unwrap().uploads[0].key, "末+1");
    refused(
        world
            .bucket
            .send(ListMultipartUploads::new().max_uploads(0)),
        "max_uploads",
    );
    refused(
        world
            .bucket
            .send(ListMultipartUploads::new().max_uploads(1001)),
        "max_uploads",
    );
}

#[test]
fn the_iterator_goes_over_all_pages_and_uploads_of_one_key() {
    let world = world();
    let first = world
        .bucket
        .send(ListMultipartUploads::new().max_uploads(1))
        .unwrap();
    assert!(first.is_truncated);
    assert_eq!(first.next_key_marker.as_deref(), Some("a/1"));
    assert_eq!(
        first.next_upload_id_marker.as_ref(),
        Some(&first.uploads[0].upload_id)
    );
    let after = ListMultipartUploads::new()
        .key_marker("a/1")
        .upload_id_marker("");
    assert_eq!(world.bucket.send(after).unwrap().uploads.len(), 2);

    let mut found: Vec<(String, String)> = world
        .bucket
        .uploads(ListMultipartUploads::new().max_uploads(1))
        .map(|upload| upload.map(|upload| (upload.key, upload.upload_id)).unwrap())
        .collect();
    let mut expected = world.cos.uploads(BUCKET);
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}
