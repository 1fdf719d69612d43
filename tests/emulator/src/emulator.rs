//! The running emulator, seen from a test.

use std::io;
use std::net::SocketAddr;
use std::ops::Bound;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use crate::blob::{Blob, Received};
use crate::builder::Builder;
use crate::crc64::zeros;
use crate::journal::Recorded;
use crate::state::Shared;
use crate::store::{Description, Object};
use crate::tls::Secure;

/// A COS on a port of 127.0.0.1. Dropping it cuts all connections and joins its thread.
#[derive(Debug)]
pub struct Emulator {
    shared: Arc<Shared>,
    address: SocketAddr,
    secure: Option<Secure>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Emulator {
    /// Starts one with the defaults: bucket [`BUCKET`](crate::BUCKET) in
    /// [`REGION`](crate::REGION), [`SECRET_ID`](crate::SECRET_ID) and
    /// [`SECRET_KEY`](crate::SECRET_KEY), everything in memory, no TLS, a free port.
    ///
    /// # Panics
    ///
    /// When no port can be had.
    #[must_use]
    pub fn start() -> Self {
        Builder::default().start()
    }

    /// Settings to change before the start.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(crate) fn new(
        shared: Arc<Shared>,
        address: SocketAddr,
        secure: Option<Secure>,
        stop: oneshot::Sender<()>,
        thread: JoinHandle<()>,
    ) -> Self {
        Self {
            shared,
            address,
            secure,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    /// `http://127.0.0.1:PORT`, or `https://localhost:PORT` with TLS.
    #[must_use]
    pub fn url(&self) -> String {
        match self.secure {
            None => format!("http://{}", self.address),
            Some(_) => format!("https://localhost:{}", self.address.port()),
        }
    }

    /// `127.0.0.1:PORT`: what to connect to.
    #[must_use]
    pub fn authority(&self) -> String {
        self.address.to_string()
    }

    /// The PEM of the authority to trust; empty without TLS.
    #[must_use]
    pub fn ca_pem(&self) -> String {
        let secure = self.secure.as_ref();
        secure.map_or(String::new(), |secure| secure.ca_pem.clone())
    }

    /// A client's certificate by that authority and its key, in PEM; empty without TLS.
    #[must_use]
    pub fn client_pem(&self) -> (String, String) {
        let secure = self.secure.as_ref();
        secure.map_or(Default::default(), |secure| secure.client_pem.clone())
    }

    /// All requests in the order of their arrival, also those that are not answered yet.
    #[must_use]
    pub fn requests(&self) -> Vec<Recorded> {
        self.shared.journal.requests()
    }

    /// Forgets the requests so far; the peak starts over, too.
    pub fn clear_requests(&self) {
        self.shared.journal.clear();
    }

    /// How many connections were accepted in total.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.shared.journal.connections()
    }

    /// How many requests were in flight at most.
    #[must_use]
    pub fn peak_parallel(&self) -> usize {
        self.shared.journal.peak()
    }

    /// How many requests are in flight: their head has come in, their answer has not gone out.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.shared.journal.in_flight()
    }

    /// Adds one line to the fault script; an error says what is wrong with the line.
    ///
    /// ```text
    /// OPERATION [key=K] [part=N] [after=N] [times=N|forever] ACTION...
    /// ```
    ///
    /// For example `GetObject cut=half`, `UploadPart part=2 times=3 status=503 retry-after=1`,
    /// `CompleteMultipartUpload drop-answer`, `* reset`. `NOTES.md` lists all actions.
    pub fn fault(&self, line: &str) -> Result<(), String> {
        self.shared.faults.add(line)
    }

    /// Empties the fault script.
    pub fn clear_faults(&self) {
        self.shared.faults.clear();
    }

    /// Sets the emulator's clock to the machine's plus `offset_seconds`.
    pub fn set_clock(&self, offset_seconds: i64) {
        self.shared
            .clock_offset
            .store(offset_seconds, Ordering::SeqCst);
    }

    /// The object as it is kept now.
    #[must_use]
    pub fn object(&self, bucket: &str, key: &str) -> Option<Stored> {
        let buckets = self.shared.store.lock();
        let object = buckets.get(bucket)?.current(key)?;
        Some(Stored::of(Arc::clone(object)))
    }

    /// The keys of a bucket in byte order.
    #[must_use]
    pub fn keys(&self, bucket: &str) -> Vec<String> {
        let buckets = self.shared.store.lock();
        buckets
            .get(bucket)
            .map(|b| {
                let objects = b.objects_from(Bound::Unbounded);
                objects.map(|(key, _)| key.clone()).collect()
            })
            .unwrap_or_default()
    }

    /// Puts an object into a bucket as a plain PUT would, without a request. False when there is
    /// no such bucket, or no room for the bytes.
    pub fn put(&self, bucket: &str, key: &str, bytes: impl AsRef<[u8]>) -> bool {
        let stored = self.shared.shelf.sink(false).and_then(|mut sink| {
            sink.write(bytes.as_ref())?;
            Ok(sink.finish())
        });
        stored.is_ok_and(|received| self.keep(bucket, key, received))
    }

