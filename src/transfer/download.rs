//! An object into a file.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::ask::{Way, ask};
use super::multipart::NO_CRC64;
use super::partial::Partial;
use super::plan::Plan;
use super::ranges::{NAME, Ranges, Received, ignores_ranges};
use super::receipt::Receipt;
use super::run::{Moving, Order, run};
use crate::client::Bucket;
use crate::client::settings::{Resume, Verify};
use crate::error::{Error, ErrorKind, Result};
use crate::op::get_object::conditions;
use crate::op::{GetObject, HeadObject, HeadObjectOutput};
use crate::watch::{Meter, Watch};
use crate::wire::Pairs;

mod words;

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
    resume: Option<Resume>,
    verify: Verify,
    keep_cancelled: Arc<AtomicBool>,
}

/// The size of a range when unset, in bytes.
const PART_SIZE: u64 = 8 << 20;

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
            resume: None,
            verify: Verify::default(),
            keep_cancelled: Arc::default(),
        }
    }

    /// The object's key.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The path of the file to be.
    pub fn path(&self) -> &Path {
        &self.path
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

    /// How a download of several ranges is continued that did not come to its end. As the client
    /// says when unset; all but [`Resume::Journal`] continue nothing.
    #[must_use]
    pub fn resume(mut self, resume: Resume) -> Self {
        self.resume = Some(resume);
        self
    }

    /// Whether the CRC64 of the object must be known. Preferred when unset.
    #[must_use]
    pub fn verify(mut self, verify: Verify) -> Self {
        self.verify = verify;
        self
    }

    /// True: when the watch stops the download, what has arrived stays, to be continued. False when
    /// unset: it is deleted.
    #[must_use]
    pub fn keep_cancelled(mut self, keep: bool) -> Self {
        self.keep_cancelled = Arc::new(AtomicBool::new(keep));
        self
    }

    /// The same, said at the end of a stop.
    pub(crate) fn kept_by(mut self, keep: Arc<AtomicBool>) -> Self {
        self.keep_cancelled = keep;
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
    /// What was checked, and what it took.
    pub receipt: Receipt,
}

impl Bucket {
    /// Downloads an object and returns when the file is whole, checked and durable.
    ///
    /// The bytes go into `<path>.coslink-part` beside the target, which replaces it in one step at
    /// the very end: whatever happens before, the target stays as it was. A symbolic link is
    /// followed. Every range must come from the object that was there at the beginning.
    ///
    /// A download of several ranges that did not come to its end, also because the process died, is
    /// continued by the same call: the ranges in the part file that `<path>.coslink-journal` speaks
    /// of are read and compared with the CRC64 recorded there; see [`Resume`].
    ///
    /// # Errors
    /// `LocalIo` when the target cannot be written, before any byte is sent; `Busy` when another
    /// download writes to the same target; `Precondition` when the object was replaced meanwhile or a
    /// condition is not met, also `not_modified`; `Integrity` when the CRC64 differs. The part file
    /// is removed when nothing is to be continued.
    pub fn download(&self, download: &DownloadFile) -> Result<Downloaded> {
        self.download_with(download, ())
    }

    /// The same, while `watch` looks on from the calling thread.
    pub fn download_with(
        &self,
        download: &DownloadFile,
        mut watch: impl Watch,
    ) -> Result<Downloaded> {
        self.download_by(download, &mut Meter::unknown(&mut watch))
    }

    pub(crate) fn download_by(
        &self,
        download: &DownloadFile,
        meter: &mut Meter<'_>,
    ) -> Result<Downloaded> {
        crate::op::check(&[DownloadFile::OWN], &download.query, &download.headers)?;
        Plan::new(0, download.part_size)?;
        crate::wire::names::check_key(&download.key)?;
        let resume = download.resume.unwrap_or(self.core().resume);
        let mut partial = Partial::open(&download.path, resume, &download.keep_cancelled)?;
        let outcome = self.fetch(download, &mut partial, meter);
        partial.end(outcome.map_err(|e| e.with_operation(NAME)))
    }

    /// Removes what an earlier run of this download has received.
    pub(crate) fn forget_download(&self, download: &DownloadFile) {
        // Dropped without an end, it removes both the part file and its record.
        drop(Partial::open(&download.path, Resume::Off, &Arc::default()));
    }

    fn fetch(
        &self,
        download: &DownloadFile,
        partial: &mut Partial,
        meter: &mut Meter<'_>,
    ) -> Result<Downloaded> {
        let mut receipt = Receipt::default();
        let head = self.pin(download, &mut receipt, meter)?;
        let plan = Plan::new(head.content_length, download.part_size)?;
        meter.set_total(plan.size());
        partial.start(&self.identity(download, &head), plan, meter)?;
        receipt.skipped = partial.skipped();
        receipt.resumed = receipt.skipped > 0;
        meter.begin(receipt.skipped)?;
        let ranges = self.ranges(download, &head, plan, partial);
        let mut received = self.receive(download, ranges, partial, &mut receipt, meter);
        if received.as_ref().is_err_and(ignores_ranges) {
            // Something on the way knows no ranges: all of it in one answer, then.
            partial.restart()?;
            let ranges = self.ranges(download, &head, plan, partial).in_one_answer();
            received = self.receive(download, ranges, partial, &mut receipt, meter);
        }
        received?;
        let crc64 = partial.crc64();
        receipt.whole_crc64 = match head.crc64.filter(|_| download.verify != Verify::Off) {
            Some(stated) if stated != crc64 => {
                let message = format!("CRC64 of the file is {crc64}, the object's is {stated}");
                return Err(Error::new(ErrorKind::Integrity, message));
            }
            stated => stated.is_some(),
        };
        partial.commit(plan, meter)?;
        let _ = meter.finish();
        Ok(Downloaded {
            size: plan.size(),
            parts: plan.count(),
            crc64,
            verified: receipt.whole_crc64,
            head,
            receipt,
        })
    }

    /// Asks which object it is that must stay the same from now on.
    fn pin(
        &self,
        download: &DownloadFile,
        receipt: &mut Receipt,
        meter: &mut Meter<'_>,
    ) -> Result<HeadObjectOutput> {
        let mut head = HeadObject::new(&download.key).with_headers(&download.headers);
        for (name, value) in download.query.iter() {
            head = head.query(name, value);
        }
        let head = ask(self, head, Way::Patient, meter)?;
        receipt.requests += head.attempts;
        receipt
            .request_ids
            .extend(head.request_id().map(str::to_owned));
        if head.not_modified {
            let message = "the object was not modified, so there is nothing to download";
            let error = Error::new(ErrorKind::Precondition, message);
            return Err(error.with_request(head.status, head.request_id()));
        }
        if head.etag.is_empty() {
            let why = "the object has no ETag, by which to know that it stays the same";
            return Err(Error::new(ErrorKind::Protocol, why));
        }
        if download.verify == Verify::Require && head.crc64.is_none() {
            return Err(Error::new(ErrorKind::Integrity, NO_CRC64));
        }
        Ok(head.output)
    }

    /// All that must be the same for ranges to be used again.
    fn identity(&self, download: &DownloadFile, head: &HeadObjectOutput) -> Vec<String> {
        let place = self.place();
        vec![
            place.url(Some(&download.key), &download.query),
            place.host().to_owned(),
            head.etag.clone(),
            head.content_length.to_string(),
            format!("{:?}", head.crc64),
            download.part_size.to_string(),
        ]
    }

    fn ranges(
        &self,
        download: &DownloadFile,
        head: &HeadObjectOutput,
        plan: Plan,
        partial: &Partial,
    ) -> Ranges {
        // The conditions were met at the beginning; from then on it must be the same object.
        let headers = download.headers.filter(|name| !name.starts_with("if-"));
        let mut get = GetObject::new(&download.key)
            .with_headers(&headers)
            .if_match(&head.etag);
        for (name, value) in download.query.iter() {
            get = get.query(name, value);
        }
        Ranges {
            core: Arc::clone(self.core()),
            place: Arc::clone(self.place()),
            get,
            etag: head.etag.clone(),
            plan,
            file: partial.file(),
            journal: partial.journal(),
            whole: false,
        }
    }

    fn receive(
        &self,
        download: &DownloadFile,
        ranges: Ranges,
        partial: &mut Partial,
        receipt: &mut Receipt,
        meter: &mut Meter<'_>,
    ) -> Result<()> {
        let parts = if ranges.whole {
            vec![0]
        } else {
            partial.missing()
        };
        if parts.is_empty() {
            return Ok(());
        }
        let order = Order {
            pool: self.pool(),
            parts,
            limit: download.parallel,
            skipped: partial.skipped(),
            meter,
        };
        let job = move |index: u32, moving: &Moving<'_>| ranges.receive(index, moving);
        receipt.moved += run(order, job, |index, received: Received| {
            receipt.requests += received.requests;
            partial.add(index, received);
            Ok(())
        })?;
        Ok(())
    }
}
