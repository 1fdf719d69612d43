//! GET Object.

use super::head_object::HeadObjectOutput;
use super::object_body::ObjectBody;
use super::types::{ByteRange, quoted_etag};
use crate::error::{Error, ErrorKind, Result};
use crate::op::{Operation, Param};
use crate::wire::{Method, Pairs, Reply, Request};

/// Adds the setters for a version, conditions and SSE-C, and their table `CONDITIONS`.
macro_rules! conditions {
    () => {
        crate::op::params! {
            #[allow(dead_code)] const CONDITIONS;
            /// The version to read.
            version_id(&str) => query "versionId";
            /// Only when the object has this ETag, with or without quotes; else 412
            /// (`Precondition`).
            if_match(&str) => header "If-Match";
            /// Only when the object has another ETag; else `not_modified`.
            if_none_match(&str) => header "If-None-Match";
            /// Only when the object was stored after this time; else `not_modified`.
            if_modified_since(std::time::SystemTime) => header "If-Modified-Since";
            /// Only when the object was not stored after this time; else 412 (`Precondition`).
            if_unmodified_since(std::time::SystemTime) => header "If-Unmodified-Since";
            /// The algorithm of your own key (SSE-C) that the object was stored with.
            sse_customer_algorithm(&str) =>
                header "x-cos-server-side-encryption-customer-algorithm";
            /// Your own key (SSE-C): base64 of 32 bytes. Sent over https only.
            sse_customer_key(&str) => header "x-cos-server-side-encryption-customer-key";
            /// Base64 of the MD5 of your own key.
            sse_customer_key_md5(&str) => header "x-cos-server-side-encryption-customer-key-MD5";
        }
        crate::op::rows!(condition_rows of &[Self::CONDITIONS], query, headers);
    };
}
pub(crate) use conditions;

/// Makes the ETags of conditions quoted, as HTTP wants them.
pub(crate) fn with_quoted_etags(headers: &Pairs) -> Pairs {
    let mut headers = headers.clone();
    for name in ["If-Match", "If-None-Match"] {
        let quoted = headers.get(name).map(|etag| quoted_etag(etag).into_owned());
        if let Some(quoted) = quoted {
            headers.set(name, quoted);
        }
    }
    headers
}

/// Reads an object, or a range of it.
///
/// The call returns when the head of the answer is there; the content is read from
/// [`GetObjectOutput::body`]. To put an object into a file,
/// [`Bucket::download`](crate::Bucket::download) is faster and never leaves half a file.
///
/// Source: <https://cloud.tencent.com/document/product/436/7753>
#[derive(Clone, Debug)]
pub struct GetObject {
    key: String,
    query: Pairs,
    headers: Pairs,
    range: Option<ByteRange>,
}

impl GetObject {
    pub(crate) const PARAMS: &'static [&'static [Param]] = &[Self::CONDITIONS, Self::OWN, &[RANGE]];

    /// The object's key.
    pub fn new(key: impl Into<String>) -> Self {
        Self { key: key.into(), query: Pairs::new(), headers: Pairs::new(), range: None }
    }

    /// Only this range of bytes.
    #[must_use]
    pub fn range(mut self, range: ByteRange) -> Self {
        self.range = Some(range);
        self
    }

    conditions!();

    crate::op::params! {
        const OWN;
        /// The Content-Type that the answer shall have.
        response_content_type(&str) => query "response-content-type";
        /// The Content-Language that the answer shall have.
        response_content_language(&str) => query "response-content-language";
        /// The Expires that the answer shall have.
        response_expires(&str) => query "response-expires";
        /// The Cache-Control that the answer shall have.
        response_cache_control(&str) => query "response-cache-control";
        /// The Content-Disposition that the answer shall have.
        response_content_disposition(&str) => query "response-content-disposition";
        /// The Content-Encoding that the answer shall have.
        response_content_encoding(&str) => query "response-content-encoding";
        /// The most bits per second that COS sends: 819,200 to 838,860,800.
        traffic_limit(u64) => header "x-cos-traffic-limit" in 819_200..=838_860_800;
    }

    crate::op::free_pairs!();

    /// Whether the query makes COS answer with something else than the bytes of the object.
    fn is_processed(&self) -> bool {
        let known = |name: &str| name == "versionId" || name.starts_with("response-");
        self.query.iter().any(|(name, _)| !known(name))
    }
}

const RANGE: Param =
    Param { name: "range", place: super::Place::Header, wire: "Range", range: None };

/// The head of the answer, and the content to read.
#[derive(Debug)]
#[non_exhaustive]
pub struct GetObjectOutput {
    /// True when a condition says that the caller's copy is still good (304); the body is empty.
    pub not_modified: bool,
    /// What the headers say of the object; `content_length` is that of the body.
    pub head: HeadObjectOutput,
    /// The size of the whole object, also when a range was asked for. None when the answer does not
    /// tell.
    pub object_size: Option<u64>,
    /// The content.
    pub body: ObjectBody,
}

impl Operation for GetObject {
    const NAME: &'static str = "GetObject";
    type Output = GetObjectOutput;

