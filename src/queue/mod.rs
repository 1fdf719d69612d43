//! Transfers in a queue: listed, paused, restarted and cancelled, and told of by events that the
//! host pulls.
//!
//! *Properties.* All state lies in one [`Book`](book::Book) behind one lock, which is never held
//! while anything is sent, read or waited for but itself. Each step of a task is one of the table in
//! `state.rs`, and tells of itself by one event.
//!
//! *Operation.* A few threads take tasks in order and carry out the same blocking calls that
//! everybody has; their watch writes into the book. A pause or a cancel changes the state at once
//! and stops the run, which ends a moment later and is not begun again before.
//!
//! *Safety.* No thread of the queue calls code of the host. Memory is bounded by the tasks and by the
//! calls of the host: of each task at most one progress waits to be polled.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

mod book;
mod entry;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzz;
#[cfg(test)]
mod model;
mod saved;
mod signal;
mod state;
mod task;
mod worker;

pub use state::TaskState;
pub use task::{Done, Event, TaskId, TaskInfo, Transfer};

use crate::client::{Bucket, Client};
use crate::error::{Error, ErrorKind, Result};
use book::Book;
use saved::Saved;
use signal::Signal;

/// The settings of a queue; everything has a default.
#[derive(Clone, Debug)]
#[must_use]
pub struct QueueBuilder {
    client: Client,
    parallel_files: usize,
    keep_finished: usize,
    directory: Option<PathBuf>,
}

/// How many tasks that came to an end are kept when unset.
const KEEP_FINISHED: usize = 1000;

/// The most tasks at the same time that make sense.
const MAX_PARALLEL: usize = 256;

impl Client {
    /// Begins a queue of transfers of this client's buckets. Any bucket of any client may be used
    /// with it.
    pub fn queue(&self) -> QueueBuilder {
        QueueBuilder {
            client: self.clone(),
            parallel_files: self.parallel_files(),
            keep_finished: KEEP_FINISHED,
            directory: None,
        }
    }
}

impl QueueBuilder {
    /// How many tasks are under way at the same time, beside one of the background, 1 to 256. As many as the client's
    /// `parallel_files` when unset. Their requests together are bounded by the client's
    /// `parallel_requests`.
    pub fn parallel_files(mut self, count: usize) -> Self {
        self.parallel_files = count;
        self
    }

    /// How many tasks that came to an end are kept, to be listed and restarted; the earliest are
    /// dropped. 1000 when unset.
    pub fn keep_finished(mut self, count: usize) -> Self {
        self.keep_finished = count;
        self
    }

    /// Writes the queue down in this directory, which is made when it is not there, and goes on with
    /// the tasks that an earlier queue, of this or of a killed process, has written down there: with
    /// their ids, order, states and progress. What ran waits for its turn again. Unset: nothing is
    /// written down.
    ///
    /// Buckets are those of this client. Not written down are bytes in memory, paths that are no
    /// UTF-8, and transfers with a key of the caller's (SSE-C); nor are results.
    pub fn directory(mut self, directory: impl AsRef<Path>) -> Self {
        self.directory = Some(directory.as_ref().to_owned());
        self
    }

    /// Makes the queue and its threads.
    ///
    /// # Errors
    /// `InvalidArgument`; `Busy` when another queue has the directory; `LocalIo` and `Internal` when
    /// the system has no descriptor or thread left.
    pub fn build(self) -> Result<Queue> {
        if !(1..=MAX_PARALLEL).contains(&self.parallel_files) {
            let why = format!("{} is not in 1 to {MAX_PARALLEL}", self.parallel_files);
            return Err(Error::invalid("parallel_files", why));
        }
        let mut book = Book::new(self.keep_finished, Signal::new()?);
        if let Some(directory) = &self.directory {
            let (saved, tasks) = Saved::open(directory)?;
            book.save(saved, tasks, |name, region| {
                self.client.bucket(name, region)
            });
        }
        let shared = Arc::new(Shared {
            book: Mutex::new(book),
            work: Condvar::new(),
            event: Condvar::new(),
        });
        let mut queue = Queue {
            shared,
            poller: Mutex::new(()),
            threads: Vec::new(),
        };
        for number in 0..=self.parallel_files {
            let shared = Arc::clone(&queue.shared);
            let background = number == self.parallel_files;
            let thread = thread::Builder::new().name(format!("coslink-queue-{number}"));
            let started = thread.spawn(move || worker::work(&shared, background));
            let started = started.map_err(|e| {
                Error::new(ErrorKind::Internal, format!("cannot start threads: {e}")).with_source(e)
            });
            // Those that were started end when the queue is dropped.
            queue.threads.push(started?);
        }
        Ok(queue)
    }
}

/// Transfers that are carried out in order, a few at the same time.
///
/// All methods may be called from many threads at once, but [`poll`](Self::poll) from one at a time.
/// None of them blocks but `poll`. Dropping a queue pauses what runs and joins its threads: what has
/// moved stays, and the same transfers, pushed to another queue, go on from there.
pub struct Queue {
    shared: Arc<Shared>,
    poller: Mutex<()>,
    threads: Vec<JoinHandle<()>>,
}

/// The book, and the words that there is something to do and something to tell.
pub(crate) struct Shared {
    book: Mutex<Book>,
    work: Condvar,
    event: Condvar,
}

