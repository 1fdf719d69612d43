//! What the kills of one kind came to.

use std::fmt;
use std::time::Duration;

use crate::child::Told;
use crate::scene::{IN_FLIGHT, PART};

/// The most bytes that one kill may make move again: those of the parts in flight, and of one that
/// has ended without its record.
pub(crate) const BOUND: u64 = (IN_FLIGHT as u64 + 1) * PART;

/// How far a transfer was when it was killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Neither the server nor, for a download, the file has anything of it.
    Before,
    Between,
    /// The object or the file is there, and the record of the transfer too.
    Made,
    /// Nothing is left to be done.
    Over,
}

pub(crate) struct Figures {
    /// How long a run takes that nobody kills.
    pub(crate) whole: Duration,
    pub(crate) kills: u32,
    pub(crate) rounds: u32,
    pub(crate) runs: u32,
    fell: [u32; 4],
    again: u64,
    worst: u64,
    above: u32,
    completed: u32,
    resumed: u32,
    recovered: u32,
    skipped: u64,
}

impl Figures {
    pub(crate) fn new(whole: Duration) -> Self {
        Self {
            whole,
            kills: 0,
            rounds: 0,
            runs: 0,
            fell: [0; 4],
            again: 0,
            worst: 0,
            above: 0,
            completed: 0,
            resumed: 0,
            recovered: 0,
            skipped: 0,
        }
    }

    pub(crate) fn killed(&mut self, phase: Phase) {
        self.kills += 1;
        self.fell[phase as usize] += 1;
    }

    pub(crate) fn completed(&mut self, told: Told) {
        self.completed += 1;
        self.resumed += u32::from(told.resumed);
        self.recovered += u32::from(told.recovered);
        self.skipped += told.skipped;
    }

    /// Takes down the bytes that each kill of a round made move again.
    pub(crate) fn moved_again(&mut self, by_kill: &[u64]) {
        self.again += by_kill.iter().sum::<u64>();
        self.worst = self.worst.max(by_kill.iter().copied().max().unwrap_or(0));
        self.above += by_kill.iter().filter(|bytes| **bytes > BOUND).count() as u32;
    }
}

fn mib(bytes: u64) -> f64 {
    bytes as f64 / (1 << 20) as f64
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [before, between, made, over] = self.fell;
        let mean = self.again / u64::from(self.kills.max(1));
        writeln!(
            f,
            "{} kills, {} rounds, {} runs; a whole run takes {:?}",
            self.kills, self.rounds, self.runs, self.whole
        )?;
        writeln!(
            f,
            "  kills before the begin {before}, between {between}, when it was made {made}, when \
             all was over {over}"
        )?;
        writeln!(
            f,
            "  moved again {:.1} MiB, per kill {:.2} MiB in the mean and {:.1} MiB at most, more \
             than {:.0} MiB {} times",
            mib(self.again),
            mib(mean),
            mib(self.worst),
            mib(BOUND),
            self.above
        )?;
        write!(
            f,
            "  ended by themselves {}, of which resumed {}, recovered {}; skipped {:.0} MiB",
            self.completed,
            self.resumed,
            self.recovered,
            mib(self.skipped)
        )
    }
}
