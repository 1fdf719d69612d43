//! Memory does not grow with the object: it is a few blocks for each part in flight.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

use std::fs::File;
use std::path::Path;
use std::process::Command;

use cos_emulator::{BUCKET, Emulator, REGION, SECRET_ID, SECRET_KEY};
use coslink::{Client, Credentials, DownloadFile, UploadFile};

/// Names the emulator and the directory to the process that transfers: this test again.
const URL: &str = "COSLINK_MEMORY_URL";
const DIRECTORY: &str = "COSLINK_MEMORY_DIRECTORY";

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
    if let (Ok(url), Ok(directory)) = (std::env::var(URL), std::env::var(DIRECTORY)) {
        return transfer(&url, Path::new(&directory));
    }
    let directory = tempfile::tempdir().unwrap();
    let sparse = File::create(directory.path().join("sparse")).unwrap();
    sparse.set_len(SIZE).unwrap();
    let cos = Emulator::builder().directory(directory.path()).start();
    let transferred = Command::new(std::env::current_exe().unwrap())
        .args(["--nocapture", "--test-threads=1"])
        .env(URL, cos.url())
        .env(DIRECTORY, directory.path())
        .status();
    assert!(transferred.unwrap().success());
    let copied = directory.path().join("copy").metadata().unwrap();
    assert_eq!(copied.len(), SIZE);
}

fn transfer(url: &str, directory: &Path) {
    const BOUND: u64 = 16 << 10;
    let client = Client::builder(Credentials::new(SECRET_ID, SECRET_KEY))
        .endpoint(url)
        .journal(directory.join("journals"));
    let bucket = client
        .parallel_requests(8)
        .build()
        .unwrap()
        .bucket(BUCKET, REGION)
        .unwrap();
    let before = peak();
    bucket
        .upload(&UploadFile::new("k", directory.join("sparse")))
        .unwrap();
    let up = peak() - before;
    bucket
        .download(&DownloadFile::new("k", directory.join("copy")))
        .unwrap();
    let grown = peak() - before;
    println!("there: {up} KiB more at the peak; and back: {grown} KiB");
    assert!(grown < BOUND, "{grown} KiB");
}
