//! The threads that move parts: one rayon pool for each client, made when it is first needed.
//!
//! *Properties.* The pool is a supply of threads and nothing else. At most `size` runners exist;
//! each takes one part at a time from the work at the head of a ring and puts the work back at its
//! tail, so that several transfers advance in turn. Nothing is queued inside rayon. Work that gives
//! way begins no part while other work is there, but one every [`PATIENCE`].
//!
//! *Operation.* `submit` puts work into the ring and starts missing runners. A runner waits when no
//! work has a part for it now, and ends when there is no work. Each part runs under `catch_unwind`.
//!
//! *Safety.* Only `spawn` is used. rayon's `join`, `scope`, `install` and parallel iterators let a
//! waiting thread run other jobs; with jobs that block on the network that starves and deadlocks.
//! Runners never own the pool, so the thread that drops it can join them.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::error::{Error, ErrorKind, Result};
use crate::limit::Width;

/// Parts to be moved.
pub(crate) trait Work: Send + Sync {
    /// Whether other work comes before it.
    fn gives_way(&self) -> bool {
        false
    }

    /// Takes a part that may begin now.
    fn take(&self) -> Take;

    /// Moves the part.
    fn run(&self, part: u32);

    /// Learns that `run` panicked.
    fn panicked(&self, part: u32);
}

/// What a work has for a runner.
pub(crate) enum Take {
    /// This part.
    Part(u32),
    /// Nothing before one of its parts ends.
    Later,
    /// Nothing any more.
    Nothing,
}

pub(crate) struct Pool {
    size: usize,
    ring: Arc<Shared>,
    threads: Mutex<Option<Threads>>,
}

/// The ring, and the word that it changed.
struct Shared {
    ring: Mutex<Ring>,
    changed: Condvar,
    width: Arc<Width>,
}

#[derive(Default)]
struct Ring {
    works: VecDeque<Arc<dyn Work>>,
    runners: usize,
    /// How many parts are under way.
    busy: usize,
    /// How many of them give way to nothing, and when the last one began or ended.
    eager: usize,
    eager_at: Option<Instant>,
    /// When a part that gives way began, or the first one had to wait.
    patient_at: Option<Instant>,
}

/// How long other work must have been gone before work that gives way goes on: transfers pause for
/// a moment between their requests.
const LINGER: Duration = Duration::from_millis(200);

/// How long work that gives way waits between two of its parts, however much other work there is.
const PATIENCE: Duration = Duration::from_secs(10);

impl Ring {
    /// How long work that gives way has to wait now, if it has to.
    fn held_back(&mut self) -> Option<Duration> {
        let now = Instant::now();
        let is_busy = self.eager > 0 || self.works.iter().any(|work| !work.gives_way());
        let lingers = self.eager_at.map_or(now, |at| at + LINGER);
        if !is_busy && lingers <= now {
            return None;
        }
        let patient = *self.patient_at.get_or_insert(now) + PATIENCE;
        let until = if is_busy {
            patient
        } else {
            patient.min(lingers)
        };
        let left = until.saturating_duration_since(now);
        (!left.is_zero()).then_some(left)
    }

    fn begin(&mut self, gives_way: bool) {
        self.busy += 1;
        let now = Some(Instant::now());
        if gives_way {
            self.patient_at = now;
        } else {
            (self.eager, self.eager_at) = (self.eager + 1, now);
        }
    }

    fn end(&mut self, gives_way: bool) {
        self.busy -= 1;
        if !gives_way {
            (self.eager, self.eager_at) = (self.eager - 1, Some(Instant::now()));
        }
    }
}

/// How much of its stack a thread is reckoned to use, in bytes.
pub(crate) const STACK: usize = 64 << 10;

struct Threads {
    pool: rayon::ThreadPool,
    handles: Arc<Mutex<Vec<JoinHandle<()>>>>,
}

