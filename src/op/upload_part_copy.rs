//! Upload Part - Copy.

use super::copy_object::CopyObjectOutput;
use super::copy_source::{CopySource, copy_headers, source_conditions};
use super::types::ByteRange;
use super::upload_part::check_part;
use crate::error::{Error, Result};
use crate::op::{Operation, Param, Place, Spell};
use crate::wire::{Method, Pairs, Reply, Request, Timestamp};

/// Makes a part of an upload from an object, or from a range of it, of 1 MiB to 5 GiB.
///
/// An error that COS reports under status 200 is an error here.
///
/// Source: <https://cloud.tencent.com/document/product/436/8287>
#[derive(Clone, Debug)]
pub struct UploadPartCopy {
    key: String,
    upload_id: String,
    part_number: u32,
    source: CopySource,
    range: Option<ByteRange>,
    query: Pairs,
    headers: Pairs,
}

impl UploadPartCopy {
    pub(crate) const PARAMS: &'static [&'static [Param]] = &[Self::SOURCE, Self::OWN, &[RANGE]];

    /// The object's key, the upload, the part's number from 1 to 10,000, and what is copied.
    pub fn new(
        key: impl Into<String>,
        upload_id: impl Into<String>,
        part_number: u32,
        source: CopySource,
    ) -> Self {
        Self {
            key: key.into(),
            upload_id: upload_id.into(),
            part_number,
            source,
            range: None,
            query: Pairs::new(),
            headers: Pairs::new(),
        }
    }

    /// Only this range of the source. Unset: all of it.
    #[must_use]
    pub fn copy_source_range(mut self, range: ByteRange) -> Self {
        self.range = Some(range);
        self
    }

    source_conditions!();

    crate::op::params! {
        const OWN;
        /// The algorithm of your own key (SSE-C), as it was given at the beginning of the upload.
        sse_customer_algorithm(&str) => header "x-cos-server-side-encryption-customer-algorithm";
        /// Your own key (SSE-C): base64 of 32 bytes. Sent over https only.
        sse_customer_key(&str) => header "x-cos-server-side-encryption-customer-key";
        /// Base64 of the MD5 of your own key.
        sse_customer_key_md5(&str) => header "x-cos-server-side-encryption-customer-key-MD5";
    }

    crate::op::free_pairs!();
}

const RANGE: Param = Param {
    name: "copy_source_range",
    place: Place::Header,
    wire: "x-cos-copy-source-range",
    range: None,
};

/// What COS says of a copied part.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct UploadPartCopyOutput {
    /// The ETag, as COS writes it.
    pub etag: String,
    /// CRC64 of the part, where COS says it.
    pub crc64: Option<u64>,
    /// When the part was stored.
    pub last_modified: Timestamp,
}

impl Operation for UploadPartCopy {
    const NAME: &'static str = "UploadPartCopy";
    type Output = UploadPartCopyOutput;

    fn request(&self) -> Result<Request<'_>> {
        check_part(&self.upload_id, Some(self.part_number))?;
        let mut query = Pairs::new();
        query.set("partNumber", self.part_number.to_string());
        query.set("uploadId", self.upload_id.as_str());
        query.extend(&self.query);
        let mut headers = copy_headers(&self.headers, &self.source)?;
        if let Some(range) = self.range {
            // COS wants both ends here.
            if range.last().is_none_or(|last| last < range.first()) {
                let why = "needs a last byte that does not stand before the first";
                return Err(Error::invalid(RANGE.name, why));
            }
            headers.set(RANGE.wire, range.spell());
        }
        Ok(Request::object(Method::Put, &self.key)
            .with_query(query)
            .with_headers(headers))
    }

    fn read(&self, reply: Reply) -> Result<UploadPartCopyOutput> {
        let copied = CopyObjectOutput::read(reply, "CopyPartResult")?;
        Ok(UploadPartCopyOutput {
            etag: copied.etag,
            crc64: copied.crc64,
            last_modified: copied.last_modified,
        })
    }
}
