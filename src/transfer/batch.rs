//! Many files at once: one progress of all, a result of each.

use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::Hash;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::thread;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, unbounded};

use super::ended::{Done, Ended, close, open};
use super::{DownloadFile, Downloaded, UploadFile, Uploaded};
use crate::client::{Bucket, Client};
use crate::error::{Error, ErrorKind, Result};
use crate::watch::{INTERVAL, Meter, Progress, Watch};

/// Looks on while many files are transferred, and may stop them.
///
/// Every method runs on the thread that made the call. `Break` stops what is under way and what has
/// not begun; each of those files ends with [`Cancelled`](ErrorKind::Cancelled).
pub trait BatchWatch<T> {
    /// How far all files together are. What a file that failed did not move is taken off the total.
    fn moved(&mut self, progress: &Progress) -> ControlFlow<()>;

    /// A file, counted from 0 in the order in which they were given, came to its end.
    fn finished(&mut self, _index: usize, _result: &Result<T>) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

impl<T> BatchWatch<T> for () {
    fn moved(&mut self, _: &Progress) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

impl<T, F: FnMut(&Progress) -> ControlFlow<()>> BatchWatch<T> for F {
    fn moved(&mut self, progress: &Progress) -> ControlFlow<()> {
        self(progress)
    }
}

impl Client {
    /// Uploads files, [`parallel_files`](crate::ClientBuilder::parallel_files) at the same time, and
    /// returns when each has come to its end; the results are in the order of the files. One that
    /// fails does not stop the others.
    ///
    /// All their requests together are bounded by
    /// [`parallel_requests`](crate::ClientBuilder::parallel_requests). A file whose bucket and key
    /// stood before is refused with `InvalidArgument`.
    pub fn upload_files(
        &self,
        files: impl IntoIterator<Item = (Bucket, UploadFile)>,
        watch: impl BatchWatch<Uploaded>,
    ) -> Vec<Result<Uploaded>> {
        let files: Vec<_> = files.into_iter().collect();
        let size = |file: &UploadFile| file.path().metadata().map_or(0, |metadata| metadata.len());
        let names = files
            .iter()
            .map(|(bucket, file)| (bucket.location(file.key()), size(file)));
        let names = names.collect();
        let each = |index: usize, watch: FileWatch<'_>| {
            let (bucket, file): &(Bucket, UploadFile) = &files[index];
            bucket.upload_with(file, watch)
        };
        run(self.parallel_files(), names, "key", each, watch)
    }

    /// Downloads objects, as many at the same time as `upload_files` uploads, and returns when each
    /// has come to its end; the results are in the order of the objects. One that fails does not stop
    /// the others.
    ///
    /// The total of the progress grows as objects are begun, whose size nobody knows before. An
    /// object whose target stood before is refused with `InvalidArgument`.
    pub fn download_files(
        &self,
        files: impl IntoIterator<Item = (Bucket, DownloadFile)>,
        watch: impl BatchWatch<Downloaded>,
    ) -> Vec<Result<Downloaded>> {
        let files: Vec<_> = files.into_iter().collect();
        let target = |file: &DownloadFile| {
            std::path::absolute(file.path()).unwrap_or_else(|_| PathBuf::from(file.path()))
        };
        let names = files.iter().map(|(_, file)| (target(file), 0)).collect();
        let each = |index: usize, watch: FileWatch<'_>| {
            let (bucket, file): &(Bucket, DownloadFile) = &files[index];
            bucket.download_with(file, watch)
        };
        run(self.parallel_files(), names, "path", each, watch)
    }
}

/// What the threads of a batch share.
struct Shared {
    next: AtomicUsize,
    stopped: AtomicBool,
    /// Loaded and total of each file.
    files: Mutex<Vec<(u64, u64)>>,
}

impl Shared {
    fn files(&self) -> MutexGuard<'_, Vec<(u64, u64)>> {
        self.files
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn sum(&self) -> (u64, u64) {
        let add = |sum: (u64, u64), file: &(u64, u64)| (sum.0 + file.0, sum.1 + file.1);
        self.files().iter().fold((0, 0), add)
    }
}

/// Looks on at one file of a batch, on the thread that transfers it.
struct FileWatch<'s> {
    shared: &'s Shared,
    index: usize,
}

impl FileWatch<'_> {
    fn answer(&self) -> ControlFlow<()> {
        match self.shared.stopped.load(Ordering::Relaxed) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }
}

impl Watch for FileWatch<'_> {
    fn moved(&mut self, progress: &Progress) -> ControlFlow<()> {
        self.shared.files()[self.index] = (progress.loaded, progress.total);
        self.answer()
    }

    fn hashed(&mut self, _: &Progress) -> ControlFlow<()> {
        self.answer()
    }
}

/// Stops the others when the caller's watch panics, so that there is an end to wait for.
struct StopOnDrop<'s>(&'s Shared);

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        self.0.stopped.store(true, Ordering::Relaxed);
    }
}

