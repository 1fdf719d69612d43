//! The caller's functions: progress, reading and writing.

use libc::{c_int, c_void};
use std::io::{self, Read, Write};
use std::ops::ControlFlow;

use crate::error::{Error, ErrorKind};
use crate::watch::{Progress, Watch};

/// How far a transfer is. An output struct that lives until the callback returns.
#[repr(C)]
pub struct coslink_progress {
    /// Bytes moved so far. Never falls, not even when a part is sent again.
    pub loaded: u64,
    /// Bytes to move in all; those known so far where nobody knows the length, and 0 as long as
    /// nobody knows anything.
    pub total: u64,
    /// Bytes per second, smoothed over the last seconds.
    pub speed: u64,
    /// The part that is done, from 0.0 to 1.0; 1.0 for nothing to do, 0.0 as long as nobody knows.
    pub fraction: f64,
    /// How many milliseconds the rest takes at this speed. -1 while nothing moves: nobody knows.
    pub eta_ms: i64,
}

/// Told how far a call is: at its start, at most some 20 times per second, and at its end. Returns 0
/// to go on; anything else ends the call with `COSLINK_ERROR_CANCELLED`.
///
/// Runs on the thread that made the call, before the call returns. No exception may leave it.
pub type coslink_progress_fn = Option<
    unsafe extern "C" fn(progress: *const coslink_progress, user_data: *mut c_void) -> c_int,
>;

/// Gives the next bytes of a body: writes at most `capacity` bytes to `buffer` and returns how many
/// it wrote. 0 is the end, which is an error (`COSLINK_ERROR_SOURCE_CHANGED`) before a length that
/// was promised; less than 0 ends the call with `COSLINK_ERROR_CALLBACK`.
///
/// Runs on the thread that made the call, before the call returns. No exception may leave it.
pub type coslink_read_fn = Option<
    unsafe extern "C" fn(buffer: *mut c_void, capacity: usize, user_data: *mut c_void) -> i64,
>;

/// Takes the next bytes of an object, all of them. Returns 0 to go on; anything else ends the call
/// with `COSLINK_ERROR_CALLBACK`.
///
/// The bytes are checked as a whole at the end only: what was taken counts when the call succeeds.
/// Runs on the thread that made the call, before the call returns. No exception may leave it.
pub type coslink_write_fn = Option<
    unsafe extern "C" fn(data: *const c_void, length: usize, user_data: *mut c_void) -> c_int,
>;

/// Looks on for a progress callback, if there is one.
#[derive(Clone, Copy)]
pub(super) struct Watcher {
    pub(super) callback: coslink_progress_fn,
    pub(super) user_data: *mut c_void,
}

impl Watch for Watcher {
    fn moved(&mut self, progress: &Progress) -> ControlFlow<()> {
        let Some(callback) = self.callback else {
            return ControlFlow::Continue(());
        };
        let Progress {
            loaded,
            total,
            speed,
            ..
        } = *progress;
        let eta = progress.eta().map(|eta| i64::try_from(eta.as_millis()));
        let view = coslink_progress {
            loaded,
            total,
            speed,
            fraction: progress.fraction(),
            eta_ms: eta.map_or(-1, |eta| eta.unwrap_or(i64::MAX)),
        };
        // SAFETY: the caller gave a function of this type and the data that goes with it.
        match unsafe { callback(&raw const view, self.user_data) } {
            0 => ControlFlow::Continue(()),
            _ => ControlFlow::Break(()),
        }
    }
}

/// Looks on at a file, whose bytes may be summed up before they move.
#[derive(Clone, Copy)]
pub(super) struct FileWatcher {
    pub(super) progress: coslink_progress_fn,
    pub(super) hashed: coslink_progress_fn,
    pub(super) user_data: *mut c_void,
}

impl FileWatcher {
    fn tell(&self, callback: coslink_progress_fn, progress: &Progress) -> ControlFlow<()> {
        let user_data = self.user_data;
        let mut watcher = Watcher {
            callback,
            user_data,
        };
        watcher.moved(progress)
    }
}

impl Watch for FileWatcher {
    fn moved(&mut self, progress: &Progress) -> ControlFlow<()> {
        self.tell(self.progress, progress)
    }

    fn hashed(&mut self, progress: &Progress) -> ControlFlow<()> {
        self.tell(self.hashed, progress)
    }
}

/// Reads from a callback.
pub(super) struct CallbackReader {
    pub(super) callback: unsafe extern "C" fn(*mut c_void, usize, *mut c_void) -> i64,
    pub(super) user_data: *mut c_void,
}

// SAFETY: a body is read on the thread that sends the request, which is the caller's own in every
// call that takes a callback; the bound on `Body::reader` is for Rust's users.
unsafe impl Send for CallbackReader {}

impl Read for CallbackReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let capacity = buffer.len();
        // SAFETY: the caller gave a function of this type and the data that goes with it; it writes
        // at most `capacity` bytes.
        let count =
            unsafe { (self.callback)(buffer.as_mut_ptr().cast(), capacity, self.user_data) };
        let failed = |message: String| Error::new(ErrorKind::Callback, message).into();
        match usize::try_from(count) {
            Ok(count) if count <= capacity => Ok(count),
            Ok(count) => Err(failed(format!(
                "the read callback returned {count}, more than {capacity}"
            ))),
            Err(_) => Err(failed(format!("the read callback said stop ({count})"))),
        }
    }
}

/// Writes to a callback.
pub(super) struct CallbackWriter {
    pub(super) callback: unsafe extern "C" fn(*const c_void, usize, *mut c_void) -> c_int,
    pub(super) user_data: *mut c_void,
}

impl Write for CallbackWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // SAFETY: the caller gave a function of this type and the data that goes with it.
        let answer = unsafe { (self.callback)(bytes.as_ptr().cast(), bytes.len(), self.user_data) };
        if answer != 0 {
            let message = format!("the write callback said stop ({answer})");
            return Err(Error::new(ErrorKind::Callback, message).into());
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
