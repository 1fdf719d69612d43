//! A queue that is written down, so that another process finds its tasks.
//!
//! The record is a journal: one line for a task, and one for each thing that changes. It is written
//! under the queue's lock, without waiting for the disk, so that a kill loses nothing; the threads
//! make it durable beside.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::state::TaskState;
use super::task::{TaskId, Transfer};
use crate::error::{Error, ErrorKind, Result};
use crate::transfer::journal::{Found, Journal};
use crate::watch::Progress;
use crate::wire::encode;

pub(super) struct Saved {
    journal: Arc<Journal>,
    path: PathBuf,
}

/// A task as it was written down.
pub(super) struct SavedTask {
    pub(super) bucket: String,
    pub(super) region: String,
    pub(super) transfer: Transfer,
    pub(super) state: TaskState,
    pub(super) priority: i32,
    pub(super) place: i64,
    pub(super) progress: Progress,
    pub(super) error: Option<Arc<Error>>,
}

pub(super) const IDENTITY: &str = "queue";

/// The size of a record at which it is written anew, in bytes.
const LARGEST: u64 = 4 << 20;

impl Saved {
    /// Opens the record in this directory, or begins one.
    ///
    /// # Errors
    /// `Busy` when another queue has it open; `LocalIo`.
    pub(super) fn open(directory: &Path) -> Result<(Self, BTreeMap<TaskId, SavedTask>)> {
        fs::create_dir_all(directory).map_err(|e| Error::local("make", directory, e))?;
        let path = directory.join("tasks.coslink-queue");
        let (journal, found) = Journal::open(&path)?;
        let tasks = found.as_ref().map(read).unwrap_or_default();
        if found.is_none_or(|found| found.identity != IDENTITY) {
            journal.restart(IDENTITY)?;
        }
        let journal = Arc::new(journal);
        Ok((Self { journal, path }, tasks))
    }

    /// What makes lines durable.
    pub(super) fn journal(&self) -> Arc<Journal> {
        Arc::clone(&self.journal)
    }

    /// Whether it has grown so much that it is to be written anew.
    pub(super) fn is_large(&self) -> bool {
        self.journal.length() > LARGEST
    }

    /// Writes all of it anew, of these tasks; the old one stays where that fails.
    pub(super) fn rewrite<'t>(&mut self, tasks: impl Iterator<Item = (TaskId, SavedView<'t>)>) {
        let new = self.path.with_extension("new");
        let _ = fs::remove_file(&new);
        let Ok((journal, _)) = Journal::open(&new) else {
            return;
        };
        let fresh = Self {
            journal: Arc::new(journal),
            path: self.path.clone(),
        };
        if fresh.journal.restart(IDENTITY).is_err() {
            return;
        }
        for (id, task) in tasks {
            fresh.add(id, &task);
            fresh.state(id, task.state, task.error);
            fresh.moved(id, task.progress);
        }
        if fresh.journal.rename(&self.path) {
            *self = fresh;
        }
    }

    pub(super) fn add(&self, id: TaskId, task: &SavedView<'_>) {
        let (kind, words) = match task.transfer {
            Transfer::Upload(upload) => ("upload", upload.words()),
            Transfer::Download(download) => ("download", download.words()),
            Transfer::Copy(copy) => ("copy", copy.words()),
            Transfer::UploadBytes(_) => return,
        };
        let Some(words) = words else {
            return;
        };
        let (id, priority) = (id.0.to_string(), task.priority.to_string());
        let (place, bucket) = (task.place.to_string(), encode::percent(task.bucket));
        let region = encode::percent(task.region);
        let mut line = vec!["task", &id, &priority, &place, &bucket, &region, kind];
        line.extend(words.iter().map(String::as_str));
        self.journal.note(&line);
    }

    pub(super) fn state(&self, id: TaskId, state: TaskState, error: Option<&Error>) {
        let id = id.0.to_string();
        self.journal.note(&["state", &id, name(state)]);
        if let Some(error) = error {
            let kind = (error.kind() as i32).to_string();
            let message = encode::percent(error.message());
            self.journal.note(&["error", &id, &kind, &message]);
        }
    }

    pub(super) fn order(&self, id: TaskId, priority: i32, place: i64) {
        let (id, priority, place) = (id.0.to_string(), priority.to_string(), place.to_string());
        self.journal.note(&["order", &id, &priority, &place]);
    }

    pub(super) fn moved(&self, id: TaskId, progress: Progress) {
        let (loaded, total) = (progress.loaded.to_string(), progress.total.to_string());
        self.journal
            .note(&["moved", &id.0.to_string(), &loaded, &total]);
    }

    pub(super) fn gone(&self, id: TaskId) {
        self.journal.note(&["gone", &id.0.to_string()]);
    }
}

