//! A thread of the queue: takes a task, carries out the blocking call, writes down what became of
//! it.

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError};

use super::Shared;
use super::book::Job;
use super::entry::Run;
use super::task::TaskId;
use crate::error::{Error, ErrorKind};
use crate::watch::{Meter, Progress, Watch};

/// Works until the queue is closed, for tasks of the background or for the others.
pub(super) fn work(shared: &Shared, background: bool) {
    while let Some(job) = next(shared, background) {
        match job {
            Job::Run(id, bucket, transfer, run) => {
                let pace = Arc::clone(&run.pace);
                let mut watch = TaskWatch { shared, id, run };
                let mut meter = Meter::unknown(&mut watch).paced(pace);
                let ran = catch_unwind(AssertUnwindSafe(|| transfer.run(&bucket, &mut meter)));
                let panicked = |_| {
                    Err(Error::new(
                        ErrorKind::Internal,
                        "carrying out a task panicked",
                    ))
                };
                shared.book().ended(id, ran.unwrap_or_else(panicked));
            }
            Job::Forget(id, bucket, transfer) => {
                let _ = catch_unwind(AssertUnwindSafe(|| transfer.forget(&bucket)));
                shared.book().forgot(id);
            }
        }
        let journal = shared.book().journal();
        if let Some(journal) = journal {
            journal.sync_late();
        }
        shared.event.notify_all();
        // The task may wait for its next turn by now.
        shared.work.notify_all();
    }
}

fn next(shared: &Shared, background: bool) -> Option<Job> {
    let mut book = shared.book();
    loop {
        // Also when it is closed: what was cancelled is taken back.
        if let Some(job) = book.take(background) {
            shared.event.notify_all();
            return Some(job);
        }
        if book.closed {
            return None;
        }
        let woken = shared.work.wait(book);
        book = woken.unwrap_or_else(PoisonError::into_inner);
    }
}

/// Looks on at a run for the book.
struct TaskWatch<'s> {
    shared: &'s Shared,
    id: TaskId,
    run: Run,
}

impl Watch for TaskWatch<'_> {
    fn moved(&mut self, progress: &Progress) -> ControlFlow<()> {
        let answer = self.shared.book().moved(self.id, &self.run, progress);
        self.shared.event.notify_all();
        answer
    }

    fn hashed(&mut self, progress: &Progress) -> ControlFlow<()> {
        self.shared.book().hashed(self.id, &self.run, progress)
    }
}
