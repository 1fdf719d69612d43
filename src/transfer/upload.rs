//! A file into a bucket.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::multipart::Multipart;
use super::plan::{MAX_PART, Plan};
use super::run::{Moving, run};
use crate::client::execute::execute;
use crate::client::{Bucket, Response};
use crate::error::Result;
use crate::file::SourceFile;
use crate::op::object_headers::{guess_content_type, object_headers};
use crate::op::{PutObject, PutObjectOutput};
use crate::transport::stop::Control;
use crate::watch::{Meter, Watch};
use crate::wire::{Body, Pairs};

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
        }
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
}

impl Bucket {
    /// Uploads a file and returns when the object is there and checked.
    ///
    /// # Errors
    /// `InvalidArgument` and `LocalIo` before any byte is sent; `SourceChanged` when the file does
    /// not stay what it was, `Integrity` when COS stored other bytes. Parts on the server are
    /// deleted when the upload fails.
    pub fn upload(&self, upload: &UploadFile) -> Result<Uploaded> {
        self.upload_with(upload, ())
    }

    /// The same, while `watch` looks on from the calling thread.
    pub fn upload_with(&self, upload: &UploadFile, mut watch: impl Watch) -> Result<Uploaded> {
        let source = SourceFile::open(&upload.path)?;
        let plan = Plan::new(source.size(), upload.part_size)?;
        let mut meter = Meter::new(&mut watch, source.size());
        meter.reach_or_stop(0)?;
        let mut headers = upload.headers.clone();
        guess_content_type(&mut headers, &upload.path);
        let uploaded = if source.size() > upload.slice_above.min(MAX_PART) {
            let multipart = Multipart {
                bucket: self,
                key: &upload.key,
                headers: &headers,
            };
            send_parts(&multipart, upload, &source, plan, &mut meter)?
        } else {
            put_whole(self, &upload.key, &headers, &source, &mut meter)?
        };
        let _ = meter.finish();
        Ok(uploaded)
    }
}

fn put_whole(
    bucket: &Bucket,
    key: &str,
    headers: &Pairs,
    source: &SourceFile,
    meter: &mut Meter<'_>,
) -> Result<Uploaded> {
    let body = Body::open(source.file(), 0, source.size());
    let put = PutObject::new(key, body).with_headers(headers);
    let moved = &mut |loaded| meter.reach(loaded);
    let response = execute(bucket.core(), bucket.place(), &put, &Control::new(), moved)?;
    source.check_unchanged()?;
    Ok(Uploaded::whole(bucket, key, source.size(), response))
}

impl Uploaded {
    /// What one PUT says.
    pub(super) fn whole(
        bucket: &Bucket,
        key: &str,
        size: u64,
        response: Response<PutObjectOutput>,
    ) -> Self {
        Self {
            size,
            crc64: response.sent_crc64,
            verified: response.verified,
            location: bucket.place().location(key),
            request_id: response.request_id().map(str::to_owned),
            etag: response.output.etag,
            version_id: response.output.version_id,
            ..Self::default()
        }
    }
}

/// Sends a file in parts.
fn send_parts(
    multipart: &Multipart<'_>,
    upload: &UploadFile,
    source: &SourceFile,
    plan: Plan,
    meter: &mut Meter<'_>,
) -> Result<Uploaded> {
    multipart.upload(|upload_id| {
        let pool = multipart.bucket.pool();
        let limit = match upload.parallel {
            0 => pool.size(),
            parallel => parallel,
        };
        let (sender, file) = (multipart.sender(upload_id), source.file());
        let send = move |index: u32, moving: &Moving<'_>| {
            let range = plan.range(index);
            let length = range.end - range.start;
            sender.send(
                index,
                Body::open(Arc::clone(&file), range.start, length),
                moving,
            )
        };
        let parts = run(pool, plan.count(), limit, meter, send)?;
        source.check_unchanged()?;
        Ok(parts)
    })
}
