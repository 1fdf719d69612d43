//! The coordinator: keeps parts in flight, collects them, reports, stops.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use crossbeam_channel::{Receiver, Sender, unbounded};

use super::ended::{Done, Ended, close, open};
use crate::error::{Error, ErrorKind, Result};
use crate::limit::Pace;
use crate::pool::{Pool, Take, Work};
use crate::transport::stop::Control;
use crate::watch::{INTERVAL, Meter};

/// Moves one part, by its index. Must end soon after its control was stopped.
type Job = dyn Fn(u32, &Moving<'_>) -> Result<Done> + Send + Sync;

/// Bytes of content that moved.
#[derive(Default)]
pub(crate) struct Moved {
    /// Those of the content that have arrived; a part that begins again takes its own back.
    content: AtomicU64,
    /// All that went over the wire, also again.
    wire: AtomicU64,
    /// How fast they may, and for whom they wait.
    pace: Option<Arc<Pace>>,
}

impl Moved {
    fn paced(pace: Option<Arc<Pace>>) -> Self {
        Self {
            pace,
            ..Self::default()
        }
    }

    pub(crate) fn content(&self) -> u64 {
        self.content.load(Ordering::Relaxed)
    }

    pub(crate) fn wire(&self) -> u64 {
        self.wire.load(Ordering::Relaxed)
    }
}

/// A part that is under way: its control, and where its bytes are counted.
pub(crate) struct Moving<'r> {
    pub(crate) control: &'r Control,
    moved: &'r Moved,
    counted: AtomicU64,
}

impl<'r> Moving<'r> {
    pub(crate) fn new(control: &'r Control, moved: &'r Moved) -> Self {
        Self {
            control,
            moved,
            counted: AtomicU64::new(0),
        }
    }

    /// Says how many bytes of the part have moved; fewer than before when it begins again.
    pub(crate) fn reach(&self, loaded: u64) -> ControlFlow<()> {
        let before = self.counted.swap(loaded, Ordering::Relaxed);
        let more = loaded.checked_sub(before).unwrap_or(loaded);
        self.moved.wire.fetch_add(more, Ordering::Relaxed);
        if let Some(pace) = &self.moved.pace {
            pace.limiter.take(more, || self.control.is_stopped());
        }
        self.moved
            .content
            .fetch_add(loaded.wrapping_sub(before), Ordering::Relaxed);
        if self.control.is_stopped() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}

/// What shall be moved, and how.
pub(crate) struct Order<'a, 'w> {
    pub(crate) pool: &'a Pool,
    /// The indices of the parts.
    pub(crate) parts: Vec<u32>,
    /// At most so many at the same time; 0 for as many as the pool has threads.
    pub(crate) limit: usize,
    /// Bytes that had moved before.
    pub(crate) skipped: u64,
    pub(crate) meter: &'a mut Meter<'w>,
}

/// Moves parts, tells `ended` of each that is done, and returns how many bytes went over the wire.
///
/// The first error stops all others. The call returns when no part is under way any more.
pub(crate) fn run<T: Send + 'static>(
    order: Order<'_, '_>,
    job: impl Fn(u32, &Moving<'_>) -> Result<T> + Send + Sync + 'static,
    mut ended: impl FnMut(u32, T) -> Result<()>,
) -> Result<u64> {
    let job = move |part: u32, moving: &Moving<'_>| close(job(part, moving));
    run_all(order, Arc::new(job), &mut |part, done| {
        ended(part, open(done)?)
    })
}

fn run_all(
    order: Order<'_, '_>,
    job: Arc<Job>,
    ended: &mut dyn FnMut(u32, Done) -> Result<()>,
) -> Result<u64> {
    let (sender, receiver) = unbounded();
    let limit = match order.limit {
        0 => order.pool.size(),
        limit => limit,
    };
    let parts = Arc::new(Parts {
        count: u32::try_from(order.parts.len()).unwrap_or(u32::MAX),
        parts: order.parts,
        limit,
        state: Mutex::new(State::new(job)),
        moved: Moved::paced(order.meter.pace()),
        sender,
    });
    order.pool.submit(Arc::clone(&parts) as Arc<dyn Work>)?;
    let mut flight = Flight {
        parts,
        receiver,
        ended: 0,
    };
    let mut failure = None;
    while !flight.is_over() {
        let outcome = match flight.receive() {
            Some((part, result)) => result.and_then(|result| ended(part, result)),
            None => Ok(()),
        };
        let moved = order.skipped + flight.parts.moved.content();
        let outcome = outcome.and_then(|()| order.meter.reach_or_stop(moved));
        if let Err(error) = outcome {
            // Parts that are stopped for the first error fail too; theirs is not the reason.
            failure.get_or_insert(error);
            flight.parts.stop();
        }
    }
    match failure {
        Some(error) => Err(error),
        None => Ok(flight.parts.moved.wire()),
    }
}

/// The parts of a run. Dropping it, also when the watch panics, leaves none under way.
struct Flight {
    parts: Arc<Parts>,
    receiver: Receiver<Ended>,
    ended: u32,
}

impl Flight {
    fn is_over(&self) -> bool {
        let state = self.parts.state();
        self.ended == state.taken && (state.stopped || state.taken == self.parts.count)
    }

