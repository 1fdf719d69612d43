//! An upload in parts, from its beginning to the object that is made of it.

use std::sync::Arc;

use super::run::Moving;
use super::upload::Uploaded;
use crate::client::execute::execute;
use crate::client::{Bucket, Core};
use crate::endpoint::Place;
use crate::error::{Error, ErrorKind, Result};
use crate::op::{
    AbortMultipartUpload, CompleteMultipartUpload, CompletedPart, HeadObject, HeadObjectOutput,
    InitiateMultipartUpload, UploadPart,
};
use crate::wire::{Body, Pairs, digest};

/// An object that is uploaded in parts, and the headers that it shall have.
pub(super) struct Multipart<'a> {
    pub(super) bucket: &'a Bucket,
    pub(super) key: &'a str,
    pub(super) headers: &'a Pairs,
}

/// A part that COS has, and CRC64 and length of the bytes that were sent.
pub(super) struct SentPart {
    etag: String,
    crc64: u64,
    length: u64,
}

impl Multipart<'_> {
    /// Begins an upload, sends its parts in order of their numbers, and completes it. What was sent
    /// is deleted when anything fails, also by a panic of the caller's code, unless it may have
    /// become the object.
    pub(super) fn upload(
        &self,
        send: impl FnOnce(&str) -> Result<Vec<SentPart>>,
    ) -> Result<Uploaded> {
        let upload_id = self.initiate()?;
        let mut unfinished = Unfinished {
            multipart: self,
            upload_id: &upload_id,
            keep: false,
        };
        let parts = send(&upload_id)?;
        let completed = self.complete(&upload_id, parts);
        unfinished.keep = completed.as_ref().err().is_none_or(is_ambiguous);
        completed
    }

    /// What sends the parts of an upload, from any thread.
    pub(super) fn sender(&self, upload_id: &str) -> PartSender {
        PartSender {
            core: Arc::clone(self.bucket.core()),
            place: Arc::clone(self.bucket.place()),
            key: self.key.to_owned(),
            upload_id: upload_id.to_owned(),
            headers: self.headers.filter(is_part_header),
        }
    }

    fn initiate(&self) -> Result<String> {
        let headers = self.headers.filter(|name| name != FORBID_OVERWRITE);
        let initiate = InitiateMultipartUpload::new(self.key).with_headers(&headers);
        Ok(self.bucket.send(initiate)?.output.upload_id)
    }

    fn complete(&self, upload_id: &str, parts: Vec<SentPart>) -> Result<Uploaded> {
        let combined = |crc, part: &SentPart| digest::combine(crc, part.crc64, part.length);
        let crc64 = parts.iter().fold(0, combined);
        let size = parts.iter().map(|part| part.length).sum();
        let count = u32::try_from(parts.len()).unwrap_or(u32::MAX);
        let numbered = (1..)
            .zip(parts)
            .map(|(number, part)| CompletedPart::new(number, part.etag));
        let headers = self.headers.filter(is_complete_header);
        let complete = CompleteMultipartUpload::new(self.key, upload_id, numbered);
        let completed = self.bucket.send(complete.with_headers(&headers));
        let mut uploaded = Uploaded {
            size,
            parts: count,
            crc64,
            upload_id: Some(upload_id.to_owned()),
            location: self.bucket.place().location(self.key),
            ..Uploaded::default()
        };
        let response = match completed {
            Err(error) if is_ambiguous(&error) => return self.recover(uploaded).ok_or(error),
            completed => completed?,
        };
        uploaded.request_id = response.request_id().map(str::to_owned);
        uploaded.version_id = response.version_id.clone();
        uploaded.etag = response.output.etag;
        let stored = response.output.crc64.or_else(|| {
            // Only of the object that was made: somebody may have put another one there by now.
            let head = self.head(uploaded.version_id.as_deref())?;
            head.crc64.filter(|_| head.etag == uploaded.etag)
        });
        if stored.is_some_and(|stored| stored != crc64) {
            let message = format!("CRC64 of what was sent is {crc64}, the object has {stored:?}");
            return Err(Error::new(ErrorKind::Integrity, message));
        }
        uploaded.verified = stored.is_some();
        Ok(uploaded)
    }

    /// Whether the object is there although nobody heard that it was made: it has the size, the CRC64
    /// and the number of parts of what was sent.
    fn recover(&self, mut uploaded: Uploaded) -> Option<Uploaded> {
        let head = self.head(None)?;
        let suffix = format!("-{}\"", uploaded.parts);
        let is_ours = head.content_length == uploaded.size
            && head.crc64 == Some(uploaded.crc64)
            && head.etag.ends_with(&suffix);
        uploaded.etag = head.etag;
        uploaded.version_id = head.version_id;
        uploaded.verified = true;
        is_ours.then_some(uploaded)
    }

    /// COS may begin to answer before it knows the CRC64 of the whole. The object is there either
    /// way, so that not being allowed to ask means that it is not verified, and no more.
    fn head(&self, version_id: Option<&str>) -> Option<HeadObjectOutput> {
        let customer_key = self.headers.filter(is_customer_key);
        let mut head = HeadObject::new(self.key).with_headers(&customer_key);
        if let Some(version_id) = version_id {
            head = head.version_id(version_id);
        }
        Some(self.bucket.send(head).ok()?.output)
    }
}

/// Whether an upload may be complete although its completion failed so.
fn is_ambiguous(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Transport | ErrorKind::Timeout | ErrorKind::Protocol => true,
        ErrorKind::NotFound => error.attempts() > 1,
        _ => error.status().is_some_and(|status| status >= 500),
    }
}

/// An upload that is deleted when it is dropped, unless it is kept.
struct Unfinished<'a> {
    multipart: &'a Multipart<'a>,
    upload_id: &'a str,
    keep: bool,
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        if !self.keep {
            let abort = AbortMultipartUpload::new(self.multipart.key, self.upload_id);
            // The upload has failed already, and its caller waits: one attempt, and what it leaves is
            // for the bucket's lifecycle rule.
            let _ = self.multipart.bucket.send_once(&abort);
        }
    }
}

/// Sends parts of one upload.
pub(super) struct PartSender {
    core: Arc<Core>,
    place: Arc<Place>,
    key: String,
    upload_id: String,
    headers: Pairs,
}

impl PartSender {
    /// Sends a part, counted from 0.
    pub(super) fn send(&self, index: u32, body: Body<'_>, moving: &Moving<'_>) -> Result<SentPart> {
        let part = UploadPart::new(&self.key, &self.upload_id, index + 1, body);
        let part = part.with_headers(&self.headers);
        let mut length = 0;
        let moved = &mut |loaded| {
            length = loaded;
            moving.reach(loaded)
        };
        let sent = execute(&self.core, &self.place, &part, moving.control, moved)?.output;
        Ok(SentPart {
            etag: sent.etag,
            crc64: sent.sent_crc64,
            length,
        })
    }
}

const FORBID_OVERWRITE: &str = "x-cos-forbid-overwrite";

fn is_customer_key(name: &str) -> bool {
    name.starts_with("x-cos-server-side-encryption-customer-")
}

fn is_part_header(name: &str) -> bool {
    is_customer_key(name) || name == "x-cos-traffic-limit"
}

fn is_complete_header(name: &str) -> bool {
    is_customer_key(name) || name == FORBID_OVERWRITE || name == "pic-operations"
}
