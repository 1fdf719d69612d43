//! The record of one transfer: append-only, checksummed, locked.
//!
//! *Properties.* A journal is a text file of lines, each with the CRC64 of its words before them.
//! The first line says what is recorded: format, kind and identity. A kill at any moment leaves a
//! journal whose whole lines are true; what follows the last whole line is dropped. While it is open
//! it is locked, so that a second process gets `Busy`.
//!
//! *Operation.* `open` reads what is there. `restart` begins anew; `write` adds a line; `sync`
//! makes the lines durable; `remove` ends it. A transfer is begun in
//! its journal before it is begun on the server.
//!
//! Whoever moves a part writes its line before it takes the next one, so that a kill costs no more
//! than the parts under way; making lines durable holds nobody up but the one who does it.
//!
//! *Safety.* A line that could not be written is written over by the next one, and a record that is
//! missing costs bytes that are moved again, never wrong ones: whoever reads a record compares it
//! with what is there, on the server by ETag and size, in a part file by CRC64.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::file::disk::{self, Disk};
use crate::wire::digest::Crc64;
use crate::wire::encode;

/// The first words of every journal; another version is another format.
pub(super) const FORMAT: &str = "coslink-journal 1";

/// The most of a journal that is read, in bytes: 10,000 parts need less than a quarter of it.
const LARGEST: u64 = 8 << 20;

/// How long what was written may wait to be durable. A kill does not lose it, a power cut may.
const WINDOW: Duration = Duration::from_secs(1);

pub(crate) struct Journal {
    disk: Disk,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Where the next line goes.
    end: u64,
    /// Whether half a line may lie behind it.
    is_ragged: bool,
    /// Since when lines wait to be durable.
    waiting: Option<Instant>,
}

/// What a journal held: the identity and the lines after it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) identity: String,
    pub(crate) lines: Vec<Vec<String>>,
}

impl Journal {
    /// Opens a journal, or makes an empty one. None is found in one that is new, or that this
    /// version cannot read.
    ///
    /// # Errors
    /// `Busy` when another transfer has it open, `LocalIo`.
    pub(crate) fn open(path: &Path) -> Result<(Self, Option<Found>)> {
        let disk = Disk::open(path, true, "another transfer")?;
        let failed = |e| Error::local("read", path, e);
        let length = disk.length().map_err(failed)?.min(LARGEST);
        let mut content = vec![0; usize::try_from(length).unwrap_or(0)];
        let mut read = 0;
        while read < content.len() {
            match disk
                .read_at(&mut content[read..], read as u64)
                .map_err(failed)?
            {
                0 => break,
                count => read += count,
            }
        }
        let (found, end) = parse(&content[..read]);
        let state = Mutex::new(State {
            end,
            is_ragged: true,
            waiting: None,
        });
        Ok((Self { disk, state }, found))
    }

    /// Drops everything and begins anew; the name is durable when it returns, the content with the
    /// next `sync`.
    pub(crate) fn restart(&self, identity: &str) -> Result<()> {
        let failed = |e| Error::local("write", self.disk.path(), e);
        let mut state = self.state();
        self.disk.set_length(0).map_err(failed)?;
        (state.end, state.is_ragged) = (0, true);
        let line = line(&[FORMAT, identity]);
        self.disk.write_all_at(line.as_bytes(), 0).map_err(failed)?;
        (state.end, state.is_ragged) = (line.len() as u64, false);
        state.waiting = Some(Instant::now());
        disk::sync_directory(self.disk.path()).map_err(failed)
    }

    /// Adds a line of words without spaces, and makes what waits durable when it has waited long
    /// enough. What cannot be written is not recorded, and false.
    pub(crate) fn write(&self, words: &[&str]) -> bool {
        let written = self.note(words);
        self.sync_late();
        written
    }

    /// The same without making anything durable.
    pub(crate) fn note(&self, words: &[&str]) -> bool {
        let line = line(words);
        let mut state = self.state();
        // What lies behind the last whole line is not to be taken for the next one.
        let cut = match state.is_ragged {
            true => self.disk.set_length(state.end),
            false => Ok(()),
        };
        match cut.and_then(|()| self.disk.write_all_at(line.as_bytes(), state.end)) {
            Ok(()) => (state.end, state.is_ragged) = (state.end + line.len() as u64, false),
            Err(e) => {
                state.is_ragged = true;
                log::debug!("{}: {e}", self.disk.path().display());
                return false;
            }
        }
        state.waiting.get_or_insert_with(Instant::now);
        true
    }

    /// Makes durable what has waited long enough for it.
    pub(crate) fn sync_late(&self) {
        let since = self.state().waiting;
        if since.is_some_and(|since| since.elapsed() >= WINDOW) {
            self.sync();
        }
    }

    /// How long it is, in bytes.
    pub(crate) fn length(&self) -> u64 {
        self.state().end
    }

    /// Puts it in the place of another one, in one step; false when that failed, and it is removed.
    pub(crate) fn rename(&self, path: &Path) -> bool {
        self.sync();
        let renamed = self.disk.rename(path).is_ok();
        if !renamed {
            self.disk.remove();
        }
        renamed
    }