impl Pool {
    /// A pool of this many threads, none of which exists yet, of which `width` says how many work.
    pub(crate) fn new(size: usize, width: Arc<Width>) -> Self {
        let ring = Shared {
            ring: Mutex::default(),
            changed: Condvar::new(),
            width,
        };
        Self {
            size,
            ring: Arc::new(ring),
            threads: Mutex::new(None),
        }
    }

    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// Begins to run the parts of a work.
    pub(crate) fn submit(&self, work: Arc<dyn Work>) -> Result<()> {
        let mut threads = lock(&self.threads);
        let pool = match &mut *threads {
            Some(threads) => &threads.pool,
            none => &none.insert(self.start()?).pool,
        };
        let mut ring = lock(&self.ring.ring);
        ring.works.push_back(work);
        let missing = self.size - ring.runners;
        ring.runners = self.size;
        drop(ring);
        self.ring.changed.notify_all();
        for _ in 0..missing {
            let ring = Arc::clone(&self.ring);
            pool.spawn(move || run(&ring));
        }
        Ok(())
    }

    fn start(&self) -> Result<Threads> {
        let handles = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&handles);
        let spawn = move |thread: rayon::ThreadBuilder| {
            let name = format!("coslink-{}", thread.index());
            let handle = thread::Builder::new().name(name).spawn(|| thread.run())?;
            lock(&kept).push(handle);
            Ok(())
        };
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(self.size)
            .spawn_handler(spawn);
        let pool = pool.build().map_err(|e| {
            Error::new(ErrorKind::Internal, format!("cannot start threads: {e}")).with_source(e)
        })?;
        Ok(Threads { pool, handles })
    }
}

fn run(shared: &Shared) {
    while let Some(Taken {
        work,
        part,
        gives_way,
    }) = next(shared)
    {
        if catch_unwind(AssertUnwindSafe(|| work.run(part))).is_err() {
            work.panicked(part);
        }
        // Whoever saw that there is nothing to do yet, waits by now.
        lock(&shared.ring).end(gives_way);
        // A part less is under way, so that another one may begin.
        shared.changed.notify_all();
    }
}

/// A part that a runner has taken.
struct Taken {
    work: Arc<dyn Work>,
    part: u32,
    gives_way: bool,
}

fn next(shared: &Shared) -> Option<Taken> {
    let mut ring = lock(&shared.ring);
    while !ring.works.is_empty() {
        let held_back = match ring.works.iter().any(|work| work.gives_way()) {
            true => ring.held_back(),
            false => None,
        };
        let looks = match ring.busy < shared.width.now() {
            true => ring.works.len(),
            false => 0,
        };
        for _ in 0..looks {
            let work = ring.works.pop_front()?;
            let gives_way = work.gives_way();
            let take = match gives_way && held_back.is_some() {
                true => Take::Later,
                false => work.take(),
            };
            match take {
                Take::Part(part) => {
                    ring.works.push_back(Arc::clone(&work));
                    ring.begin(gives_way);
                    return Some(Taken {
                        work,
                        part,
                        gives_way,
                    });
                }
                Take::Later => ring.works.push_back(work),
                Take::Nothing => {}
            }
        }
        if !ring.works.is_empty() {
            let wait = held_back.unwrap_or(PATIENCE);
            let woken = shared.changed.wait_timeout(ring, wait);
            ring = woken.unwrap_or_else(|poisoned| poisoned.into_inner()).0;
        }
    }
    ring.runners -= 1;
    None
}

impl Drop for Pool {
    fn drop(&mut self) {
        let threads = lock(&self.threads).take();
        if let Some(Threads { pool, handles }) = threads {
            drop(pool);
            for handle in lock(&handles).drain(..) {
                // A runner catches panics, so there is nothing to learn here.
                let _ = handle.join();
            }
        }
    }
}

