//! What a queue tells.

use std::ptr;
use std::sync::{Arc, TryLockError};
use std::time::Duration;

use super::convert::{Out, required};
use super::guard;
use super::queue::coslink_queue;
use super::queue_task::coslink_task_state;
use super::result::{coslink_result, coslink_result_free};
use super::status::{coslink_error, coslink_error_free, coslink_status};
use crate::error::{Error, ErrorKind};
use crate::queue::{Done, Event};
use crate::watch::Progress;

/// What happened to a task. New ones may appear in any version, so let a `switch` have a `default`.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum coslink_event_kind {
    /// It was added, and waits.
    COSLINK_EVENT_ADDED = 1,
    /// It is in another state now.
    COSLINK_EVENT_STATE = 2,
    /// Bytes moved. At most one such event of a task waits to be polled; it tells the latest.
    COSLINK_EVENT_PROGRESS = 3,
    /// It came to its end: the only such event until it is restarted.
    COSLINK_EVENT_FINISHED = 4,
}

/// Something that happened to a task. An output struct: it belongs to the queue, and lives, with all
/// that it leads to, until the next `coslink_queue_poll` or `coslink_queue_free`.
#[repr(C)]
pub struct coslink_event {
    /// What happened.
    pub kind: coslink_event_kind,
    /// For `COSLINK_EVENT_STATE` the new state, a `coslink_task_state`; else 0.
    pub state: i32,
    /// The task.
    pub task: u64,
    /// From here to `eta_ms`: for `COSLINK_EVENT_PROGRESS`, as in `coslink_progress`; else 0.
    pub loaded: u64,
    pub total: u64,
    pub speed: u64,
    pub fraction: f64,
    pub eta_ms: i64,
    /// For `COSLINK_EVENT_FINISHED` of a task that succeeded, what it came to:
    /// `coslink_result_upload_file`, `coslink_result_download_file` or `coslink_result_copy_file`
    /// gives its output. Else NULL. It is not to be freed.
    pub result: *const coslink_result,
    /// For `COSLINK_EVENT_FINISHED` of a task that failed or was cancelled
    /// (`COSLINK_ERROR_CANCELLED`), why. Else NULL. It is not to be freed.
    pub error: *const coslink_error,
}

/// An event that was handed out, which it owns with all that the event leads to.
pub(super) struct Told(*mut coslink_event);

impl Told {
    fn new(event: Event) -> Self {
        use coslink_event_kind::*;
        let (id, kind) = match &event {
            Event::Added(id) => (*id, COSLINK_EVENT_ADDED),
            Event::State(id, _) => (*id, COSLINK_EVENT_STATE),
            Event::Progress(id, _) => (*id, COSLINK_EVENT_PROGRESS),
            Event::Finished(id, _) => (*id, COSLINK_EVENT_FINISHED),
        };
        let mut view = coslink_event {
            kind,
            state: 0,
            task: id.number(),
            loaded: 0,
            total: 0,
            speed: 0,
            fraction: 0.0,
            eta_ms: 0,
            result: ptr::null(),
            error: ptr::null(),
        };
        match event {
            Event::Added(_) => {}
            Event::State(_, state) => view.state = coslink_task_state::from(state) as i32,
            Event::Progress(_, progress) => view.tell(&progress),
            Event::Finished(_, ended) => view.end(ended),
        }
        Self(Box::into_raw(Box::new(view)))
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        // SAFETY: all three came out of boxes in `new`, nobody else frees them, and C reads them no
        // more, as the header says.
        unsafe {
            let event = Box::from_raw(self.0);
            coslink_result_free(event.result.cast_mut());
            coslink_error_free(event.error.cast_mut());
        }
    }
}

impl coslink_event {
    fn tell(&mut self, progress: &Progress) {
        self.loaded = progress.loaded;
        self.total = progress.total;
        self.speed = progress.speed;
        self.fraction = progress.fraction();
        let eta = progress.eta().map(|eta| eta.as_millis());
        self.eta_ms = eta.map_or(-1, |eta| i64::try_from(eta).unwrap_or(i64::MAX));
    }

    fn end(&mut self, ended: std::result::Result<Done, Arc<Error>>) {
        let result = match ended {
            Ok(Done::Uploaded(uploaded)) => {
                let request_id = uploaded.request_id.clone();
                coslink_result::of_transfer(*uploaded, request_id.as_deref())
            }
            Ok(Done::Downloaded(downloaded)) => coslink_result::of_transfer(*downloaded, None),
            Ok(Done::Copied(copied)) => {
                let request_id = copied.request_id.clone();
                coslink_result::of_transfer(*copied, request_id.as_deref())
            }
            Err(error) => {
                self.error = coslink_error::raw(&error);
                return;
            }
        };
        self.result = Box::into_raw(Box::new(result));
    }
}

/// Hands out the next event, and waits for it for at most `wait_ms`; 0 does not wait. `*event`
/// becomes NULL when none came. It belongs to the queue: the event before ends with this call, and
/// this one with the next, or with the queue.
///
/// Blocks for at most `wait_ms`; an action on a task from another thread is told of like everything
/// else. From one thread at a time. Fails with `COSLINK_ERROR_WRONG_STATE` while another thread
/// polls, whose event stays what it is. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_queue_poll(
    queue: *const coslink_queue,
    wait_ms: u32,
    event: *mut *const coslink_event,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            let slot = Out::new(event.cast::<*mut coslink_event>()).required("event")?;
            let queue = required(queue, "queue")?;
            let mut told = match queue.told.try_lock() {
                Ok(told) => told,
                Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
                Err(TryLockError::WouldBlock) => {
                    let message = "another thread polls this queue";
                    return Err(Error::new(ErrorKind::WrongState, message));
                }
            };
            *told = None;
            let wait = Duration::from_millis(wait_ms.into());
            if let Some(event) = queue.queue.poll(wait)? {
                let event = told.insert(Told::new(event)).0;
                slot.give_raw(|| event);
            }
            Ok(())
        })
    }
}