/// What of a task is written down.
pub(super) struct SavedView<'t> {
    pub(super) bucket: &'t str,
    pub(super) region: &'t str,
    pub(super) transfer: &'t Transfer,
    pub(super) state: TaskState,
    pub(super) priority: i32,
    pub(super) place: i64,
    pub(super) progress: Progress,
    pub(super) error: Option<&'t Error>,
}

fn name(state: TaskState) -> &'static str {
    match state {
        TaskState::Waiting | TaskState::Checking | TaskState::Running => "waiting",
        TaskState::Paused => "paused",
        TaskState::Cancelled => "cancelled",
        TaskState::Succeeded => "succeeded",
        TaskState::Failed => "failed",
    }
}

fn state(name: &str) -> Option<TaskState> {
    let states = [
        TaskState::Waiting,
        TaskState::Paused,
        TaskState::Cancelled,
        TaskState::Succeeded,
        TaskState::Failed,
    ];
    states.into_iter().find(|state| self::name(*state) == name)
}

/// The tasks that the lines make. A line that makes no sense is passed over.
pub(super) fn read(found: &Found) -> BTreeMap<TaskId, SavedTask> {
    let mut tasks = BTreeMap::new();
    if found.identity == IDENTITY {
        for line in &found.lines {
            let _ = read_line(&mut tasks, line);
        }
    }
    tasks
}

fn read_line(tasks: &mut BTreeMap<TaskId, SavedTask>, line: &[String]) -> Option<()> {
    let words: Vec<&str> = line.iter().map(String::as_str).collect();
    let id = TaskId(words.get(1)?.parse().ok()?);
    match words.as_slice() {
        ["task", _, priority, place, bucket, region, kind, ..] => {
            let rest = &line[7..];
            let transfer = match *kind {
                "upload" => crate::UploadFile::of_words(rest)?.into(),
                "download" => crate::DownloadFile::of_words(rest)?.into(),
                "copy" => crate::CopyFile::of_words(rest)?.into(),
                _ => return None,
            };
            let task = SavedTask {
                bucket: encode::unpercent(bucket)?,
                region: encode::unpercent(region)?,
                transfer,
                state: TaskState::Waiting,
                priority: priority.parse().ok()?,
                place: place.parse().ok()?,
                progress: Progress::default(),
                error: None,
            };
            tasks.insert(id, task);
        }
        ["state", _, name] => {
            let task = tasks.get_mut(&id)?;
            task.state = state(name)?;
            task.error = None;
        }
        ["error", _, kind, message] => {
            let kind: i32 = kind.parse().ok()?;
            let kind = ErrorKind::ALL.iter().find(|known| **known as i32 == kind)?;
            let error = Error::new(*kind, encode::unpercent(message)?);
            tasks.get_mut(&id)?.error = Some(Arc::new(error));
        }
        ["order", _, priority, place] => {
            let task = tasks.get_mut(&id)?;
            (task.priority, task.place) = (priority.parse().ok()?, place.parse().ok()?);
        }
        ["moved", _, loaded, total] => {
            let progress = &mut tasks.get_mut(&id)?.progress;
            (progress.loaded, progress.total) = (loaded.parse().ok()?, total.parse().ok()?);
        }
        ["gone", _] => drop(tasks.remove(&id)),
        _ => return None,
    }
    Some(())
}
