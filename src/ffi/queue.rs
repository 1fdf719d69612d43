//! Transfers in a queue: the queue itself, and what is done with its tasks.

use libc::{c_char, c_int};
use std::sync::Mutex;

use super::client::coslink_client;
use super::convert::{Options, Out, path, read_sized, required};
use super::queue_event::Told;
use super::status::{coslink_error, coslink_status};
use super::{guard, quietly};
use crate::error::{Error, Result};
use crate::queue::{Queue, TaskId};

/// Transfers that are carried out in order, a few at the same time.
///
/// It may be used from many threads at once, but for `coslink_queue_poll`, which is for one at a
/// time. Its threads never call your code: what there is to tell waits until it is polled. It keeps
/// the buckets of its tasks alive, and with them their clients.
///
/// 1. `coslink_queue_new` makes the queue.
/// 2. `coslink_queue_push_upload` and the others add tasks, which begin by themselves.
/// 3. `coslink_queue_poll` tells what happens to them; call it in your loop, until there is no event
///    any more. `coslink_queue_tasks` lists them.
/// 4. `coslink_queue_pause`, `coslink_queue_restart` and `coslink_queue_cancel` act on them.
/// 5. `coslink_queue_free` pauses what runs, and ends it.
pub struct coslink_queue {
    pub(super) queue: Queue,
    /// The event that was handed out last. Its lock is held while somebody polls.
    pub(super) told: Mutex<Option<Told>>,
}

/// The settings of a queue. An option struct; begin with `COSLINK_INIT(coslink_queue_options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct coslink_queue_options {
    /// `sizeof(coslink_queue_options)`; set by `COSLINK_INIT`.
    pub size: usize,
    /// How many tasks are under way at the same time, beside one of the background, at most 256. 0:
    /// the client's `parallel_files`.
    pub parallel_files: u32,
    /// How many tasks that came to an end are kept, to be listed and restarted; the earliest are
    /// dropped. 0: 1000.
    pub keep_finished: u32,
    /// Where the queue is written down; made when it is not there. Tasks that an earlier queue, of
    /// this or of a killed process, has written down there are found again, with their ids, order,
    /// states and progress, and what ran waits for its turn. Not written down are bytes in memory,
    /// and transfers with a key of yours (SSE-C); nor are results. NULL: nothing is written down.
    pub directory: *const c_char,
}

// SAFETY: `repr(C)`, begins with its size, and all of its fields may have any bytes from C.
unsafe impl Options for coslink_queue_options {}

/// Makes a queue for transfers of the client's buckets; those of other clients may be used with it,
/// too. `options` may be NULL.
///
/// Never blocks, but for the disk with a `directory`. Any thread. Free `*queue` with
/// `coslink_queue_free`; the client may be freed before. Fails with
/// `COSLINK_ERROR_INVALID_ARGUMENT`, which names the option, with `COSLINK_ERROR_BUSY` when another
/// queue has the directory, and with `COSLINK_ERROR_LOCAL_IO` or `COSLINK_ERROR_INTERNAL` when the system has no descriptor or no
/// thread left. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_queue_new(
    client: *const coslink_client,
    options: *const coslink_queue_options,
    queue: *mut *mut coslink_queue,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            let slot = Out::new(queue).required("queue")?;
            let client = required(client, "client")?;
            let options = read_sized(options, "options")?;
            let mut builder = client.0.queue();
            if options.parallel_files != 0 {
                builder = builder.parallel_files(options.parallel_files as usize);
            }
            if options.keep_finished != 0 {
                builder = builder.keep_finished(options.keep_finished as usize);
            }
            if let Some(directory) = path(options.directory, "directory")? {
                builder = builder.directory(directory);
            }
            slot.give(coslink_queue {
                queue: builder.build()?,
                told: Mutex::new(None),
            });
            Ok(())
        })
    }
}

/// Frees a queue, and the event that was polled last. NULL is fine. What runs is paused: what has
/// moved stays, and the same transfers, pushed to another queue, go on from there. Bytes in memory
/// begin anew.
///
/// Blocks until the queue's threads have ended, which takes a moment where a request is under way.
/// No other thread may be inside a call with this handle. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_queue_free(queue: *mut coslink_queue) {
    quietly((), || {
        if !queue.is_null() {
            // SAFETY: it came from `coslink_queue_new` and is freed once, as the header says.
            drop(unsafe { Box::from_raw(queue) });
        }
    });
}

