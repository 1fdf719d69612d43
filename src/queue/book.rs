//! The tasks of a queue and the events that wait to be polled: everything that its lock guards.

use std::cmp::Reverse;
use std::collections::{BTreeMap, VecDeque};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::entry::{Run, Task};
use super::saved::{Saved, SavedTask};
use super::signal::Signal;
use super::state::{Action, TaskState};
use super::task::{Done, Event, TaskId, TaskInfo, Transfer};
use crate::client::Bucket;
use crate::error::{Error, ErrorKind, Result};
use crate::transfer::journal::Journal;
use crate::watch::Progress;

pub(super) struct Book {
    tasks: BTreeMap<TaskId, Task>,
    last: u64,
    events: VecDeque<Pending>,
    /// Tasks that came to an end, the earliest first, and how many of them are kept.
    finished: VecDeque<TaskId>,
    keep_finished: usize,
    /// No task is begun any more.
    pub(super) closed: bool,
    signal: Signal,
    saved: Option<Saved>,
}

/// How often the progress of a task is written down.
const NOTED_EVERY: Duration = Duration::from_secs(1);

enum Pending {
    Event(Event),
    /// The progress of this task, as it is when it is polled.
    Progress(TaskId),
}

/// What a thread is to do.
pub(super) enum Job {
    Run(TaskId, Bucket, Transfer, Run),
    Forget(TaskId, Bucket, Transfer),
}

impl Book {
    pub(super) fn new(keep_finished: usize, signal: Signal) -> Self {
        Self {
            tasks: BTreeMap::new(),
            last: 0,
            events: VecDeque::new(),
            finished: VecDeque::new(),
            keep_finished,
            closed: false,
            signal,
            saved: None,
        }
    }

    /// Writes everything down from now on, and goes on with what was written down before.
    pub(super) fn save(
        &mut self,
        saved: Saved,
        tasks: BTreeMap<TaskId, SavedTask>,
        bucket: impl Fn(&str, &str) -> Result<Bucket>,
    ) {
        for (id, saved) in tasks {
            // A bucket that this client cannot have is no task of it.
            let Ok(bucket) = bucket(&saved.bucket, &saved.region) else {
                continue;
            };
            let mut task = Task::new(bucket, saved.transfer, saved.priority, saved.place);
            (task.state, task.error, task.has_run) = (saved.state, saved.error, true);
            // The process may have died before it was taken back.
            task.litters = task.state == TaskState::Cancelled;
            if saved.progress.total > 0 {
                task.progress = saved.progress;
            }
            self.last = self.last.max(id.0);
            if task.state.is_final() {
                self.finished.push_back(id);
            }
            self.tasks.insert(id, task);
            self.tell(Pending::Event(Event::Added(id)));
        }
        self.saved = Some(saved);
        self.rewrite();
    }

    /// What makes the record durable, if there is one.
    pub(super) fn journal(&self) -> Option<Arc<Journal>> {
        self.saved.as_ref().map(Saved::journal)
    }

    fn rewrite(&mut self) {
        if let Some(saved) = &mut self.saved {
            saved.rewrite(self.tasks.iter().map(|(id, task)| (*id, task.view())));
        }
    }

    /// Writes something down, if anything is.
    fn note(&mut self, note: impl FnOnce(&Saved)) {
        if let Some(saved) = &self.saved {
            note(saved);
            if saved.is_large() {
                self.rewrite();
            }
        }
    }

    pub(super) fn add(&mut self, bucket: Bucket, transfer: Transfer, priority: i32) -> TaskId {
        self.last += 1;
        let id = TaskId(self.last);
        let task = Task::new(bucket, transfer, priority, self.last.cast_signed());
        if let Some(saved) = &self.saved {
            saved.add(id, &task.view());
        }
        self.tasks.insert(id, task);
        self.tell(Pending::Event(Event::Added(id)));
        id
    }

    fn tell(&mut self, event: Pending) {
        self.events.push_back(event);
        self.signal.set();
    }

    fn task(&mut self, id: TaskId) -> Result<&mut Task> {
        let unknown = || Error::new(ErrorKind::NotFound, format!("there is no task {}", id.0));
        self.tasks.get_mut(&id).ok_or_else(unknown)
    }

