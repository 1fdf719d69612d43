//! Complete Multipart Upload.

use serde::{Deserialize, Serialize};

use super::upload_part::check_part;
use crate::error::{Error, ErrorKind, Result};
use crate::op::{Operation, Param};
use crate::wire::{Method, Pairs, Reply, Request, xml};

/// Makes an object of the parts of an upload.
///
/// COS answers at once and then sends blanks for as long as it works, which can be minutes. The
/// call returns when the result is known: an error that comes after a 200 is an error here.
///
/// Source: <https://cloud.tencent.com/document/product/436/7742>
#[derive(Clone, Debug)]
pub struct CompleteMultipartUpload {
    key: String,
    upload_id: String,
    parts: Vec<CompletedPart>,
    query: Pairs,
    headers: Pairs,
}

/// A part that becomes a piece of the object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CompletedPart {
    /// From 1 to 10,000.
    pub part_number: u32,
    /// The ETag that the part's upload returned, with or without quotes.
    #[serde(rename = "ETag")]
    pub etag: String,
}

impl CompletedPart {
    /// A part by number and ETag.
    pub fn new(part_number: u32, etag: impl Into<String>) -> Self {
        Self { part_number, etag: etag.into() }
    }
}

#[derive(Serialize)]
#[serde(rename = "CompleteMultipartUpload")]
struct Document<'a> {
    #[serde(rename = "Part")]
    parts: &'a [CompletedPart],
}

impl CompleteMultipartUpload {
    pub(crate) const PARAMS: &'static [&'static [Param]] = &[Self::OWN];

    /// The object's key, the upload, and its parts by ascending number.
    pub fn new(
        key: impl Into<String>,
        upload_id: impl Into<String>,
        parts: impl IntoIterator<Item = CompletedPart>,
    ) -> Self {
        Self {
            key: key.into(),
            upload_id: upload_id.into(),
            parts: parts.into_iter().collect(),
            query: Pairs::new(),
            headers: Pairs::new(),
        }
    }

    crate::op::params! {
        const OWN;
        /// True: fail with 409 `FileAlreadyExists` when the object exists. Without effect in a
        /// bucket that ever had versioning.
        forbid_overwrite(bool) => header "x-cos-forbid-overwrite";
        /// Image processing while storing, as JSON.
        pic_operations(&str) => header "Pic-Operations";
    }

    crate::op::free_pairs!();

    fn check_parts(&self) -> Result<()> {
        if self.parts.is_empty() {
            return Err(Error::invalid("parts", "there is none"));
        }
        let mut before = 0;
        for part in &self.parts {
            check_part(&self.upload_id, Some(part.part_number))?;
            if part.part_number <= before {
                let why = format!("part {} does not come after {before}", part.part_number);
                return Err(Error::invalid("parts", why));
            }
            if part.etag.is_empty() {
                return Err(Error::invalid("parts", format!("{} has no ETag", part.part_number)));
            }
            before = part.part_number;
        }
        Ok(())
    }
}

/// The object that was made.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct CompleteMultipartUploadOutput {
    /// The object's address.
    #[serde(default)]
    pub location: String,
    /// The bucket, as `name-appid`.
    #[serde(default)]
    pub bucket: String,
    /// The object's key, as COS writes it.
    #[serde(default)]
    pub key: String,
    /// The ETag, with its quotes: `"<32 hex digits>-<number of parts>"`, which is no MD5.
    #[serde(default, rename = "ETag")]
    pub etag: String,
    /// CRC64 of the whole object; COS may not know it yet when it begins to answer.
    #[serde(skip)]
    pub crc64: Option<u64>,
    /// The version, in a bucket with versioning.
    #[serde(skip)]
    pub version_id: Option<String>,
}

impl Operation for CompleteMultipartUpload {
    const NAME: &'static str = "CompleteMultipartUpload";
    type Output = CompleteMultipartUploadOutput;

    fn request(&self) -> Result<Request<'_>> {
        check_part(&self.upload_id, None)?;
        self.check_parts()?;
        let mut query = Pairs::new();
        query.set("uploadId", self.upload_id.as_str());
        query.extend(&self.query);
        let request = Request::object(Method::Post, &self.key)
            .with_query(query)
            .with_headers(self.headers.clone());
        Ok(request.with_xml(xml::write(&Document { parts: &self.parts })?))
    }

    /// After a first call that was carried out, a second one answers `NoSuchUpload`.
    fn is_idempotent(&self) -> bool {
        false
    }

    fn read(&self, reply: Reply) -> Result<CompleteMultipartUploadOutput> {
        let (status, crc64) = (reply.status, reply.crc64());
        let version_id = reply.text("x-cos-version-id");
        let document = reply.into_document()?;
        let mut output: CompleteMultipartUploadOutput =
            xml::read(&document, "CompleteMultipartUploadResult", status)?;
        if output.etag.is_empty() {
            return Err(Error::new(ErrorKind::Protocol, "the answer has no ETag"));
        }
        output.crc64 = crc64;
        output.version_id = version_id;
        Ok(output)
    }
}
