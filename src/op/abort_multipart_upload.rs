//! Abort Multipart Upload.

use super::upload_part::check_part;
use crate::error::Result;
use crate::op::{Operation, Param};
use crate::wire::{Method, Pairs, Reply, Request};

/// Ends an upload and deletes its parts.
///
/// An upload that does not exist (any more) is 404 `NoSuchUpload`.
///
/// Source: <https://cloud.tencent.com/document/product/436/7740>
#[derive(Clone, Debug)]
pub struct AbortMultipartUpload {
    key: String,
    upload_id: String,
    query: Pairs,
    headers: Pairs,
}

impl AbortMultipartUpload {
    pub(crate) const PARAMS: &'static [&'static [Param]] = &[];

    /// The object's key and the upload.
    pub fn new(key: impl Into<String>, upload_id: impl Into<String>) -> Self {
        let (query, headers) = (Pairs::new(), Pairs::new());
        Self { key: key.into(), upload_id: upload_id.into(), query, headers }
    }

    crate::op::free_pairs!();
}

impl Operation for AbortMultipartUpload {
    const NAME: &'static str = "AbortMultipartUpload";
    type Output = ();

    fn request(&self) -> Result<Request<'_>> {
        check_part(&self.upload_id, None)?;
        let mut query = Pairs::new();
        query.set("uploadId", self.upload_id.as_str());
        query.extend(&self.query);
        let request = Request::object(Method::Delete, &self.key);
        Ok(request.with_query(query).with_headers(self.headers.clone()))
    }

    fn read(&self, reply: Reply) -> Result<()> {
        reply.into_document()?;
        Ok(())
    }
}
