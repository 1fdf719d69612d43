//! A file into a bucket.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::ask::{Way, ask};
use super::multipart::{Made, Multipart, NO_CRC64};
use super::part::{PartSender, Sent};
use super::plan::{MAX_PART, Plan};
use super::receipt::Receipt;
use super::run::{Moving, run};
use super::session::{Identity, Session};
use super::sums;
use crate::client::settings::{Resume, Verify};
use crate::client::{Bucket, Response};
use crate::error::{Error, ErrorKind, Result};
use crate::file::SourceFile;
use crate::op::object_headers::{guess_content_type, object_headers};
use crate::op::{PutObject, PutObjectOutput};
use crate::watch::{Meter, Watch};
use crate::wire::{Body, Pairs};

mod words;

/// A file to upload: in one request when it is small, else in parts in parallel.
///
/// It is plain data: make it once, keep it, use it again.
#[derive(Clone, Debug)]
pub struct UploadFile {
    key: String,
    path: PathBuf,
    headers: Pairs,
    part_size: u64,
    slice_above: u64,
    parallel: usize,
    resume: Option<Resume>,
    verify: Verify,
    content_md5: bool,
    keep_cancelled: Arc<AtomicBool>,
}

/// The size of a part, and the largest file that is sent in one request, when unset. In bytes.
const PART_SIZE: u64 = 8 << 20;
const SLICE_ABOVE: u64 = 8 << 20;

impl UploadFile {
    /// The object's key and the file's path.
    pub fn new(key: impl Into<String>, path: impl AsRef<Path>) -> Self {
        Self {
            key: key.into(),
            path: path.as_ref().to_owned(),
            headers: Pairs::new(),
            part_size: PART_SIZE,
            slice_above: SLICE_ABOVE,
            parallel: 0,
            resume: None,
            verify: Verify::default(),
            content_md5: false,
            keep_cancelled: Arc::default(),
        }
    }

    /// The object's key.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The file's path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The size of a part in bytes, 1 MiB to 5 GiB; 8 MiB when unset. It grows by itself where the
    /// file would need more than 10,000 parts.
    #[must_use]
    pub fn part_size(mut self, bytes: u64) -> Self {
        self.part_size = bytes;
        self
    }

    /// Files of more bytes than this are sent in parts; 8 MiB when unset. More than 5 GiB is 5 GiB,
    /// the most that COS takes in one request.
    #[must_use]
    pub fn slice_above(mut self, bytes: u64) -> Self {
        self.slice_above = bytes;
        self
    }

    /// How many parts are under way at the same time. Unset, 0, or more than the client's
    /// `parallel_requests`: as many as that.
    #[must_use]
    pub fn parallel(mut self, parts: usize) -> Self {
        self.parallel = parts;
        self
    }

    /// How an upload in parts is continued that did not come to its end. As the client says when
    /// unset.
    #[must_use]
    pub fn resume(mut self, resume: Resume) -> Self {
        self.resume = Some(resume);
        self
    }

    /// Whether the CRC64 of the whole object must be known. Preferred when unset.
    #[must_use]
    pub fn verify(mut self, verify: Verify) -> Self {
        self.verify = verify;
        self
    }

    /// True: each body goes with its Content-MD5, so that COS refuses other bytes. The file is read
    /// twice. False when unset.
    #[must_use]
    pub fn content_md5(mut self, content_md5: bool) -> Self {
        self.content_md5 = content_md5;
        self
    }

    /// True: when the watch stops the upload, its parts stay with COS, to be continued. False when
    /// unset: those that it has sent or found are deleted.
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

    object_headers!();

    /// Any other header of the object; it is signed when its name begins with `x-cos-`.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.set(name.into(), value);
        self
    }
}

