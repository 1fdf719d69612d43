//! DELETE Object.

use crate::error::Result;
use crate::op::{Operation, Param};
use crate::wire::{Method, Pairs, Reply, Request};

/// Deletes an object, or one version of it. An object that does not exist counts as deleted.
///
/// In a bucket with versioning and without a version given, COS puts a delete marker in front.
///
/// Source: <https://cloud.tencent.com/document/product/436/7743>
#[derive(Clone, Debug)]
pub struct DeleteObject {
    key: String,
    query: Pairs,
    headers: Pairs,
}

impl DeleteObject {
    pub(crate) const PARAMS: &'static [&'static [Param]] = &[Self::OWN];

    /// The object's key.
    pub fn new(key: impl Into<String>) -> Self {
        Self { key: key.into(), query: Pairs::new(), headers: Pairs::new() }
    }

    crate::op::params! {
        const OWN;
        /// The version, or the delete marker, to delete for ever.
        version_id(&str) => query "versionId";
    }

    crate::op::free_pairs!();
}

/// What was deleted.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct DeleteObjectOutput {
    /// The version that was deleted, or the delete marker that was made.
    pub version_id: Option<String>,
    /// Whether a delete marker was made or deleted.
    pub delete_marker: bool,
}

impl Operation for DeleteObject {
    const NAME: &'static str = "DeleteObject";
    type Output = DeleteObjectOutput;

    fn request(&self) -> Result<Request<'_>> {
        Ok(Request::object(Method::Delete, &self.key)
            .with_query(self.query.clone())
            .with_headers(self.headers.clone()))
    }

    fn read(&self, reply: Reply) -> Result<DeleteObjectOutput> {
        let delete_marker = reply.header("x-cos-delete-marker") == Some("true");
        let version_id = reply.text("x-cos-version-id");
        reply.into_document()?;
        Ok(DeleteObjectOutput { version_id, delete_marker })
    }
}
