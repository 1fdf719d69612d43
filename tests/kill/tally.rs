//! Which bytes moved in which run of a round.

use std::collections::{BTreeMap, BTreeSet};

use cos_emulator::Recorded;

use crate::scene::{Kind, PART, PARTS, SIZE};

/// The bytes of each part, counted from 0, that moved in each run.
#[derive(Default)]
pub(crate) struct Tally {
    runs: Vec<BTreeMap<u64, u64>>,
    arrived: BTreeSet<u64>,
}

impl Tally {
    /// Adds what one run has asked for.
    pub(crate) fn add(&mut self, kind: Kind, requests: &[Recorded]) {
        let mut run = BTreeMap::new();
        for request in requests.iter().filter(|r| r.operation == kind.part()) {
            let (part, bytes) = moved(kind, request);
            *run.entry(part).or_default() += bytes;
            if (200..300).contains(&request.status) {
                self.arrived.insert(part);
            }
        }
        self.runs.push(run);
    }

    pub(crate) fn has_begun(&self) -> bool {
        self.runs.iter().any(|run| !run.is_empty())
    }

    /// How many parts have not arrived yet.
    pub(crate) fn missing(&self) -> u64 {
        PARTS - self.arrived.len() as u64
    }

    /// The bytes that moved more than once.
    pub(crate) fn again(&self) -> u64 {
        let all: u64 = self.runs.iter().flat_map(BTreeMap::values).sum();
        all.saturating_sub(SIZE)
    }

    /// The bytes of each run that were in vain: a later run moved the same parts.
    pub(crate) fn in_vain(&self) -> Vec<u64> {
        let of_run = |(number, run): (usize, &BTreeMap<u64, u64>)| {
            let later = &self.runs[number + 1..];
            let moves_again = |part: &u64| later.iter().any(|run| run.contains_key(part));
            let vain = run.iter().map(|(part, bytes)| match moves_again(part) {
                true => *bytes,
                false => bytes.saturating_sub(PART),
            });
            vain.sum()
        };
        self.runs.iter().enumerate().map(of_run).collect()
    }
}

/// Which part a request moves, and how many bytes of it. Of an answer all that was asked for is
/// counted, since nobody notes how much of it went out.
fn moved(kind: Kind, request: &Recorded) -> (u64, u64) {
    let range = match kind {
        Kind::Upload => {
            let (_, rest) = request.target.split_once("partNumber=").unwrap();
            let number: u64 = rest.split('&').next().unwrap().parse().unwrap();
            return (number - 1, request.body_length);
        }
        Kind::Download => request.header("range"),
        Kind::Copy => request.header("x-cos-copy-source-range"),
    };
    let (first, last) = range
        .unwrap()
        .trim_start_matches("bytes=")
        .split_once('-')
        .unwrap();
    let (first, last): (u64, u64) = (first.parse().unwrap(), last.parse().unwrap());
    (first / PART, last + 1 - first)
}
