//! A download on its way: the part file and the record of what is in it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::journal::{Found, Journal};
use super::plan::Plan;
use super::ranges::Received;
use super::resume::outlives;
use super::sums;
use crate::client::settings::Resume;
use crate::error::{Error, ErrorKind, Result};
use crate::file::PartFile;
use crate::watch::Meter;
use crate::wire::digest::{self, Crc64};

/// The part file of a download and its journal. Dropping it without an end removes both.
pub(super) struct Partial {
    file: Arc<PartFile>,
    journal: Option<Arc<Journal>>,
    /// What the journal held, until it is looked at.
    found: Option<Found>,
    plan: Option<Plan>,
    done: BTreeMap<u32, Received>,
    resume: Resume,
    keeps_cancelled: Arc<AtomicBool>,
    skipped: u64,
    /// Whether the target is the object already.
    is_made: bool,
}

impl Partial {
    /// Opens the part file of this target, and its journal if there is one.
    pub(super) fn open(
        target: &Path,
        resume: Resume,
        keeps_cancelled: &Arc<AtomicBool>,
    ) -> Result<Self> {
        let file = Arc::new(PartFile::open(target)?);
        let mut partial = Self {
            file: Arc::clone(&file),
            journal: None,
            found: None,
            plan: None,
            done: BTreeMap::new(),
            resume,
            keeps_cancelled: Arc::clone(keeps_cancelled),
            skipped: 0,
            is_made: false,
        };
        if file.journal_path().exists() {
            match Journal::open(&file.journal_path()) {
                Ok((journal, found)) => {
                    (partial.journal, partial.found) = (Some(Arc::new(journal)), found);
                }
                // Without its record the part file is lost, so it is not touched.
                Err(error) if resume == Resume::Journal => {
                    file.keep();
                    return Err(error);
                }
                Err(_) => {}
            }
        }
        Ok(partial)
    }

    /// The part file.
    pub(super) fn file(&self) -> Arc<PartFile> {
        Arc::clone(&self.file)
    }

    /// Learns what is to be downloaded, and finds the ranges that are there already. Each is read and
    /// compared with the CRC64 that was recorded, so that nothing else must be believed.
    pub(super) fn start(
        &mut self,
        identity: &[String],
        plan: Plan,
        meter: &mut Meter<'_>,
    ) -> Result<()> {
        let identity = format!(
            "download {}",
            digest::hex_md5(identity.join("\n").as_bytes())
        );
        self.plan = Some(plan);
        let file = self.file();
        let found = self
            .found
            .take()
            .filter(|found| found.identity == identity && self.resume == Resume::Journal);
        let Some(found) = found else {
            return self.begin(&identity, plan);
        };
        let recorded = recorded(&found, plan);
        let is_whole = recorded.len() == plan.count() as usize;
        if file.length()? == plan.size() {
            let mut read = |block: &mut [u8], at| file.read_at(block, at);
            self.done = right(recorded, plan, &mut read, meter)?;
        } else if is_whole && let Some(target) = file.target_of(plan.size()) {
            // Who was killed between the rename and the end of the record had nothing left to do.
            let mut read = |block: &mut [u8], at| file.read_target(&target, block, at);
            self.done = right(recorded, plan, &mut read, meter)?;
            self.is_made = self.missing().is_empty();
        }
        if !self.is_made && file.length()? != plan.size() {
            self.done.clear();
            return self.begin(&identity, plan);
        }
        self.skipped = self.done.values().map(|part| part.length).sum();
        Ok(())
    }

    /// Begins from nothing. Only a download of several ranges has a journal.
    fn begin(&mut self, identity: &str, plan: Plan) -> Result<()> {
        let file = self.file();
        file.set_length(0)?;
        if self.resume == Resume::Journal && plan.count() > 1 {
            if self.journal.is_none() {
                match Journal::open(&file.journal_path()) {
                    Ok((journal, _)) => self.journal = Some(Arc::new(journal)),
                    // There was none, so nothing is lost with it.
                    Err(_) => drop(fs::remove_file(file.journal_path())),
                }
            }
            // A download is worth more than its record.
            if self
                .journal
                .as_ref()
                .is_some_and(|journal| journal.restart(identity).is_err())
            {
                self.forget();
            }
        } else {
            self.forget();
        }
        file.set_length(plan.size())
    }

    fn forget(&mut self) {
        if let Some(journal) = self.journal.take() {
            journal.remove();
        }
    }

