//! An object into a file.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::plan::Plan;
use super::run::{Moving, run};
use crate::client::execute::{execute, random, unwatched};
use crate::client::{Bucket, Core};
use crate::endpoint::Place;
use crate::error::{Error, ErrorKind, Result};
use crate::file::PartFile;
use crate::op::get_object::conditions;
use crate::op::types::ByteRange;
use crate::op::{GetObject, HeadObject, HeadObjectOutput, ObjectBody};
use crate::retry::{self, Attempt};
use crate::watch::{Meter, Watch};
use crate::wire::{Pairs, digest, fault};

/// An object to download into a file, in ranges in parallel when it is big.
///
/// It is plain data: make it once, keep it, use it again.
#[derive(Clone, Debug)]
pub struct DownloadFile {
    key: String,
    path: PathBuf,
    query: Pairs,
    headers: Pairs,
    part_size: u64,
    parallel: usize,
}

/// The size of a range when unset, in bytes.
const PART_SIZE: u64 = 8 << 20;

/// How much is read before it is written, in bytes.
const BLOCK: usize = 256 << 10;

impl DownloadFile {
    /// The object's key and the path of the file to be.
    pub fn new(key: impl Into<String>, path: impl AsRef<Path>) -> Self {
        Self {
            key: key.into(),
            path: path.as_ref().to_owned(),
            query: Pairs::new(),
            headers: Pairs::new(),
            part_size: PART_SIZE,
            parallel: 0,
        }
    }

    /// The size of a range in bytes, 1 MiB to 5 GiB; 8 MiB when unset.
    #[must_use]
    pub fn part_size(mut self, bytes: u64) -> Self {
        self.part_size = bytes;
        self
    }

    /// How many ranges are under way at the same time. Unset, 0, or more than the client's
    /// `parallel_requests`: as many as that.
    #[must_use]
    pub fn parallel(mut self, parts: usize) -> Self {
        self.parallel = parts;
        self
    }

    conditions!();

    crate::op::params! {
        const OWN;
        /// The most bits per second that COS sends on each connection: 819,200 to 838,860,800.
        traffic_limit(u64) => header "x-cos-traffic-limit" in 819_200..=838_860_800;
    }
}

/// A download that is done.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Downloaded {
    /// How many bytes the file has.
    pub size: u64,
    /// How many ranges it came in.
    pub parts: u32,
    /// CRC64 of the bytes that were received.
    pub crc64: u64,
    /// Whether COS stated the CRC64 of the object, and it was the same. It does for every object
    /// that is not very old.
    pub verified: bool,
    /// What is known of the object.
    pub head: HeadObjectOutput,
}

impl Bucket {
    /// Downloads an object and returns when the file is whole, checked and durable.
    ///
    /// The bytes go into `<path>.coslink-part` beside the target, which replaces it in one step at
    /// the very end: whatever happens before, the target stays as it was. A symbolic link is
    /// followed. Every range must come from the object that was there at the beginning.
    ///
    /// # Errors
    /// `LocalIo` when the target cannot be written, before any byte is sent; `WrongState` when
    /// another download writes to the same target; `Precondition` when the object was replaced
    /// meanwhile or a condition is not met, also `not_modified`; `Integrity` when the CRC64
    /// differs.
    pub fn download(&self, download: &DownloadFile) -> Result<Downloaded> {
        self.download_with(download, ())
    }

    /// The same, while `watch` looks on from the calling thread.
    pub fn download_with(
        &self,
        download: &DownloadFile,
        mut watch: impl Watch,
    ) -> Result<Downloaded> {
        crate::op::check(&[DownloadFile::OWN], &download.query, &download.headers)?;
        Plan::new(0, download.part_size)?;
        crate::wire::names::check_key(&download.key)?;
        let file = Arc::new(PartFile::create(&download.path)?);
        let head = self.head(download)?;
        if head.etag.is_empty() {
            let why = "the object has no ETag, by which to know that it stays the same";
            return Err(Error::new(ErrorKind::Protocol, why).with_operation(NAME));
        }
        let size = head.content_length;
        let plan = Plan::new(size, download.part_size)?;
        file.set_length(size)?;
        let mut meter = Meter::new(&mut watch, size);
        meter.reach_or_stop(0)?;
        let parts = self.receive(download, &head, plan, &file, &mut meter)?;
        let crc64 = parts
            .iter()
            .fold(0, |crc, part| digest::combine(crc, part.crc64, part.length));
        if head.crc64.is_some_and(|expected| expected != crc64) {
            let message = format!(
                "CRC64 of the file is {crc64}, the object's is {:?}",
                head.crc64
            );
            return Err(Error::new(ErrorKind::Integrity, message).with_operation(NAME));
        }
        let in_use = || Error::new(ErrorKind::Internal, "the part file is still in use");
        Arc::try_unwrap(file).map_err(|_| in_use())?.commit()?;
        let _ = meter.finish();
        let (parts, verified) = (plan.count(), head.crc64.is_some());
        Ok(Downloaded {
            size,
            parts,
            crc64,
            verified,
            head,
        })
    }