    /// As [`Emulator::put`] with that many zero bytes, which take no room: for objects beyond what
    /// one request can carry. Its ETag is no MD5.
    pub fn put_zeros(&self, bucket: &str, key: &str, size: u64) -> bool {
        let received = Received {
            blob: Blob::zeros(size),
            md5: md5::compute(format!("{size} zeros")).0,
            crc64: zeros(size),
            sha1: None,
        };
        self.keep(bucket, key, received)
    }

    fn keep(&self, bucket: &str, key: &str, received: Received) -> bool {
        let description = Description {
            storage_class: "STANDARD".to_owned(),
            acl: "default".to_owned(),
            ..Description::default()
        };
        let object = Object {
            size: received.blob.size(),
            etag: crate::object::etag(&received, &description.encryption, &self.shared),
            crc64: received.crc64,
            modified: self.shared.time(),
            blob: received.blob,
            description,
            restored: None,
        };
        let mut buckets = self.shared.store.lock();
        let bucket = buckets.get_mut(bucket);
        bucket
            .map(|bucket| bucket.store(key, object, &self.shared))
            .is_some()
    }

    fn change(&self, bucket: &str, key: &str, change: impl FnOnce(&mut Object)) -> bool {
        let mut buckets = self.shared.store.lock();
        let changed = buckets.get_mut(bucket).map(|bucket| {
            bucket.change(key, None, |object| {
                change(object);
                Ok(())
            })
        });
        changed.is_some_and(|outcome| outcome.is_ok())
    }

    /// Moves an object to another storage class, as a lifecycle rule would; a readable copy of an
    /// archived object goes. False when there is no such object.
    pub fn set_storage_class(&self, bucket: &str, key: &str, class: &str) -> bool {
        self.change(bucket, key, |object| {
            class.clone_into(&mut object.description.storage_class);
            object.restored = None;
        })
    }

    /// Ends a restore that is going on, as if its hours had passed. False when there is no such
    /// object.
    pub fn finish_restore(&self, bucket: &str, key: &str) -> bool {
        let now = self.shared.time();
        self.change(bucket, key, |object| {
            if let Some(copy) = &mut object.restored {
                copy.ready = copy.ready.min(now);
            }
        })
    }

    /// All versions of a key, the newest first: version id, and false for a delete marker.
    #[must_use]
    pub fn versions(&self, bucket: &str, key: &str) -> Vec<(String, bool)> {
        let buckets = self.shared.store.lock();
        let versions = buckets.get(bucket).and_then(|b| b.keys.get(key));
        versions
            .into_iter()
            .flatten()
            .map(|version| (version.id.clone(), version.object.is_some()))
            .collect()
    }

    /// The names of all buckets.
    #[must_use]
    pub fn buckets(&self) -> Vec<String> {
        self.shared.store.lock().keys().cloned().collect()
    }

    /// The unfinished multipart uploads of a bucket: key and upload id.
    #[must_use]
    pub fn uploads(&self, bucket: &str) -> Vec<(String, String)> {
        let buckets = self.shared.store.lock();
        buckets
            .get(bucket)
            .map(|b| b.uploads.keys().cloned().collect())
            .unwrap_or_default()
    }

    /// Ends all unfinished multipart uploads of a bucket, as a lifecycle rule would.
    pub fn expire_uploads(&self, bucket: &str) {
        if let Some(bucket) = self.shared.store.lock().get_mut(bucket) {
            bucket.uploads.clear();
        }
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// An object as it was kept when it was asked for.
#[derive(Debug, Clone)]
pub struct Stored {
    /// Bytes.
    pub size: u64,
    /// With its quotes.
    pub etag: String,
    /// CRC-64/XZ of all bytes.
    pub crc64: u64,
    /// `application/octet-stream` when none was sent.
    pub content_type: String,
    /// `STANDARD` when none was sent.
    pub storage_class: String,
    /// `default` when none was sent.
    pub acl: String,
    /// Content-* and the like: lower-case name and value.
    pub headers: Vec<(String, String)>,
    /// `x-cos-meta-*`: the name after that prefix, and the value.
    pub metadata: Vec<(String, String)>,
    /// Keys and values, decoded.
    pub tags: Vec<(String, String)>,
    object: Arc<Object>,
}

impl Stored {
    fn of(object: Arc<Object>) -> Self {
        let described = &object.description;
        let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
        let headers: Vec<(String, String)> = described
            .content
            .iter()
            .map(|(n, v)| (n.clone(), text(v)))
            .collect();
        let content_type = headers.iter().find(|(name, _)| name == "content-type");
        let short = |name: &str| name.trim_start_matches("x-cos-meta-").to_owned();
        Self {
            size: object.size,
            etag: object.etag.clone(),
            crc64: object.crc64,
            content_type: content_type
                .map_or_else(|| "application/octet-stream".to_owned(), |(_, v)| v.clone()),
            storage_class: described.storage_class.clone(),
            acl: described.acl.clone(),
            metadata: described
                .metadata
                .iter()
                .map(|(n, v)| (short(n), text(v)))
                .collect(),
            tags: described.tags.clone(),
            headers,
            object,
        }
    }

    /// All bytes.
    pub fn bytes(&self) -> io::Result<Vec<u8>> {
        self.object.blob.bytes()
    }
}
