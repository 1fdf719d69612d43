//! An object that is made in parts, from the first look for an earlier run to its end.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::journal::Journal;
use super::multipart::{Begun, DonePart, Expected, Made, Multipart};
use super::part::{Recorder, Sent};
use super::plan::Plan;
use super::resume::{Previous, Sums, agree, outlives, reconcile};
use super::run::Order;
use crate::client::settings::{JournalPlace, Resume};
use crate::error::{Error, ErrorKind, Result};
use crate::wire::{Pairs, digest, encode};

/// An object that is made in parts, from the first look for an earlier run to its end.
///
/// Dropping it without an end, as a panic of the caller's code does, leaves what a kill would leave.
pub(super) struct Session<'a, 'w> {
    pub(super) multipart: Multipart<'a, 'w>,
    /// None where nobody knows how many bytes there will be.
    plan: Option<Plan>,
    journal: Option<Arc<Journal>>,
    pub(super) begun: Begun,
    pub(super) done: BTreeMap<u32, DonePart>,
    /// Whether parts outlive a failure, for a later run to find them.
    keeps: bool,
    /// Whether they outlive the caller's wish to stop.
    keeps_cancelled: Arc<AtomicBool>,
    /// When an upload was about to be begun of which nobody knows whether it was.
    intended: Option<i64>,
    /// Whether the parts were not compared with what COS has.
    unlisted: bool,
    ended: bool,
}

/// What is moved, in words that are the same in every run.
pub(super) struct Identity<'i> {
    /// `upload` or `copy`.
    pub(super) kind: &'static str,
    /// Where it comes from: path or source.
    pub(super) source: &'i str,
    /// The state of the source: size, time, ETag.
    pub(super) state: &'i str,
}

impl<'a, 'w> Session<'a, 'w> {
    /// Opens the journal, if there is to be one, and reads what it holds.
    pub(super) fn open(
        multipart: Multipart<'a, 'w>,
        plan: Plan,
        identity: &Identity<'_>,
        resume: Resume,
        keeps_cancelled: &Arc<AtomicBool>,
    ) -> Result<Self> {
        let mut multipart_headers = multipart.headers.iter();
        let mut session = Self::of_stream(multipart);
        session.plan = Some(plan);
        // What COS encrypts with a key of its own or of yours has ETags that are no MD5.
        let is_opaque = |name: &str| name.starts_with("x-cos-server-side-encryption-c");
        let is_opaque = multipart_headers.any(|(name, _)| is_opaque(&name.to_ascii_lowercase()));
        session.keeps = match resume {
            Resume::Journal => true,
            Resume::Server => !is_opaque,
            Resume::Off => false,
        };
        session.keeps_cancelled = Arc::clone(keeps_cancelled);
        if resume == Resume::Journal {
            session.open_journal(identity)?;
        }
        Ok(session)
    }

    /// A session of bytes that come only once, of which nothing can be continued.
    pub(super) fn of_stream(multipart: Multipart<'a, 'w>) -> Self {
        Self {
            multipart,
            plan: None,
            journal: None,
            begun: Begun::default(),
            done: BTreeMap::new(),
            keeps: false,
            keeps_cancelled: Arc::default(),
            intended: None,
            unlisted: false,
            ended: false,
        }
    }

    fn open_journal(&mut self, identity: &Identity<'_>) -> Result<()> {
        let core = self.multipart.bucket.core();
        let Some(place) = core.journal.clone() else {
            self.keeps = false;
            return Ok(());
        };
        let opened = self.try_open_journal(&place, identity);
        match opened {
            // A place that nobody chose is no reason to fail.
            Err(error) if error.kind() == ErrorKind::LocalIo && !place.is_chosen => {
                log::warn!("no journal: {error}");
                self.journal = None;
                self.keeps = false;
                Ok(())
            }
            opened => opened,
        }
    }

    fn try_open_journal(&mut self, place: &JournalPlace, identity: &Identity<'_>) -> Result<()> {
        let directory = &place.directory;
        fs::create_dir_all(directory).map_err(|e| Error::local("make", directory, e))?;
        let (name, digest) = self.identify(identity);
        let path = directory.join(format!("{name}.{}", identity.kind));
        let (journal, found) = Journal::open(&path)?;
        let previous = Previous::of(found.as_ref());
        let journal = Arc::new(journal);
        self.journal = Some(Arc::clone(&journal));
        if found.is_some_and(|found| found.identity == digest) {
            self.intended = previous.intended.filter(|_| previous.begun.is_none());
            self.begun = previous.begun.unwrap_or_default();
            self.done = previous.done;
            return Ok(());
        }
        // The same file under the same key, but not what it was.
        if let Some(begun) = previous.begun {
            self.multipart.abort(&begun.upload_id);
        }
        journal.restart(&digest)
    }

