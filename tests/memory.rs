//! Memory does not grow with the object: it is a few blocks for each part in flight.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

use std::fs::File;

use cos_emulator::{BUCKET, Emulator, REGION, SECRET_ID, SECRET_KEY};
use coslink::{Client, Credentials, DownloadFile, UploadFile};

/// The most memory that this process had at once, in KiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn an_object_of_many_parts_needs_no_more_memory_than_its_parts_in_flight() {
    const SIZE: u64 = 192 << 20;
    // Both ends are in this process; the emulator streams, too.
    const BOUND: u64 = 64 << 10;
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    File::create(path("sparse")).unwrap().set_len(SIZE).unwrap();
    let cos = Emulator::builder().directory(directory.path()).start();
    let client = Client::builder(Credentials::new(SECRET_ID, SECRET_KEY))
        .endpoint(cos.url())
        .journal(path("journals"));
    let bucket = client
        .parallel_requests(8)
        .build()
        .unwrap()
        .bucket(BUCKET, REGION)
        .unwrap();
    let before = peak();
    bucket
        .upload(&UploadFile::new("k", path("sparse")))
        .unwrap();
    bucket
        .download(&DownloadFile::new("k", path("copy")))
        .unwrap();
    let grown = peak() - before;
    println!(
        "{} MiB there and back grew the peak by {grown} KiB",
        SIZE >> 20
    );
    assert!(grown < BOUND, "{grown} KiB");
}
