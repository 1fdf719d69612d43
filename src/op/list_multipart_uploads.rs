//! List Multipart Uploads.

use super::list_objects::{decode, prefixes};
use super::types::{Owner, StorageClass};
use crate::error::{Error, ErrorKind, Result};
use crate::op::{Operation, Param};
use crate::wire::xml::Cursor;
use crate::wire::{Method, Pairs, Reply, Request, Timestamp};

/// Lists one page of a bucket's uploads that are neither completed nor aborted.
///
/// A prefix finds more than one key: compare [`Upload::key`] where one is meant.
/// [`Bucket::uploads`](crate::Bucket::uploads) goes over all pages.
///
/// Source: <https://cloud.tencent.com/document/product/436/7736>
#[derive(Clone, Debug)]
pub struct ListMultipartUploads {
    query: Pairs,
    headers: Pairs,
}

impl ListMultipartUploads {
    pub(crate) const PARAMS: &'static [&'static [Param]] = &[Self::OWN];

    /// All uploads.
    pub fn new() -> Self {
        let mut query = Pairs::new();
        query.set("uploads", "");
        query.set("encoding-type", "url");
        Self {
            query,
            headers: Pairs::new(),
        }
    }

    crate::op::params! {
        const OWN;
        /// Only keys that begin with this.
        prefix(&str) => query "prefix";
        /// Keys with this text after the prefix are shown as one common prefix, up to and with it;
        /// nearly always `/`.
        delimiter(&str) => query "delimiter";
        /// How keys travel: `url` (the default) or empty for plain XML text. They arrive decoded.
        encoding_type(&str) => query "encoding-type";
        /// At most this many uploads, 1 to 1000. COS uses 1000 when unset.
        max_uploads(u32) => query "max-uploads" in 1..=1000;
        /// Only keys after this one; with `upload_id_marker`, also later uploads of this key. The
        /// `next_key_marker` of the page before.
        key_marker(&str) => query "key-marker";
        /// Only uploads after this one; the `next_upload_id_marker` of the page before. Without
        /// `key_marker` COS passes it over.
        upload_id_marker(&str) => query "upload-id-marker";
    }

    crate::op::free_pairs!();
}

impl Default for ListMultipartUploads {
    fn default() -> Self {
        Self::new()
    }
}

/// One page of a bucket's uploads.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ListMultipartUploadsOutput {
    /// The bucket, as `name-appid`.
    pub bucket: String,
    /// How keys travelled; they are decoded here.
    pub encoding_type: String,
    /// As asked for.
    pub key_marker: String,
    /// As asked for.
    pub upload_id_marker: String,
    /// Where the next page begins; always set when there is one.
    pub next_key_marker: Option<String>,
    /// Where the next page begins; to be given together with the key.
    pub next_upload_id_marker: Option<String>,
    /// As asked for, or what COS used.
    pub max_uploads: u32,
    /// Whether there are more uploads.
    pub is_truncated: bool,
    /// As asked for.
    pub prefix: String,
    /// As asked for.
    pub delimiter: String,
    /// The keys that were folded into one by the delimiter.
    pub common_prefixes: Vec<String>,
    /// The uploads.
    pub uploads: Vec<Upload>,
}

/// An upload that is neither completed nor aborted.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Upload {
    /// The key of the object to be.
    pub key: String,
    /// What every call on this upload names.
    pub upload_id: String,
    /// The storage class of the object to be.
    pub storage_class: Option<StorageClass>,
    /// Who began the upload.
    pub initiator: Option<Owner>,
    /// Who owns the parts.
    pub owner: Option<Owner>,
    /// When it was begun.
    pub initiated: Timestamp,
}

impl Operation for ListMultipartUploads {
    const NAME: &'static str = "ListMultipartUploads";
    type Output = ListMultipartUploadsOutput;

