//! What is asked of COS for an object in parts: begin, look, complete, take back.

use crate::client::execute::random;
use crate::client::settings::Verify;
use crate::client::{Bucket, Response};
use crate::error::{Error, ErrorKind, Result};
use crate::op::{
    AbortMultipartUpload, CompleteMultipartUpload, CompleteMultipartUploadOutput, CompletedPart,
    HeadObject, HeadObjectOutput, InitiateMultipartUpload, ListMultipartUploads, ListParts,
    Operation, Part, Upload,
};
use crate::retry::{self, Attempt};
use crate::transport::stop::Control;
use crate::wire::{Pairs, time};

use super::receipt::Receipt;

/// An object that is made in parts, and the headers that it shall have.
pub(super) struct Multipart<'a> {
    pub(super) bucket: &'a Bucket,
    pub(super) key: &'a str,
    pub(super) headers: &'a Pairs,
    pub(super) verify: Verify,
    pub(super) receipt: Receipt,
}

/// An upload that COS knows.
#[derive(Clone, Debug, Default)]
pub(super) struct Begun {
    pub(super) upload_id: String,
    /// When it was begun, by the clock of the service.
    pub(super) since: Option<i64>,
}

/// A part that COS has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DonePart {
    pub(super) etag: String,
    pub(super) crc64: Option<u64>,
    pub(super) length: u64,
}

/// An object that is to be there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expected {
    pub(super) size: u64,
    pub(super) parts: u32,
    pub(super) crc64: Option<u64>,
}

/// An object that is there and was checked.
#[derive(Clone, Debug, Default)]
pub(super) struct Made {
    pub(super) etag: String,
    pub(super) version_id: Option<String>,
    pub(super) request_id: Option<String>,
}

impl<'a> Multipart<'a> {
    pub(super) fn new(
        bucket: &'a Bucket,
        key: &'a str,
        headers: &'a Pairs,
        verify: Verify,
    ) -> Self {
        Self {
            bucket,
            key,
            headers,
            verify,
            receipt: Receipt::default(),
        }
    }

    /// Sends an operation, and notes it in the receipt.
    pub(super) fn ask<O: Operation>(&mut self, operation: O) -> Result<Response<O::Output>> {
        let pass = self.bucket.pool().pass();
        let answer = self.bucket.send(operation);
        drop(pass);
        self.receipt.requests += match &answer {
            Ok(response) => response.attempts,
            Err(error) => error.attempts(),
        };
        answer
    }

    fn note(&mut self, request_id: Option<&str>) {
        let ids = &mut self.receipt.request_ids;
        ids.extend(request_id.map(str::to_owned));
    }

    /// Begins an upload. One whose answer was lost is looked for before another one is begun: `now`
    /// is the time before the first try.
    pub(super) fn initiate(&mut self, now: i64) -> Result<Begun> {
        let headers = self.headers.filter(|name| name != FORBID_OVERWRITE);
        let initiate = InitiateMultipartUpload::new(self.key).with_headers(&headers);
        self.receipt.requests += 1;
        let pass = self.bucket.pool().pass();
        let first = self.bucket.send_once(&initiate);
        drop(pass);
        let begun = match first {
            Err(error) if error.is_retryable() => match self.stray(now) {
                Some(begun) => return Ok(begun),
                None => self.ask(initiate)?,
            },
            begun => begun?,
        };
        self.note(begun.request_id());
        Ok(Begun {
            since: begun.headers.get("Date").and_then(time::parse),
            upload_id: begun.output.upload_id,
        })
    }

    /// An upload whose beginning nobody heard of: the only one of this key and class that is not
    /// older than `since` and has no part.
    pub(super) fn stray(&mut self, since: i64) -> Option<Begun> {
        let is_young = |upload: &Upload| {
            let begun = upload.initiated.unix();
            begun.is_some_and(|begun| begun >= since.saturating_sub(CLOCKS_DIFFER))
        };
        let mut uploads = self.uploads().ok()?;
        uploads.retain(is_young);
        let mut strays = Vec::new();
        for upload in uploads {
            if self.list_parts(&upload.upload_id).ok()?.is_empty() {
                strays.push(upload);
            }
        }
        // Of two, one may be somebody else's.
        let stray = strays.pop().filter(|_| strays.is_empty())?;
        Some(Begun {
            since: stray.initiated.unix(),
            upload_id: stray.upload_id,
        })
    }

