//! Memory does not grow with the object: it is a few blocks for each part in flight, and no more than
//! the limit that was set.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

use std::fs::File;
use std::path::Path;
use std::process::Command;

use cos_emulator::{BUCKET, Emulator, REGION, SECRET_ID, SECRET_KEY};
use coslink::{Client, ClientBuilder, Credentials, DownloadFile, UploadFile};

/// Names the emulator, the directory and the limit to the process that transfers: this test again.
const URL: &str = "COSLINK_MEMORY_URL";
const DIRECTORY: &str = "COSLINK_MEMORY_DIRECTORY";
const LIMIT: &str = "COSLINK_MEMORY_LIMIT";

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;

/// The most memory that this process had at once, in KiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Runs this test again, in a process that moves an object of `size` bytes there and back.
fn in_another_process(test: &str, cos: &Emulator, directory: &Path, size: u64, limit: u64) {
    let sparse = File::create(directory.join("sparse")).unwrap();
    sparse.set_len(size).unwrap();
    if cos.url().starts_with("https") {
        std::fs::write(directory.join("ca.pem"), cos.ca_pem()).unwrap();
    }
    let transferred = Command::new(std::env::current_exe().unwrap())
        .args(["--nocapture", "--test-threads=1", "--exact", test])
        .env(URL, cos.url())
        .env(DIRECTORY, directory)
        .env(LIMIT, limit.to_string())
        .status();
    assert!(transferred.unwrap().success());
    let copied = directory.join("copy").metadata().unwrap();
    assert_eq!(copied.len(), size);
}

/// Whether this is that process: then it does its work, and no memory above the bound is needed.
fn is_another_process(
    part_size: u64,
    settings: fn(ClientBuilder, u64) -> ClientBuilder,
    bound: fn(u64) -> u64,
) -> bool {
    let (Ok(url), Ok(directory)) = (std::env::var(URL), std::env::var(DIRECTORY)) else {
        return false;
    };
    let directory = Path::new(&directory);
    let limit = std::env::var(LIMIT).unwrap().parse().unwrap();
    let mut client = Client::builder(Credentials::new(SECRET_ID, SECRET_KEY))
        .endpoint(url)
        .journal(directory.join("journals"));
    let authority = directory.join("ca.pem");
    if authority.exists() {
        client = client.ca_file(authority);
    }
    let client = settings(client, limit).build().unwrap();
    let bucket = client.bucket(BUCKET, REGION).unwrap();
    let before = peak();
    let upload = UploadFile::new("k", directory.join("sparse"));
    bucket.upload(&upload.part_size(part_size)).unwrap();
    let up = peak() - before;
    let download = DownloadFile::new("k", directory.join("copy"));
    bucket.download(&download.part_size(part_size)).unwrap();
    let grown = peak() - before;
    println!("there: {up} KiB more at the peak; and back: {grown} KiB");
    assert!(grown < bound(limit), "{grown} KiB");
    true
}

#[test]
fn an_object_of_many_parts_needs_no_more_memory_than_its_parts_in_flight() {
    let settings = |client: ClientBuilder, _| client.parallel_requests(8);
    if is_another_process(8 * MIB, settings, |_| 16 << 10) {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let cos = Emulator::builder().directory(directory.path()).start();
    let test = "an_object_of_many_parts_needs_no_more_memory_than_its_parts_in_flight";
    in_another_process(test, &cos, directory.path(), 192 * MIB, 0);
}

/// What a process needs for its first transfers beside the buffers, in KiB: code that is read in,
/// threads, journals, the allocator.
const BESIDE: u64 = 4 << 10;

#[test]
fn a_limit_holds_however_many_requests_were_wanted() {
    // Without the limit they may take 72 MiB.
    let settings = |client: ClientBuilder, limit| client.parallel_requests(64).memory_limit(limit);
    if is_another_process(MIB, settings, |limit| limit / KIB + BESIDE) {
        return;
    }
    for (tls, limit) in [
        (false, 1152 * KIB),
        (false, 4 * MIB),
        (false, 16 * MIB),
        (true, 2 * MIB),
        (true, 16 * MIB),
    ] {
        if tls && !cfg!(feature = "tls") {
            continue;
        }
        let directory = tempfile::tempdir().unwrap();
        let cos = Emulator::builder().directory(directory.path()).tls(tls);
        let cos = cos.start();
        println!("TLS {tls}, limit {limit}:");
        let test = "a_limit_holds_however_many_requests_were_wanted";
        in_another_process(test, &cos, directory.path(), 64 * MIB, limit);
    }
}
