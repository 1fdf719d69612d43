//! Bytes in memory into a bucket.

use std::sync::Arc;

use super::ask::{Way, ask};
use super::upload::Uploaded;
use crate::client::Bucket;
use crate::client::settings::Verify;
use crate::error::Result;
use crate::op::PutObject;
use crate::op::object_headers::object_headers;
use crate::watch::{Meter, Watch};
use crate::wire::Pairs;

/// Bytes in memory to upload in one request, as a task of a queue or by
/// [`Bucket::upload_bytes`].
///
/// It is plain data; clones share the bytes.
#[derive(Clone, Debug)]
pub struct UploadBytes {
    key: String,
    bytes: Arc<Vec<u8>>,
    headers: Pairs,
    verify: Verify,
}

impl UploadBytes {
    /// The object's key, and its content of at most 5 GiB.
    pub fn new(key: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            key: key.into(),
            bytes: Arc::new(bytes.into()),
            headers: Pairs::new(),
            verify: Verify::default(),
        }
    }

    /// The object's key.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// How many bytes there are.
    pub fn size(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// Whether the CRC64 of the object must be known. Preferred when unset.
    #[must_use]
    pub fn verify(mut self, verify: Verify) -> Self {
        self.verify = verify;
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

impl Bucket {
    /// Uploads bytes and returns when the object is there and checked.
    ///
    /// # Errors
    /// As [`upload`](Self::upload).
    pub fn upload_bytes(&self, upload: &UploadBytes) -> Result<Uploaded> {
        self.upload_bytes_with(upload, ())
    }

    /// The same, while `watch` looks on from the calling thread.
    pub fn upload_bytes_with(
        &self,
        upload: &UploadBytes,
        mut watch: impl Watch,
    ) -> Result<Uploaded> {
        self.upload_bytes_by(upload, &mut Meter::unknown(&mut watch))
    }

    pub(crate) fn upload_bytes_by(
        &self,
        upload: &UploadBytes,
        meter: &mut Meter<'_>,
    ) -> Result<Uploaded> {
        meter.set_total(upload.size());
        meter.begin(0)?;
        let put = PutObject::new(&upload.key, upload.bytes.to_vec());
        let put = put.with_headers(&upload.headers);
        let response = ask(self, put, Way::Counted, meter)?;
        let uploaded = Uploaded::whole(self, &upload.key, upload.size(), response);
        uploaded.require(upload.verify)?;
        let _ = meter.finish();
        Ok(uploaded)
    }
}
