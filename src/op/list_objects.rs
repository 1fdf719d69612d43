//! GET Bucket (List Objects).

use std::sync::Arc;

use super::types::{Owner, StorageClass};
use crate::error::{Error, ErrorKind, Result};
use crate::op::{Operation, Param};
use crate::wire::encode::unpercent;
use crate::wire::xml::Cursor;
use crate::wire::{Method, Pairs, Reply, Request, Timestamp};

/// Lists one page of a bucket's objects, in the byte order of their keys.
///
/// [`Bucket::objects`](crate::Bucket::objects) goes over all pages.
///
/// Keys travel percent-encoded unless `encoding_type` says otherwise, and arrive decoded, so that
/// any key survives.
///
/// Source: <https://cloud.tencent.com/document/product/436/7734>
#[derive(Clone, Debug)]
pub struct ListObjects {
    query: Pairs,
    headers: Pairs,
}

impl ListObjects {
    pub(crate) const PARAMS: &'static [&'static [Param]] = &[Self::OWN];

    /// All objects.
    pub fn new() -> Self {
        let mut query = Pairs::new();
        query.set("encoding-type", "url");
        Self { query, headers: Pairs::new() }
    }

    crate::op::params! {
        const OWN;
        /// Only keys that begin with this.
        prefix(&str) => query "prefix";
        /// Keys with this text after the prefix are shown as one common prefix, up to and with it;
        /// nearly always `/`.
        delimiter(&str) => query "delimiter";
        /// Only keys after this one; the `next_marker` of the page before.
        marker(&str) => query "marker";
        /// At most this many entries, 1 to 1000, keys and common prefixes together. COS uses 1000
        /// when unset.
        max_keys(u32) => query "max-keys" in 1..=1000;
        /// How keys travel: `url` (the default) or empty for plain XML text.
        encoding_type(&str) => query "encoding-type";
    }

    crate::op::free_pairs!();
}

impl Default for ListObjects {
    fn default() -> Self {
        Self::new()
    }
}

/// One page of a listing.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ListObjectsOutput {
    /// The bucket, as `name-appid`.
    pub name: String,
    /// As asked for.
    pub prefix: String,
    /// As asked for.
    pub marker: String,
    /// As asked for, or what COS used.
    pub max_keys: u32,
    /// As asked for.
    pub delimiter: String,
    /// How keys travelled; they are decoded here.
    pub encoding_type: String,
    /// Whether there are more entries.
    pub is_truncated: bool,
    /// Where the next page begins; always set when there is one.
    pub next_marker: Option<String>,
    /// The keys that were folded into one by the delimiter.
    pub common_prefixes: Vec<String>,
    /// The objects.
    pub contents: Vec<Object>,
}

/// An entry of a listing.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Object {
    /// The key.
    pub key: String,
    /// When the object was stored.
    pub last_modified: Timestamp,
    /// The ETag, as COS writes it, nearly always with quotes.
    pub etag: String,
    /// The size in bytes.
    pub size: u64,
    /// Who owns the object, where COS says it. Objects of a page with the same owner share it.
    pub owner: Option<Arc<Owner>>,
    /// The storage class.
    pub storage_class: Option<StorageClass>,
    /// The tier of an object in intelligent tiering.
    pub storage_tier: Option<String>,
    /// The state of a restore: `ONGOING`, `DONE` or `FAILED`.
    pub restore_status: Option<String>,
}

impl Operation for ListObjects {
    const NAME: &'static str = "ListObjects";
    type Output = ListObjectsOutput;

