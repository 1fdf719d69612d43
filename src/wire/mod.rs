//! The bytes of COS: requests and replies by meaning, and how they are spelled, signed and read.
//!
//! Nothing here opens a socket or a file, asks the clock or the environment.

use std::borrow::Cow;
use std::fmt;
use std::io::Read;
use std::sync::Arc;

pub(crate) mod body;
pub(crate) mod digest;
pub(crate) mod encode;
pub(crate) mod fault;
pub(crate) mod names;
pub(crate) mod policy;
pub(crate) mod sign;
pub(crate) mod time;
#[cfg(test)]
mod vectors;
pub(crate) mod xml;

pub use body::Body;
pub use policy::PostPolicy;
pub use time::Timestamp;

use crate::error::{Error, ErrorKind, Result};

/// An HTTP method of the COS API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Method {
    Get,
    Head,
    Put,
    Post,
    Delete,
    Options,
}

impl Method {
    /// The method as it stands on the request line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Put => "PUT",
            Self::Post => "POST",
            Self::Delete => "DELETE",
            Self::Options => "OPTIONS",
        }
    }

    /// Whether a request of this method always says how long its body is, even when it is empty.
    pub(crate) fn sends_length(self) -> bool {
        matches!(self, Self::Put | Self::Post)
    }
}

/// Names and values in order, as in a query or a header block. Names are compared without case.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Pairs(Vec<(Cow<'static, str>, String)>);

impl Pairs {
    /// No pairs.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// No pairs, and room for so many.
    pub(crate) fn with_capacity(count: usize) -> Self {
        Self(Vec::with_capacity(count))
    }

    /// The value of the first pair of this name.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// Sets the value of this name, in the place of an earlier one.
    pub fn set(&mut self, name: impl Into<Cow<'static, str>>, value: impl Into<String>) {
        let (name, value) = (name.into(), value.into());
        match self
            .0
            .iter_mut()
            .find(|(n, _)| n.eq_ignore_ascii_case(&name))
        {
            Some(pair) => pair.1 = value,
            None => self.0.push((name, value)),
        }
    }

    /// Adds a pair, even when the name is there already.
    pub(crate) fn push(&mut self, name: impl Into<Cow<'static, str>>, value: impl Into<String>) {
        self.0.push((name.into(), value.into()));
    }

    /// Only the pairs whose name, in lower case, is kept.
    pub(crate) fn filter(&self, keep: impl Fn(&str) -> bool) -> Self {
        let kept = self
            .0
            .iter()
            .filter(|(name, _)| keep(&name.to_ascii_lowercase()));
        Self(kept.cloned().collect())
    }

    /// Sets every pair of `other`.
    pub(crate) fn extend(&mut self, other: &Pairs) {
        for (name, value) in &other.0 {
            self.set(name.clone(), value.as_str());
        }
    }

    /// The pairs in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_ref(), value.as_str()))
    }

    /// The pairs in order, owned.
    pub(crate) fn to_vec(&self) -> Vec<(String, String)> {
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        self.iter().map(owned).collect()
    }

    /// How many pairs there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Pairs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self
            .iter()
            .map(|(n, v)| (n, if is_secret(n) { "(hidden)" } else { v }));
        f.debug_map().entries(shown).finish()
    }
}

/// Names whose values must never be shown.
fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name == "authorization"
        || name == "q-signature"
        || name.ends_with("security-token")
        || name.ends_with("encryption-customer-key")
}

/// A request by meaning: everything decoded, nothing signed.
///
/// It is what an [`Operation`](crate::Operation) makes of itself. Names in `query` and `headers`
/// are COS's; an empty query value is a sub-resource such as `uploads`.
#[derive(Debug)]
pub struct Request<'a> {
    /// The HTTP method.
    pub method: Method,
    /// The object's key, not encoded; None for the bucket itself. An empty key is refused, so that
    /// a forgotten one never becomes a call on the bucket.
    pub key: Option<Cow<'a, str>>,
    /// Query parameters, not encoded, all of which are signed.
    pub query: Pairs,
    /// Headers beside those that coslink adds (Host, Content-Length, Authorization).
    pub headers: Pairs,
    /// What is sent after the headers.
    pub body: Body<'a>,
}