    /// Makes what was written durable, as far as that is possible.
    pub(crate) fn sync(&self) {
        if self.state().waiting.take().is_some()
            && let Err(e) = self.disk.sync()
        {
            log::debug!("{}: {e}", self.disk.path().display());
        }
    }

    /// Ends the record: the transfer came to its end.
    pub(crate) fn remove(&self) {
        self.disk.remove();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing in between leaves it half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A line: the checksum of the words, and the words.
pub(super) fn line(words: &[&str]) -> String {
    let words = words.join(" ");
    format!("{} {words}\n", checksum(&words))
}

fn checksum(text: &str) -> String {
    let mut crc = Crc64::new();
    crc.update(text.as_bytes());
    encode::hex(&crc.value().to_be_bytes())
}

/// What the whole lines say, and where the last of them ends.
pub(super) fn parse(content: &[u8]) -> (Option<Found>, u64) {
    let mut found: Option<Found> = None;
    let mut end = 0;
    for line in content.split_inclusive(|byte| *byte == b'\n') {
        let Some(words) = whole_line(line) else {
            break;
        };
        match &mut found {
            None => {
                let identity = words
                    .strip_prefix(FORMAT)
                    .and_then(|rest| rest.strip_prefix(' '));
                let Some(identity) = identity else { break };
                found = Some(Found {
                    identity: identity.to_owned(),
                    lines: Vec::new(),
                });
            }
            Some(found) => found
                .lines
                .push(words.split(' ').map(str::to_owned).collect()),
        }
        end += line.len() as u64;
    }
    (found, end)
}

/// The words of a line that is whole and has the right checksum.
fn whole_line(line: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(line).ok()?.strip_suffix('\n')?;
    let (sum, words) = text.split_once(' ')?;
    (sum == checksum(words)).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    fn scratch() -> (tempfile::TempDir, std::path::PathBuf) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("j");
        (directory, path)
    }

    fn written(path: &Path) -> Vec<u8> {
        let (journal, found) = Journal::open(path).unwrap();
        assert_eq!(found, None);
        journal.restart("upload a").unwrap();
        journal.write(&["part", "1"]);
        journal.write(&["part", "2"]);
        drop(journal);
        std::fs::read(path).unwrap()
    }

    #[test]
    fn a_journal_cut_anywhere_keeps_its_whole_lines_and_goes_on() {
        let (_directory, path) = scratch();
        let whole = written(&path);
        for length in 0..=whole.len() {
            std::fs::write(&path, &whole[..length]).unwrap();
            let (journal, found) = Journal::open(&path).unwrap();
            let lines = whole[..length]
                .iter()
                .filter(|byte| **byte == b'\n')
                .count();
            assert_eq!(found.is_some(), lines > 0);
            let Some(found) = found else { continue };
            assert_eq!(
                (found.identity.as_str(), found.lines.len()),
                ("upload a", lines - 1)
            );
            journal.write(&["part", "9"]);
            drop(journal);
            let (_, again) = Journal::open(&path).unwrap();
            let again = again.unwrap().lines;
            assert_eq!(again[..lines - 1], found.lines);
            assert_eq!(again[lines - 1..], [["part", "9"]]);
        }
    }

    #[test]
    fn any_flipped_bit_ends_the_record_before_its_line() {
        let (_directory, path) = scratch();
        let whole = written(&path);
        for byte in 0..whole.len() {
            for bit in 0..8 {
                let mut bad = whole.clone();
                bad[byte] ^= 1 << bit;
                let lines = whole[..byte].iter().filter(|byte| **byte == b'\n').count();
                let (found, _) = parse(&bad);
                let kept = found.map_or(0, |found| found.lines.len() + 1);
                assert_eq!(kept, lines, "bit {bit} of byte {byte}");
            }
        }
    }

    #[test]
    fn garbage_and_other_versions_are_taken_for_nothing() {
        let other = line(&["coslink-journal 2", "upload a"]);
        let longer = line(&["coslink-journal 11", "upload a"]);
        for content in [
            &b"\0\xFF garbage"[..],
            b"\n\n",
            other.as_bytes(),
            longer.as_bytes(),
        ] {
            let (_directory, path) = scratch();
            std::fs::write(&path, content).unwrap();
            let (journal, found) = Journal::open(&path).unwrap();
            assert_eq!(found, None);
            journal.restart("b").unwrap();
            drop(journal);
            assert_eq!(Journal::open(&path).unwrap().1.unwrap().identity, "b");
        }
    }

    #[test]
    fn a_second_one_is_busy_until_the_first_is_closed() {
        let (_directory, path) = scratch();
        let first = Journal::open(&path).unwrap();
        let second = Journal::open(&path);
        assert_eq!(second.err().unwrap().kind(), ErrorKind::Busy);
        drop(first);
        Journal::open(&path).unwrap().0.remove();
        assert!(!path.exists());
    }
}