    fn head(&self, download: &DownloadFile) -> Result<HeadObjectOutput> {
        let mut head = HeadObject::new(&download.key).with_headers(&download.headers);
        for (name, value) in download.query.iter() {
            head = head.query(name, value);
        }
        let head = self.send(head)?;
        if head.not_modified {
            let message = "the object was not modified, so there is nothing to download";
            let error = Error::new(ErrorKind::Precondition, message).with_operation(NAME);
            return Err(error.with_request(head.status, head.request_id()));
        }
        Ok(head.output)
    }

    fn receive(
        &self,
        download: &DownloadFile,
        head: &HeadObjectOutput,
        plan: Plan,
        file: &Arc<PartFile>,
        meter: &mut Meter<'_>,
    ) -> Result<Vec<Received>> {
        let limit = match download.parallel {
            0 => self.pool().size(),
            parallel => parallel,
        };
        // The conditions were met at the beginning; from then on it must be the same object.
        let headers = download.headers.filter(|name| !name.starts_with("if-"));
        let mut get = GetObject::new(&download.key)
            .with_headers(&headers)
            .if_match(&head.etag);
        for (name, value) in download.query.iter() {
            get = get.query(name, value);
        }
        let ranges = Ranges {
            core: Arc::clone(self.core()),
            place: Arc::clone(self.place()),
            get,
            plan,
            file: Arc::clone(file),
        };
        run(
            self.pool(),
            plan.count(),
            limit,
            meter,
            move |index, moving| ranges.receive(index, moving),
        )
    }
}

const NAME: &str = "Download";

/// What every range of a download shares.
struct Ranges {
    core: Arc<Core>,
    place: Arc<Place>,
    get: GetObject,
    plan: Plan,
    file: Arc<PartFile>,
}

/// CRC64 and length of a range that is in the file.
struct Received {
    crc64: u64,
    length: u64,
}

impl Ranges {
    /// Receives a range. One that breaks off is continued from where it is, as often and as patiently
    /// as a request is sent again; what moved a block further counts as a first time.
    fn receive(&self, index: u32, moving: &Moving<'_>) -> Result<Received> {
        let range = self.plan.range(index);
        let mut received = Received {
            crc64: 0,
            length: 0,
        };
        let mut breaks = 0;
        loop {
            let from = range.start + received.length;
            if from == range.end {
                return Ok(received);
            }
            let get = self.get.clone().range(ByteRange::new(from, range.end - 1));
            let response = execute(
                &self.core,
                &self.place,
                &get,
                moving.control,
                &mut unwatched,
            );
            let mut body = response.map_err(|e| e.with_operation(NAME))?.output.body;
            let before = received.length;
            let Err(error) = self.stream(from, &mut body, &mut received, moving) else {
                continue;
            };
            // All of it is there and yet something is wrong with it.
            if range.start + received.length == range.end {
                return Err(error.with_operation(NAME));
            }
            breaks = match received.length - before {
                moved if moved >= BLOCK as u64 => 1,
                _ => breaks + 1,
            };
            let failed = Attempt {
                number: breaks,
                error: &error,
                replayable: true,
                idempotent: true,
            };
            match retry::decide(&self.core.retry, &failed, random()) {
                Some(wait) => moving.control.sleep(wait)?,
                None => return Err(error.with_operation(NAME)),
            }
        }
    }

    /// Writes what arrives of a body to its place and counts it, also when it breaks off.
    fn stream(
        &self,
        from: u64,
        body: &mut ObjectBody,
        received: &mut Received,
        moving: &Moving<'_>,
    ) -> Result<()> {
        let mut block = vec![0; BLOCK];
        let mut length = 0;
        let outcome = loop {
            let (count, outcome) = fill(body, &mut block);
            self.file.write_all_at(&block[..count], from + length)?;
            length += count as u64;
            if moving.reach(received.length + length).is_break() {
                break Err(Error::new(ErrorKind::Cancelled, "the download was stopped"));
            }
            if let Some(outcome) = outcome {
                break outcome;
            }
        };
        received.crc64 = digest::combine(received.crc64, body.crc64(), length);
        received.length += length;
        outcome
    }
}

/// Fills the block as far as the body goes, since TLS hands out small pieces. The result is there
/// when the body ended or broke off.
fn fill(body: &mut ObjectBody, block: &mut [u8]) -> (usize, Option<Result<()>>) {
    let mut count = 0;
    while count < block.len() {
        match body.read(&mut block[count..]) {
            Ok(0) => return (count, Some(Ok(()))),
            Ok(more) => count += more,
            Err(e) => return (count, Some(Err(fault::while_reading(e)))),
        }
    }
    (count, None)
}
