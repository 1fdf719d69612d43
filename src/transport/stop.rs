//! The control of one request: how it is stopped, and what is known of it afterwards.

use std::cell::RefCell;
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::error::{Error, ErrorKind, Result};

/// Ends a request from any thread. Clones are the same control.
///
/// A control is for one request at a time and its retries. Once stopped it stays stopped.
#[derive(Clone)]
pub(crate) struct Control(Arc<Shared>);

impl Default for Control {
    fn default() -> Self {
        Self(Arc::new(Shared {
            stopped: AtomicBool::new(false),
            deadline: AtomicU64::new(u64::MAX),
            made: Instant::now(),
            state: Mutex::default(),
            wake: Condvar::new(),
        }))
    }
}

struct Shared {
    stopped: AtomicBool,
    /// When the request must be done, in milliseconds since `made`; `u64::MAX` for never.
    deadline: AtomicU64,
    made: Instant,
    state: Mutex<State>,
    wake: Condvar,
}

#[derive(Default)]
struct State {
    /// The sockets that requests of this control hold now: at most one, unless the body of an
    /// earlier answer is still being read.
    sockets: Vec<Arc<TcpStream>>,
    facts: Facts,
}

/// What is known of the last request that was sent under a control.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    /// The connection had served another request before.
    pub(crate) reused: bool,
    /// The connection ended or broke before `send` returned.
    pub(crate) broke: bool,
    /// Bytes that the socket took, of head and body; with TLS as they are on the wire.
    pub(crate) bytes_sent: u64,
    /// Bytes of the answer (head and body, as text) that had arrived when `send` returned.
    pub(crate) bytes_received: u64,
}

impl Facts {
    /// Whether the request met a connection that the server had given up: it ended and nothing
    /// came back, so the same request may be sent again at once.
    pub(crate) fn is_stale(&self) -> bool {
        self.reused && self.broke && self.bytes_received == 0
    }
}

impl Control {
    /// A control that is not stopped.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Ends the request under this control, and every later one, with `Cancelled`.
    pub(crate) fn stop(&self) {
        self.0.stopped.store(true, Ordering::SeqCst);
        let state = self.state();
        for socket in &state.sockets {
            // It fails only where the connection is gone already.
            let _ = socket.shutdown(Shutdown::Both);
        }
        drop(state);
        self.0.wake.notify_all();
    }

    /// A request begins, which may take so long in all.
    pub(crate) fn begin(&self, limit: Option<Duration>) {
        let end = limit.map(|limit| self.0.made.elapsed() + limit);
        let end = end.map_or(u64::MAX, |end| {
            end.as_millis().try_into().unwrap_or(u64::MAX)
        });
        self.0.deadline.store(end, Ordering::Relaxed);
    }

    /// Whether so much time is left.
    pub(crate) fn has(&self, time: Duration) -> bool {
        let deadline = self.0.deadline.load(Ordering::Relaxed);
        deadline == u64::MAX || self.0.made.elapsed() + time < Duration::from_millis(deadline)
    }

    /// Whether `stop` was called, or the deadline is over.
    pub(crate) fn is_stopped(&self) -> bool {
        self.0.stopped.load(Ordering::SeqCst) || !self.has(Duration::ZERO)
    }

    /// `Cancelled` when `stop` was called, `Timeout` when the deadline is over.
    pub(crate) fn check(&self) -> Result<()> {
        if self.is_stopped() {
            Err(self.reason())
        } else {
            Ok(())
        }
    }

    /// The error of a request that is stopped.
    fn reason(&self) -> Error {
        if self.0.stopped.load(Ordering::SeqCst) {
            return Error::new(ErrorKind::Cancelled, "the request was stopped");
        }
        Error::new(
            ErrorKind::Timeout,
            "the request was not done within its deadline",
        )
    }

    /// Waits for `time`, as between two attempts; `stop` ends the wait at once.
    pub(crate) fn sleep(&self, time: Duration) -> Result<()> {
        let waited = self
            .0
            .wake
            .wait_timeout_while(self.state(), time, |_| !self.is_stopped());
        drop(waited.unwrap_or_else(PoisonError::into_inner));
        self.check()
    }

