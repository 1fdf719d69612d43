//! Objects of a bucket with versioning.

use cos_emulator::{BUCKET, Emulator};
use coslink::{
    CopyFile, CopyObject, DeleteObject, DeleteObjects, DownloadFile, ErrorKind, GetObject,
    GetObjectAcl, HeadObject, ObjectVersion, PutObject, UploadFile,
};

use crate::support::{World, failed, noise};

#[test]
fn a_version_is_told_and_can_be_read_and_deleted() {
    let cos = Emulator::builder().versioning(BUCKET, true).start();
    let world = World::on(cos, |builder| builder);
    let put = |text: &str| {
        let put = world
            .bucket
            .send(PutObject::new("k", text.to_owned()))
            .unwrap();
        put.version_id.clone().unwrap()
    };
    let (first, second) = (put("first"), put("second"));
    assert_ne!(first, second);
    let read = |get: GetObject| {
        world
            .bucket
            .send(get)
            .unwrap()
            .output
            .body
            .into_bytes()
            .unwrap()
    };
    assert_eq!(read(GetObject::new("k")), b"second");
    assert_eq!(read(GetObject::new("k").version_id(&first)), b"first");
    let head = world
        .bucket
        .send(HeadObject::new("k").version_id(&first))
        .unwrap();
    assert_eq!(head.version_id.as_ref(), Some(&first));
    world
        .bucket
        .send(GetObjectAcl::new("k").version_id(&first))
        .unwrap();
    let download = DownloadFile::new("k", world.path("t")).version_id(&first);
    world.bucket.download(&download).unwrap();
    assert_eq!(std::fs::read(world.path("t")).unwrap(), b"first");
    let source = world.bucket.source("k").version_id(&first);
    let copied = world.bucket.send(CopyObject::new("copy", source)).unwrap();
    assert!(copied.version_id.is_some());
    assert_eq!(read(GetObject::new("copy")), b"first");

    let deleted = world.bucket.send(DeleteObject::new("k")).unwrap();
    assert!(deleted.delete_marker && deleted.version_id.is_some());
    failed(world.bucket.send(GetObject::new("k")), ErrorKind::NotFound);
    let marker = deleted.version_id.clone().unwrap();
    let gone = world
        .bucket
        .send(DeleteObject::new("k").version_id(&marker))
        .unwrap();
    assert!(gone.delete_marker);
    assert_eq!(read(GetObject::new("k")), b"second");

    let delete = DeleteObjects::new([ObjectVersion::new("k", &first), ObjectVersion::from("copy")]);
    let deleted = world.bucket.send(delete).unwrap();
    let find = |key: &str| {
        deleted
            .deleted
            .iter()
            .find(|object| object.key == key)
            .unwrap()
    };
    assert_eq!(find("k").version_id.as_ref(), Some(&first));
    assert!(find("copy").delete_marker && find("copy").delete_marker_version_id.is_some());
    let first = GetObject::new("k").version_id(&first);
    failed(world.bucket.send(first), ErrorKind::NotFound);
}

#[test]
fn a_transfer_names_the_version_that_it_made() {
    let cos = Emulator::builder().versioning(BUCKET, true).start();
    let world = World::on(cos, |builder| builder);
    let path = world.file("f", &noise(3 << 20));
    let version = |key: &str| {
        let head = world.bucket.send(HeadObject::new(key)).unwrap();
        head.output.version_id.unwrap()
    };
    for slice_above in [0, 1 << 30] {
        let upload = UploadFile::new("k", &path);
        let upload = upload.part_size(1 << 20).slice_above(slice_above);
        let uploaded = world.bucket.upload(&upload).unwrap();
        assert_eq!(uploaded.version_id, Some(version("k")));
        // A copy of a version that is not the latest any more.
        let first = uploaded.version_id.unwrap();
        world.bucket.send(PutObject::new("k", "newer")).unwrap();
        let copy = CopyFile::new("copy", world.bucket.source("k").version_id(&first));
        let copy = copy.part_size(1 << 20).slice_above(slice_above);
        let copied = world.bucket.copy(&copy).unwrap();
        assert_eq!(copied.version_id, Some(version("copy")));
        assert!(world.stored("copy").unwrap() == noise(3 << 20));
    }
    // The answer is lost: the version is the one that was found.
    world.fault("CompleteMultipartUpload drop-answer");
    let upload = UploadFile::new("k", &path).slice_above(0);
    let uploaded = world.bucket.upload(&upload).unwrap();
    assert!(uploaded.receipt.recovered);
    assert_eq!(uploaded.version_id, Some(version("k")));
}
