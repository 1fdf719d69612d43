//! If-* headers and Range.

use std::time::SystemTime;

use crate::reply::{Refusal, refuse};
use crate::request::Request;
use crate::store::Object;

/// What the conditions of a request come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Proceed,
    NotModified,
}

/// Weighs If-Match before If-Unmodified-Since, then If-None-Match before If-Modified-Since; of each
/// pair the first one given is the one that counts.
pub(crate) fn weigh(request: &Request, object: &Object) -> Result<Verdict, Refusal> {
    weigh_prefixed(request, "", object)
}

fn failed() -> Refusal {
    refuse(412, "PreconditionFailed", "Precondition Failed")
}

fn weigh_prefixed(request: &Request, prefix: &str, object: &Object) -> Result<Verdict, Refusal> {
    let name = |condition: &str| format!("{prefix}{condition}");
    if let Some(tags) = request.text(&name("if-match"))? {
        if !names_tag(tags, &object.etag) {
            return Err(failed());
        }
    } else if date(request, &name("if-unmodified-since")).is_some_and(|date| object.modified > date)
    {
        return Err(failed());
    }
    let unchanged = match request.text(&name("if-none-match"))? {
        Some(tags) => names_tag(tags, &object.etag),
        None => {
            date(request, &name("if-modified-since")).is_some_and(|date| object.modified <= date)
        }
    };
    Ok(if unchanged {
        Verdict::NotModified
    } else {
        Verdict::Proceed
    })
}

/// The conditions on the source of a copy. Only If-Match goes with If-Unmodified-Since, and
/// If-None-Match with If-Modified-Since.
pub(crate) fn weigh_source(request: &Request, object: &Object) -> Result<(), Refusal> {
    const PREFIX: &str = "x-cos-copy-source-";
    let given = |condition: &str| request.header(&format!("{PREFIX}{condition}")).is_some();
    let positive = given("if-match") || given("if-unmodified-since");
    let negative = given("if-none-match") || given("if-modified-since");
    if positive && negative {
        return Err(refuse(
            400,
            "InvalidRequest",
            "The conditions on the copy source conflict with each other.",
        ));
    }
    match weigh_prefixed(request, PREFIX, object)? {
        Verdict::Proceed => Ok(()),
        Verdict::NotModified => Err(failed()),
    }
}

fn names_tag(list: &str, etag: &str) -> bool {
    list.trim() == "*" || list.split(',').any(|tag| tag.trim() == etag)
}

/// A date that cannot be read is no condition.
fn date(request: &Request, name: &str) -> Option<SystemTime> {
    httpdate::parse_http_date(std::str::from_utf8(request.header(name)?).ok()?).ok()
}

/// What a Range header asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Range {
    /// No range, several, or one that cannot be read: everything is sent.
    Whole,
    /// First byte and number of bytes.
    Slice(u64, u64),
    /// Nothing of the object lies in the range.
    Unsatisfiable,
}

/// Reads `bytes=first-last`, `bytes=first-` and `bytes=-count`.
pub(crate) fn range(header: Option<&[u8]>, size: u64) -> Range {
    let text = header.and_then(|value| std::str::from_utf8(value).ok());
    let Some((first, last)) = text
        .and_then(|text| text.strip_prefix("bytes="))
        .and_then(|set| set.split_once('-'))
    else {
        return Range::Whole;
    };
    let number = |text: &str| -> Option<u64> {
        (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()))
            // A number beyond u64 is still a number, just beyond every object.
            .then(|| text.parse().unwrap_or(u64::MAX))
    };
    match (number(first), number(last)) {
        (Some(first), Some(last)) if first > last => Range::Whole,
        (Some(first), Some(_)) if first >= size => Range::Unsatisfiable,
        (Some(first), Some(last)) => Range::Slice(first, last.min(size - 1) - first + 1),
        (Some(_), None) if !last.is_empty() => Range::Whole,
        (Some(first), None) if first >= size => Range::Unsatisfiable,
        (Some(first), None) => Range::Slice(first, size - first),
        (None, Some(count)) if first.is_empty() => match count.min(size) {
            0 => Range::Unsatisfiable,
            count => Range::Slice(size - count, count),
        },
        _ => Range::Whole,
    }
}
