//! Transfers as words, to be written down and read again by another process.
//!
//! A word has no space in it. What must not or cannot be written down makes no words: a customer's
//! own key, and a path that is no UTF-8.

use std::path::Path;

use crate::client::settings::{Resume, Verify};
use crate::wire::{Pairs, encode};

/// Writes words.
#[derive(Default)]
pub(super) struct Writer(Vec<String>);

impl Writer {
    pub(super) fn text(mut self, text: &str) -> Self {
        self.0.push(encode::percent(text));
        self
    }

    pub(super) fn path(self, path: &Path) -> Option<Self> {
        let path = std::path::absolute(path).ok()?;
        Some(self.text(path.to_str()?))
    }

    pub(super) fn number(mut self, number: u64) -> Self {
        self.0.push(number.to_string());
        self
    }

    pub(super) fn pairs(mut self, pairs: &Pairs) -> Option<Self> {
        self = self.number(pairs.iter().count() as u64);
        for (name, value) in pairs.iter() {
            if name.to_ascii_lowercase().ends_with("customer-key") {
                return None;
            }
            self = self.text(name).text(value);
        }
        Some(self)
    }

    pub(super) fn choices(self, resume: Option<Resume>, verify: Verify) -> Self {
        let resume = match resume {
            None => 0,
            Some(Resume::Journal) => 1,
            Some(Resume::Server) => 2,
            Some(Resume::Off) => 3,
        };
        let verify = match verify {
            Verify::Prefer => 0,
            Verify::Require => 1,
            Verify::Off => 2,
        };
        self.number(resume).number(verify)
    }

    pub(super) fn end(self) -> Vec<String> {
        self.0
    }
}

/// Reads words in the order in which they were written; None when they make no sense.
pub(super) struct Reader<'w>(pub(super) std::slice::Iter<'w, String>);

impl Reader<'_> {
    pub(super) fn text(&mut self) -> Option<String> {
        encode::unpercent(self.0.next()?)
    }

    pub(super) fn number(&mut self) -> Option<u64> {
        self.0.next()?.parse().ok()
    }

    pub(super) fn size(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok()
    }

    pub(super) fn pairs(&mut self) -> Option<Pairs> {
        let mut pairs = Pairs::new();
        for _ in 0..self.number()? {
            let (name, value) = (self.text()?, self.text()?);
            pairs.set(name, value);
        }
        Some(pairs)
    }

    pub(super) fn choices(&mut self) -> Option<(Option<Resume>, Verify)> {
        let resume = match self.number()? {
            0 => None,
            1 => Some(Resume::Journal),
            2 => Some(Resume::Server),
            3 => Some(Resume::Off),
            _ => return None,
        };
        let verify = match self.number()? {
            0 => Verify::Prefer,
            1 => Verify::Require,
            2 => Verify::Off,
            _ => return None,
        };
        Some((resume, verify))
    }

    pub(super) fn flag(&mut self) -> Option<bool> {
        Some(self.number()? != 0)
    }
}