/// An upload that is done.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Uploaded {
    /// How many bytes the object has.
    pub size: u64,
    /// How many parts it was sent in; 0 when it was one request.
    pub parts: u32,
    /// The ETag, with its quotes.
    pub etag: String,
    /// CRC64 of the bytes that were sent.
    pub crc64: u64,
    /// Whether COS stated the CRC64 of the whole object, and it was the same. It does for every
    /// object that is not very old.
    pub verified: bool,
    /// The version, in a bucket with versioning.
    pub version_id: Option<String>,
    /// The upload that the parts belonged to; none when it was one request.
    pub upload_id: Option<String>,
    /// The object's address, without scheme.
    pub location: String,
    /// The `x-cos-request-id` of the request that made the object.
    pub request_id: Option<String>,
    /// What was checked, and what it took.
    pub receipt: Receipt,
}

impl Bucket {
    /// Uploads a file and returns when the object is there and checked.
    ///
    /// An upload in parts that did not come to its end, also because the process died, is continued
    /// by the same call; see [`Resume`].
    ///
    /// # Errors
    /// `InvalidArgument`, `LocalIo` and `Busy` before any byte is sent; `SourceChanged` when the file
    /// does not stay what it was, `Integrity` when COS stored other bytes. Parts on the server are
    /// deleted when nothing is to be continued: after `Resume::Off`, a stop by the watch, or an error
    /// that does not pass.
    pub fn upload(&self, upload: &UploadFile) -> Result<Uploaded> {
        self.upload_with(upload, ())
    }

    /// The same, while `watch` looks on from the calling thread.
    pub fn upload_with(&self, upload: &UploadFile, mut watch: impl Watch) -> Result<Uploaded> {
        self.upload_by(upload, &mut Meter::unknown(&mut watch))
    }

    pub(crate) fn upload_by(&self, upload: &UploadFile, meter: &mut Meter<'_>) -> Result<Uploaded> {
        let source = Arc::new(SourceFile::open(&upload.path)?);
        let plan = Plan::new(source.size(), upload.part_size)?;
        crate::wire::names::check_key(&upload.key)?;
        let mut headers = upload.headers.clone();
        guess_content_type(&mut headers, &upload.path);
        crate::wire::names::check_headers(&headers)?;
        meter.set_total(source.size());
        // Nothing is sent before the caller had a chance to say stop.
        meter.begin(0)?;
        let path = source.absolute_path()?;
        let identity = Identity {
            kind: "upload",
            source: &path.to_string_lossy(),
            state: &source.identity()?,
        };
        let resume = upload.resume.unwrap_or(self.core().resume);
        let mut multipart = Multipart::new(self, &upload.key, &headers, upload.verify, meter);
        if source.size() <= upload.slice_above.min(MAX_PART) {
            let uploaded = put_whole(upload, &source, &mut multipart)?;
            if resume == Resume::Journal {
                Session::forget(multipart, identity.kind, identity.source);
            }
            let _ = meter.finish();
            return Ok(uploaded);
        }
        let mut session =
            Session::open(multipart, plan, &identity, resume, &upload.keep_cancelled)?;
        let outcome = send_parts(&mut session, upload, &source, plan, resume);
        session.end(outcome)
    }
}

impl Bucket {
    /// Takes back what an earlier run of this upload has sent.
    pub(crate) fn forget_upload(&self, upload: &UploadFile) {
        let Ok(path) = std::path::absolute(&upload.path) else {
            return;
        };
        let (headers, watch, verify) = (Pairs::new(), &mut (), Verify::Off);
        let mut meter = Meter::unknown(watch);
        let multipart = Multipart::new(self, &upload.key, &headers, verify, &mut meter);
        Session::forget(multipart, "upload", &path.to_string_lossy());
    }
}

fn put_whole(
    upload: &UploadFile,
    source: &SourceFile,
    multipart: &mut Multipart<'_, '_>,
) -> Result<Uploaded> {
    let size = source.size();
    let body = Body::open(source.file(), 0, size);
    let mut put = PutObject::new(&upload.key, body).with_headers(multipart.headers);
    if upload.content_md5 {
        let mut pulse = |_| multipart.meter.reach_or_stop(0);
        put = put.content_md5(&sums::of_source(source, 0..size, &mut pulse)?.md5.base64());
    }
    let response = ask(multipart.bucket, put, Way::Counted, multipart.meter)?;
    source.check_unchanged()?;
    let mut uploaded = Uploaded::whole(multipart.bucket, &upload.key, size, response);
    uploaded.receipt.content_md5 = upload.content_md5;
    uploaded.require(upload.verify)?;
    Ok(uploaded)
}

