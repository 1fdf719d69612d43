//! Bytes that are damaged anywhere between the file and the object are found, in both directions.

use cos_emulator::BUCKET;
use coslink::{CopyFile, DownloadFile, Error, ErrorKind, UploadFile, Verify};

use crate::support::{World, failed, noise};

const MIB: usize = 1 << 20;

fn world() -> World {
    let world = World::new();
    world.cos.put(
        BUCKET,
        "source",
        noise(3 * MIB).into_iter().rev().collect::<Vec<_>>(),
    );
    world.cos.put(BUCKET, "source", noise(3 * MIB));
    world.file("f", &noise(3 * MIB));
    world
}

type Transfer = fn(&World, Verify) -> Result<bool, Error>;

fn put(world: &World, verify: Verify) -> Result<bool, Error> {
    let upload = UploadFile::new("k", world.path("f")).verify(verify);
    world
        .bucket
        .upload(&upload)
        .map(|uploaded| uploaded.verified)
}

fn upload(world: &World, verify: Verify) -> Result<bool, Error> {
    let upload = UploadFile::new("k", world.path("f")).verify(verify);
    let upload = upload.part_size(MIB as u64).slice_above(0);
    world
        .bucket
        .upload(&upload)
        .map(|uploaded| uploaded.verified)
}

fn download(world: &World, verify: Verify) -> Result<bool, Error> {
    let download = DownloadFile::new("source", world.path("target")).verify(verify);
    let download = download.part_size(MIB as u64);
    world
        .bucket
        .download(&download)
        .map(|downloaded| downloaded.verified)
}

fn copy(world: &World, verify: Verify) -> Result<bool, Error> {
    let copy = CopyFile::new("k", world.bucket.source("source")).verify(verify);
    world.bucket.copy(&copy).map(|copied| copied.verified)
}

fn copy_parts(world: &World, verify: Verify) -> Result<bool, Error> {
    let copy = CopyFile::new("k", world.bucket.source("source")).verify(verify);
    let copy = copy.part_size(MIB as u64).slice_above(0);
    world.bucket.copy(&copy).map(|copied| copied.verified)
}

const CORRUPTIONS: &[(&str, Transfer)] = &[
    ("PutObject times=forever store-flip=1000000", put),
    ("PutObject times=forever store-truncate=3145727", put),
    ("PutObject times=forever wrong-crc", put),
    ("UploadPart part=2 times=forever store-flip=77", upload),
    (
        "UploadPart part=2 times=forever store-flip-quiet=77",
        upload,
    ),
    (
        "UploadPart part=3 times=forever store-truncate=1048575",
        upload,
    ),
    ("UploadPart part=1 times=forever wrong-crc", upload),
    ("CompleteMultipartUpload join=swap", upload),
    ("CompleteMultipartUpload join=drop", upload),
    ("CompleteMultipartUpload join=double", upload),
    ("CompleteMultipartUpload join=reverse", upload),
    ("CompleteMultipartUpload wrong-crc", upload),
    ("GetObject after=1 flip=1048575", download),
    ("GetObject after=1 shift=1", download),
    ("GetObject after=1 shift=1048576", download),
    ("GetObject after=1 stale", download),
    ("GetObject after=1 times=forever shorten=1", download),
    (
        "GetObject after=1 times=forever wrong-content-range",
        download,
    ),
    ("HeadObject wrong-crc", download),
    ("CopyObject copy-flip=5", copy),
    ("CopyObject wrong-crc", copy),
    ("UploadPartCopy part=2 copy-flip=5", copy_parts),
    ("CompleteMultipartUpload join=swap", copy_parts),
];

#[test]
fn no_corruption_passes_for_success() {
    for verify in [Verify::Require, Verify::Prefer] {
        for (fault, transfer) in CORRUPTIONS {
            let world = world();
            let before = world.file("target", b"before");
            world.fault(fault);
            let error = transfer(&world, verify).err();
            let error = error.unwrap_or_else(|| panic!("{fault} was missed with {verify:?}"));
            let kinds = [ErrorKind::Integrity, ErrorKind::Protocol];
            assert!(kinds.contains(&error.kind()), "{fault}: {error}");
            assert_eq!(std::fs::read(before).unwrap(), b"before", "{fault}");
        }
    }
    println!("{} corruptions, each found", CORRUPTIONS.len());
}

#[test]
fn what_nobody_states_is_refused_only_where_it_is_required() {
    for transfer in [put as Transfer, upload, download, copy, copy_parts] {
        let world = world();
        world.fault("* times=forever no-crc");
        failed(transfer(&world, Verify::Require), ErrorKind::Integrity);
        assert!(!transfer(&world, Verify::Prefer).unwrap());
        world.cos.clear_faults();
        assert!(transfer(&world, Verify::Require).unwrap());
    }
}

/// A part that carries its MD5 is refused before it is stored.
#[test]
fn content_md5_lets_cos_find_it_first() {
    let world = world();
    world.fault("UploadPart part=2 times=forever store-flip=77");
    let upload = UploadFile::new("k", world.path("f"))
        .part_size(MIB as u64)
        .slice_above(0)
        .content_md5(true);
    let error = failed(world.bucket.upload(&upload), ErrorKind::Service);
    assert_eq!(error.code(), Some("BadDigest"));
}