    /// Takes a step of the table.
    fn step(&mut self, id: TaskId, action: Action) -> Result<TaskState> {
        let task = self.task(id)?;
        let Some(state) = task.state.after(action) else {
            let message = format!("task {} is {:?}", id.0, task.state).to_lowercase();
            return Err(Error::new(ErrorKind::WrongState, message));
        };
        task.state = state;
        let error = task.error.clone();
        self.note(|saved| saved.state(id, state, error.as_deref()));
        self.tell(Pending::Event(Event::State(id, state)));
        Ok(state)
    }

    pub(super) fn pause(&mut self, id: TaskId) -> Result<()> {
        self.step(id, Action::Pause)?;
        if let Some(run) = &self.task(id)?.run {
            run.end(true);
        }
        Ok(())
    }

    pub(super) fn restart(&mut self, id: TaskId) -> Result<()> {
        let error = self.task(id)?.error.take();
        if let Err(refused) = self.step(id, Action::Restart) {
            self.task(id)?.error = error;
            return Err(refused);
        }
        self.finished.retain(|finished| *finished != id);
        Ok(())
    }

    pub(super) fn cancel(&mut self, id: TaskId) -> Result<()> {
        self.step(id, Action::Cancel)?;
        let task = self.task(id)?;
        match &task.run {
            Some(run) => run.end(false),
            None => task.litters = task.has_run,
        }
        let error = Error::new(ErrorKind::Cancelled, "the task was cancelled");
        self.finish(id, Err(Arc::new(error)));
        Ok(())
    }

    pub(super) fn put_first(&mut self, id: TaskId) -> Result<()> {
        let first = self.tasks.values().map(|task| task.place).min();
        self.task(id)?.place = first.unwrap_or_default() - 1;
        self.note_order(id)
    }

    pub(super) fn set_priority(&mut self, id: TaskId, priority: i32) -> Result<()> {
        self.task(id)?.set_priority(priority);
        self.note_order(id)
    }

    fn note_order(&mut self, id: TaskId) -> Result<()> {
        let task = self.task(id)?;
        let (priority, place) = (task.priority, task.place);
        self.note(|saved| saved.order(id, priority, place));
        Ok(())
    }

    pub(super) fn set_limit(&mut self, id: TaskId, bytes_per_second: u64) -> Result<()> {
        self.task(id)?.pace.limiter.set(bytes_per_second);
        Ok(())
    }

    /// Pauses, for good, what runs.
    pub(super) fn close(&mut self) {
        self.closed = true;
        let is_cancelled = |task: &&Task| task.state == TaskState::Cancelled;
        let tasks = self.tasks.values().filter(|task| !is_cancelled(task));
        for run in tasks.filter_map(|task| task.run.as_ref()) {
            run.end(true);
        }
    }

    /// The next thing to do for a thread of the background or for another, if there is one now.
    pub(super) fn take(&mut self, background: bool) -> Option<Job> {
        let mut tasks = self.tasks.iter_mut();
        if let Some((id, task)) = tasks.find(|(_, task)| task.litters && task.run.is_none()) {
            task.litters = false;
            task.run = Some(Run::default());
            return Some(Job::Forget(*id, task.bucket.clone(), task.transfer.clone()));
        }
        if self.closed {
            return None;
        }
        let waits = |task: &Task| {
            let is_idle = task.state == TaskState::Waiting && task.run.is_none();
            is_idle && task.is_background() == background
        };
        let waiting = self.tasks.iter().filter(|(_, task)| waits(task));
        let (id, _) = waiting.min_by_key(|(_, task)| (Reverse(task.priority), task.place))?;
        let id = *id;
        self.step(id, Action::Take).ok()?;
        let task = self.tasks.get_mut(&id)?;
        let run = Run {
            pace: Arc::clone(&task.pace),
            ..Run::default()
        };
        task.run = Some(run.clone());
        task.has_run = true;
        task.hashed = 0.0;
        let transfer = task.transfer.clone().kept_by(Arc::clone(&run.keep));
        Some(Job::Run(id, task.bucket.clone(), transfer, run))
    }

