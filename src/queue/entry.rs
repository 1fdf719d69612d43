//! One task as the book has it, and its run.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use super::saved::SavedView;
use super::state::TaskState;
use super::task::Transfer;
use crate::client::Bucket;
use crate::error::Error;
use crate::limit::Pace;
use crate::watch::Progress;

/// One task of the book.
pub(super) struct Task {
    pub(super) bucket: Bucket,
    pub(super) transfer: Transfer,
    pub(super) state: TaskState,
    pub(super) progress: Progress,
    pub(super) hashed: f64,
    pub(super) priority: i32,
    /// Its place among tasks of the same priority.
    pub(super) place: i64,
    pub(super) error: Option<Arc<Error>>,
    pub(super) run: Option<Run>,
    pub(super) has_run: bool,
    /// What it has moved is still to be taken back.
    pub(super) litters: bool,
    pub(super) tells_progress: bool,
    pub(super) pace: Arc<Pace>,
    /// When its progress was last written down.
    pub(super) noted: Option<Instant>,
}

impl Task {
    pub(super) fn new(bucket: Bucket, transfer: Transfer, priority: i32, place: i64) -> Self {
        let progress = Progress {
            total: transfer.size(),
            unknown: matches!(transfer, Transfer::Download(_) | Transfer::Copy(_)),
            ..Progress::default()
        };
        let mut task = Self {
            bucket,
            transfer,
            state: TaskState::Waiting,
            progress,
            hashed: 0.0,
            priority: 0,
            place,
            error: None,
            run: None,
            has_run: false,
            litters: false,
            tells_progress: false,
            pace: Arc::default(),
            noted: None,
        };
        task.set_priority(priority);
        task
    }

    pub(super) fn set_priority(&mut self, priority: i32) {
        self.priority = priority;
        let gives_way = self.is_background();
        self.pace.gives_way.store(gives_way, Ordering::Relaxed);
    }

    pub(super) fn is_background(&self) -> bool {
        self.priority < 0
    }

    pub(super) fn view(&self) -> SavedView<'_> {
        SavedView {
            bucket: self.bucket.name(),
            region: self.bucket.region(),
            transfer: &self.transfer,
            state: self.state,
            priority: self.priority,
            place: self.place,
            progress: self.progress,
            error: self.error.as_deref(),
        }
    }
}

/// A run under way: how it is stopped, and whether what it has moved stays then.
#[derive(Clone, Default)]
pub(super) struct Run {
    pub(super) stop: Arc<AtomicBool>,
    pub(super) keep: Arc<AtomicBool>,
    pub(super) pace: Arc<Pace>,
}

impl Run {
    pub(super) fn end(&self, keep: bool) {
        self.keep.store(keep, Ordering::Relaxed);
        self.stop.store(true, Ordering::Relaxed);
    }
}
