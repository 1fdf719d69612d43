//! Nothing is left of a secret in the memory of a process that has dropped what held it, and none is
//! told to a log or in an error.

#![cfg(all(target_os = "linux", feature = "tls"))]
#![allow(clippy::unwrap_used)]

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cos_emulator::{BUCKET, Emulator, Proxy, REGION, SECRET_ID};
use coslink::{Client, Credentials, GetObject, HeadObject, PutObject, UploadFile};
use zeroize::{Zeroize, Zeroizing};

/// What the process that uses the secrets is told: this test again. It must not get them in the clear,
/// as they would stay in its environment.
const URL: &str = "COSLINK_SECRETS_URL";
const PROXY: &str = "COSLINK_SECRETS_PROXY";
const DIRECTORY: &str = "COSLINK_SECRETS_DIRECTORY";

/// Secrets, masked: the process that looks for them does not hold them.
const KEY: [u8; 32] = *b"\xf2\xc1\xf6\x91\xd4\xcf\xe7\x9c\xd7\xc2\xf1\x97\xc8\xce\xe0\x94\xd2\xcc\xe3\x90\xd1\xf3\xe4\x96\xc3\xcb\xfd\x92\xd6\xc6\xee\x9d";
const PASSWORD: [u8; 16] = *b"\xd7\xc1\xf6\x91\xd4\xcf\xf0\x9c\xd7\xcb\xf1\x97\xc8\xe7\xe0\x94";
const MASK: u8 = 0xa5;

fn clear(masked: &[u8]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(masked.len()));
    masked
        .iter()
        .for_each(|byte| text.push(char::from(byte ^ MASK)));
    text
}

/// How many lines there are in the log, and how many of them tell a secret.
static LINES: AtomicUsize = AtomicUsize::new(0);
static TOLD: AtomicUsize = AtomicUsize::new(0);

struct Listener;

impl log::Log for Listener {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        LINES.fetch_add(1, Ordering::Relaxed);
        if tells(&record.args().to_string()) {
            TOLD.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn flush(&self) {}
}

fn tells(text: &str) -> bool {
    let has = |masked: &[u8]| hits(text.as_bytes(), masked) > 0;
    has(&KEY) || has(&PASSWORD)
}

/// How often the secret is in these bytes.
fn hits(bytes: &[u8], masked: &[u8]) -> usize {
    let is_it = |window: &&[u8]| window.iter().zip(masked).all(|(a, b)| a ^ MASK == *b);
    bytes.windows(masked.len()).filter(is_it).count()
}

#[test]
fn nothing_is_left_of_a_secret_that_was_dropped() {
    if let [Ok(url), Ok(proxy), Ok(directory)] = [URL, PROXY, DIRECTORY].map(std::env::var) {
        return use_secrets(&url, &proxy, Path::new(&directory));
    }
    let directory = tempfile::tempdir().unwrap();
    let cos = Emulator::builder()
        .credentials(SECRET_ID, &clear(&KEY))
        .start();
    let proxy = Proxy::builder().login("user", &clear(&PASSWORD)).start();
    let used = Command::new(std::env::current_exe().unwrap())
        .args(["--nocapture", "--test-threads=1"])
        .env(URL, cos.url())
        .env(PROXY, proxy.url().trim_start_matches("http://"))
        .env(DIRECTORY, directory.path())
        .status();
    assert!(used.unwrap().success());
    assert!(cos.object(BUCKET, "parts").is_some());
    assert!(!proxy.seen().is_empty());
}

fn use_secrets(url: &str, proxy: &str, directory: &Path) {
    let file = directory.join("f");
    fs::write(&file, vec![b'x'; 3 << 20]).unwrap();
    let mut scan = Scan::new();
    log::set_logger(&Listener).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    let client = client(url, proxy, directory);
    let bucket = client.bucket(BUCKET, REGION).unwrap();
    bucket.send(PutObject::new("k", "x")).unwrap();
    let parts = UploadFile::new("parts", file).part_size(1 << 20);
    bucket.upload(&parts).unwrap();
    bucket
        .presign(&GetObject::new("k"), Duration::from_secs(60))
        .unwrap();
    for key in ["absent", ""] {
        let error = bucket.send(HeadObject::new(key)).unwrap_err();
        assert!(!tells(&format!("{error} {error:?} {bucket:?} {client:?}")));
    }
    // The scan would see them.
    assert!(scan.count(&KEY) > 0);
    assert!(scan.count(&PASSWORD) > 0);

    drop((bucket, client));
    assert_eq!(scan.count(&KEY), 0, "of the secret key");
    assert_eq!(scan.count(&PASSWORD), 0, "of the proxy's password");
    // A release build has no such log.
    assert!(LINES.load(Ordering::Relaxed) > 0 || !cfg!(debug_assertions));
    assert_eq!(TOLD.load(Ordering::Relaxed), 0);
}

fn client(url: &str, proxy: &str, directory: &Path) -> Client {
    let login = clear(&PASSWORD);
    let mut through = Zeroizing::new(String::with_capacity(256));
    for piece in ["http://user:", &login, "@", proxy] {
        through.push_str(piece);
    }
    // The text itself is handed over, as a copy would be the caller's to overwrite.
    let key = std::mem::take(&mut *clear(&KEY));
    Client::builder(Credentials::new(SECRET_ID, key))
        .endpoint(url)
        .proxy(&*through)
        .journal(directory.join("journals"))
        .build()
        .unwrap()
}

/// How much is looked at at once, in bytes.
const PIECE: usize = 16 << 10;

/// Looks through all memory that this process may write.
struct Scan {
    memory: File,
    buffer: Vec<u8>,
}

impl Scan {
    fn new() -> Self {
        Self {
            memory: File::open("/proc/self/mem").unwrap(),
            buffer: vec![0; PIECE],
        }
    }

    /// How often the secret is there.
    fn count(&mut self, masked: &[u8]) -> usize {
        let maps = fs::read_to_string("/proc/self/maps").unwrap();
        let mut count = 0;
        for line in maps.lines().filter(|line| line.contains(" rw")) {
            let (start, rest) = line.split_once('-').unwrap();
            let (end, _) = rest.split_once(' ').unwrap();
            let [mut at, end] = [start, end].map(|text| u64::from_str_radix(text, 16).unwrap());
            // What two pieces share is looked at twice, so that no secret is cut.
            while at + (masked.len() as u64) <= end {
                let most = self.buffer.len().min((end - at) as usize);
                let Ok(read) = self.memory.read_at(&mut self.buffer[..most], at) else {
                    break;
                };
                // Most of it was never written.
                if self.buffer[..read] != [0; PIECE][..read] {
                    count += hits(&self.buffer[..read], masked);
                }
                if read < masked.len() {
                    break;
                }
                at += (read - masked.len() + 1) as u64;
            }
        }
        // The copies that were made here.
        self.buffer.as_mut_slice().zeroize();
        count
    }
}
