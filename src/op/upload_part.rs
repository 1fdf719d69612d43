//! Upload Part.

use crate::error::{Error, Result};
use crate::op::{Operation, Param};
use crate::wire::{Body, Method, Pairs, Reply, Request};

/// Sends one part of an upload, of 1 MiB to 5 GiB; only the last may be smaller.
///
/// A part of the same number is replaced. Keep the ETag for
/// [`CompleteMultipartUpload`](crate::CompleteMultipartUpload).
///
/// Source: <https://cloud.tencent.com/document/product/436/7750>
#[derive(Clone, Debug)]
pub struct UploadPart<'a> {
    key: String,
    upload_id: String,
    part_number: u32,
    body: Body<'a>,
    query: Pairs,
    headers: Pairs,
}

/// The largest part number (Upload Part, API page 7750).
pub(crate) const MAX_PART_NUMBER: u32 = 10_000;

impl<'a> UploadPart<'a> {
    pub(crate) const PARAMS: &'static [&'static [Param]] = &[Self::OWN];

    /// The object's key, the upload, the part's number from 1 to 10,000, and its content.
    pub fn new(
        key: impl Into<String>,
        upload_id: impl Into<String>,
        part_number: u32,
        body: impl Into<Body<'a>>,
    ) -> Self {
        Self {
            key: key.into(),
            upload_id: upload_id.into(),
            part_number,
            body: body.into(),
            query: Pairs::new(),
            headers: Pairs::new(),
        }
    }

    crate::op::params! {
        const OWN;
        /// Base64 of the MD5 of the content; COS refuses other content with 400 `BadDigest`.
        content_md5(&str) => header "Content-MD5";
        /// `100-continue`: wait for COS's word, for at most a second, before the content is sent.
        expect(&str) => header "Expect";
        /// The most bits per second that COS takes: 819,200 to 838,860,800.
        traffic_limit(u64) => header "x-cos-traffic-limit" in 819_200..=838_860_800;
        /// The algorithm of your own key (SSE-C), as it was given at the beginning of the upload.
        sse_customer_algorithm(&str) => header "x-cos-server-side-encryption-customer-algorithm";
        /// Your own key (SSE-C): base64 of 32 bytes. Sent over https only.
        sse_customer_key(&str) => header "x-cos-server-side-encryption-customer-key";
        /// Base64 of the MD5 of your own key.
        sse_customer_key_md5(&str) => header "x-cos-server-side-encryption-customer-key-MD5";
    }

    crate::op::free_pairs!();
}

/// What COS says of a stored part.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct UploadPartOutput {
    /// The ETag, with its quotes.
    pub etag: String,
    /// CRC64 of the part, as COS computed it.
    pub crc64: Option<u64>,
    /// Whether `crc64` was compared with the bytes that were sent, and was the same.
    pub verified: bool,
    /// CRC64 of the bytes that were sent.
    pub sent_crc64: u64,
}

/// Refuses an upload or part that cannot be meant; an empty upload id would make another call of
/// the request.
pub(crate) fn check_part(upload_id: &str, part_number: Option<u32>) -> Result<()> {
    if upload_id.is_empty() {
        return Err(Error::invalid("upload_id", "is empty"));
    }
    match part_number {
        Some(number) if !(1..=MAX_PART_NUMBER).contains(&number) => {
            Err(Error::invalid("part_number", format!("{number} is not in 1 to {MAX_PART_NUMBER}")))
        }
        _ => Ok(()),
    }
}

impl Operation for UploadPart<'_> {
    const NAME: &'static str = "UploadPart";
    type Output = UploadPartOutput;

    fn request(&self) -> Result<Request<'_>> {
        check_part(&self.upload_id, Some(self.part_number))?;
        super::check(Self::PARAMS, &self.query, &self.headers)?;
        let mut query = Pairs::new();
        query.set("partNumber", self.part_number.to_string());
        query.set("uploadId", self.upload_id.as_str());
        query.extend(&self.query);
        Ok(Request::object(Method::Put, &self.key)
            .with_query(query)
            .with_headers(self.headers.clone())
            .with_body(self.body.reborrow()))
    }

    fn read(&self, reply: Reply) -> Result<UploadPartOutput> {
        let output = UploadPartOutput {
            etag: reply.text("ETag").unwrap_or_default(),
            crc64: reply.crc64(),
            verified: reply.verify_sent()?,
            sent_crc64: reply.sent_crc64,
        };
        reply.into_document()?;
        if output.etag.is_empty() {
            let why = "the answer to a part has no ETag";
            return Err(Error::new(crate::ErrorKind::Protocol, why));
        }
        Ok(output)
    }
}