    fn request(&self) -> Result<Request<'_>> {
        super::check(Self::PARAMS, &self.query, &self.headers)?;
        if self.headers.get("Range").is_some() {
            return Err(Error::invalid("range", "is given by its setter, not as a header"));
        }
        let mut headers = with_quoted_etags(&self.headers);
        if let Some(range) = self.range {
            if range.last().is_some_and(|last| last < range.first()) {
                return Err(Error::invalid("range", "the last byte stands before the first"));
            }
            headers.set("Range", super::Spell::spell(&range));
        }
        let request = Request::object(Method::Get, &self.key);
        Ok(request.with_query(self.query.clone()).with_headers(headers))
    }

    fn accepts(status: u16) -> bool {
        status == 304 || status / 100 == 2
    }

    fn read(&self, reply: Reply) -> Result<GetObjectOutput> {
        let head = HeadObjectOutput::of(&reply);
        let answered = answered_range(&reply, self.range)?;
        let length = match &answered {
            _ if head.not_modified => Some(0),
            Some(answered) => Some(answered.length),
            None => reply.number("Content-Length"),
        };
        let (is_whole, object_size) = match &answered {
            None => (true, length),
            Some(answered) => (Some(answered.length) == answered.size, answered.size),
        };
        let expected = head.crc64.filter(|_| is_whole && !head.not_modified && !self.is_processed());
        let not_modified = head.not_modified;
        let body = ObjectBody::new(reply.body, length, expected);
        Ok(GetObjectOutput {
            not_modified,
            head,
            object_size,
            body,
        })
    }
}

/// How long a range is that was answered, and how big the object.
struct Answered {
    length: u64,
    size: Option<u64>,
}

/// What Content-Range says, when a range was asked for. An answer with other bytes than those asked
/// for is refused: they would land in the wrong place.
fn answered_range(reply: &Reply, asked: Option<ByteRange>) -> Result<Option<Answered>> {
    let wrong = |what: String| Err(Error::new(ErrorKind::Protocol, what));
    let asked = match (asked, reply.status) {
        (_, 304) | (None, 200) => return Ok(None),
        (None, status) => return wrong(format!("asked for an object, answered with {status}")),
        (Some(asked), 206) => asked,
        (Some(_), status) => {
            return wrong(format!("asked for a range, answered with status {status}"));
        }
    };
    let text = reply.header("Content-Range").unwrap_or_default();
    let Some((first, last, size)) = parse_content_range(text) else {
        return wrong(format!("Content-Range {text:?} is malformed"));
    };
    let end_fits = match (asked.last(), size) {
        (Some(asked), Some(size)) => last == asked.min(size.saturating_sub(1)),
        (Some(asked), None) => last <= asked,
        (None, Some(size)) => last + 1 == size,
        (None, None) => true,
    };
    let length = last - first + 1;
    let length_fits = reply.number("Content-Length").is_none_or(|stated| stated == length);
    if first != asked.first() || !end_fits || !length_fits {
        let asked = super::Spell::spell(&asked);
        return wrong(format!("asked for {asked}, answered with {text:?}"));
    }
    Ok(Some(Answered { length, size }))
}

/// `bytes first-last/size` in numbers; the size may be `*`.
fn parse_content_range(text: &str) -> Option<(u64, u64, Option<u64>)> {
    let (range, size) = text.trim().strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let (first, last): (u64, u64) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
    let size = match size.trim() {
        "*" => None,
        size => Some(size.parse().ok()?),
    };
    let fits = first <= last && last < u64::MAX && size.is_none_or(|size| last < size);
    fits.then_some((first, last, size))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_ranges_that_cannot_be_are_refused() {
        let rows = [
            ("bytes 0-9/10", Some((0, 9, Some(10)))),
            ("bytes 5-9/*", Some((5, 9, None))),
            ("bytes 9-5/10", None),
            ("bytes 0-10/10", None),
            ("bytes */10", None),
            ("0-9/10", None),
            ("bytes 0-18446744073709551615/*", None),
            ("", None),
        ];
        for (text, expected) in rows {
            assert_eq!(parse_content_range(text), expected, "{text}");
        }
    }

    #[test]
    fn an_answer_with_other_bytes_than_asked_for_is_refused() {
        let rows = [
            (206, "bytes 10-19/100", 10, true),
            (206, "bytes 10-14/15", 5, true),
            (200, "", 100, false),
            (206, "bytes 11-19/100", 9, false),
            (206, "bytes 10-18/100", 9, false),
            (206, "bytes 10-19/100", 11, false),
            (206, "", 10, false),
        ];
        for (status, range, length, fits) in rows {
            let mut headers = Pairs::new();
            headers.set("Content-Range", range);
            headers.set("Content-Length", length.to_string());
            let reply = Reply::new(status, headers, Box::new(std::io::empty()));
            let result = answered_range(&reply, Some(ByteRange::new(10, 19)));
            assert_eq!(result.is_ok(), fits, "{status} {range} {length}");
        }
    }
}
