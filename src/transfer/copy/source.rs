//! The source of a copy: which object it is, and what of it comes along.

use super::{CopyFile, NAME};
use crate::client::Bucket;
use crate::client::settings::Verify;
use crate::error::{Error, ErrorKind, Result};
use crate::op::{HeadObject, HeadObjectOutput};
use crate::transfer::ask::{Way, ask};
use crate::transfer::kept;
use crate::transfer::receipt::Receipt;
use crate::watch::Meter;
use crate::wire::Pairs;

/// The source as it was at the beginning.
pub(super) struct Pinned {
    pub(super) head: HeadObjectOutput,
    has_tags: bool,
}

/// Asks which object it is that must stay the same from now on.
pub(super) fn pin(
    source: &Bucket,
    copy: &CopyFile,
    receipt: &mut Receipt,
    meter: &mut Meter<'_>,
) -> Result<Pinned> {
    let mut head = HeadObject::new(copy.source.key());
    if let Some(version_id) = copy.source.version() {
        head = head.version_id(version_id);
    }
    for (name, value) in copy.headers.iter() {
        let lower = name.to_ascii_lowercase();
        if let Some(condition) = lower.strip_prefix("x-cos-copy-source-if-") {
            head = head.header(format!("If-{condition}"), value);
        } else if let Some(key) = lower.strip_prefix("x-cos-copy-source-server-side-") {
            head = head.header(format!("x-cos-server-side-{key}"), value);
        }
    }
    let answer = ask(source, head, Way::Patient, meter)?;
    receipt.requests += answer.attempts;
    receipt
        .request_ids
        .extend(answer.request_id().map(str::to_owned));
    if answer.not_modified {
        let message = "a condition on the source is not met";
        let error = Error::new(ErrorKind::Precondition, message).with_operation(NAME);
        return Err(error.with_request(answer.status, answer.request_id()));
    }
    if answer.etag.is_empty() {
        let why = "the source has no ETag, by which to know that it stays the same";
        return Err(Error::new(ErrorKind::Protocol, why).with_operation(NAME));
    }
    if copy.verify == Verify::Require && answer.crc64.is_none() {
        let why = "COS states no CRC64 of the source, by which to know that the copy is right";
        return Err(Error::new(ErrorKind::Integrity, why).with_operation(NAME));
    }
    let has_tags = answer
        .headers
        .get("x-cos-tagging-count")
        .is_some_and(|count| count != "0");
    let head = answer.output;
    Ok(Pinned { head, has_tags })
}

/// The headers that the copy is made with, without those about the source.
pub(super) fn headers(
    source: &Bucket,
    copy: &CopyFile,
    pinned: &Pinned,
    in_parts: bool,
    meter: &mut Meter<'_>,
) -> Result<Pairs> {
    let of_source = |name: &str| name.to_ascii_lowercase().starts_with("x-cos-copy-source-");
    let given = copy.headers.filter(|name| !of_source(name));
    let gives_metadata = given.iter().any(|(name, _)| kept::is_metadata(name));
    let mut headers = Pairs::new();
    // In one request COS takes metadata along by itself, unless some of it is given.
    if !copy.replaces("x-cos-metadata-directive") && (in_parts || gives_metadata) {
        headers.extend(&kept::metadata(&pinned.head));
    }
    headers.extend(&given);
    let (key, version) = (copy.source.key(), copy.source.version());
    let is_granted = |name: &str| name.starts_with("x-cos-acl") || name.starts_with("x-cos-grant-");
    if copy.keep_acl
        && !given
            .iter()
            .any(|(name, _)| is_granted(&name.to_ascii_lowercase()))
    {
        headers.extend(&kept::acl(source, key, version, meter)?);
    }
    if in_parts {
        let replaces_tags = copy.replaces("x-cos-tagging-directive");
        if pinned.has_tags && !replaces_tags && given.get("x-cos-tagging").is_none() {
            headers.set("x-cos-tagging", kept::tagging(source, key, version, meter)?);
        }
        return Ok(headers.filter(|name| !name.ends_with("-directive")));
    }
    if gives_metadata {
        headers.set("x-cos-metadata-directive", "Replaced");
    }
    if given.get("x-cos-tagging").is_some() {
        headers.set("x-cos-tagging-directive", "Replaced");
    }
    Ok(headers)
}

/// The headers that name the source's key, and pin its ETag.
pub(super) fn source_headers(copy: &CopyFile, head: &HeadObjectOutput) -> Pairs {
    let is_key = |name: &str| {
        name.to_ascii_lowercase()
            .starts_with("x-cos-copy-source-server-side-")
    };
    let mut headers = copy.headers.filter(is_key);
    headers.set("x-cos-copy-source-If-Match", head.etag.as_str());
    headers
}
