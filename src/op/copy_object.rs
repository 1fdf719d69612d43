//! PUT Object - Copy.

use serde::Deserialize;

use super::copy_source::{CopySource, copy_headers, source_conditions};
use super::object_headers::object_headers;
use super::types::Directive;
use crate::error::{Error, ErrorKind, Result};
use crate::op::{Operation, Param};
use crate::wire::{Method, Pairs, Reply, Request, Timestamp, xml};

/// Copies an object of at most 5 GiB inside the service.
///
/// Metadata comes along unless `metadata_directive` is `Replaced`; then everything that is not given
/// here is gone. Storage class, ACL and encryption never come along: unset they are the default. To
/// change the headers of an object, copy it onto itself with `Replaced`.
///
/// An error that COS reports under status 200 is an error here.
///
/// Source: <https://cloud.tencent.com/document/product/436/10881>
#[derive(Clone, Debug)]
pub struct CopyObject {
    key: String,
    source: CopySource,
    query: Pairs,
    headers: Pairs,
}

impl CopyObject {
    pub(crate) const PARAMS: &'static [&'static [Param]] =
        &[Self::OBJECT_HEADERS, Self::SOURCE, Self::OWN];

    /// The key of the copy, and what is copied.
    pub fn new(key: impl Into<String>, source: CopySource) -> Self {
        Self {
            key: key.into(),
            source,
            query: Pairs::new(),
            headers: Pairs::new(),
        }
    }

    object_headers!();

    source_conditions!();

    crate::op::params! {
        const OWN;
        /// Whether metadata is copied (unset: it is) or replaced by what is given here.
        metadata_directive(Directive) => header "x-cos-metadata-directive";
        /// Whether tags are copied (unset: they are) or replaced by `tagging`.
        tagging_directive(Directive) => header "x-cos-tagging-directive";
        /// Who may write the copy; written as in `grant_read`.
        grant_write(&str) => header "x-cos-grant-write";
    }

    crate::op::free_pairs!();
}

/// The copy that was made.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct CopyObjectOutput {
    /// The ETag, as COS writes it.
    pub etag: String,
    /// CRC64 of the object, where COS says it.
    pub crc64: Option<u64>,
    /// When the copy was stored.
    pub last_modified: Timestamp,
    /// The version of the copy, in a bucket with versioning.
    pub version_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
    #[serde(default, rename = "ETag")]
    etag: String,
    #[serde(rename = "CRC64")]
    crc64: Option<u64>,
    #[serde(default)]
    last_modified: String,
    version_id: Option<String>,
}

impl CopyObjectOutput {
    /// Reads the answer to a copy of an object or a part.
    pub(crate) fn read(reply: Reply, root: &str) -> Result<Self> {
        let (status, crc64) = (reply.status, reply.crc64());
        let version_id = reply.text("x-cos-version-id");
        let document = reply.into_document()?;
        let said: Document = xml::read(&document, root, status)?;
        if said.etag.is_empty() {
            return Err(Error::new(ErrorKind::Protocol, "the answer has no ETag"));
        }
        Ok(Self {
            etag: said.etag,
            crc64: said.crc64.or(crc64),
            last_modified: Timestamp::new(said.last_modified),
            version_id: said.version_id.or(version_id),
        })
    }
}

impl Operation for CopyObject {
    const NAME: &'static str = "CopyObject";
    type Output = CopyObjectOutput;

    fn request(&self) -> Result<Request<'_>> {
        super::check(Self::PARAMS, &self.query, &self.headers)?;
        Ok(Request::object(Method::Put, &self.key)
            .with_query(self.query.clone())
            .with_headers(copy_headers(&self.headers, &self.source)?))
    }

    /// After a first call that was carried out, a second one answers `FileAlreadyExists`.
    fn is_idempotent(&self) -> bool {
        self.headers.get("x-cos-forbid-overwrite") != Some("true")
    }

    fn read(&self, reply: Reply) -> Result<CopyObjectOutput> {
        CopyObjectOutput::read(reply, "CopyObjectResult")
    }
}
