//! Initiate Multipart Upload.

use serde::Deserialize;

use super::object_headers::object_headers;
use crate::error::{Error, ErrorKind, Result};
use crate::op::{Operation, Param};
use crate::wire::{Method, Pairs, Reply, Request, xml};

/// Begins an upload in parts. The headers given here become those of the object.
///
/// Parts that are never completed nor aborted are kept, and billed, until a lifecycle rule of the
/// bucket removes them. Each call begins another upload, also for the same key.
///
/// Source: <https://cloud.tencent.com/document/product/436/7746>
#[derive(Clone, Debug)]
pub struct InitiateMultipartUpload {
    key: String,
    query: Pairs,
    headers: Pairs,
}

impl InitiateMultipartUpload {
    pub(crate) const PARAMS: &'static [&'static [Param]] = &[Self::OBJECT_HEADERS];

    /// The object's key.
    pub fn new(key: impl Into<String>) -> Self {
        Self { key: key.into(), query: Pairs::new(), headers: Pairs::new() }
    }

    object_headers!();

    crate::op::free_pairs!();
}

/// The upload that was begun.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct InitiateMultipartUploadOutput {
    /// The bucket, as `name-appid`.
    #[serde(default)]
    pub bucket: String,
    /// The object's key, as COS writes it.
    #[serde(default)]
    pub key: String,
    /// What every later call on this upload names.
    #[serde(default)]
    pub upload_id: String,
}

impl Operation for InitiateMultipartUpload {
    const NAME: &'static str = "InitiateMultipartUpload";
    type Output = InitiateMultipartUploadOutput;

    fn request(&self) -> Result<Request<'_>> {
        super::check(Self::PARAMS, &self.query, &self.headers)?;
        let mut query = Pairs::new();
        query.set("uploads", "");
        query.extend(&self.query);
        let request = Request::object(Method::Post, &self.key);
        Ok(request.with_query(query).with_headers(self.headers.clone()))
    }

    fn read(&self, reply: Reply) -> Result<InitiateMultipartUploadOutput> {
        let status = reply.status;
        let document = reply.into_document()?;
        let output: InitiateMultipartUploadOutput =
            xml::read(&document, "InitiateMultipartUploadResult", status)?;
        if output.upload_id.is_empty() {
            return Err(Error::new(ErrorKind::Protocol, "the answer has no UploadId"));
        }
        Ok(output)
    }
}
