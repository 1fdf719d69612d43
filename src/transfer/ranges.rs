//! Ranges of an object into the part file, from any thread.

use std::io::Read;
use std::ops::Range;
use std::sync::Arc;

use super::journal::Journal;
use super::plan::Plan;
use super::resume::bare;
use super::run::Moving;
use crate::client::Core;
use crate::client::execute::{execute, random, unwatched};
use crate::endpoint::Place;
use crate::error::{Error, ErrorKind, Result};
use crate::file::{BLOCK, PartFile};
use crate::op::types::ByteRange;
use crate::op::{GetObject, GetObjectOutput, ObjectBody};
use crate::retry::{self, Attempt};
use crate::wire::{digest, fault};

pub(super) const NAME: &str = "Download";

/// What every range of a download shares.
pub(super) struct Ranges {
    pub(super) core: Arc<Core>,
    pub(super) place: Arc<Place>,
    pub(super) get: GetObject,
    pub(super) etag: String,
    pub(super) plan: Plan,
    pub(super) file: Arc<PartFile>,
    pub(super) journal: Option<Arc<Journal>>,
    /// All of it in one answer, without a Range.
    pub(super) whole: bool,
}

/// CRC64 and length of a range that is in the file, and how many requests it took.
#[derive(Clone, Copy, Default)]
pub(super) struct Received {
    pub(super) crc64: u64,
    pub(super) length: u64,
    pub(super) requests: u32,
}

/// Whether a range was answered with all of the object.
pub(super) fn ignores_ranges(error: &Error) -> bool {
    error.kind() == ErrorKind::Protocol && error.status() == Some(200)
}

impl Ranges {
    /// The same object without ranges.
    pub(super) fn in_one_answer(mut self) -> Self {
        self.whole = true;
        self.journal = None;
        self
    }

    /// Receives a range. One that breaks off is continued from where it is, as often and as patiently
    /// as a request is sent again; what moved a block further counts as a first time.
    pub(super) fn receive(&self, index: u32, moving: &Moving<'_>) -> Result<Received> {
        let range = match self.whole {
            true => 0..self.plan.size(),
            false => self.plan.range(index),
        };
        let mut received = Received::default();
        let mut breaks = 0;
        loop {
            let from = range.start + received.length;
            if from == range.end {
                self.record(index, received);
                return Ok(received);
            }
            let mut get = self.get.clone();
            if !self.whole {
                get = get.range(ByteRange::new(from, range.end - 1));
            }
            let response = execute(
                &self.core,
                &self.place,
                &get,
                moving.control,
                &mut unwatched,
            )
            .map_err(|e| e.with_operation(NAME))?;
            received.requests += response.attempts;
            self.check(&response.output)
                .map_err(|e| e.with_request(response.status, None).with_operation(NAME))?;
            let mut body = response.output.body;
            let before = received.length;
            let streamed = self.stream(from..range.end, &mut body, &mut received, moving);
            let Err(error) = streamed else {
                // One answer without a Range has all of it, or is none.
                let is_short = self.whole && received.length < range.end;
                if received.length == before || is_short {
                    let why = "the answer has fewer bytes than the object";
                    return Err(Error::new(ErrorKind::Protocol, why).with_operation(NAME));
                }
                continue;
            };
            // All of it is there and yet something is wrong with it.
            if range.start + received.length == range.end {
                return Err(error.with_operation(NAME));
            }
            if self.whole {
                (received.crc64, received.length) = (0, 0);
            }
            breaks = match received.length.saturating_sub(before) {
                moved if moved >= BLOCK as u64 => 1,
                _ => breaks + 1,
            };
            let failed = Attempt {
                number: breaks,
                error: &error,
                replayable: true,
                idempotent: true,
                random: random(),
            };
            match retry::decide(&self.core.retry, &failed) {
                Some(wait) if breaks == 1 || self.core.budget.spend() => {
                    moving.control.sleep(wait)?
                }
                _ => return Err(error.with_operation(NAME)),
            }
        }
    }

    /// Whether this is the very object that was there at the beginning.
    fn check(&self, answer: &GetObjectOutput) -> Result<()> {
        let etag = &answer.head.etag;
        if !etag.is_empty() && bare(etag) != bare(&self.etag) {
            let why = "the object was replaced while it was received";
            return Err(Error::new(ErrorKind::Precondition, why));
        }
        let size = answer.object_size;
        if answer.not_modified || size.is_some_and(|size| size != self.plan.size()) {
            let (asked, size) = (self.plan.size(), size.unwrap_or_default());
            let why = format!("the answer is of {size} bytes, the object has {asked}");
            return Err(Error::new(ErrorKind::Protocol, why));
        }
        Ok(())
    }

    fn record(&self, index: u32, received: Received) {
        if let Some(journal) = &self.journal {
            let (crc64, length) = (received.crc64.to_string(), received.length.to_string());
            journal.write(&["range", &index.to_string(), &crc64, &length]);
        }
    }

    /// Writes what arrives of a body to its place and counts it, also when it breaks off.
    fn stream(
        &self,
        to: Range<u64>,
        body: &mut ObjectBody,
        received: &mut Received,
        moving: &Moving<'_>,
    ) -> Result<()> {
        let mut block = vec![0; BLOCK];
        let mut length = 0;
        let outcome = loop {
            let (count, outcome) = fill(body, &mut block);
            if count as u64 > to.end - to.start - length {
                let why = "the answer has more bytes than were asked for";
                return Err(Error::new(ErrorKind::Protocol, why));
            }
            self.file.write_all_at(&block[..count], to.start + length)?;
            length += count as u64;
            // Stopped, or over its deadline.
            if moving.reach(received.length + length).is_break()
                && let Err(error) = moving.control.check()
            {
                break Err(error);
            }
            if let Some(outcome) = outcome {
                break outcome;
            }
        };
        received.crc64 = digest::combine(received.crc64, body.crc64(), length);
        received.length += length;
        outcome
    }
}

/// Fills the block as far as the body goes, since TLS hands out small pieces. The result is there
/// when the body ended or broke off.
fn fill(body: &mut ObjectBody, block: &mut [u8]) -> (usize, Option<Result<()>>) {
    let mut count = 0;
    while count < block.len() {
        match body.read(&mut block[count..]) {
            Ok(0) => return (count, Some(Ok(()))),
            Ok(more) => count += more,
            Err(e) => return (count, Some(Err(fault::while_reading(e)))),
        }
    }
    (count, None)
}