    /// Bytes of a run moved.
    pub(super) fn moved(&mut self, id: TaskId, run: &Run, progress: &Progress) -> ControlFlow<()> {
        if run.stop.load(Ordering::Relaxed) {
            return ControlFlow::Break(());
        }
        let Some(task) = self.tasks.get_mut(&id) else {
            return ControlFlow::Break(());
        };
        let is_first = progress.loaded > 0 && task.state == TaskState::Checking;
        task.progress = *progress;
        let is_due = task
            .noted
            .is_none_or(|noted| noted.elapsed() >= NOTED_EVERY);
        if is_due {
            task.noted = Some(Instant::now());
            let progress = *progress;
            self.note(|saved| saved.moved(id, progress));
        }
        if is_first {
            let _ = self.step(id, Action::Move);
        }
        let tells = self.tasks.get_mut(&id).map(|task| &mut task.tells_progress);
        if tells.is_some_and(|tells| !std::mem::replace(tells, true)) {
            self.tell(Pending::Progress(id));
        }
        ControlFlow::Continue(())
    }

    /// Local bytes of a run were summed up.
    pub(super) fn hashed(&mut self, id: TaskId, run: &Run, progress: &Progress) -> ControlFlow<()> {
        if let Some(task) = self.tasks.get_mut(&id) {
            task.hashed = progress.fraction();
        }
        match run.stop.load(Ordering::Relaxed) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }

    /// A run came to its end.
    pub(super) fn ended(&mut self, id: TaskId, outcome: Result<Done>) {
        let Some(task) = self.tasks.get_mut(&id) else {
            return;
        };
        task.run = None;
        match outcome {
            Ok(done) => {
                if task.state.after(Action::Succeed).is_some() {
                    task.progress.loaded = task.progress.total;
                    let _ = self.step(id, Action::Succeed);
                    self.finish(id, Ok(done));
                }
            }
            // It stopped for a pause, a restart or a cancel, whatever it says.
            Err(_) if task.state.after(Action::Fail).is_none() => {
                task.litters = task.state == TaskState::Cancelled;
            }
            // The queue is closed: it would wait again, if there were anybody to begin it.
            Err(error) if self.closed && error.kind() == ErrorKind::Cancelled => {
                task.state = TaskState::Waiting;
            }
            Err(error) => {
                let error = Arc::new(error);
                task.error = Some(Arc::clone(&error));
                let _ = self.step(id, Action::Fail);
                self.finish(id, Err(error));
            }
        }
    }

    /// What a cancelled task had moved was taken back.
    pub(super) fn forgot(&mut self, id: TaskId) {
        if let Some(task) = self.tasks.get_mut(&id) {
            task.run = None;
        }
    }

    fn finish(&mut self, id: TaskId, result: std::result::Result<Done, Arc<Error>>) {
        self.tell(Pending::Event(Event::Finished(id, result)));
        self.finished.push_back(id);
        let saved = self.saved.as_ref();
        let mut surplus = self.finished.len().saturating_sub(self.keep_finished);
        let tasks = &mut self.tasks;
        self.finished.retain(|id| {
            let is_idle = tasks
                .get(id)
                .is_none_or(|task| task.run.is_none() && !task.litters);
            if surplus == 0 || !is_idle {
                return true;
            }
            surplus -= 1;
            tasks.remove(id);
            if let Some(saved) = saved {
                saved.gone(*id);
            }
            false
        });
    }

    /// The next event that waits.
    pub(super) fn event(&mut self) -> Option<Event> {
        let next = loop {
            match self.events.pop_front() {
                Some(Pending::Event(event)) => break Some(event),
                Some(Pending::Progress(id)) => {
                    if let Some(task) = self.tasks.get_mut(&id) {
                        task.tells_progress = false;
                        break Some(Event::Progress(id, task.progress));
                    }
                }
                None => break None,
            }
        };
        if self.events.is_empty() {
            self.signal.clear();
        }
        next
    }

    #[cfg(unix)]
    pub(super) fn share(&self) -> Result<std::os::unix::net::UnixStream> {
        self.signal.share()
    }

    pub(super) fn info(&self, id: TaskId) -> Option<TaskInfo> {
        let task = self.tasks.get(&id)?;
        Some(TaskInfo {
            id,
            state: task.state,
            bucket: task.bucket.name().to_owned(),
            region: task.bucket.region().to_owned(),
            key: task.transfer.key().to_owned(),
            path: task.transfer.path().map(ToOwned::to_owned),
            progress: task.progress,
            hashed: task.hashed,
            priority: task.priority,
            error: task.error.clone(),
        })
    }

    pub(super) fn infos(&self) -> Vec<TaskInfo> {
        self.tasks.keys().filter_map(|id| self.info(*id)).collect()
    }
}
