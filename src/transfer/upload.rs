//! A file into a bucket.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::plan::Plan;
use super::run::{Moving, run};
use crate::client::Bucket;
use crate::client::execute::execute;
use crate::error::{Error, ErrorKind, Result};
use crate::file::SourceFile;
use crate::op::object_headers::object_headers;
use crate::op::{
    AbortMultipartUpload, CompleteMultipartUpload, CompletedPart, HeadObject,
    InitiateMultipartUpload, PutObject, UploadPart,
};
use crate::transport::stop::Control;
use crate::watch::{Meter, Watch};
use crate::wire::{Body, Pairs, digest};

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

    /// Files of more bytes than this are sent in parts; 8 MiB when unset.
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
        if meter.reach(0).is_break() {
            return Err(Error::new(
                ErrorKind::Cancelled,
                "the progress callback said stop",
            ));
        }
        let uploaded = if source.size() > upload.slice_above {
            let sliced = Sliced {
                bucket: self,
                upload,
                source: &source,
                plan,
            };
            sliced.send(&mut meter)?
        } else {
            put_whole(self, upload, &source, &mut meter)?
        };
        let _ = meter.finish();
        Ok(uploaded)
    }
}

fn put_whole(
    bucket: &Bucket,
    upload: &UploadFile,
    source: &SourceFile,
    meter: &mut Meter<'_>,
) -> Result<Uploaded> {
    let body = Body::open(source.file(), 0, source.size());
    let put = PutObject::new(&upload.key, body).with_headers(&upload.headers);
    let moved = &mut |loaded| meter.reach(loaded);
    let response = execute(bucket.core(), bucket.place(), &put, &Control::new(), moved)?;
    source.check_unchanged()?;
    Ok(Uploaded {
        size: source.size(),
        crc64: response.sent_crc64,
        etag: response.etag.clone(),
        verified: response.verified,
        version_id: response.version_id.clone(),
        location: bucket.place().location(&upload.key),
        request_id: response.request_id().map(str::to_owned),
        ..Uploaded::default()
    })
}

/// An upload in parts.
struct Sliced<'a> {
    bucket: &'a Bucket,
    upload: &'a UploadFile,
    source: &'a SourceFile,
    plan: Plan,
}

/// A part that COS has, and CRC64 and length of the bytes that were sent.
struct SentPart {
    etag: String,
    crc64: u64,
    length: u64,
}

impl Sliced<'_> {
    fn send(&self, meter: &mut Meter<'_>) -> Result<Uploaded> {
        let upload_id = self.initiate()?;
        let finished = self.send_parts(&upload_id, meter).and_then(|parts| {
            self.source.check_unchanged()?;
            self.complete(&upload_id, parts)
        });
        finished.inspect_err(|_| self.abort(&upload_id))
    }

    fn initiate(&self) -> Result<String> {
        let headers = self.upload.headers.filter(|name| name != FORBID_OVERWRITE);
        let initiate = InitiateMultipartUpload::new(&self.upload.key).with_headers(&headers);
        Ok(self.bucket.send(initiate)?.output.upload_id)
    }

    fn send_parts(&self, upload_id: &str, meter: &mut Meter<'_>) -> Result<Vec<SentPart>> {
        let pool = self.bucket.pool();
        let limit = match self.upload.parallel {
            0 => pool.size(),
            parallel => parallel,
        };
        let (core, place) = (
            Arc::clone(self.bucket.core()),
            Arc::clone(self.bucket.place()),
        );
        let headers = self.upload.headers.filter(is_part_header);
        let (key, upload_id) = (self.upload.key.clone(), upload_id.to_owned());
        let (file, plan) = (self.source.file(), self.plan);
        run(
            pool,
            plan.count(),
            limit,
            meter,
            move |index, moving: &Moving<'_>| {
                let range = plan.range(index);
                let length = range.end - range.start;
                let body = Body::open(Arc::clone(&file), range.start, length);
                let part =
                    UploadPart::new(&key, &upload_id, index + 1, body).with_headers(&headers);
                let moved = &mut |loaded| moving.reach(loaded);
                let sent = execute(&core, &place, &part, moving.control, moved)?.output;
                Ok(SentPart {
                    etag: sent.etag,
                    crc64: sent.sent_crc64,
                    length,
                })
            },
        )
    }

    fn complete(&self, upload_id: &str, parts: Vec<SentPart>) -> Result<Uploaded> {
        let crc64 = parts
            .iter()
            .fold(0, |crc, part| digest::combine(crc, part.crc64, part.length));
        let count = self.plan.count();
        let numbered = (1..)
            .zip(parts)
            .map(|(number, part)| CompletedPart::new(number, part.etag));
        let headers = self.upload.headers.filter(is_complete_header);
        let complete = CompleteMultipartUpload::new(&self.upload.key, upload_id, numbered);
        let response = self.bucket.send(complete.with_headers(&headers))?;
        let stored = match response.crc64 {
            Some(crc64) => Some(crc64),
            None => self.ask_for_crc64(response.version_id.as_deref())?,
        };
        if stored.is_some_and(|stored| stored != crc64) {
            let message = format!("CRC64 of the file is {crc64}, the service stored {stored:?}");
            return Err(Error::new(ErrorKind::Integrity, message));
        }
        Ok(Uploaded {
            size: self.source.size(),
            parts: count,
            etag: response.etag.clone(),
            crc64,
            verified: stored.is_some(),
            version_id: response.version_id.clone(),
            upload_id: Some(upload_id.to_owned()),
            location: self.bucket.place().location(&self.upload.key),
            request_id: response.request_id().map(str::to_owned),
        })
    }

    /// COS may begin to answer before it knows the CRC64 of the whole.
    fn ask_for_crc64(&self, version_id: Option<&str>) -> Result<Option<u64>> {
        let customer_key = self.upload.headers.filter(is_customer_key);
        let mut head = HeadObject::new(&self.upload.key).with_headers(&customer_key);
        if let Some(version_id) = version_id {
            head = head.version_id(version_id);
        }
        Ok(self.bucket.send(head)?.crc64)
    }

    /// The upload has failed already; parts that cannot be deleted now are left to the bucket's
    /// lifecycle rule.
    fn abort(&self, upload_id: &str) {
        let _ = self
            .bucket
            .send(AbortMultipartUpload::new(&self.upload.key, upload_id));
    }
}

const FORBID_OVERWRITE: &str = "x-cos-forbid-overwrite";

fn is_customer_key(name: &str) -> bool {
    name.starts_with("x-cos-server-side-encryption-customer-")
}

fn is_part_header(name: &str) -> bool {
    is_customer_key(name) || name == "x-cos-traffic-limit"
}

fn is_complete_header(name: &str) -> bool {
    is_customer_key(name) || name == FORBID_OVERWRITE || name == "pic-operations"
}
