//! HEAD Object.

use super::get_object::{conditions, with_quoted_etags};
use super::types::StorageClass;
use crate::error::{Error, ErrorKind, Result};
use crate::op::{Operation, Param};
use crate::wire::{Method, Pairs, Reply, Request, Timestamp};

/// Asks for what is known of an object, without its content.
///
/// An error has no code: a HEAD answer has no body.
///
/// Source: <https://cloud.tencent.com/document/product/436/7745>
#[derive(Clone, Debug)]
pub struct HeadObject {
    key: String,
    query: Pairs,
    headers: Pairs,
}

impl HeadObject {
    pub(crate) const PARAMS: &'static [&'static [Param]] = &[Self::CONDITIONS];

    /// The object's key.
    pub fn new(key: impl Into<String>) -> Self {
        Self { key: key.into(), query: Pairs::new(), headers: Pairs::new() }
    }

    conditions!();

    crate::op::free_pairs!();
}

/// What is known of an object.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct HeadObjectOutput {
    /// True when a condition says that the caller's copy is still good (304); the rest may then be
    /// missing.
    pub not_modified: bool,
    /// The size in bytes.
    pub content_length: u64,
    /// The MIME type.
    pub content_type: Option<String>,
    /// The ETag, with its quotes.
    pub etag: String,
    /// When the object was stored.
    pub last_modified: Option<Timestamp>,
    /// CRC64 of the object; very old objects have none.
    pub crc64: Option<u64>,
    /// The storage class.
    pub storage_class: Option<StorageClass>,
    /// The tier of an object in intelligent tiering, such as `FREQUENT`.
    pub storage_tier: Option<String>,
    /// `appendable` for an object that was written by appending; none for a normal one.
    pub object_type: Option<String>,
    /// The version, in a bucket with versioning.
    pub version_id: Option<String>,
    /// As it was stored.
    pub cache_control: Option<String>,
    /// As it was stored.
    pub content_disposition: Option<String>,
    /// As it was stored.
    pub content_encoding: Option<String>,
    /// As it was stored.
    pub content_language: Option<String>,
    /// As it was stored.
    pub expires: Option<String>,
    /// The state of a restore from the archive, as COS writes it.
    pub restore: Option<String>,
    /// How the object is encrypted, such as `AES256`.
    pub server_side_encryption: Option<String>,
    /// Metadata: the names after `x-cos-meta-`, in lower case.
    pub metadata: Vec<(String, String)>,
}

impl HeadObjectOutput {
    /// What the headers of a HEAD or GET answer say.
    pub(crate) fn of(reply: &Reply) -> Self {
        let prefix = "x-cos-meta-";
        let meta = |(name, value): (&str, &str)| {
            let (start, own) = name.split_at_checked(prefix.len())?;
            let is_meta = start.eq_ignore_ascii_case(prefix);
            is_meta.then(|| (own.to_ascii_lowercase(), value.to_owned()))
        };
        let class = if reply.status == 304 {
            None
        } else {
            Some(reply.header("x-cos-storage-class").map_or(StorageClass::Standard, Into::into))
        };
        Self {
            not_modified: reply.status == 304,
            content_length: reply.number("Content-Length").unwrap_or_default(),
            content_type: reply.text("Content-Type"),
            etag: reply.text("ETag").unwrap_or_default(),
            last_modified: reply.text("Last-Modified").map(Timestamp::new),
            crc64: reply.crc64(),
            storage_class: class,
            storage_tier: reply.text("x-cos-storage-tier"),
            object_type: reply.text("x-cos-object-type"),
            version_id: reply.text("x-cos-version-id"),
            cache_control: reply.text("Cache-Control"),
            content_disposition: reply.text("Content-Disposition"),
            content_encoding: reply.text("Content-Encoding"),
            content_language: reply.text("Content-Language"),
            expires: reply.text("Expires"),
            restore: reply.text("x-cos-restore"),
            server_side_encryption: reply.text("x-cos-server-side-encryption"),
            metadata: reply.headers.iter().filter_map(meta).collect(),
        }
    }
}

impl Operation for HeadObject {
    const NAME: &'static str = "HeadObject";
    type Output = HeadObjectOutput;

    fn request(&self) -> Result<Request<'_>> {
        Ok(Request::object(Method::Head, &self.key)
            .with_query(self.query.clone())
            .with_headers(with_quoted_etags(&self.headers)))
    }

    fn accepts(status: u16) -> bool {
        status == 304 || status / 100 == 2
    }

    fn read(&self, reply: Reply) -> Result<HeadObjectOutput> {
        let head = HeadObjectOutput::of(&reply);
        if !head.not_modified && reply.number("Content-Length").is_none() {
            let why = "the answer does not say how long the object is";
            return Err(Error::new(ErrorKind::Protocol, why));
        }
        Ok(head)
    }
}