/// None of the locks here is held while foreign code runs, so a poisoned value is still whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    struct Counted {
        next: AtomicU32,
        count: u32,
        done: mpsc::SyncSender<Option<u32>>,
    }

    impl Work for Counted {
        fn take(&self) -> Take {
            match self.next.fetch_add(1, Ordering::Relaxed) {
                part if part < self.count => Take::Part(part),
                _ => Take::Nothing,
            }
        }

        fn run(&self, part: u32) {
            assert!(part % 10 != 3, "a part that panics");
            self.done.send(Some(part)).ok();
        }

        fn panicked(&self, _: u32) {
            self.done.send(None).ok();
        }
    }

    /// One part at a time, and no more once it is stopped.
    #[derive(Default)]
    struct OneByOne {
        busy: AtomicBool,
        stopped: AtomicBool,
    }

    impl Work for OneByOne {
        fn take(&self) -> Take {
            match self.stopped.load(Ordering::SeqCst) {
                true => Take::Nothing,
                false if self.busy.swap(true, Ordering::SeqCst) => {
                    // The other one ends after this was seen, and before anybody waits.
                    thread::sleep(Duration::from_millis(20));
                    Take::Later
                }
                false => Take::Part(0),
            }
        }

        fn run(&self, _: u32) {
            thread::sleep(Duration::from_millis(5));
            self.stopped.store(true, Ordering::SeqCst);
            self.busy.store(false, Ordering::SeqCst);
        }

        fn panicked(&self, _: u32) {}
    }

    /// Work of either kind that tells which parts began.
    struct Told {
        gives_way: bool,
        next: AtomicU32,
        began: mpsc::SyncSender<(bool, u32)>,
    }

    impl Work for Told {
        fn gives_way(&self) -> bool {
            self.gives_way
        }

        fn take(&self) -> Take {
            match self.next.fetch_add(1, Ordering::Relaxed) {
                part if part < 10 => Take::Part(part),
                _ => Take::Nothing,
            }
        }

        fn run(&self, part: u32) {
            self.began.send((self.gives_way, part)).ok();
            thread::sleep(Duration::from_millis(10));
        }

        fn panicked(&self, _: u32) {}
    }

    /// Nothing is begun beside other work, nothing is stopped for it, and it all comes to its turn.
    #[test]
    fn work_that_gives_way_begins_nothing_while_other_work_is_there() {
        let pool = pool(2);
        let (began, parts) = mpsc::sync_channel(100);
        for gives_way in [true, false] {
            let (next, began) = (AtomicU32::new(0), began.clone());
            let told = Told {
                gives_way,
                next,
                began,
            };
            pool.submit(Arc::new(told)).unwrap();
            thread::sleep(Duration::from_millis(15));
        }
        let parts: Vec<_> = parts
            .iter()
            .take(20)
            .map(|(gives_way, _)| gives_way)
            .collect();
        let first_eager = parts.iter().position(|gives_way| !gives_way).unwrap();
        let last_eager = parts.iter().rposition(|gives_way| !gives_way).unwrap();
        assert!(first_eager >= 2, "it waited though it was alone: {parts:?}");
        assert_eq!(
            last_eager - first_eager,
            9,
            "it did not give way: {parts:?}"
        );
    }

    /// However much other work there is, and however long it has been there.
    #[test]
    fn patience_has_an_end() {
        let mut ring = Ring::default();
        assert_eq!(ring.held_back(), None);
        ring.begin(false);
        let now = Instant::now();
        assert!(ring.held_back().is_some_and(|left| left > PATIENCE / 2));
        ring.patient_at = now.checked_sub(PATIENCE);
        assert_eq!(ring.held_back(), None);
        ring.begin(true);
        assert!(ring.held_back().is_some());
        ring.end(false);
        assert!(ring.held_back().is_some_and(|left| left <= LINGER));
        ring.eager_at = now.checked_sub(LINGER);
        assert_eq!(ring.held_back(), None);
    }

    fn pool(size: usize) -> Pool {
        Pool::new(size, Arc::new(Width::new(size)))
    }

    /// A runner that was told to wait must hear that there is nothing more to come, or dropping the
    /// pool would wait for it for ever.
    #[test]
    fn a_pool_can_be_dropped_however_its_last_work_ended() {
        for _ in 0..10 {
            let pool = pool(2);
            pool.submit(Arc::new(OneByOne::default())).unwrap();
        }
    }

    #[test]
    fn every_part_of_every_work_is_run_once_and_panics_are_told() {
        let pool = pool(3);
        let (done, results) = mpsc::sync_channel(1000);
        for _ in 0..4 {
            let (next, count, done) = (AtomicU32::new(0), 50, done.clone());
            pool.submit(Arc::new(Counted { next, count, done }))
                .unwrap();
        }
        let results: Vec<_> = results.iter().take(200).collect();
        assert_eq!(results.iter().filter(|part| part.is_none()).count(), 4 * 5);
        let sum: u32 = results.iter().flatten().sum();
        assert_eq!(sum, 4 * ((0..50).sum::<u32>() - (3 + 13 + 23 + 33 + 43)));
        drop(pool);
    }
}