/// Acts on a queue.
///
/// # Safety
/// The pointers are what the header asks of them.
unsafe fn act(
    queue: *const coslink_queue,
    error: *mut *mut coslink_error,
    act: impl FnOnce(&Queue) -> Result<()>,
) -> coslink_status {
    // SAFETY: as promised by the caller.
    unsafe { guard(error, || act(&required(queue, "queue")?.queue)) }
}

/// Pauses a task that waits or runs. What it has moved stays, with COS and in its journal.
///
/// Never blocks: the requests that are under way end a moment later. Any thread. Fails with
/// `COSLINK_ERROR_NOT_FOUND`, and with `COSLINK_ERROR_WRONG_STATE` when the task is paused or has
/// come to an end. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_queue_pause(
    queue: *const coslink_queue,
    task: u64,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe { act(queue, error, |queue| queue.pause(TaskId(task))) }
}

/// Lets a task that is paused or has failed wait for its turn again. It goes on from where it was,
/// as `coslink_resume` says.
///
/// Never blocks. Any thread. Fails with `COSLINK_ERROR_NOT_FOUND`, and with
/// `COSLINK_ERROR_WRONG_STATE` when the task waits, runs, was cancelled or succeeded. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_queue_restart(
    queue: *const coslink_queue,
    task: u64,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe { act(queue, error, |queue| queue.restart(TaskId(task))) }
}

/// Cancels a task that has not come to an end. What it has moved is taken back; an object or a file
/// that was complete before stays.
///
/// Never blocks: what has moved is taken back a moment later. Any thread. Fails with
/// `COSLINK_ERROR_NOT_FOUND`, and with `COSLINK_ERROR_WRONG_STATE` when the task has come to an end.
/// Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_queue_cancel(
    queue: *const coslink_queue,
    task: u64,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe { act(queue, error, |queue| queue.cancel(TaskId(task))) }
}

/// Puts a task before all others of its priority. Tasks that are under way go on.
///
/// Never blocks. Any thread. Fails with `COSLINK_ERROR_NOT_FOUND`. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_queue_to_front(
    queue: *const coslink_queue,
    task: u64,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe { act(queue, error, |queue| queue.to_front(TaskId(task))) }
}

/// Gives a task another priority: those of a higher one come first, and those below 0 are the
/// background (`COSLINK_BACKGROUND`). A task that is under way goes on, and gives way from now on or
/// no more.
///
/// Never blocks. Any thread. Fails with `COSLINK_ERROR_NOT_FOUND`. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_queue_set_priority(
    queue: *const coslink_queue,
    task: u64,
    priority: i32,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        act(queue, error, |queue| {
            queue.set_priority(TaskId(task), priority)
        })
    }
}

/// Limits the bytes per second that a task moves; 0 for no limit. It may be changed while the task
/// runs, which hears of it at once. The limits of the client hold beside it.
///
/// Never blocks. Any thread. Fails with `COSLINK_ERROR_NOT_FOUND`. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_queue_set_limit(
    queue: *const coslink_queue,
    task: u64,
    bytes_per_second: u64,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        act(queue, error, |queue| {
            queue.set_limit(TaskId(task), bytes_per_second)
        })
    }
}

/// Makes a descriptor that is readable while an event waits, for `select`, `poll`, `epoll` and the
/// like. Read nothing from it, but call `coslink_queue_poll` until there is no event any more. Each
/// call makes another one, which is yours to `close`, and may outlive the queue.
///
/// Never blocks. Any thread. Fails with `COSLINK_ERROR_LOCAL_IO` when the system has no descriptor
/// left, and always where it has none to wait for, as on Windows: there, let `coslink_queue_poll`
/// wait. After a failure `*descriptor` is -1. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_queue_descriptor(
    queue: *const coslink_queue,
    descriptor: *mut c_int,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            let Some(slot) = descriptor.as_mut() else {
                return Err(Error::invalid("descriptor", "is NULL"));
            };
            *slot = -1;
            *slot = self::descriptor(&required(queue, "queue")?.queue)?;
            Ok(())
        })
    }
}

#[cfg(unix)]
fn descriptor(queue: &Queue) -> Result<c_int> {
    use std::os::fd::IntoRawFd;
    Ok(queue.descriptor()?.into_raw_fd())
}

#[cfg(not(unix))]
fn descriptor(_: &Queue) -> Result<c_int> {
    let message = "this system has no descriptor to wait for; let coslink_queue_poll wait";
    Err(Error::new(crate::error::ErrorKind::LocalIo, message))
}
