//! Random actions of several threads against the book, and what must hold of its events.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::book::{Book, Job};
use super::entry::Run;
use super::signal::Signal;
use super::state::{Action, TaskState};
use super::task::{Done, Event, TaskId};
use crate::error::{Error, ErrorKind};
use crate::watch::Progress;
use crate::{Client, Credentials, UploadBytes};

const RUNS: u64 = 10_000;
const TASKS: u64 = 4;
const STEPS: usize = 60;

struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

/// A thread that carries out what the book says, one step at a time.
#[derive(Default)]
struct Worker {
    background: bool,
    job: Option<(TaskId, Option<Run>)>,
}

impl Worker {
    fn step(&mut self, book: &mut Book, chance: &mut Chance) {
        match self.job.take() {
            None => {
                self.job = match book.take(self.background) {
                    Some(Job::Run(id, _, _, run)) => Some((id, Some(run))),
                    Some(Job::Forget(id, ..)) => Some((id, None)),
                    None => None,
                }
            }
            Some((id, None)) => book.forgot(id),
            Some((id, Some(run))) => {
                let progress = Progress {
                    loaded: chance.below(11),
                    total: 10,
                    ..Progress::default()
                };
                let answer = book.moved(id, &run, &progress);
                match chance.below(4) {
                    0 => book.ended(id, Ok(Done::Uploaded(Box::default()))),
                    1 => book.ended(id, Err(Error::new(ErrorKind::Transport, "broken"))),
                    _ if answer == ControlFlow::Break(()) => {
                        book.ended(id, Err(Error::new(ErrorKind::Cancelled, "stopped")));
                    }
                    _ => self.job = Some((id, Some(run))),
                }
            }
        }
    }
}

/// What the events have told of a task so far.
#[derive(Default)]
struct Told {
    state: Option<TaskState>,
    /// An end was told by its state, and its event is still to come.
    owes_finished: bool,
    finished: usize,
}

#[derive(Default)]
struct Reader(BTreeMap<TaskId, Told>);

impl Reader {
    /// Every event must follow from the ones before it.
    fn read(&mut self, event: Event) {
        match event {
            Event::Added(id) => {
                let told = self.0.entry(id).or_default();
                assert_eq!(told.state.replace(TaskState::Waiting), None, "added twice");
            }
            Event::State(id, state) => {
                let told = self.0.get_mut(&id).unwrap();
                let before = told.state.replace(state).unwrap();
                let steps = [
                    Action::Take,
                    Action::Move,
                    Action::Succeed,
                    Action::Fail,
                    Action::Pause,
                    Action::Restart,
                    Action::Cancel,
                ];
                let is_step = steps.iter().any(|step| before.after(*step) == Some(state));
                assert!(is_step, "{before:?} to {state:?}");
                assert!(!told.owes_finished, "an end was not told");
                told.owes_finished = state.is_final();
            }
            Event::Finished(id, result) => {
                let told = self.0.get_mut(&id).unwrap();
                assert!(
                    std::mem::take(&mut told.owes_finished),
                    "an end was told twice"
                );
                let state = told.state.unwrap();
                assert_eq!(result.is_ok(), state == TaskState::Succeeded);
                told.finished += 1;
            }
            Event::Progress(id, _) => {
                let state = self.0[&id].state.unwrap();
                assert_ne!(
                    state,
                    TaskState::Waiting,
                    "progress of a task that was never begun"
                );
            }
        }
    }
}

fn play(seed: u64, bucket: &crate::Bucket) -> usize {
    let mut chance = Chance(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut book = Book::new(1000, Signal::new().unwrap());
    let mut workers = [false, false, true].map(|background| Worker {
        background,
        job: None,
    });
    let mut reader = Reader::default();
    let mut refused = 0;
    for _ in 0..TASKS {
        book.add(bucket.clone(), UploadBytes::new("k", "x").into(), 0);
    }
    for _ in 0..STEPS {
        let id = TaskId(1 + chance.below(TASKS));
        let before = book.info(id).unwrap().state;
        let (action, result) = match chance.below(13) {
            0 => (Action::Pause, book.pause(id)),
            1 => (Action::Restart, book.restart(id)),
            2 => (Action::Cancel, book.cancel(id)),
            3 => {
                while let Some(event) = book.event() {
                    reader.read(event);
                }
                continue;
            }
            4 => {
                book.set_priority(id, 1 - chance.below(3) as i32).unwrap();
                continue;
            }
            _ => {
                let worker = chance.below(3) as usize;
                workers[worker].step(&mut book, &mut chance);
                continue;
            }
        };
        // The answer is that of the table, and a refusal changes nothing.
        let after = book.info(id).unwrap().state;
        assert_eq!(result.is_ok(), before.after(action).is_some());
        assert_eq!(after, before.after(action).unwrap_or(before));
        refused += usize::from(result.is_err());
    }
    // Whatever is under way comes to an end; nothing that waits is forgotten.
    let are_idle = |workers: &[Worker]| workers.iter().all(|worker| worker.job.is_none());
    loop {
        let were_idle = are_idle(&workers);
        for worker in &mut workers {
            worker.step(&mut book, &mut chance);
        }
        if were_idle && are_idle(&workers) {
            break;
        }
    }
    while let Some(event) = book.event() {
        reader.read(event);
    }
    for info in book.infos() {
        let told = &reader.0[&info.id];
        assert_eq!(told.state, Some(info.state), "an event was lost");
        assert!(!told.owes_finished);
        assert_ne!(info.state, TaskState::Waiting, "a task was forgotten");
        assert!(![TaskState::Checking, TaskState::Running].contains(&info.state));
    }
    refused
}

#[test]
fn no_event_is_lost_doubled_or_out_of_order() {
    let client = Client::builder(Credentials::new("id", "key"))
        .https(false)
        .build()
        .unwrap();
    let bucket = client.bucket("b-1250000000", "ap-guangzhou").unwrap();
    let next = Arc::new(AtomicUsize::new(0));
    let refused: usize = std::thread::scope(|scope| {
        let players: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    let mut refused = 0;
                    loop {
                        let seed = next.fetch_add(1, Ordering::Relaxed) as u64;
                        if seed >= RUNS {
                            return refused;
                        }
                        refused += play(seed, &bucket);
                    }
                })
            })
            .collect();
        players
            .into_iter()
            .map(|player| player.join().unwrap())
            .sum()
    });
    println!("{RUNS} runs, {refused} actions refused");
    assert!(refused > 1000);
}