    /// The name of the journal, which is that of source and target, and the digest of all that must
    /// be the same for parts to be used again.
    fn identify(&self, identity: &Identity<'_>) -> (String, String) {
        let place = self.multipart.bucket.place();
        let url = place.url(Some(self.multipart.key), &Pairs::new());
        let name = [identity.kind, &url, place.host(), identity.source].join("\n");
        let mut all = vec![name.clone(), identity.state.to_owned()];
        all.extend(self.plan.map(|plan| plan.part_size().to_string()));
        for (header, value) in self.multipart.headers.iter() {
            // The digest of a secret is one too; that of the key's MD5 serves as well.
            if !header.to_ascii_lowercase().ends_with("customer-key") {
                all.push(format!("{header}: {value}"));
            }
        }
        let digest = digest::hex_md5(all.join("\n").as_bytes());
        (
            digest::hex_md5(name.as_bytes()),
            format!("{} {digest}", identity.kind),
        )
    }

    /// Takes down the upload that the parts belong to.
    fn begin(&mut self, begun: Begun) {
        if let Some(journal) = &self.journal {
            let since = begun
                .since
                .map_or("-".to_owned(), |since| since.to_string());
            // What nobody can find again is not to be kept.
            self.keeps &= journal.write(&["begun", &since, &encode::percent(&begun.upload_id)]);
            journal.sync();
        }
        self.intended = None;
        self.begun = begun;
    }

    /// Finds the parts that COS has, and begins an upload where there is none. The object itself is
    /// returned when an earlier run had completed it without learning so; `crc64` is that of the
    /// source where it is known without the parts.
    pub(super) fn start(
        &mut self,
        resume: Resume,
        crc64: Option<u64>,
        sums: Option<Sums<'_>>,
    ) -> Result<Option<Made>> {
        if !self.begun.upload_id.is_empty() {
            if let Some(made) = self.look(crc64)? {
                self.multipart.receipt.resumed = true;
                return Ok(Some(made));
            }
        } else if let (Resume::Server, Some(sums)) = (resume, sums) {
            self.search(sums)?;
        }
        if self.begun.upload_id.is_empty() {
            self.initiate()?;
        }
        let receipt = &mut self.multipart.receipt;
        receipt.skipped = self.done.values().map(|part| part.length).sum();
        receipt.resumed = !self.done.is_empty();
        Ok(None)
    }

    /// Compares the record with what COS has. The object is returned when it was made of it already.
    fn look(&mut self, crc64: Option<u64>) -> Result<Option<Made>> {
        let error = match self.multipart.list_parts(&self.begun.upload_id) {
            Ok(listed) => {
                self.done = agree(std::mem::take(&mut self.done), &listed);
                return Ok(None);
            }
            Err(error) => error,
        };
        match error.kind() {
            ErrorKind::NotFound => {
                let expected = self.expected(crc64);
                let made = expected.and_then(|e| self.multipart.recover(&self.begun, e));
                if made.is_none() {
                    (self.begun, self.done) = (Begun::default(), BTreeMap::new());
                }
                Ok(made)
            }
            ErrorKind::Cancelled | ErrorKind::Transport | ErrorKind::Timeout => Err(error),
            kind if error.is_retryable() && kind != ErrorKind::Protocol => Err(error),
            // Who may not list may still send, and the parts are named one by one at the end.
            _ => {
                self.unlisted = true;
                Ok(None)
            }
        }
    }

    /// Begins an upload; one that an earlier run may have begun is looked for first.
    fn initiate(&mut self) -> Result<()> {
        let mut now = self.multipart.bucket.core().clock.unix().cast_signed();
        if let Some(since) = self.intended {
            let stray = self.multipart.stray(since);
            if let Some(begun) = stray.begun {
                self.begin(begun);
                return Ok(());
            }
            if !stray.looked {
                // It must be looked for the next time, too.
                now = since;
            }
        }
        if let Some(journal) = &self.journal {
            // A kill between here and the next line leaves an upload that must be looked for.
            journal.write(&["intended", &now.to_string()]);
            journal.sync();
        }
        let begun = self.multipart.initiate(now);
        let is_refused = |error: &Error| error.status().is_some_and(|status| status < 500);
        if let (Some(journal), Err(error)) = (&self.journal, &begun)
            && is_refused(error)
        {
            journal.write(&["refused"]);
        }
        self.begin(begun?);
        Ok(())
    }

    /// Looks for an upload whose parts are those of this file.
    fn search(&mut self, sums: Sums<'_>) -> Result<()> {
        let Some(plan) = self.plan else {
            return Ok(());
        };
        let mut known = BTreeMap::new();
        for upload in self.multipart.uploads()?.into_iter().take(CANDIDATES) {
            let listed = match self.multipart.list_parts(&upload.upload_id) {
                // It came to its end meanwhile.
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                listed => listed?,
            };
            let mut sum_up = |index| sums(index, self.multipart.meter);
            if let Some(done) = reconcile(plan, &listed, &mut known, &mut sum_up)? {
                self.begun = Begun {
                    since: upload.initiated.unix(),
                    upload_id: upload.upload_id,
                };
                self.done = done;
                break;
            }
        }
        self.multipart.meter.finish_hashing()
    }

