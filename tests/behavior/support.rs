//! An emulator and a client that talks to it.

use std::path::PathBuf;
use std::time::Duration;

use cos_emulator::{BUCKET, Emulator, REGION, Recorded, SECRET_ID, SECRET_KEY};
use coslink::{Bucket, Client, ClientBuilder, Credentials, Error, ErrorKind, RetryPolicy};

/// An emulator, a bucket of a client of it, and a directory for files.
pub(crate) struct World {
    pub(crate) cos: Emulator,
    pub(crate) bucket: Bucket,
    pub(crate) directory: tempfile::TempDir,
    pub(crate) journals: tempfile::TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(|builder| builder)
    }

    /// The same with other settings of the client.
    pub(crate) fn with(settings: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Self {
        Self::on(Emulator::start(), settings)
    }

    /// The same on an emulator with other settings.
    pub(crate) fn on(cos: Emulator, settings: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Self {
        let journals = tempfile::tempdir().unwrap();
        let builder = builder(&cos).journal(journals.path());
        let client = settings(builder).build().unwrap();
        let bucket = client.bucket(BUCKET, REGION).unwrap();
        Self {
            cos,
            bucket,
            directory: tempfile::tempdir().unwrap(),
            journals,
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Writes a file and returns its path.
    pub(crate) fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// What is in the bucket under this key.
    pub(crate) fn stored(&self, key: &str) -> Option<Vec<u8>> {
        Some(self.cos.object(BUCKET, key)?.bytes().unwrap())
    }

    pub(crate) fn fault(&self, line: &str) {
        self.cos.fault(line).unwrap();
    }

    /// The names of the operations that were asked for, in order.
    pub(crate) fn operations(&self) -> Vec<String> {
        self.cos
            .requests()
            .into_iter()
            .map(|request| request.operation)
            .collect()
    }

    /// How many requests of this operation came since `clear_requests`, at least and at most: one
    /// that was under way when its transfer failed may be seen later than the failure.
    #[track_caller]
    pub(crate) fn asked(&self, operation: &str, count: usize) {
        let operations = self.operations();
        let seen = operations.iter().filter(|name| *name == operation).count();
        assert!((count..=count + 1).contains(&seen), "{operations:?}");
    }

    /// Returns when the emulator has seen the end of every request.
    #[track_caller]
    pub(crate) fn settle(&self) {
        let end = std::time::Instant::now() + Duration::from_secs(10);
        while self.cos.in_flight() > 0 {
            assert!(std::time::Instant::now() < end, "requests go on");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// The one request that was sent.
    #[track_caller]
    pub(crate) fn request(&self) -> Recorded {
        let mut requests = self.cos.requests();
        assert_eq!(requests.len(), 1, "{requests:?}");
        requests.remove(0)
    }

    /// Whether nothing is left beside the target: no part file, no other file.
    pub(crate) fn files(&self) -> Vec<String> {
        names(self.directory.path())
    }

    /// The journals of uploads and copies that have not come to their end.
    pub(crate) fn journals(&self) -> Vec<String> {
        names(self.journals.path())
    }
}

fn names(directory: &std::path::Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// A client's settings for this emulator, with waits that tests need not sit out.
pub(crate) fn builder(cos: &Emulator) -> ClientBuilder {
    let waits = Duration::from_millis(1);
    Client::builder(Credentials::new(SECRET_ID, SECRET_KEY))
        .endpoint(cos.url())
        .retry(RetryPolicy::new(3).waits(waits, waits))
}

/// Bytes without a pattern, the same for the same length.
pub(crate) fn noise(length: usize) -> Vec<u8> {
    let mut x = 0x9E37_79B9_7F4A_7C15_u64 ^ length as u64;
    let mut next = || {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        x as u8
    };
    (0..length).map(|_| next()).collect()
}

/// The error, which must be of this kind.
#[track_caller]
pub(crate) fn failed<T>(result: Result<T, Error>, kind: ErrorKind) -> Error {
    let error = result.err().expect("must fail");
    assert_eq!(error.kind(), kind, "{error}");
    assert!(!format!("{error} {error:?}").contains(SECRET_KEY));
    error
}

/// The error about an argument, which must name it.
#[track_caller]
pub(crate) fn refused<T>(result: Result<T, Error>, name: &str) {
    let error = failed(result, ErrorKind::InvalidArgument);
    assert!(error.message().starts_with(&format!("{name}:")), "{error}");
    assert_eq!(error.attempts(), 0);
}
