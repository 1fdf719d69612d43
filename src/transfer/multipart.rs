//! What is asked of COS for an object in parts: begin, look, complete, take back.

use std::time::{Duration, Instant};

use super::ask::{Way, ask};
use super::receipt::Receipt;
use super::resume::bare;
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
use crate::watch::{INTERVAL, Meter};
use crate::wire::{Pairs, time};

/// An object that is made in parts, and the headers that it shall have.
pub(super) struct Multipart<'a, 'w> {
    pub(super) bucket: &'a Bucket,
    pub(super) key: &'a str,
    pub(super) headers: &'a Pairs,
    pub(super) verify: Verify,
    pub(super) meter: &'a mut Meter<'w>,
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

/// How an upload that nobody heard of is looked for.
pub(super) struct Stray {
    pub(super) begun: Option<Begun>,
    /// Whether the listing could be read, so that none means that there is none.
    pub(super) looked: bool,
}

impl<'a, 'w> Multipart<'a, 'w> {
    pub(super) fn new(
        bucket: &'a Bucket,
        key: &'a str,
        headers: &'a Pairs,
        verify: Verify,
        meter: &'a mut Meter<'w>,
    ) -> Self {
        Self {
            bucket,
            key,
            headers,
            verify,
            meter,
            receipt: Receipt::default(),
        }
    }

    /// Sends an operation, and notes it in the receipt.
    pub(super) fn ask<O>(&mut self, operation: O, way: Way) -> Result<Response<O::Output>>
    where
        O: Operation + Send + Sync + 'static,
        O::Output: Send + 'static,
    {
        let answer = ask(self.bucket, operation, way, self.meter);
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
        for number in 1.. {
            let error = match self.ask(initiate.clone(), Way::Once) {
                Ok(begun) => {
                    self.note(begun.request_id());
                    return Ok(Begun {
                        since: begun.headers.get("Date").and_then(time::parse),
                        upload_id: begun.output.upload_id,
                    });
                }
                Err(error) => error,
            };
            let wait = self.wait_after(number, &error).ok_or(error)?;
            if let Some(begun) = self.stray(now).begun {
                return Ok(begun);
            }
            self.sleep(wait)?;
        }
        Err(endless())
    }

    /// How long to wait before a request is sent again; None when it is not.
    fn wait_after(&self, number: u32, error: &Error) -> Option<Duration> {
        let failed = Attempt {
            number,
            error,
            replayable: true,
            idempotent: true,
            random: random(),
        };
        retry::decide(&self.bucket.core().retry, &failed)
    }

    /// Waits, while the watch may say stop.
    fn sleep(&mut self, time: Duration) -> Result<()> {
        let end = Instant::now() + time;
        loop {
            self.meter.reach_or_stop(self.meter.loaded())?;
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            std::thread::sleep(left.min(INTERVAL));
        }
    }

    /// An upload whose beginning nobody heard of: the only one of this key and class that was begun
    /// within a short time after `since`, and has no part.
    pub(super) fn stray(&mut self, since: i64) -> Stray {
        let time = since.saturating_sub(CLOCKS_DIFFER)..=since.saturating_add(ANSWER_TAKES);
        let is_near =
            |upload: &Upload| upload.initiated.unix().is_some_and(|at| time.contains(&at));
        let unread = Stray {
            begun: None,
            looked: false,
        };
        let Ok(mut uploads) = self.uploads() else {
            return unread;
        };
        uploads.retain(is_near);
        let mut strays = Vec::new();
        for upload in uploads {
            match self.list_parts(&upload.upload_id) {
                Ok(parts) if parts.is_empty() => strays.push(upload),
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(_) => return unread,
            }
        }
        // Of two, one may be somebody else's.
        let stray = strays.pop().filter(|_| strays.is_empty());
        Stray {
            begun: stray.map(|stray| Begun {
                since: stray.initiated.unix(),
                upload_id: stray.upload_id,
            }),
            looked: true,
        }
    }

