//! List Parts.

use super::list_objects::decode;
use super::types::{Owner, StorageClass};
use super::upload_part::check_part;
use crate::error::{Error, ErrorKind, Result};
use crate::op::{Operation, Param};
use crate::wire::xml::Cursor;
use crate::wire::{Method, Pairs, Reply, Request, Timestamp};

/// Lists one page of the parts that an upload has, by ascending number.
///
/// Source: <https://cloud.tencent.com/document/product/436/7747>
#[derive(Clone, Debug)]
pub struct ListParts {
    key: String,
    upload_id: String,
    query: Pairs,
    headers: Pairs,
}

impl ListParts {
    pub(crate) const PARAMS: &'static [&'static [Param]] = &[Self::OWN];

    /// The object's key and the upload.
    pub fn new(key: impl Into<String>, upload_id: impl Into<String>) -> Self {
        let (query, headers) = (Pairs::new(), Pairs::new());
        Self { key: key.into(), upload_id: upload_id.into(), query, headers }
    }

    crate::op::params! {
        const OWN;
        /// At most this many parts, 1 to 1000. COS uses 1000 when unset.
        max_parts(u32) => query "max-parts" in 1..=1000;
        /// Only parts after this number; the `next_part_number_marker` of the page before.
        part_number_marker(u32) => query "part-number-marker";
        /// How the key travels: `url`, or unset for plain XML text. It arrives decoded.
        encoding_type(&str) => query "encoding-type";
    }

    crate::op::free_pairs!();
}

/// One page of an upload's parts.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ListPartsOutput {
    /// The bucket, as `name-appid`.
    pub bucket: String,
    /// How the key travelled; it is decoded here.
    pub encoding_type: String,
    /// The object's key.
    pub key: String,
    /// The upload.
    pub upload_id: String,
    /// Who began the upload.
    pub initiator: Option<Owner>,
    /// Who owns the parts.
    pub owner: Option<Owner>,
    /// The storage class of the object to be.
    pub storage_class: Option<StorageClass>,
    /// As asked for.
    pub part_number_marker: u32,
    /// As asked for, or what COS used.
    pub max_parts: u32,
    /// Whether there are more parts.
    pub is_truncated: bool,
    /// Where the next page begins; always set when there is one.
    pub next_part_number_marker: Option<u32>,
    /// The parts.
    pub parts: Vec<Part>,
}

/// A part that COS has.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Part {
    /// From 1 to 10,000.
    pub part_number: u32,
    /// When it was stored.
    pub last_modified: Timestamp,
    /// The ETag, as COS writes it.
    pub etag: String,
    /// The size in bytes.
    pub size: u64,
}

impl Operation for ListParts {
    const NAME: &'static str = "ListParts";
    type Output = ListPartsOutput;

    fn request(&self) -> Result<Request<'_>> {
        check_part(&self.upload_id, None)?;
        super::check(Self::PARAMS, &self.query, &self.headers)?;
        let mut query = Pairs::new();
        query.set("uploadId", self.upload_id.as_str());
        query.extend(&self.query);
        let request = Request::object(Method::Get, &self.key);
        Ok(request.with_query(query).with_headers(self.headers.clone()))
    }

    fn read(&self, reply: Reply) -> Result<ListPartsOutput> {
        let status = reply.status;
        let document = reply.into_document()?;
        let mut xml = Cursor::open(&document, "ListPartsResult", status)?;
        let mut page = ListPartsOutput::default();
        let mut truncated = None;
        while let Some(name) = xml.child()? {
            match name {
                "Bucket" => page.bucket = xml.text()?,
                "EncodingType" | "Encoding-Type" | "Encoding-type" => {
                    page.encoding_type = xml.text()?;
                }
                "Key" => page.key = xml.text()?,
                "UploadId" => page.upload_id = xml.text()?,
                "Initiator" => page.initiator = Some(Owner::read(&mut xml)?),
                "Owner" => page.owner = Some(Owner::read(&mut xml)?),
                "StorageClass" => page.storage_class = Some(xml.borrow_text()?.as_ref().into()),
                "PartNumberMarker" => page.part_number_marker = xml.number()?,
                "NextPartNumberMarker" => page.next_part_number_marker = xml.number().ok(),
                "MaxParts" => page.max_parts = xml.number()?,
                "IsTruncated" => truncated = Some(xml.boolean()?),
                "Part" => page.parts.push(Part::read(&mut xml)?),
                _ => xml.skip()?,
            }
        }
        let missing = || Error::new(ErrorKind::Protocol, "the listing has no IsTruncated");
        page.is_truncated = truncated.ok_or_else(missing)?;
        if page.encoding_type.eq_ignore_ascii_case("url") {
            decode(&mut page.key)?;
        }
        let asked = self.query.get("part-number-marker").and_then(|marker| marker.parse().ok());
        page.settle_next_marker(asked.unwrap_or(0))?;
        Ok(page)
    }
}

impl ListPartsOutput {
    fn settle_next_marker(&mut self, asked: u32) -> Result<()> {
        if !self.is_truncated {
            self.next_part_number_marker = None;
            return Ok(());
        }
        let last = self.parts.last().map(|part| part.part_number);
        let given = self.next_part_number_marker.filter(|marker| *marker > 0);
        self.next_part_number_marker = given.or(last);
        if self.next_part_number_marker.is_none_or(|next| next <= asked) {
            let why = "the listing is truncated, but its next page would not be a later one";
            return Err(Error::new(ErrorKind::Protocol, why));
        }
        Ok(())
    }
}

impl Part {
    fn read(xml: &mut Cursor<'_>) -> Result<Self> {
        let mut part = Self::default();
        while let Some(name) = xml.child()? {
            match name {
                "PartNumber" => part.part_number = xml.number()?,
                "LastModified" => part.last_modified = Timestamp::new(xml.text()?),
                "ETag" => part.etag = xml.text()?,
                "Size" => part.size = xml.number()?,
                _ => xml.skip()?,
            }
        }
        Ok(part)
    }
}
