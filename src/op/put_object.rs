//! PUT Object.

use super::object_headers::{guess_content_type, object_headers};
use crate::error::{Error, ErrorKind, Result};
use crate::op::{Operation, Param};
use crate::wire::{Body, Method, Pairs, Reply, Request, fault, xml};

/// Puts a whole object, of at most 5 GiB, in one request.
///
/// An object of that key is replaced. Bigger or slower data goes better with
/// [`Bucket::upload`](crate::Bucket::upload), which sends parts in parallel.
///
/// Source: <https://cloud.tencent.com/document/product/436/7749>
#[derive(Clone, Debug)]
pub struct PutObject<'a> {
    key: String,
    body: Body<'a>,
    query: Pairs,
    headers: Pairs,
}

impl<'a> PutObject<'a> {
    pub(crate) const PARAMS: &'static [&'static [Param]] = &[Self::OBJECT_HEADERS, Self::OWN];

    /// The object's key, of 1 to 850 bytes, and its content.
    pub fn new(key: impl Into<String>, body: impl Into<Body<'a>>) -> Self {
        let (query, headers) = (Pairs::new(), Pairs::new());
        Self { key: key.into(), body: body.into(), query, headers }
    }

    object_headers!();

    crate::op::params! {
        const OWN;
        /// Base64 of the MD5 of the content; COS refuses other content with 400 `BadDigest`.
        content_md5(&str) => header "Content-MD5";
        /// `100-continue`: wait for COS's word, for at most a second, before the content is sent.
        expect(&str) => header "Expect";
        /// Image processing while storing, as JSON.
        pic_operations(&str) => header "Pic-Operations";
    }

    crate::op::free_pairs!();
}

/// What COS says of a stored object.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct PutObjectOutput {
    /// The ETag, with its quotes.
    pub etag: String,
    /// CRC64 of the object, as COS computed it.
    pub crc64: Option<u64>,
    /// CRC64 of the bytes that were sent.
    pub sent_crc64: u64,
    /// Whether `crc64` was compared with the bytes that were sent, and was the same.
    pub verified: bool,
    /// The version, in a bucket with versioning.
    pub version_id: Option<String>,
    /// The body of the answer: empty, unless processing or a callback was asked for.
    pub body: Vec<u8>,
}

impl Operation for PutObject<'_> {
    const NAME: &'static str = "PutObject";
    type Output = PutObjectOutput;

    fn request(&self) -> Result<Request<'_>> {
        super::check(Self::PARAMS, &self.query, &self.headers)?;
        let mut headers = self.headers.clone();
        if let Some(path) = self.body.path() {
            guess_content_type(&mut headers, path);
        }
        Ok(Request::object(Method::Put, &self.key)
            .with_query(self.query.clone())
            .with_headers(headers)
            .with_body(self.body.reborrow()))
    }

    /// After a first call that was carried out, a second one answers `FileAlreadyExists`.
    fn is_idempotent(&self) -> bool {
        self.headers.get("x-cos-forbid-overwrite") != Some("true")
    }

    fn read(&self, reply: Reply) -> Result<PutObjectOutput> {
        let status = reply.status;
        let output = PutObjectOutput {
            etag: reply.text("ETag").unwrap_or_default(),
            crc64: reply.crc64(),
            sent_crc64: reply.sent_crc64,
            verified: reply.verify_sent()?,
            version_id: reply.text("x-cos-version-id"),
            body: reply.into_document()?,
        };
        if !output.etag.is_empty() {
            return Ok(output);
        }
        // Every object has one. Only what processing or a callback has to say may come without.
        match xml::error_document(&output.body) {
            Some(said) => Err(fault::in_success(status, said)),
            None if output.body.is_empty() => {
                let why = "the answer to an upload has no ETag";
                Err(Error::new(ErrorKind::Protocol, why))
            }
            None => Ok(output),
        }
    }
}