    /// The uploads of this key, and of the storage class that was asked for; the latest first.
    pub(super) fn uploads(&mut self) -> Result<Vec<Upload>> {
        let class = self.headers.get("x-cos-storage-class");
        let mut uploads = Vec::new();
        let first = ListMultipartUploads::new()
            .prefix(self.key)
            .encoding_type("url");
        let _pass = self.bucket.pool().pass();
        for upload in self.bucket.uploads(first) {
            let upload = upload?;
            let found = upload.storage_class.as_ref().map(|class| class.as_str());
            // Keys are in order, and the key itself stands before all that it is a prefix of.
            if upload.key != self.key {
                break;
            }
            if class.is_none() || class == found {
                uploads.push(upload);
            }
        }
        uploads.sort_by_key(|upload| std::cmp::Reverse(upload.initiated.unix()));
        Ok(uploads)
    }

    /// All parts of an upload.
    pub(super) fn list_parts(&mut self, upload_id: &str) -> Result<Vec<Part>> {
        let mut parts = Vec::new();
        let mut marker = None;
        loop {
            let mut list = ListParts::new(self.key, upload_id);
            if let Some(marker) = marker {
                list = list.part_number_marker(marker);
            }
            let page = self.ask(list)?.output;
            parts.extend(page.parts);
            marker = page.next_part_number_marker;
            if marker.is_none() {
                return Ok(parts);
            }
        }
    }

    /// Makes the object of the parts, and compares what COS says of it with what is expected.
    ///
    /// Whenever it is unknown whether that was done, the object is looked for before it is asked for
    /// again: then it is either there, or was not made yet.
    pub(super) fn complete(
        &mut self,
        begun: &Begun,
        etags: impl IntoIterator<Item = String>,
        expected: Expected,
    ) -> Result<Made> {
        let numbered = (1..)
            .zip(etags)
            .map(|(number, etag)| CompletedPart::new(number, etag));
        let headers = self.headers.filter(is_complete_header);
        let complete = CompleteMultipartUpload::new(self.key, &begun.upload_id, numbered);
        let complete = complete.with_headers(&headers);
        let mut is_unknown = false;
        for number in 1.. {
            let error = match self.ask(complete.clone()) {
                Ok(response) => return self.made(response, expected),
                Err(error) => error,
            };
            is_unknown |= is_ambiguous(&error);
            if let Some(made) = is_unknown.then(|| self.recover(begun, expected)).flatten() {
                return Ok(made);
            }
            let failed = Attempt {
                number,
                error: &error,
                replayable: true,
                idempotent: true,
            };
            match retry::decide(&self.bucket.core().retry, &failed, random()) {
                Some(wait) => Control::new().sleep(wait)?,
                None if is_unknown => return Err(error.with_note(UNKNOWN)),
                None => return Err(error),
            }
        }
        Err(Error::new(
            ErrorKind::Internal,
            "more attempts than can be counted",
        ))
    }

    fn made(
        &mut self,
        response: Response<CompleteMultipartUploadOutput>,
        expected: Expected,
    ) -> Result<Made> {
        let made = Made {
            request_id: response.request_id().map(str::to_owned),
            version_id: response.version_id.clone(),
            etag: response.output.etag,
        };
        self.note(made.request_id.as_deref());
        if self.verify != Verify::Off {
            let stored = response.output.crc64;
            let stored =
                stored.or_else(|| self.stored_crc64(made.version_id.as_deref(), &made.etag));
            self.receipt.whole_crc64 = self.compare(stored, expected.crc64)?;
        }
        Ok(made)
    }