    /// The next part that ends, if one does before it is time to report.
    fn receive(&mut self) -> Option<Ended> {
        let ended = self.receiver.recv_timeout(INTERVAL).ok();
        self.ended += u32::from(ended.is_some());
        ended
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.parts.stop();
        while !self.is_over() {
            self.receive();
        }
        // The ring may keep the parts a little longer; what the job holds must not outlive the run.
        drop(self.parts.state().job.take());
    }
}

struct Parts {
    count: u32,
    parts: Vec<u32>,
    limit: usize,
    state: Mutex<State>,
    moved: Moved,
    sender: Sender<Ended>,
}

struct State {
    taken: u32,
    stopped: bool,
    in_flight: BTreeMap<u32, Control>,
    job: Option<Arc<Job>>,
}

impl State {
    fn new(job: Arc<Job>) -> Self {
        Self {
            taken: 0,
            stopped: false,
            in_flight: BTreeMap::new(),
            job: Some(job),
        }
    }
}

impl Parts {
    fn state(&self) -> MutexGuard<'_, State> {
        // The lock is never held while a job runs, so a poisoned value is still whole.
        self.state
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn stop(&self) {
        let mut state = self.state();
        state.stopped = true;
        for control in state.in_flight.values() {
            control.stop();
        }
    }

    fn end(&self, part: u32, result: Result<Done>) {
        self.state().in_flight.remove(&part);
        // The coordinator waits for every part that was taken, so it is there to receive.
        let _ = self.sender.send((part, result));
    }
}

impl Work for Parts {
    fn gives_way(&self) -> bool {
        let pace = self.moved.pace.as_ref();
        pace.is_some_and(|pace| pace.gives_way.load(Ordering::Relaxed))
    }

    fn take(&self) -> Take {
        let mut state = self.state();
        if state.stopped || state.taken == self.count {
            return Take::Nothing;
        }
        if state.in_flight.len() >= self.limit {
            return Take::Later;
        }
        let part = self.parts[state.taken as usize];
        state.taken += 1;
        state.in_flight.insert(part, Control::new());
        Take::Part(part)
    }

    fn run(&self, part: u32) {
        let (job, control) = {
            let state = self.state();
            (
                state.job.clone(),
                state.in_flight.get(&part).cloned().unwrap_or_default(),
            )
        };
        let Some(job) = job else {
            return self.panicked(part);
        };
        let moving = Moving::new(&control, &self.moved);
        let result = job(part, &moving);
        drop(job);
        self.end(part, result);
    }

    fn panicked(&self, part: u32) {
        self.end(
            part,
            Err(Error::new(ErrorKind::Internal, "moving a part panicked")),
        );
    }
}
