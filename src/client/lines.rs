//! What is told of each request: to the `log` crate, and to a client's own lines, which the C library
//! hands out on the thread that asks for them.
//!
//! A line names the operation, the bucket and the key, but no header, no query and no body.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use log::Level;

use super::execute::Address;
use crate::error::Error;

/// One line.
#[cfg_attr(not(feature = "capi"), allow(dead_code))]
pub(crate) struct Line {
    pub(crate) level: Level,
    pub(crate) at: SystemTime,
    pub(crate) text: String,
}

/// The lines that nobody has taken yet.
pub(crate) struct Lines {
    level: Option<Level>,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    lines: VecDeque<Line>,
    lost: u64,
}

/// How many lines are kept; the oldest give way.
pub(crate) const MOST: usize = 1000;

/// The longest key that is shown whole, in characters.
const LONGEST_KEY: usize = 200;

impl Lines {
    /// Keeps lines up to this level; None keeps none.
    pub(crate) fn new(level: Option<Level>) -> Self {
        Self {
            level,
            kept: Mutex::default(),
        }
    }

    fn is_wanted(&self, level: Level) -> bool {
        log::log_enabled!(level) || self.level.is_some_and(|most| level <= most)
    }

    fn tell(&self, level: Level, text: fmt::Arguments<'_>) {
        log::log!(level, "{text}");
        if self.level.is_none_or(|most| level > most) {
            return;
        }
        let line = Line {
            level,
            at: SystemTime::now(),
            text: text.to_string(),
        };
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.lines.len() == MOST {
            kept.lines.pop_front();
            kept.lost += 1;
        }
        kept.lines.push_back(line);
    }

    /// The oldest line, and how many before it gave way.
    #[cfg(feature = "capi")]
    pub(crate) fn next(&self) -> Option<(Line, u64)> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let line = kept.lines.pop_front()?;
        Some((line, std::mem::take(&mut kept.lost)))
    }
}

/// Tells of one attempt of a request.
pub(super) struct Teller<'a> {
    pub(super) lines: &'a Lines,
    pub(super) operation: &'static str,
    pub(super) address: Address<'a>,
    pub(super) key: Option<&'a str>,
    pub(super) begun: Instant,
}

impl Teller<'_> {
    pub(super) fn answered(&self, number: u32, status: u16, id: Option<&str>) {
        if self.lines.is_wanted(Level::Debug) {
            let (id, ms) = (id.unwrap_or("-"), self.milliseconds());
            let text =
                format_args!("{self}: attempt {number}: {status} after {ms} ms, request {id}");
            self.lines.tell(Level::Debug, text);
        }
    }

    pub(super) fn failed(&self, number: u32, error: &Error, wait: Option<Duration>) {
        let level = match wait {
            Some(_) => Level::Warn,
            None => Level::Info,
        };
        if !self.lines.is_wanted(level) {
            return;
        }
        let ms = self.milliseconds();
        let text = format_args!("{self}: attempt {number}: {error}, after {ms} ms");
        match wait {
            Some(wait) => {
                let wait = wait.as_millis();
                self.lines
                    .tell(level, format_args!("{text}; again in {wait} ms"));
            }
            None => self.lines.tell(level, text),
        }
    }

    fn milliseconds(&self) -> u128 {
        self.begun.elapsed().as_millis()
    }
}

impl fmt::Display for Teller<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.operation)?;
        match self.address {
            Address::Of(place) => write!(f, " {}", place.host())?,
            // It carries a signature.
            Address::Given(_) => f.write_str(" a presigned URL")?,
        }
        if let Some(key) = self.key {
            write!(
                f,
                "/{}",
                key.escape_debug().take(LONGEST_KEY).collect::<String>()
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "capi")]
    #[test]
    fn the_oldest_lines_give_way_and_are_counted() {
        let lines = Lines::new(Some(Level::Info));
        for number in 0..MOST + 2 {
            lines.tell(Level::Info, format_args!("{number}"));
            lines.tell(Level::Debug, format_args!("not wanted"));
        }
        let (line, lost) = lines.next().unwrap();
        assert_eq!((line.text.as_str(), lost), ("2", 2));
        assert_eq!(lines.next().unwrap().1, 0);
        assert_eq!(std::iter::from_fn(|| lines.next()).count(), MOST - 2);
        let silent = Lines::new(None);
        silent.tell(Level::Error, format_args!("x"));
        assert!(silent.next().is_none());
    }
}