impl Shared {
    fn book(&self) -> MutexGuard<'_, Book> {
        // No code of the host runs under the lock, so a poisoned value is still whole.
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    /// A priority of the background, like all below 0.
    ///
    /// Tasks of the background are carried out one at a time, by a thread of their own, so that they
    /// never stand in the way of the others. Their requests give way to all others of the client, also
    /// to those outside of the queue: while there are any, and for 200 milliseconds after, a task of
    /// the background sends no new request but one in ten seconds. What is under way is finished, so
    /// nothing is sent twice; with parts of 1 MiB the others have the wire a moment later.
    pub const BACKGROUND: i32 = -1;

    /// Adds a transfer behind all others of priority 0.
    pub fn push(&self, bucket: &Bucket, transfer: impl Into<Transfer>) -> TaskId {
        self.push_with(bucket, transfer, 0)
    }

    /// The same with a priority: tasks of a higher one come first; those under way go on.
    ///
    /// Those below 0 are the background: see [`BACKGROUND`](Self::BACKGROUND).
    pub fn push_with(
        &self,
        bucket: &Bucket,
        transfer: impl Into<Transfer>,
        priority: i32,
    ) -> TaskId {
        let transfer = transfer.into();
        self.change(|book| book.add(bucket.clone(), transfer, priority))
    }

    /// Pauses a task that waits or runs. What it has moved stays, on the server and in its journal.
    ///
    /// # Errors
    /// `NotFound`; `WrongState` when it is paused or has come to an end.
    pub fn pause(&self, id: TaskId) -> Result<()> {
        self.change(|book| book.pause(id))
    }

    /// Lets a task that is paused or has failed wait for its turn again.
    ///
    /// # Errors
    /// `NotFound`; `WrongState` when it waits, runs, was cancelled or succeeded.
    pub fn restart(&self, id: TaskId) -> Result<()> {
        self.change(|book| book.restart(id))
    }

    /// Cancels a task that has not come to an end. What it has moved is taken back; an object that
    /// was complete before stays.
    ///
    /// # Errors
    /// `NotFound`; `WrongState` when it has come to an end.
    pub fn cancel(&self, id: TaskId) -> Result<()> {
        self.change(|book| book.cancel(id))
    }

    /// Puts a task before all others of its priority.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn to_front(&self, id: TaskId) -> Result<()> {
        self.change(|book| book.put_first(id))
    }

    /// Gives a task another priority. One under way goes on, and gives way from now on or no more.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn set_priority(&self, id: TaskId, priority: i32) -> Result<()> {
        self.change(|book| book.set_priority(id, priority))
    }

    /// Limits the bytes per second that a task moves; 0 for no limit. It may be changed while it
    /// runs. The limit of the client ([`Client::set_upload_limit`]) holds beside it.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn set_limit(&self, id: TaskId, bytes_per_second: u64) -> Result<()> {
        self.change(|book| book.set_limit(id, bytes_per_second))
    }

    /// What is known of a task; None of one that is not, or not any more, in the list.
    pub fn task(&self, id: TaskId) -> Option<TaskInfo> {
        self.shared.book().info(id)
    }

    /// All tasks, in the order in which they were added.
    pub fn tasks(&self) -> Vec<TaskInfo> {
        self.shared.book().infos()
    }

    /// The next event; None when none comes within `wait`. Zero does not block.
    ///
    /// # Errors
    /// `WrongState` when another thread polls.
    pub fn poll(&self, wait: Duration) -> Result<Option<Event>> {
        let _poller = match self.poller.try_lock() {
            Ok(poller) => poller,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => {
                let message = "another thread polls this queue";
                return Err(Error::new(ErrorKind::WrongState, message));
            }
        };
        let mut book = self.shared.book();
        if let Some(event) = book.event() {
            return Ok(Some(event));
        }
        let end = Instant::now().checked_add(wait);
        loop {
            let left = end.map_or(wait, |end| end.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                return Ok(None);
            }
            let waited = self.shared.event.wait_timeout(book, left);
            book = waited.unwrap_or_else(PoisonError::into_inner).0;
            if let Some(event) = book.event() {
                return Ok(Some(event));
            }
        }
    }

    /// A descriptor that is readable while an event waits, for `select`, `poll`, `epoll` and the
    /// like. Nothing need be read from it: `poll` until there is no event any more. It never blocks,
    /// and may outlive the queue.
    ///
    /// # Errors
    /// `LocalIo` when the system has no descriptor left.
    #[cfg(unix)]
    pub fn descriptor(&self) -> Result<std::os::fd::OwnedFd> {
        Ok(self.shared.book().share()?.into())
    }

    /// Changes the book, and tells both sides.
    fn change<T>(&self, change: impl FnOnce(&mut Book) -> T) -> T {
        let changed = change(&mut self.shared.book());
        self.shared.work.notify_all();
        self.shared.event.notify_all();
        changed
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        self.change(Book::close);
        for thread in self.threads.drain(..) {
            // A worker catches panics, so there is nothing to learn here.
            let _ = thread.join();
        }
        if let Some(journal) = self.shared.book().journal() {
            journal.sync();
        }
    }
}

impl std::fmt::Debug for Queue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Queue").finish_non_exhaustive()
    }
}