    fn request(&self) -> Result<Request<'_>> {
        super::check(Self::PARAMS, &self.query, &self.headers)?;
        let mut query = Pairs::new();
        for (name, value) in self.query.iter() {
            // An empty value means the same as none, and some are refused by COS.
            if !value.is_empty() {
                query.set(name.to_owned(), value);
            }
        }
        let request = Request::bucket(Method::Get);
        Ok(request.with_query(query).with_headers(self.headers.clone()))
    }

    fn read(&self, reply: Reply) -> Result<ListObjectsOutput> {
        let status = reply.status;
        let document = reply.into_document()?;
        let mut xml = Cursor::open(&document, "ListBucketResult", status)?;
        let mut page = ListObjectsOutput::default();
        let (mut truncated, mut owner) = (None, None);
        while let Some(name) = xml.child()? {
            match name {
                "Name" => page.name = xml.text()?,
                "Prefix" => page.prefix = xml.text()?,
                "Marker" => page.marker = xml.text()?,
                "MaxKeys" => page.max_keys = xml.number()?,
                "Delimiter" => page.delimiter = xml.text()?,
                "EncodingType" | "Encoding-Type" => page.encoding_type = xml.text()?,
                "IsTruncated" => truncated = Some(xml.boolean()?),
                "NextMarker" => page.next_marker = Some(xml.text()?),
                "CommonPrefixes" => prefixes(&mut xml, &mut page.common_prefixes)?,
                "Contents" => {
                    if page.contents.is_empty() {
                        let expected = page.max_keys.min(1000);
                        page.contents.reserve(expected as usize);
                    }
                    page.contents.push(Object::read(&mut xml, &mut owner)?);
                }
                _ => xml.skip()?,
            }
        }
        let missing = || Error::new(ErrorKind::Protocol, "the listing has no IsTruncated");
        page.is_truncated = truncated.ok_or_else(missing)?;
        if page.encoding_type.eq_ignore_ascii_case("url") {
            page.decode()?;
        }
        page.settle_next_marker(self.query.get("marker").unwrap_or_default())?;
        Ok(page)
    }
}

impl ListObjectsOutput {
    fn decode(&mut self) -> Result<()> {
        let fixed = [&mut self.prefix, &mut self.marker, &mut self.delimiter];
        let fixed = fixed.into_iter().chain(&mut self.next_marker);
        let keys = self.contents.iter_mut().map(|object| &mut object.key);
        for text in fixed.chain(&mut self.common_prefixes).chain(keys) {
            decode(text)?;
        }
        Ok(())
    }

    /// A truncated page without a marker goes on after its last entry; one without progress would
    /// be asked for again and again.
    fn settle_next_marker(&mut self, asked: &str) -> Result<()> {
        if !self.is_truncated {
            self.next_marker = None;
            return Ok(());
        }
        let given = self.next_marker.take().filter(|marker| !marker.is_empty());
        let last = || {
            let key = self.contents.last().map(|object| &object.key);
            key.max(self.common_prefixes.last()).cloned()
        };
        self.next_marker = given.or_else(last);
        if self.next_marker.as_deref().is_none_or(|next| next <= asked) {
            let why = "the listing is truncated, but its next page would not be a later one";
            return Err(Error::new(ErrorKind::Protocol, why));
        }
        Ok(())
    }
}

/// Undoes the `url` encoding of a key in place.
pub(crate) fn decode(text: &mut String) -> Result<()> {
    let wrong = || Error::new(ErrorKind::Protocol, format!("{text:?} is not url-encoded UTF-8"));
    if text.contains('%') {
        *text = unpercent(text).ok_or_else(wrong)?;
    }
    Ok(())
}

pub(crate) fn prefixes(xml: &mut Cursor<'_>, into: &mut Vec<String>) -> Result<()> {
    while let Some(name) = xml.child()? {
        match name {
            "Prefix" => into.push(xml.text()?),
            _ => xml.skip()?,
        }
    }
    Ok(())
}

impl Object {
    fn read<'a>(xml: &mut Cursor<'a>, last: &mut Option<(&'a str, Arc<Owner>)>) -> Result<Self> {
        let mut object = Self::default();
        let mut key = None;
        while let Some(name) = xml.child()? {
            match name {
                "Key" => key = Some(xml.text()?),
                "LastModified" => object.last_modified = Timestamp::new(xml.text()?),
                "ETag" => object.etag = xml.text()?,
                "Size" => object.size = xml.number()?,
                "Owner" => {
                    let read = |xml: &mut Cursor<'a>| Owner::read(xml).map(Arc::new);
                    object.owner = Some(xml.read_once(last, read)?);
                }
                "StorageClass" => object.storage_class = Some(xml.borrow_text()?.as_ref().into()),
                "StorageTier" => object.storage_tier = Some(xml.text()?),
                "RestoreStatus" => object.restore_status = Some(xml.text()?),
                _ => xml.skip()?,
            }
        }
        let missing = || Error::new(ErrorKind::Protocol, "an entry of the listing has no Key");
        object.key = key.ok_or_else(missing)?;
        Ok(object)
    }
}