    /// The uploads of this key and storage class, the latest first.
    pub(super) fn uploads(&mut self) -> Result<Vec<Upload>> {
        let class = self.headers.get("x-cos-storage-class").map(str::to_owned);
        let is_class = |upload: &Upload| match (&class, &upload.storage_class) {
            (Some(class), Some(found)) => found.as_str().eq_ignore_ascii_case(class),
            // What nobody asked for is the standard one of the bucket.
            (None, Some(found)) => ["STANDARD", "MAZ_STANDARD"].contains(&found.as_str()),
            (_, None) => true,
        };
        let mut list = ListMultipartUploads::new()
            .prefix(self.key)
            .encoding_type("url");
        let mut uploads: Vec<Upload> = Vec::new();
        loop {
            let page = self.ask(list.clone(), Way::Patient)?.output;
            // Keys are in order, and the key itself stands before all that it is a prefix of.
            let is_over = page.uploads.iter().any(|upload| upload.key != self.key);
            let of_key = page
                .uploads
                .into_iter()
                .filter(|upload| upload.key == self.key);
            uploads.extend(of_key.filter(is_class));
            let Some(key) = page.next_key_marker.filter(|_| !is_over) else {
                break;
            };
            let id = page.next_upload_id_marker.unwrap_or_default();
            list = list.key_marker(&key).upload_id_marker(&id);
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
            let page = self.ask(list, Way::Patient)?.output;
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
    /// again: then it is either there, or was not made yet. `unknown` says so already at the start,
    /// and at the end where that is how it ends.
    pub(super) fn complete(
        &mut self,
        begun: &Begun,
        etags: impl IntoIterator<Item = String>,
        expected: Expected,
        unknown: &mut bool,
    ) -> Result<Made> {
        let numbered = (1..)
            .zip(etags)
            .map(|(number, etag)| CompletedPart::new(number, etag));
        let headers = self.headers.filter(is_complete_header);
        let complete = CompleteMultipartUpload::new(self.key, &begun.upload_id, numbered);
        let complete = complete.with_headers(&headers);
        for number in 1.. {
            let error = match self.ask(complete.clone(), Way::Patient) {
                Ok(response) => {
                    *unknown = false;
                    return self.made(response, expected);
                }
                Err(error) => error,
            };
            *unknown |= is_ambiguous(&error);
            if *unknown && let Some(made) = self.recover(begun, expected) {
                *unknown = false;
                return Ok(made);
            }
            match self.wait_after(number, &error) {
                Some(wait) => self.sleep(wait)?,
                None if *unknown => return Err(error.with_note(UNKNOWN)),
                None => return Err(error),
            }
        }
        Err(endless())
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
            && bare(&head.etag).ends_with(&suffix)
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
        let head = self.ask(head, Way::Patient).ok()?;
        self.note(head.request_id());
        Some(head.output)
    }

    /// Takes back an upload and its parts; whether it is gone. It is asked for once: whoever waits has
    /// failed already.
    pub(super) fn abort(&self, upload_id: &str) -> bool {
        let abort = AbortMultipartUpload::new(self.key, upload_id);
        // The watch has said its last word already, or cannot say any.
        match ask(self.bucket, abort, Way::Once, &mut Meter::new(&mut (), 0)) {
            Ok(_) => true,
            Err(error) => error.kind() == ErrorKind::NotFound,
        }
    }
}

pub(super) const NO_CRC64: &str =
    "COS states no CRC64 of the object, by which to know that it is right";

/// How far the clock of the service may be behind this one where an upload is looked for that was
/// begun here, and how long after the question it may have been begun. In seconds. With more, one
/// that somebody else began might be taken for it.
const CLOCKS_DIFFER: i64 = 10;
const ANSWER_TAKES: i64 = 120;

fn endless() -> Error {
    Error::new(ErrorKind::Internal, "more attempts than can be counted")
}

/// Whether an upload may be complete although its completion failed so. An error under 200 is one
/// that COS met on the way.
fn is_ambiguous(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Transport | ErrorKind::Timeout | ErrorKind::Protocol => true,
        ErrorKind::NotFound => error.attempts() > 1,
        ErrorKind::Service if error.is_retryable() => true,
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