impl<'a> Request<'a> {
    /// A request for an object, without query, headers and body.
    pub fn object(method: Method, key: &'a str) -> Self {
        Self {
            key: Some(Cow::Borrowed(key)),
            ..Self::bucket(method)
        }
    }

    /// A request for the bucket itself, without query, headers and body.
    pub fn bucket(method: Method) -> Self {
        Self {
            method,
            key: None,
            query: Pairs::new(),
            headers: Pairs::new(),
            body: Body::empty(),
        }
    }

    /// The same with these query parameters.
    pub fn with_query(mut self, query: Pairs) -> Self {
        self.query = query;
        self
    }

    /// The same with these headers.
    pub fn with_headers(mut self, headers: Pairs) -> Self {
        self.headers = headers;
        self
    }

    /// The same with this body.
    pub fn with_body(mut self, body: Body<'a>) -> Self {
        self.body = body;
        self
    }

    /// The same with an XML document as the body, with its Content-Type and Content-MD5.
    pub fn with_xml(mut self, document: String) -> Self {
        self.headers.set("Content-Type", "application/xml");
        self.headers
            .set("Content-MD5", digest::content_md5(document.as_bytes()));
        self.body = Body::from(document.into_bytes());
        self
    }
}

/// An answer: status and headers are here, the body is still to be read.
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The headers in order. The response of the call has them, too.
    pub headers: Arc<Pairs>,
    /// The body, exactly as long as the answer promised; a short one is an error of `read`.
    pub(crate) body: Box<dyn Read + Send>,
    /// CRC64 of the body that was sent for this answer; 0 for an empty one.
    pub(crate) sent_crc64: u64,
}

/// The longest answer that is held in memory where a document is expected, in bytes. A page of a
/// listing has at most 1,000 entries of about 10 KiB in the worst spelling.
const MAX_DOCUMENT: u64 = 16 << 20;

/// The most memory that is taken before the bytes are there, in bytes.
const MOST_AHEAD: u64 = 512 << 10;

impl Reply {
    pub(crate) fn new(
        status: u16,
        headers: impl Into<Arc<Pairs>>,
        body: Box<dyn Read + Send>,
    ) -> Self {
        Self {
            status,
            headers: headers.into(),
            body,
            sent_crc64: 0,
        }
    }

    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)
    }

    /// The value of a header as a number.
    pub(crate) fn number(&self, name: &str) -> Option<u64> {
        self.header(name)?.trim().parse().ok()
    }

    /// The value of a header as an owned text.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.header(name).map(str::to_owned)
    }

    /// The CRC64 of the whole object, as the service states it.
    pub(crate) fn crc64(&self) -> Option<u64> {
        self.number("x-cos-hash-crc64ecma")
    }

    /// The whole body, of at most `limit` bytes.
    pub fn into_bytes(self, limit: u64) -> Result<Vec<u8>> {
        let said = self.number("Content-Length").unwrap_or_default();
        let mut body = self.body.take(limit.saturating_add(1));
        let mut bytes = vec![0; said.min(limit).min(MOST_AHEAD) as usize];
        let mut had = 0;
        while had < bytes.len() {
            match body.read(&mut bytes[had..]) {
                Ok(0) => break,
                Ok(count) => had += count,
                Err(error) => return Err(fault::while_reading(error)),
            }
        }
        bytes.truncate(had);
        body.read_to_end(&mut bytes).map_err(fault::while_reading)?;
        if bytes.len() as u64 > limit {
            let why = format!("the answer is longer than {limit} bytes");
            return Err(Error::new(ErrorKind::Protocol, why));
        }
        Ok(bytes)
    }

    /// The whole body of an answer that is a document.
    pub fn into_document(self) -> Result<Vec<u8>> {
        self.into_bytes(MAX_DOCUMENT)
    }

    /// Compares what was sent with what the service stored, where the service says it.
    pub(crate) fn verify_sent(&self) -> Result<bool> {
        let sent = self.sent_crc64;
        match self.crc64() {
            Some(stored) if stored != sent => Err(Error::new(
                ErrorKind::Integrity,
                format!("CRC64 of the bytes sent is {sent}, the service stored {stored}"),
            )
            .with_retryable(true)),
            stored => Ok(stored.is_some()),
        }
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .finish_non_exhaustive()
    }
}
