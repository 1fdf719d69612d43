//! Every fault of the network times every kind of call: each ends in time, with the right bytes or
//! with an error that says what was wrong, and leaves nothing half made and the client usable.
//!
//! `cargo test --test matrix -- --nocapture` shows the table.

#![allow(clippy::unwrap_used)]

#[path = "matrix/faults.rs"]
mod faults;
#[path = "matrix/stage.rs"]
mod stage;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use faults::FAULTS;
use stage::{DEADLINE, Failure, OPS, Op, Stage};

/// How many cells are under way at the same time; most of them wait.
const THREADS: usize = 24;

/// How long all cells together may do without one that ends. Far more than any cell needs.
const HANG: Duration = Duration::from_secs(60);

/// What a slow machine may add to a deadline.
const SLACK: Duration = Duration::from_secs(5);

const TIMES: [&str; 2] = ["1", "forever"];

/// What became of a cell.
#[derive(Debug)]
struct Outcome {
    /// `ok`, `ok 2` for what took a request more, the kind of the error, or `WRONG`.
    word: String,
    note: String,
    took: Duration,
}

impl Outcome {
    /// What is not as it must be.
    fn fault(&self, op: Op, allowed: &str) -> Option<String> {
        let word = self.word.split(' ').next().unwrap_or_default();
        if !allowed.split('|').any(|other| other == word) {
            return Some(format!("{}, not {allowed}: {}", self.word, self.note));
        }
        // A transfer makes several requests, each of which has the deadline.
        let requests = match op {
            Op::Upload | Op::Download | Op::Queue => 6,
            _ => 1,
        };
        let limit = DEADLINE * requests + SLACK;
        (self.took > limit).then(|| format!("{} took {:?}", self.word, self.took))
    }
}

/// The outcomes that are right, of those of a row.
fn allowed(row: &'static str, group: usize, time: usize) -> &'static str {
    let words = row.split(' ').nth(group).unwrap();
    match words.split_once('/') {
        Some((once, _)) if time == 0 => once,
        Some((_, forever)) => forever,
        None => words,
    }
}

/// One call under one fault, and one after it.
fn cell(op: Op, line: &str) -> Outcome {
    let mut stage = Stage::new(op);
    stage.cos.clear_requests();
    stage.cos.fault(line).unwrap();
    let begun = Instant::now();
    let result = stage.play();
    let took = begun.elapsed();
    let count = stage.cos.requests().len();
    stage.check_nothing_is_half();
    stage.settle();
    stage.cos.clear_faults();
    stage.begin();
    stage.cos.clear_requests();
    match stage.play() {
        Ok("ok") => {}
        other => panic!("the next call: {other:?}"),
    }
    stage.check_nothing_is_half();
    let (word, note) = match result {
        Err(Failure { kind, text }) => (format!("{kind:?}"), text),
        Ok(word) => match count.saturating_sub(stage.cos.requests().len()) {
            0 => (word.to_owned(), String::new()),
            more => (format!("{word} {}", more + 1), String::new()),
        },
    };
    Outcome { word, note, took }
}

fn play(op: Op, line: &str) -> Outcome {
    let begun = Instant::now();
    let played = catch_unwind(AssertUnwindSafe(|| cell(op, line)));
    played.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Outcome {
            word: "WRONG".to_owned(),
            note: text.unwrap_or_default(),
            took: begun.elapsed(),
        }
    })
}

/// Plays one cell after the other until there is none.
fn work(next: &AtomicUsize, sender: &Sender<(usize, Outcome)>) {
    loop {
        let at = next.fetch_add(1, Ordering::Relaxed);
        let (line, column) = (at / OPS.len(), at % OPS.len());
        let Some((_, actions, _)) = FAULTS.get(line / TIMES.len()) else {
            return;
        };
        let (op, _, operation, _) = OPS[column];
        let times = TIMES[line % TIMES.len()];
        let outcome = play(op, &format!("{operation} times={times} {actions}"));
        if sender.send((at, outcome)).is_err() {
            return;
        }
    }
}

#[test]
fn every_call_survives_every_fault() {
    let begun = Instant::now();
    let next = Arc::new(AtomicUsize::new(0));
    let (sender, receiver) = channel();
    for _ in 0..THREADS {
        let (next, sender) = (Arc::clone(&next), sender.clone());
        thread::spawn(move || work(&next, &sender));
    }
    let count = FAULTS.len() * TIMES.len() * OPS.len();
    let mut cells: Vec<Option<Outcome>> = (0..count).map(|_| None).collect();
    for _ in 0..count {
        let ended = receiver.recv_timeout(HANG);
        let Ok((at, outcome)) = ended else {
            let open =
                (0..next.load(Ordering::Relaxed).min(count)).filter(|at| cells[*at].is_none());
            let name = |at: usize| {
                (
                    FAULTS[at / OPS.len() / TIMES.len()].0,
                    OPS[at % OPS.len()].1,
                )
            };
            panic!("these hang: {:?}", open.map(name).collect::<Vec<_>>());
        };
        cells[at] = Some(outcome);
    }
    let cells: Vec<Outcome> = cells.into_iter().flatten().collect();
    let titles: Vec<_> = OPS.iter().map(|op| format!("{:11}", op.1)).collect();
    println!("{:22} {:8} {}", "fault", "times", titles.concat());
    let mut wrong = Vec::new();
    for (line, outcomes) in cells.chunks(OPS.len()).enumerate() {
        let (name, _, row) = FAULTS[line / TIMES.len()];
        let time = line % TIMES.len();
        let words: Vec<_> = outcomes.iter().map(|o| format!("{:11}", o.word)).collect();
        println!("{name:22} {:8} {}", TIMES[time], words.concat());
        for (outcome, (op, title, _, group)) in outcomes.iter().zip(OPS) {
            if let Some(fault) = outcome.fault(*op, allowed(row, *group, time)) {
                wrong.push(format!("{name}, times={}, {title}: {fault}", TIMES[time]));
            }
        }
    }
    let slowest = cells.iter().map(|cell| cell.took).max();
    println!(
        "{count} cells in {:?}, the slowest took {slowest:?}",
        begun.elapsed()
    );
    assert!(
        wrong.is_empty(),
        "{} cells:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