    fn request(&self) -> Result<Request<'_>> {
        super::check(Self::PARAMS, &self.query, &self.headers)?;
        let mut query = Pairs::new();
        for (name, value) in self.query.iter() {
            // An empty value means the same as none, and some are refused by COS.
            if !value.is_empty() || name == "uploads" {
                query.set(name.to_owned(), value);
            }
        }
        let request = Request::bucket(Method::Get);
        Ok(request.with_query(query).with_headers(self.headers.clone()))
    }

    fn read(&self, reply: Reply) -> Result<ListMultipartUploadsOutput> {
        let status = reply.status;
        let document = reply.into_document()?;
        let mut xml = Cursor::open(&document, "ListMultipartUploadsResult", status)?;
        let mut page = ListMultipartUploadsOutput::default();
        let mut truncated = None;
        while let Some(name) = xml.child()? {
            match name {
                "Bucket" => page.bucket = xml.text()?,
                "Encoding-Type" | "Encoding-type" | "EncodingType" => {
                    page.encoding_type = xml.text()?;
                }
                "KeyMarker" => page.key_marker = xml.text()?,
                "UploadIdMarker" => page.upload_id_marker = xml.text()?,
                "NextKeyMarker" => page.next_key_marker = Some(xml.text()?),
                "NextUploadIdMarker" => page.next_upload_id_marker = Some(xml.text()?),
                "MaxUploads" => page.max_uploads = xml.number()?,
                "IsTruncated" => truncated = Some(xml.boolean()?),
                "Prefix" => page.prefix = xml.text()?,
                "Delimiter" | "delimiter" => page.delimiter = xml.text()?,
                "CommonPrefixes" | "CommonPrefixs" => {
                    prefixes(&mut xml, &mut page.common_prefixes)?;
                }
                "Upload" => page.uploads.push(Upload::read(&mut xml)?),
                _ => xml.skip()?,
            }
        }
        let missing = || Error::new(ErrorKind::Protocol, "the listing has no IsTruncated");
        page.is_truncated = truncated.ok_or_else(missing)?;
        if page.encoding_type.eq_ignore_ascii_case("url") {
            page.decode()?;
        }
        let asked = |name| self.query.get(name).unwrap_or_default();
        page.settle_next_marker(asked("key-marker"), asked("upload-id-marker"))?;
        Ok(page)
    }
}

impl ListMultipartUploadsOutput {
    fn decode(&mut self) -> Result<()> {
        let fixed = [&mut self.prefix, &mut self.key_marker, &mut self.delimiter];
        let fixed = fixed.into_iter().chain(&mut self.next_key_marker);
        let keys = self.uploads.iter_mut().map(|upload| &mut upload.key);
        for text in fixed.chain(&mut self.common_prefixes).chain(keys) {
            decode(text)?;
        }
        Ok(())
    }

    /// A truncated page without markers goes on after its last entry; one without progress would be
    /// asked for again and again.
    fn settle_next_marker(&mut self, key: &str, upload_id: &str) -> Result<()> {
        if !self.is_truncated {
            (self.next_key_marker, self.next_upload_id_marker) = (None, None);
            return Ok(());
        }
        if self.next_key_marker.as_deref().is_none_or(str::is_empty) {
            let last = self.uploads.last();
            self.next_key_marker = last.map(|upload| upload.key.clone());
            self.next_upload_id_marker = last.map(|upload| upload.upload_id.clone());
        }
        let next = self.next_key_marker.as_deref().unwrap_or_default();
        let next_id = self.next_upload_id_marker.as_deref().unwrap_or_default();
        if next < key || (next, next_id) == (key, upload_id) {
            let why = "the listing is truncated, but its next page would not be a later one";
            return Err(Error::new(ErrorKind::Protocol, why));
        }
        Ok(())
    }
}

impl Upload {
    fn read(xml: &mut Cursor<'_>) -> Result<Self> {
        let mut upload = Self::default();
        while let Some(name) = xml.child()? {
            match name {
                "Key" => upload.key = xml.text()?,
                "UploadId" => upload.upload_id = xml.text()?,
                "StorageClass" => upload.storage_class = Some(xml.borrow_text()?.as_ref().into()),
                "Initiator" => upload.initiator = Some(Owner::read(xml)?),
                "Owner" => upload.owner = Some(Owner::read(xml)?),
                "Initiated" => upload.initiated = Timestamp::new(xml.text()?),
                _ => xml.skip()?,
            }
        }
        if upload.key.is_empty() || upload.upload_id.is_empty() {
            let why = "an entry of the listing has no Key or no UploadId";
            return Err(Error::new(ErrorKind::Protocol, why));
        }
        Ok(upload)
    }
}
