//! An object into another one, inside the service.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::ask::Way;
use super::multipart::{Made, Multipart};
use super::part::{PartCopier, Sent};
use super::plan::{MAX_PART, Plan};
use super::receipt::Receipt;
use super::run::{Moving, run};
use super::session::{Identity, Session};
use crate::client::Bucket;
use crate::client::settings::{Resume, Verify};
use crate::endpoint::Place;
use crate::error::Result;
use crate::op::copy_source::{CopySource, source_conditions};
use crate::op::object_headers::object_headers;
use crate::op::types::Directive;
use crate::op::{CopyObject, HeadObjectOutput};
use crate::watch::{Meter, Watch};
use crate::wire::Pairs;

mod source;
mod words;

use source::{headers, pin, source_headers};

/// An object to copy inside the service, of any size, bucket and region: in one request when it is
/// small, else in parts in parallel. No byte passes through this machine.
///
/// Content headers, metadata and tags of the source come along; those that are given here take
/// their place. Storage class, encryption and ACL do not come along: unset they are the default. It
/// is plain data: make it once, keep it, use it again.
#[derive(Clone, Debug)]
pub struct CopyFile {
    key: String,
    source: CopySource,
    headers: Pairs,
    part_size: u64,
    slice_above: u64,
    parallel: usize,
    resume: Option<Resume>,
    verify: Verify,
    keep_cancelled: Arc<AtomicBool>,
    keep_acl: bool,
}

const NAME: &str = "Copy";

/// The size of a part when unset, in bytes.
const PART_SIZE: u64 = 32 << 20;

impl CopyFile {
    /// The key of the copy, and what is copied.
    pub fn new(key: impl Into<String>, source: CopySource) -> Self {
        Self {
            key: key.into(),
            source,
            headers: Pairs::new(),
            part_size: PART_SIZE,
            slice_above: MAX_PART,
            parallel: 0,
            resume: None,
            verify: Verify::default(),
            keep_cancelled: Arc::default(),
            keep_acl: false,
        }
    }

    /// The key of the copy.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The size of a part in bytes, 1 MiB to 5 GiB; 32 MiB when unset. It grows by itself where the
    /// object would need more than 10,000 parts.
    #[must_use]
    pub fn part_size(mut self, bytes: u64) -> Self {
        self.part_size = bytes;
        self
    }

    /// Objects of more bytes than this are copied in parts. Unset, or more than that: 5 GiB, the most
    /// that COS copies in one request.
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

    /// How a copy in parts is continued that did not come to its end. As the client says when unset;
    /// all but [`Resume::Journal`] continue nothing.
    #[must_use]
    pub fn resume(mut self, resume: Resume) -> Self {
        self.resume = Some(resume);
        self
    }

    /// Whether the CRC64 of source and copy must be known. Preferred when unset.
    #[must_use]
    pub fn verify(mut self, verify: Verify) -> Self {
        self.verify = verify;
        self
    }

    /// True: when the watch stops the copy, its parts stay with COS, to be continued. False when
    /// unset: they are deleted.
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

    /// True: the copy gets the ACL of the source, where none is given here. It takes the permission
    /// to read that. False when unset.
    #[must_use]
    pub fn keep_acl(mut self, keep: bool) -> Self {
        self.keep_acl = keep;
        self
    }

    object_headers!();

    source_conditions!();

    crate::op::params! {
        const OWN;
        /// `Replaced`: no metadata comes along from the source. Unset: it does.
        metadata_directive(Directive) => header "x-cos-metadata-directive";
        /// `Replaced`: no tags come along from the source. Unset: they do.
        tagging_directive(Directive) => header "x-cos-tagging-directive";
    }

    /// Any other header of the object; it is signed when its name begins with `x-cos-`.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.set(name.into(), value);
        self
    }

    fn replaces(&self, directive: &str) -> bool {
        let given = self.headers.get(directive);
        given.is_some_and(|value| value.eq_ignore_ascii_case("Replaced"))
    }
}

/// A copy that is done.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Copied {
    /// How many bytes the object has.
    pub size: u64,
    /// How many parts it was copied in; 0 when it was one request.
    pub parts: u32,
    /// The ETag, as COS writes it.
    pub etag: String,
    /// CRC64 of the source, where COS states it.
    pub crc64: Option<u64>,
    /// Whether COS stated the CRC64 of source and copy, and they were the same.
    pub verified: bool,
    /// The version of the copy, in a bucket with versioning.
    pub version_id: Option<String>,
    /// The upload that the parts belonged to; none when it was one request.
    pub upload_id: Option<String>,
    /// The address of the copy, without scheme.
    pub location: String,
    /// The `x-cos-request-id` of the request that made the copy.
    pub request_id: Option<String>,
    /// What was checked, and what it took. `moved` counts bytes inside the service.
    pub receipt: Receipt,
}

impl Bucket {
    /// Copies an object into this bucket and returns when the copy is there and checked.
    ///
    /// Every part must come from the object that was there at the beginning. A copy in parts that did
    /// not come to its end, also because the process died, is continued by the same call; see
    /// [`Resume`].
    ///
    /// # Errors
    /// `InvalidArgument` and `Busy` before any byte is copied; `Precondition` when a condition is not
    /// met or the source was replaced meanwhile; `Integrity` when the CRC64 differs.
    pub fn copy(&self, copy: &CopyFile) -> Result<Copied> {
        self.copy_with(copy, ())
    }

    /// The same, while `watch` looks on from the calling thread.
    pub fn copy_with(&self, copy: &CopyFile, mut watch: impl Watch) -> Result<Copied> {
        self.copy_by(copy, &mut Meter::unknown(&mut watch))
    }