    /// How many bytes the object has.
    pub(super) fn size(&self) -> u64 {
        self.done.values().map(|part| part.length).sum()
    }

    /// How many parts the object has.
    pub(super) fn count(&self) -> u32 {
        let known = u32::try_from(self.done.len()).unwrap_or(u32::MAX);
        self.plan.map_or(known, |plan| plan.count())
    }

    /// The indices of the parts that are still to be moved.
    fn missing(&self) -> Vec<u32> {
        let indices = 0..self.count();
        indices
            .filter(|index| !self.done.contains_key(index))
            .collect()
    }

    /// What takes down each part that COS has now, on the thread that moved it.
    pub(super) fn recorder(&self) -> Recorder {
        Recorder(self.journal.clone())
    }

    /// Learns of a part that COS has now, and of what it took.
    pub(super) fn add(&mut self, index: u32, sent: Sent) {
        let receipt = &mut self.multipart.receipt;
        receipt.requests += sent.requests;
        receipt.parts_crc64 += u32::from(sent.verified);
        self.done.insert(index, sent.part);
    }

    /// Tells where it goes on.
    pub(super) fn begin_moving(&mut self) -> Result<()> {
        self.multipart.meter.begin(self.multipart.receipt.skipped)
    }

    /// The parts that are still to be moved, at most so many at the same time.
    pub(super) fn order(&mut self, limit: usize) -> Order<'_, 'w> {
        Order {
            pool: self.multipart.bucket.pool(),
            parts: self.missing(),
            limit,
            skipped: self.multipart.receipt.skipped,
            meter: self.multipart.meter,
        }
    }

    /// Takes back what an earlier run has left that made the same object of the same source in parts.
    pub(super) fn forget(multipart: Multipart<'a, 'w>, kind: &'static str, source: &str) {
        let mut session = Self::of_stream(multipart);
        let place = session.multipart.bucket.core().journal.clone();
        let state = "none of interest";
        let identity = Identity {
            kind,
            source,
            state,
        };
        if let Some(place) = place {
            let path = place.directory.join(session.identify(&identity).0);
            let path = path.with_extension(kind);
            if path.exists()
                && let Ok((journal, found)) = Journal::open(&path)
            {
                let begun = Previous::of(found.as_ref()).begun;
                // What could not be taken back is not forgotten.
                if begun.is_none_or(|begun| session.multipart.abort(&begun.upload_id)) {
                    journal.remove();
                }
            }
        }
        session.ended = true;
    }

    /// What the object must be once all parts are there.
    pub(super) fn expected(&self, crc64: Option<u64>) -> Option<Expected> {
        let parts = self.count();
        if self.done.len() != parts as usize {
            return None;
        }
        let combined = |crc: Option<u64>, part: &DonePart| {
            Some(digest::combine(crc?, part.crc64?, part.length))
        };
        Some(Expected {
            size: self.size(),
            parts,
            crc64: crc64.or_else(|| self.done.values().fold(Some(0), combined)),
        })
    }

    /// Makes the object of all parts.
    pub(super) fn complete(&mut self, crc64: Option<u64>) -> Result<Made> {
        let missing = || Error::new(ErrorKind::Internal, "some parts are missing");
        let expected = self.expected(crc64).ok_or_else(missing)?;
        let etags: Vec<String> = self.done.values().map(|part| part.etag.clone()).collect();
        if let Some(journal) = &self.journal {
            journal.sync();
        }
        let (begun, mut unknown) = (self.begun.clone(), self.unlisted);
        let completed = self
            .multipart
            .complete(&begun, etags, expected, &mut unknown);
        if completed.is_err() && unknown && self.keeps {
            // It may be the object by now, so there is nothing to take back.
            self.ended = true;
        }
        completed
    }

    /// Ends the transfer: keeps or takes back what it has moved, as its outcome asks for.
    pub(super) fn end<T>(mut self, outcome: Result<T>) -> Result<T> {
        let Err(error) = &outcome else {
            self.ended = true;
            if let Some(journal) = self.journal.take() {
                journal.remove();
            }
            return outcome;
        };
        // Without a record, an upload is found again by its parts.
        let is_of_use = self.journal.is_some() || !self.done.is_empty();
        let keeps = self.keeps && is_of_use && outlives(error, &self.keeps_cancelled);
        if self.ended || keeps {
            self.ended = true;
            if let Some(journal) = &self.journal {
                journal.sync();
            }
            return outcome;
        }
        self.abort();
        outcome
    }

    fn abort(&mut self) {
        self.ended = true;
        let is_gone =
            self.begun.upload_id.is_empty() || self.multipart.abort(&self.begun.upload_id);
        // What could not be taken back is not forgotten.
        if let Some(journal) = self
            .journal
            .take()
            .filter(|_| is_gone && self.intended.is_none())
        {
            journal.remove();
        }
    }
}

impl Drop for Session<'_, '_> {
    fn drop(&mut self) {
        if !self.ended && !self.keeps {
            self.abort();
        }
    }
}

/// How many uploads of a key are looked into.
const CANDIDATES: usize = 10;
