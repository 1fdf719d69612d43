//! What is known of the tasks of a queue.

use libc::c_char;
use std::ptr;

use super::arena::Arena;
use super::convert::{Out, required};
use super::guard;
use super::queue::coslink_queue;
use super::result::{coslink_result, output_of};
use super::status::{coslink_error, coslink_status};
use super::view::{View, pointers, view};
use crate::error::{Error, ErrorKind};
use crate::queue::{TaskId, TaskInfo, TaskState};

/// Where a task is. New ones may appear in any version, so let a `switch` have a `default`.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum coslink_task_state {
    /// Its turn has not come.
    COSLINK_TASK_WAITING = 1,
    /// It has begun: what an earlier run has moved is looked for.
    COSLINK_TASK_CHECKING = 2,
    /// Bytes move.
    COSLINK_TASK_RUNNING = 3,
    /// It was paused: what has moved stays, and `coslink_queue_restart` goes on from there.
    COSLINK_TASK_PAUSED = 4,
    /// It was cancelled: what has moved is taken back.
    COSLINK_TASK_CANCELLED = 5,
    /// It is done and checked.
    COSLINK_TASK_SUCCEEDED = 6,
    /// It ended with an error; `coslink_queue_restart` tries again.
    COSLINK_TASK_FAILED = 7,
}

impl From<TaskState> for coslink_task_state {
    fn from(state: TaskState) -> Self {
        match state {
            TaskState::Waiting => Self::COSLINK_TASK_WAITING,
            TaskState::Checking => Self::COSLINK_TASK_CHECKING,
            TaskState::Running => Self::COSLINK_TASK_RUNNING,
            TaskState::Paused => Self::COSLINK_TASK_PAUSED,
            TaskState::Cancelled => Self::COSLINK_TASK_CANCELLED,
            TaskState::Succeeded => Self::COSLINK_TASK_SUCCEEDED,
            TaskState::Failed => Self::COSLINK_TASK_FAILED,
        }
    }
}

/// What is known of a task at one moment. An output struct.
#[repr(C)]
pub struct coslink_task {
    /// The task.
    pub id: u64,
    /// Where it is.
    pub state: coslink_task_state,
    /// Tasks of a higher priority come first.
    pub priority: i32,
    /// The bucket that it moves to or from, as `name-appid`.
    pub bucket: *const c_char,
    /// The bucket's region.
    pub region: *const c_char,
    /// The object's key.
    pub key: *const c_char,
    /// The local file; NULL for bytes in memory and copies.
    pub path: *const c_char,
    /// From here to `fraction`: as in `coslink_progress`.
    pub loaded: u64,
    pub total: u64,
    pub speed: u64,
    pub fraction: f64,
    /// How far local bytes are summed up, to find what an earlier run has moved: from 0.0 to 1.0.
    pub hashed: f64,
    /// Why it failed: a `coslink_status`. 0: it did not.
    pub error_status: i32,
    /// Why it failed, in one line, as `text` of `coslink_error`. NULL: it did not.
    pub error_text: *const c_char,
}

/// The tasks of a queue. An output struct.
#[repr(C)]
pub struct coslink_queue_tasks_output {
    /// The tasks, in the order in which they were added.
    pub tasks: *const *const coslink_task,
    /// How many `tasks` there are.
    pub task_count: usize,
}

view! { TaskInfo => coslink_task |arena|
    priority bucket region key hashed; id state path progress error {
        id: id.number(),
        state: state.into(),
        path: path.map_or(ptr::null(), |path| arena.path(&path)),
        loaded: progress.loaded,
        total: progress.total,
        speed: progress.speed,
        fraction: progress.fraction(),
        error_status: error.as_ref().map_or(0, |e| coslink_status::from(e.kind()) as i32),
        error_text: arena.optional(error.map(|error| error.to_string()).as_deref()),
    }
}

impl View for Vec<TaskInfo> {
    type C = coslink_queue_tasks_output;

    fn view(self, arena: &mut Arena) -> Self::C {
        coslink_queue_tasks_output {
            task_count: self.len(),
            tasks: pointers(self, arena),
        }
    }
}

/// All tasks of the list: those that have not come to an end, and as many of the others as the queue
/// keeps.
///
/// Never blocks. Any thread. Free `*result` with `coslink_result_free`; it has no HTTP status, headers
/// and request id, and may outlive the queue. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_queue_tasks(
    queue: *const coslink_queue,
    result: *mut *mut coslink_result,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            let slot = Out::new(result);
            let tasks = required(queue, "queue")?.queue.tasks();
            slot.give(coslink_result::of_transfer(tasks, None));
            Ok(())
        })
    }
}

/// The same for one task: the output has one entry.
///
/// Never blocks. Any thread. Free `*result` with `coslink_result_free`. Fails with
/// `COSLINK_ERROR_NOT_FOUND` when the task is not, or not any more, in the list. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_queue_task(
    queue: *const coslink_queue,
    task: u64,
    result: *mut *mut coslink_result,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            let slot = Out::new(result);
            let Some(info) = required(queue, "queue")?.queue.task(TaskId(task)) else {
                let message = format!("there is no task {task}");
                return Err(Error::new(ErrorKind::NotFound, message));
            };
            slot.give(coslink_result::of_transfer(vec![info], None));
            Ok(())
        })
    }
}

/// The output of `coslink_queue_tasks` and `coslink_queue_task`; NULL for another operation's result.
///
/// Never blocks. Lives as long as the result. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_result_queue_tasks(
    result: *const coslink_result,
) -> *const coslink_queue_tasks_output {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe { output_of(result) }
}