    pub(crate) fn copy_by(&self, copy: &CopyFile, meter: &mut Meter<'_>) -> Result<Copied> {
        let tables = [CopyFile::OBJECT_HEADERS, CopyFile::SOURCE, CopyFile::OWN];
        crate::op::check(&tables, &Pairs::new(), &copy.headers)?;
        crate::wire::names::check_key(&copy.key)?;
        crate::wire::names::check_headers(&copy.headers)?;
        crate::op::copy_source::copy_headers(&copy.headers, &copy.source)?;
        Plan::new(0, copy.part_size)?;
        let place = Place::new(
            &self.core().endpoint,
            copy.source.bucket(),
            copy.source.region(),
        )?;
        let source = self.client().place(place);
        let mut receipt = Receipt::default();
        let pinned = pin(&source, copy, &mut receipt, meter)?;
        let size = pinned.head.content_length;
        meter.set_total(size);
        meter.begin(0)?;
        let in_parts = size > copy.slice_above.min(MAX_PART);
        let headers = headers(&source, copy, &pinned, in_parts, meter)?;
        let mut multipart = Multipart::new(self, &copy.key, &headers, copy.verify, meter);
        multipart.receipt = receipt;
        let copied = match in_parts {
            true => copy_parts(multipart, copy, &pinned.head)?,
            false => copy_whole(multipart, copy, &pinned.head)?,
        };
        let _ = meter.finish();
        Ok(copied)
    }
}

impl Bucket {
    /// Takes back what an earlier run of this copy has made.
    pub(crate) fn forget_copy(&self, copy: &CopyFile) {
        let Ok(source) = copy.source.spell() else {
            return;
        };
        let (headers, watch, verify) = (Pairs::new(), &mut (), Verify::Off);
        let mut meter = Meter::unknown(watch);
        let multipart = Multipart::new(self, &copy.key, &headers, verify, &mut meter);
        Session::forget(multipart, "copy", &source);
    }
}

fn copy_whole(
    mut multipart: Multipart<'_, '_>,
    copy: &CopyFile,
    source: &HeadObjectOutput,
) -> Result<Copied> {
    let request = CopyObject::new(&copy.key, copy.source.clone())
        .with_headers(multipart.headers)
        .with_headers(&source_headers(copy, source));
    let answer = multipart.ask(request, Way::Patient)?;
    let request_id = answer.request_id().map(str::to_owned);
    multipart.receipt.moved = source.content_length;
    multipart.receipt.request_ids.extend(request_id.clone());
    let made = answer.output;
    if copy.verify != Verify::Off {
        let version_id = made.version_id.as_deref();
        let stored = made.crc64;
        let stored = stored.or_else(|| multipart.stored_crc64(version_id, &made.etag));
        multipart.receipt.whole_crc64 = multipart.compare(stored, source.crc64)?;
    }
    Ok(Copied {
        size: source.content_length,
        etag: made.etag,
        crc64: source.crc64,
        verified: multipart.receipt.whole_crc64,
        version_id: made.version_id,
        location: multipart.bucket.place().location(&copy.key),
        request_id,
        receipt: multipart.receipt,
        ..Copied::default()
    })
}

fn copy_parts(
    multipart: Multipart<'_, '_>,
    copy: &CopyFile,
    source: &HeadObjectOutput,
) -> Result<Copied> {
    let plan = Plan::new(source.content_length, copy.part_size)?;
    let identity = Identity {
        kind: "copy",
        source: &copy.source.spell()?,
        state: &format!(
            "{} {} {:?}",
            source.etag, source.content_length, source.crc64
        ),
    };
    // By its ETag alone nobody can tell what a copied part is of.
    let resume = match copy.resume.unwrap_or(multipart.bucket.core().resume) {
        Resume::Server => Resume::Off,
        resume => resume,
    };
    let mut session = Session::open(multipart, plan, &identity, resume, &copy.keep_cancelled)?;
    let outcome = move_parts(&mut session, copy, source, plan);
    session.end(outcome)
}

fn move_parts(
    session: &mut Session<'_, '_>,
    copy: &CopyFile,
    source: &HeadObjectOutput,
    plan: Plan,
) -> Result<Copied> {
    if let Some(made) = session.start(Resume::Journal, source.crc64, None)? {
        return Ok(Copied::in_parts(session, source, made));
    }
    session.begin_moving()?;
    let headers = source_headers(copy, source);
    let (begun, from) = (&session.begun, &copy.source);
    let copier = PartCopier::new(&session.multipart, begun, from, headers, plan);
    let recorder = session.recorder();
    let job = move |index: u32, moving: &Moving<'_>| {
        let copied = copier.copy(index, moving)?;
        recorder.record(index, &copied.part);
        Ok(copied)
    };
    let mut copied = Vec::new();
    let moved = run(session.order(copy.parallel), job, |index, part: Sent| {
        copied.push((index, part));
        Ok(())
    });
    for (index, part) in copied {
        session.add(index, part);
    }
    session.multipart.receipt.moved = moved?;
    let made = session.complete(source.crc64)?;
    Ok(Copied::in_parts(session, source, made))
}

impl Copied {
    fn in_parts(session: &Session<'_, '_>, head: &HeadObjectOutput, made: Made) -> Self {
        let multipart = &session.multipart;
        Self {
            size: head.content_length,
            parts: session.count(),
            etag: made.etag,
            crc64: head.crc64,
            verified: multipart.receipt.whole_crc64,
            version_id: made.version_id,
            upload_id: Some(session.begun.upload_id.clone()),
            location: multipart.bucket.place().location(multipart.key),
            request_id: made.request_id,
            receipt: multipart.receipt.clone(),
        }
    }
}