/// Transfers each file on one of so many threads, while the calling one looks on. `names` are what
/// must be different, and the sizes that are known.
fn run<T: Send + 'static, N: Eq + Hash>(
    threads: usize,
    names: Vec<(N, u64)>,
    parameter: &str,
    each: impl Fn(usize, FileWatch<'_>) -> Result<T> + Sync,
    watch: impl BatchWatch<T>,
) -> Vec<Result<T>> {
    let mut results: Vec<Option<Result<T>>> = names.iter().map(|_| None).collect();
    let watch = RefCell::new(watch);
    let files = Files {
        twice: twice(&names),
        parameter,
        each: &|index, watch| close(each(index, watch)),
    };
    let sizes = names.iter().map(|(_, size)| *size).collect();
    let moved = &mut |progress: &Progress| watch.borrow_mut().moved(progress);
    let ended = &mut |index: usize, result: Result<Done>| {
        let result = result.and_then(open);
        let answer = watch.borrow_mut().finished(index, &result);
        results[index] = Some(result);
        answer
    };
    run_all(threads, sizes, &files, moved, ended);
    let missing = || {
        Err(Error::new(
            ErrorKind::Internal,
            "no thread to move files could be made",
        ))
    };
    results
        .into_iter()
        .map(|result| result.unwrap_or_else(missing))
        .collect()
}

/// What is transferred, and by what.
struct Files<'f> {
    /// Those that stood before, and the parameter that says so.
    twice: Vec<usize>,
    parameter: &'f str,
    each: &'f (dyn Fn(usize, FileWatch<'_>) -> Result<Done> + Sync),
}

impl Files<'_> {
    fn transfer(&self, index: usize, shared: &Shared) -> Result<Done> {
        if self.twice.contains(&index) {
            return Err(Error::invalid(
                self.parameter,
                "stood before in the same batch",
            ));
        }
        if shared.stopped.load(Ordering::Relaxed) {
            return Err(Error::new(ErrorKind::Cancelled, "the batch was stopped"));
        }
        (self.each)(index, FileWatch { shared, index })
    }
}

fn run_all(
    threads: usize,
    sizes: Vec<u64>,
    files: &Files<'_>,
    moved: &mut dyn FnMut(&Progress) -> ControlFlow<()>,
    finished: &mut dyn FnMut(usize, Result<Done>) -> ControlFlow<()>,
) {
    let count = sizes.len();
    let sizes = sizes.into_iter().enumerate();
    let known = |(index, size)| {
        (
            0,
            if files.twice.contains(&index) {
                0
            } else {
                size
            },
        )
    };
    let shared = Shared {
        next: AtomicUsize::new(0),
        stopped: AtomicBool::new(false),
        files: Mutex::new(sizes.map(known).collect()),
    };
    let work = |sender: Sender<Ended>| {
        loop {
            let index = shared.next.fetch_add(1, Ordering::Relaxed);
            if index >= count {
                return;
            }
            let transfer = AssertUnwindSafe(|| files.transfer(index, &shared));
            let panicked = |_| Err(Error::new(ErrorKind::Internal, "moving a file panicked"));
            let ended = catch_unwind(transfer).unwrap_or_else(panicked);
            let _ = sender.send((index as u32, ended));
        }
    };
    thread::scope(|scope| {
        let _stop = StopOnDrop(&shared);
        let (sender, receiver) = unbounded();
        for number in 0..threads.min(count) {
            let (sender, name) = (sender.clone(), format!("coslink-file-{number}"));
            let started = thread::Builder::new()
                .name(name)
                .spawn_scoped(scope, || work(sender));
            if started.is_err() {
                break;
            }
        }
        drop(sender);
        collect(&shared, &receiver, moved, finished);
    });
}

/// Looks on until every file has come to its end.
fn collect(
    shared: &Shared,
    receiver: &Receiver<Ended>,
    mut moved: &mut dyn FnMut(&Progress) -> ControlFlow<()>,
    finished: &mut dyn FnMut(usize, Result<Done>) -> ControlFlow<()>,
) {
    let stop = |answer: ControlFlow<()>| {
        if answer.is_break() {
            shared.stopped.store(true, Ordering::Relaxed);
        }
    };
    let mut meter = Meter::new(&mut moved, shared.sum().1);
    stop(meter.reach(0));
    loop {
        let ended = receiver.recv_timeout(INTERVAL);
        if let Ok((index, result)) = ended {
            let index = index as usize;
            let mut files = shared.files();
            let (loaded, total) = files[index];
            files[index] = match &result {
                Ok(_) => (total, total),
                Err(_) => (loaded, loaded),
            };
            drop(files);
            stop(finished(index, result));
        } else if matches!(ended, Err(RecvTimeoutError::Disconnected)) {
            break;
        }
        let (loaded, total) = shared.sum();
        meter.set_total(total);
        stop(meter.reach(loaded));
    }
    let _ = meter.finish();
}

/// The indices of those whose name stood before.
fn twice<N: Eq + Hash>(names: &[(N, u64)]) -> Vec<usize> {
    let mut first = HashMap::new();
    let indices = names.iter().enumerate();
    let repeats =
        indices.filter(|(index, (name, _))| *first.entry(name).or_insert(*index) != *index);
    repeats.map(|(index, _)| index).collect()
}