    /// Asks for the CRC64 of the object that was made: somebody may have put another one there by now.
    pub(super) fn stored_crc64(&mut self, version_id: Option<&str>, etag: &str) -> Option<u64> {
        let head = self.head(version_id)?;
        let bare = |etag: &str| etag.trim_matches('"').to_owned();
        head.crc64.filter(|_| bare(&head.etag) == bare(etag))
    }

    /// Whether the two are known and the same.
    pub(super) fn compare(&self, stored: Option<u64>, expected: Option<u64>) -> Result<bool> {
        match (stored, expected) {
            (Some(stored), Some(expected)) if stored != expected => {
                let message = format!("CRC64 of the object is {stored}, and must be {expected}");
                Err(Error::new(ErrorKind::Integrity, message))
            }
            (Some(_), Some(_)) => Ok(true),
            _ if self.verify == Verify::Require => Err(Error::new(ErrorKind::Integrity, NO_CRC64)),
            _ => Ok(false),
        }
    }

    /// The object, if it is there although nobody heard that it was made: it has the size, the CRC64
    /// and the number of parts that it must have, and is not older than the upload.
    pub(super) fn recover(&mut self, begun: &Begun, expected: Expected) -> Option<Made> {
        let head = self.head(None)?;
        let suffix = format!("-{}", expected.parts);
        let stored = head.last_modified.as_ref().and_then(|time| time.unix());
        let is_older =
            matches!((stored, begun.since), (Some(stored), Some(since)) if stored < since);
        let is_ours = head.content_length == expected.size
            && head.crc64.is_some()
            && head.crc64 == expected.crc64
            && head.etag.trim_matches('"').ends_with(&suffix)
            && !is_older;
        if !is_ours {
            return None;
        }
        self.receipt.recovered = true;
        self.receipt.whole_crc64 = true;
        Some(Made {
            etag: head.etag,
            version_id: head.version_id,
            request_id: None,
        })
    }

    /// COS may begin to answer before it knows the CRC64 of the whole. The object is there either
    /// way, so that not being allowed to ask means that it is not verified, and no more.
    fn head(&mut self, version_id: Option<&str>) -> Option<HeadObjectOutput> {
        let customer_key = self.headers.filter(is_customer_key);
        let mut head = HeadObject::new(self.key).with_headers(&customer_key);
        if let Some(version_id) = version_id {
            head = head.version_id(version_id);
        }
        let head = self.ask(head).ok()?;
        self.note(head.request_id());
        Some(head.output)
    }

    /// Takes back an upload and its parts. One attempt: whoever waits has failed already, and what it
    /// leaves is for the bucket's lifecycle rule.
    pub(super) fn abort(&self, upload_id: &str) {
        let abort = AbortMultipartUpload::new(self.key, upload_id);
        let _pass = self.bucket.pool().pass();
        let _ = self.bucket.send_once(&abort);
    }
}

pub(super) const NO_CRC64: &str =
    "COS states no CRC64 of the object, by which to know that it is right";

/// How far the clock of the service may be behind this one where an upload is looked for that was
/// begun here, in seconds. With more, one that somebody else began might be taken for it.
const CLOCKS_DIFFER: i64 = 10;

/// Whether an upload may be complete although its completion failed so. What was said under 200 may
/// have been said by something on the way.
pub(super) fn is_ambiguous(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Transport | ErrorKind::Timeout | ErrorKind::Protocol => true,
        ErrorKind::NotFound => error.attempts() > 1,
        _ => error.status().is_some_and(|status| status >= 500),
    }
}

const UNKNOWN: &str = "whether the object was made is not known";

const FORBID_OVERWRITE: &str = "x-cos-forbid-overwrite";

pub(super) fn is_customer_key(name: &str) -> bool {
    name.starts_with("x-cos-server-side-encryption-customer-")
}

fn is_complete_header(name: &str) -> bool {
    is_customer_key(name) || name == FORBID_OVERWRITE || name == "pic-operations"
}
