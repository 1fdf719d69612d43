//! One part on its way, from any thread.

use std::sync::Arc;

use super::journal::Journal;
use super::multipart::{Begun, DonePart, Multipart, is_customer_key};
use super::plan::Plan;
use super::run::Moving;
use crate::client::Core;
use crate::client::execute::{execute, unwatched};
use crate::endpoint::Place;
use crate::error::Result;
use crate::op::copy_source::CopySource;
use crate::op::types::ByteRange;
use crate::op::{UploadPart, UploadPartCopy};
use crate::wire::{Body, Pairs, encode};

/// Sends parts of one upload.
pub(super) struct PartSender {
    core: Arc<Core>,
    place: Arc<Place>,
    key: String,
    upload_id: String,
    headers: Pairs,
}

/// A part that COS has now, and what it took.
pub(super) struct Sent {
    pub(super) part: DonePart,
    pub(super) verified: bool,
    pub(super) requests: u32,
}

impl PartSender {
    pub(super) fn new(multipart: &Multipart<'_, '_>, begun: &Begun) -> Self {
        Self {
            core: Arc::clone(multipart.bucket.core()),
            place: Arc::clone(multipart.bucket.place()),
            key: multipart.key.to_owned(),
            upload_id: begun.upload_id.clone(),
            headers: multipart.headers.filter(is_part_header),
        }
    }

    /// Sends a part, counted from 0.
    pub(super) fn send(
        &self,
        index: u32,
        body: Body<'_>,
        md5: Option<&str>,
        moving: &Moving<'_>,
    ) -> Result<Sent> {
        let part = UploadPart::new(&self.key, &self.upload_id, index + 1, body);
        let mut part = part.with_headers(&self.headers);
        if let Some(md5) = md5 {
            part = part.content_md5(md5);
        }
        let mut length = 0;
        let moved = &mut |loaded| {
            length = loaded;
            moving.reach(loaded)
        };
        let response = execute(&self.core, &self.place, &part, moving.control, moved)?;
        let (requests, sent) = (response.attempts, response.output);
        Ok(Sent {
            part: DonePart {
                etag: sent.etag,
                crc64: Some(sent.sent_crc64),
                length,
            },
            verified: sent.verified,
            requests,
        })
    }
}

/// Takes down parts, if there is a journal.
pub(super) struct Recorder(pub(super) Option<Arc<Journal>>);

impl Recorder {
    pub(super) fn record(&self, index: u32, part: &DonePart) {
        if let Some(journal) = &self.0 {
            let number = (index + 1).to_string();
            let crc64 = part.crc64.map_or("-".to_owned(), |crc64| crc64.to_string());
            let (length, etag) = (part.length.to_string(), encode::percent(&part.etag));
            journal.write(&["part", &number, &crc64, &length, &etag]);
        }
    }
}

/// Copies parts of one object, from any thread.
pub(super) struct PartCopier {
    core: Arc<Core>,
    place: Arc<Place>,
    key: String,
    upload_id: String,
    source: CopySource,
    headers: Pairs,
    plan: Plan,
}

impl PartCopier {
    /// `headers` are those about the source.
    pub(super) fn new(
        multipart: &Multipart<'_, '_>,
        begun: &Begun,
        source: &CopySource,
        mut headers: Pairs,
        plan: Plan,
    ) -> Self {
        headers.extend(&multipart.headers.filter(is_customer_key));
        Self {
            core: Arc::clone(multipart.bucket.core()),
            place: Arc::clone(multipart.bucket.place()),
            key: multipart.key.to_owned(),
            upload_id: begun.upload_id.clone(),
            source: source.clone(),
            headers,
            plan,
        }
    }

    /// Copies a part, counted from 0.
    pub(super) fn copy(&self, index: u32, moving: &Moving<'_>) -> Result<Sent> {
        let range = self.plan.range(index);
        let (number, source) = (index + 1, self.source.clone());
        let part = UploadPartCopy::new(&self.key, &self.upload_id, number, source)
            .copy_source_range(ByteRange::new(range.start, range.end - 1))
            .with_headers(&self.headers);
        let (control, place) = (moving.control, &self.place);
        let answer = execute(&self.core, place, &part, control, &mut unwatched)?;
        let length = range.end - range.start;
        let _ = moving.reach(length);
        Ok(Sent {
            requests: answer.attempts,
            verified: false,
            part: DonePart {
                etag: answer.output.etag,
                crc64: answer.output.crc64,
                length,
            },
        })
    }
}

fn is_part_header(name: &str) -> bool {
    is_customer_key(name) || name == "x-cos-traffic-limit"
}