    /// Takes back all that is there.
    pub(super) fn restart(&mut self) -> Result<()> {
        self.forget();
        self.done.clear();
        self.skipped = 0;
        let size = self.plan.map_or(0, |plan| plan.size());
        self.file().set_length(0)?;
        self.file().set_length(size)
    }

    /// The bytes that were there at the start.
    pub(super) fn skipped(&self) -> u64 {
        self.skipped
    }

    /// The indices of the ranges that are still to be received.
    pub(super) fn missing(&self) -> Vec<u32> {
        let indices = 0..self.plan.map_or(0, |plan| plan.count());
        indices
            .filter(|index| !self.done.contains_key(index))
            .collect()
    }

    /// The record of what is there, to be written on the thread that received it.
    pub(super) fn journal(&self) -> Option<Arc<Journal>> {
        self.journal.clone()
    }

    /// Learns of a range that is in the part file now.
    pub(super) fn add(&mut self, index: u32, received: Received) {
        self.done.insert(index, received);
    }

    /// CRC64 of all that is there, in order.
    pub(super) fn crc64(&self) -> u64 {
        let combined = |crc, part: &Received| digest::combine(crc, part.crc64, part.length);
        self.done.values().fold(0, combined)
    }

    /// Makes the part file the target.
    pub(super) fn commit(&mut self, plan: Plan, meter: &mut Meter<'_>) -> Result<()> {
        let file = self.file();
        if self.is_made {
            self.forget();
            return Ok(());
        }
        if !file.is_locked() {
            // Somebody else may have written to it.
            let mut read = |block: &mut [u8], at| file.read_at(block, at);
            let parts = self.done.len();
            if right(self.done.clone(), plan, &mut read, meter)?.len() != parts {
                let message = "the part file does not have the bytes that were received";
                return Err(Error::new(ErrorKind::Integrity, message));
            }
        }
        if let Err(error) = file.sync() {
            // What cannot be made durable is not to be continued.
            self.forget();
            return Err(error);
        }
        file.rename()?;
        self.forget();
        Ok(())
    }

    /// Ends the download: keeps what has arrived, or removes it, as its outcome asks for.
    pub(super) fn end<T>(mut self, outcome: Result<T>) -> Result<T> {
        let is_of_use = self.found.is_some() || !self.done.is_empty();
        let keeps = |error: &Error| {
            self.resume == Resume::Journal && outlives(error, &self.keeps_cancelled)
        };
        if outcome.as_ref().is_err_and(keeps) && is_of_use && self.journal.is_some() {
            self.file.keep();
            // Closed without being removed: the next run reads it.
            drop(self.journal.take());
        }
        outcome
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        self.forget();
    }
}

/// The recorded ranges that are as they were recorded.
fn right(
    recorded: BTreeMap<u32, Received>,
    plan: Plan,
    read: &mut dyn FnMut(&mut [u8], u64) -> Result<usize>,
    meter: &mut Meter<'_>,
) -> Result<BTreeMap<u32, Received>> {
    let total = recorded.values().map(|part| part.length).sum();
    let mut hashed = 0;
    let mut right = BTreeMap::new();
    for (index, part) in recorded {
        let mut crc = Crc64::new();
        let start = plan.range(index).start;
        sums::each_block(start..start + part.length, read, &mut |block| {
            crc.update(block);
            hashed += block.len() as u64;
            meter.hash_or_stop(hashed, total)
        })?;
        if crc.value() == part.crc64 {
            right.insert(index, part);
        }
    }
    meter.finish_hashing()?;
    Ok(right)
}

/// The ranges that a journal speaks of, as far as they are of this plan.
pub(super) fn recorded(found: &Found, plan: Plan) -> BTreeMap<u32, Received> {
    let mut recorded = BTreeMap::new();
    for line in &found.lines {
        let [word, index, crc64, length] = line.as_slice() else {
            continue;
        };
        let (Ok(index), Ok(crc64), Ok(length)) = (index.parse(), crc64.parse(), length.parse())
        else {
            continue;
        };
        let fits = |range: std::ops::Range<u64>| range.end - range.start == length;
        if word == "range" && index < plan.count() && fits(plan.range(index)) {
            let requests = 0;
            recorded.insert(
                index,
                Received {
                    crc64,
                    length,
                    requests,
                },
            );
        }
    }
    recorded
}
