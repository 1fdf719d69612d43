//! Who asked for what, and when.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// One request as the emulator saw it.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// `PutObject`, `UploadPart`, ...; `Unknown` for what is no operation.
    pub operation: String,
    /// The bucket with its APPID; empty for the service.
    pub bucket: String,
    /// The decoded key; empty for calls on a bucket.
    pub key: String,
    /// The method.
    pub method: String,
    /// The request target as it stood on the wire.
    pub target: String,
    /// Names in lower case, values as text (bytes that are not UTF-8 are replaced).
    pub headers: Vec<(String, String)>,
    /// Bytes of the body that were received.
    pub body_length: u64,
    /// The status that was answered; 0 while and when there was none.
    pub status: u16,
    /// The connection's number, from 1 in order of acceptance.
    pub connection: usize,
    /// The client's port.
    pub remote_port: u16,
    /// When the head had come in.
    pub started: Instant,
    /// When the answer had gone out or the request was given up; none before.
    pub ended: Option<Instant>,
}

impl Recorded {
    /// The value of the first header of that (lower-case) name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    }
}

#[derive(Debug)]
pub(crate) struct Entry {
    recorded: Mutex<Recorded>,
    received: AtomicU64,
}

impl Entry {
    fn lock(&self) -> MutexGuard<'_, Recorded> {
        self.recorded.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn count(&self, bytes: u64) {
        self.received.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(crate) fn received(&self) -> u64 {
        self.received.load(Ordering::Relaxed)
    }
}

#[derive(Debug, Default)]
pub(crate) struct Journal {
    entries: Mutex<Vec<Arc<Entry>>>,
    connections: AtomicUsize,
    in_flight: AtomicUsize,
    peak: AtomicUsize,
    log: bool,
}

/// Who is at the other end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer {
    pub(crate) connection: usize,
    pub(crate) address: SocketAddr,
    pub(crate) secure: bool,
}

impl Journal {
    pub(crate) fn new(log: bool) -> Self {
        Self {
            log,
            ..Self::default()
        }
    }

    pub(crate) fn connect(&self) -> usize {
        self.connections.fetch_add(1, Ordering::SeqCst) + 1
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub(crate) fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::SeqCst)
    }

    pub(crate) fn peak(&self) -> usize {
        self.peak.load(Ordering::SeqCst)
    }

    pub(crate) fn begin(self: &Arc<Self>, recorded: Recorded) -> Ongoing {
        let entry = Arc::new(Entry {
            recorded: Mutex::new(recorded),
            received: AtomicU64::new(0),
        });
        // Counted under the lock: who sees a request in flight finds it in the list, too.
        let mut entries = self.lock();
        let now = self.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
        self.peak.fetch_max(now, Ordering::SeqCst);
        entries.push(Arc::clone(&entry));
        drop(entries);
        Ongoing {
            journal: Arc::clone(self),
            entry,
        }
    }

    pub(crate) fn requests(&self) -> Vec<Recorded> {
        self.lock()
            .iter()
            .map(|entry| Recorded {
                body_length: entry.received(),
                ..entry.lock().clone()
            })
            .collect()
    }

    pub(crate) fn clear(&self) {
        self.lock().clear();
        self.peak.store(self.in_flight(), Ordering::SeqCst);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Arc<Entry>>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request that is being served; dropping it ends it.
#[derive(Debug)]
pub(crate) struct Ongoing {
    journal: Arc<Journal>,
    pub(crate) entry: Arc<Entry>,
}

impl Ongoing {
    pub(crate) fn answered(&self, status: u16) {
        self.entry.lock().status = status;
    }
}

impl Drop for Ongoing {
    fn drop(&mut self) {
        let mut recorded = self.entry.lock();
        recorded.ended = Some(Instant::now());
        self.journal.in_flight.fetch_sub(1, Ordering::SeqCst);
        if self.journal.log {
            eprintln!(
                "{} {} {} {} {} bytes in, connection {}",
                recorded.status,
                recorded.operation,
                recorded.method,
                recorded.target,
                self.entry.received(),
                recorded.connection
            );
        }
    }
}