    /// What is known of the last request that was sent under this control.
    pub(crate) fn facts(&self) -> Facts {
        self.state().facts
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One request on its way, shared by the call, its bodies and the connection that serves it.
pub(super) struct Exchange {
    control: Control,
    /// Room for the request line and all headers, in bytes.
    pub(super) head_room: usize,
    /// The most of the body that is sent at once, in bytes.
    pub(super) chunk: usize,
    gave_up: AtomicBool,
    unclean: AtomicBool,
    hurried: AtomicBool,
    reused: AtomicBool,
    broke: AtomicBool,
    sent: AtomicU64,
    received: AtomicU64,
}

impl Exchange {
    /// A request that nothing is known of yet.
    pub(super) fn new(control: Control, head_room: usize, chunk: usize) -> Self {
        Self {
            control,
            head_room,
            chunk,
            gave_up: AtomicBool::new(false),
            unclean: AtomicBool::new(false),
            hurried: AtomicBool::new(false),
            reused: AtomicBool::new(false),
            broke: AtomicBool::new(false),
            sent: AtomicU64::new(0),
            received: AtomicU64::new(0),
        }
    }

    /// `Cancelled` when the control was stopped.
    pub(super) fn check(&self) -> Result<()> {
        self.control.check()
    }

    /// Whether the control was stopped.
    pub(super) fn is_stopped(&self) -> bool {
        self.control.is_stopped()
    }

    /// The error of an exchange whose control was stopped.
    pub(super) fn reason(&self) -> Error {
        self.control.reason()
    }

    /// Lets the control end this exchange by its socket, until `unbind`.
    pub(super) fn bind(&self, socket: &Arc<TcpStream>, reused: bool) -> Result<()> {
        let mut state = self.control.state();
        // Under the lock: a stop from here on finds the socket.
        self.check()?;
        state.sockets.push(socket.clone());
        self.reused.store(reused, Ordering::Relaxed);
        Ok(())
    }

    /// Takes the socket away from the control. False when a stop may have hit it.
    pub(super) fn unbind(&self, socket: &Arc<TcpStream>) -> bool {
        self.control
            .state()
            .sockets
            .retain(|bound| !Arc::ptr_eq(bound, socket));
        !self.is_stopped()
    }

    /// Leaves the facts with the control.
    pub(super) fn report(&self) {
        self.control.state().facts = Facts {
            reused: self.reused.load(Ordering::Relaxed),
            broke: self.broke.load(Ordering::Relaxed),
            bytes_sent: self.sent.load(Ordering::Relaxed),
            bytes_received: self.received(),
        };
    }

    /// Nothing more is sent: the answer is here already, or the server takes no more.
    pub(super) fn give_up(&self) {
        self.gave_up.store(true, Ordering::Relaxed);
    }

    /// Whether the request was not sent to its end.
    pub(super) fn has_given_up(&self) -> bool {
        self.gave_up.load(Ordering::Relaxed)
    }

    /// The connection ended or broke.
    pub(super) fn set_broken(&self) {
        self.broke.store(true, Ordering::Relaxed);
    }

    /// TLS ended without a word: nobody can tell whether the answer was cut.
    pub(super) fn set_unclean(&self) {
        self.unclean.store(true, Ordering::Relaxed);
    }

    /// Whether TLS ended without a word.
    pub(super) fn is_unclean(&self) -> bool {
        self.unclean.load(Ordering::Relaxed)
    }

    /// Reads take only what is here and never wait from now on.
    pub(super) fn hurry(&self) {
        self.hurried.store(true, Ordering::Relaxed);
    }

    /// Whether reads must not wait.
    pub(super) fn is_hurried(&self) -> bool {
        self.hurried.load(Ordering::Relaxed)
    }

    /// Adds to the bytes that the socket took.
    pub(super) fn count_sent(&self, bytes: usize) {
        self.sent.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Adds to the bytes of the answer.
    pub(super) fn count_received(&self, bytes: usize) {
        self.received.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// How many bytes of the answer have arrived.
    pub(super) fn received(&self) -> u64 {
        self.received.load(Ordering::Relaxed)
    }
}

thread_local! {
    /// ureq has no place for a request's own data between the call and the connection.
    static CURRENT: RefCell<Option<Arc<Exchange>>> = const { RefCell::new(None) };
}

/// Makes `exchange` the one that connections made or taken by this thread serve, until the guard
/// is dropped. A body may send requests of its own: the earlier one comes back then.
pub(super) fn enter(exchange: &Arc<Exchange>) -> Entered {
    Entered(CURRENT.with_borrow_mut(|current| current.replace(exchange.clone())))
}

/// The exchange of the call that this thread is in.
pub(super) fn current() -> Option<Arc<Exchange>> {
    CURRENT.with_borrow(Clone::clone)
}

/// Restores the exchange before the last `enter`.
pub(super) struct Entered(Option<Arc<Exchange>>);

impl Drop for Entered {
    fn drop(&mut self) {
        CURRENT.set(self.0.take());
    }
}