impl Uploaded {
    /// What one PUT says.
    pub(super) fn whole(
        bucket: &Bucket,
        key: &str,
        size: u64,
        response: Response<PutObjectOutput>,
    ) -> Self {
        let request_id = response.request_id().map(str::to_owned);
        let receipt = Receipt {
            whole_crc64: response.verified,
            parts_crc64: u32::from(response.verified),
            requests: response.attempts,
            moved: size,
            request_ids: request_id.iter().cloned().collect(),
            ..Receipt::default()
        };
        Self {
            size,
            crc64: response.sent_crc64,
            verified: response.verified,
            location: bucket.place().location(key),
            request_id,
            etag: response.output.etag,
            version_id: response.output.version_id,
            receipt,
            ..Self::default()
        }
    }

    /// Fails when the CRC64 must be known and is not.
    pub(super) fn require(&self, verify: Verify) -> Result<()> {
        if verify == Verify::Require && !self.verified {
            return Err(Error::new(ErrorKind::Integrity, NO_CRC64));
        }
        Ok(())
    }

    /// What the parts and their completion say.
    pub(super) fn in_parts(session: &Session<'_, '_>, made: Made) -> Self {
        let multipart = &session.multipart;
        let expected = session.expected(None);
        Self {
            size: session.size(),
            parts: session.count(),
            crc64: expected
                .and_then(|expected| expected.crc64)
                .unwrap_or_default(),
            verified: multipart.receipt.whole_crc64,
            upload_id: Some(session.begun.upload_id.clone()),
            location: multipart.bucket.place().location(multipart.key),
            etag: made.etag,
            version_id: made.version_id,
            request_id: made.request_id,
            receipt: multipart.receipt.clone(),
        }
    }
}

/// Sends a file in parts, those that an earlier run has not sent.
fn send_parts(
    session: &mut Session<'_, '_>,
    upload: &UploadFile,
    source: &Arc<SourceFile>,
    plan: Plan,
    resume: Resume,
) -> Result<Uploaded> {
    let mut hashed = 0;
    let mut sum_up = |index, meter: &mut Meter<'_>| {
        let sums = sums::of_source(source, plan.range(index), &mut |count| {
            hashed += count;
            meter.hash_or_stop(hashed, plan.size())
        })?;
        Ok((sums.md5.hex(), sums.crc64.value()))
    };
    if let Some(made) = session.start(resume, None, Some(&mut sum_up))? {
        let _ = session.multipart.meter.finish();
        return Ok(Uploaded::in_parts(session, made));
    }
    session.begin_moving()?;
    let sender = PartSender::new(&session.multipart, &session.begun);
    let (file, recorder) = (Arc::clone(source), session.recorder());
    let with_md5 = upload.content_md5;
    let send = move |index: u32, moving: &Moving<'_>| {
        file.check_unchanged()?;
        let range = plan.range(index);
        let mut check = |_| moving.control.check();
        let md5 = match with_md5 {
            true => Some(
                sums::of_source(&file, range.clone(), &mut check)?
                    .md5
                    .base64(),
            ),
            false => None,
        };
        let body = Body::open(file.file(), range.start, range.end - range.start);
        let sent = sender.send(index, body, md5.as_deref(), moving)?;
        recorder.record(index, &sent.part);
        Ok(sent)
    };
    let mut sent = Vec::new();
    let order = session.order(upload.parallel);
    let moved = run(order, send, |index, part: Sent| {
        sent.push((index, part));
        Ok(())
    });
    let receipt = &mut session.multipart.receipt;
    receipt.content_md5 = upload.content_md5;
    for (index, sent) in sent {
        session.add(index, sent);
    }
    session.multipart.receipt.moved = moved?;
    source.check_unchanged()?;
    let made = session.complete(None)?;
    let _ = session.multipart.meter.finish();
    Ok(Uploaded::in_parts(session, made))
}
