//! Many files at once.

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use cos_emulator::BUCKET;
use coslink::{
    BatchWatch, Bucket, DownloadFile, Downloaded, Error, ErrorKind, Progress, UploadFile, Uploaded,
};

use crate::support::{World, failed, noise};

const MIB: usize = 1 << 20;

/// Files of many sizes, some in parts.
fn files(world: &World, count: usize) -> Vec<(Bucket, UploadFile)> {
    let file = |index: usize| {
        let path = world.file(&format!("f{index}"), &noise(size(index)));
        let upload = UploadFile::new(format!("k{index}"), path);
        (
            world.bucket.clone(),
            upload.part_size(MIB as u64).slice_above(2 * MIB as u64),
        )
    };
    (0..count).map(file).collect()
}

fn size(index: usize) -> usize {
    [0, 5, 3 * MIB, MIB, 5 * MIB + 1][index % 5] + index / 5
}

fn total(count: usize) -> u64 {
    (0..count).map(|index| size(index) as u64).sum()
}

/// Notes all that it is told.
#[derive(Default)]
struct Noted {
    moved: Vec<(u64, u64)>,
    finished: Vec<(usize, Option<ErrorKind>)>,
    stop_after: Option<usize>,
}

impl<T> BatchWatch<T> for &mut Noted {
    fn moved(&mut self, progress: &Progress) -> ControlFlow<()> {
        self.moved.push((progress.loaded, progress.total));
        assert!((0.0..=1.0).contains(&progress.fraction()));
        assert!(progress.speed > 0 || progress.eta().is_none_or(|left| left.is_zero()));
        ControlFlow::Continue(())
    }

    fn finished(&mut self, index: usize, result: &Result<T, Error>) -> ControlFlow<()> {
        self.finished
            .push((index, result.as_ref().err().map(Error::kind)));
        match self.stop_after {
            Some(count) if self.finished.len() >= count => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    }
}

#[test]
fn files_go_up_and_come_down_with_one_progress_and_a_result_each() {
    let world = World::with(|builder| builder.parallel_requests(4));
    let files = files(&world, 12);
    let mut noted = Noted::default();
    let uploaded = world.bucket.client().upload_files(files, &mut noted);
    for (index, result) in uploaded.iter().enumerate() {
        let uploaded: &Uploaded = result.as_ref().unwrap();
        assert_eq!(uploaded.size, size(index) as u64);
        assert!(world.stored(&format!("k{index}")).unwrap() == noise(size(index)));
    }
    assert!(
        world.cos.peak_parallel() <= 4,
        "{}",
        world.cos.peak_parallel()
    );
    assert!(
        world.cos.connections() <= 4 + 3,
        "{}",
        world.cos.connections()
    );
    all_told(&noted, 12);
    assert!(
        noted.moved.iter().all(|(_, all)| *all == total(12)),
        "{:?}",
        noted.moved
    );

    let targets = (0..12).map(|index| {
        let download = DownloadFile::new(format!("k{index}"), world.path(&format!("t{index}")));
        (world.bucket.clone(), download.part_size(MIB as u64))
    });
    let mut noted = Noted::default();
    let downloaded = world.bucket.client().download_files(targets, &mut noted);
    for (index, result) in downloaded.iter().enumerate() {
        let downloaded: &Downloaded = result.as_ref().unwrap();
        assert_eq!(downloaded.size, size(index) as u64);
        let content = std::fs::read(world.path(&format!("t{index}"))).unwrap();
        assert!(content == noise(size(index)));
    }
    assert!(
        world.cos.peak_parallel() <= 4,
        "{}",
        world.cos.peak_parallel()
    );
    all_told(&noted, 12);
}

fn all_told(noted: &Noted, count: usize) {
    let mut ended: Vec<usize> = noted.finished.iter().map(|(index, _)| *index).collect();
    ended.sort_unstable();
    assert_eq!(ended, (0..count).collect::<Vec<_>>());
    let loaded: Vec<u64> = noted.moved.iter().map(|(loaded, _)| *loaded).collect();
    assert!(loaded.is_sorted(), "{loaded:?}");
    assert_eq!(noted.moved.first().unwrap().0, 0);
    assert_eq!(*noted.moved.last().unwrap(), (total(count), total(count)));
}

#[test]
fn one_that_fails_does_not_stop_the_others() {
    let world = World::new();
    let mut files = files(&world, 6);
    files[1].1 = UploadFile::new("k1", world.path("absent"));
    files[2].1 = UploadFile::new("", world.path("f2"));
    world.fault("PutObject key=k3 status=403 code=AccessDenied");
    let mut noted = Noted::default();
    let results = world.bucket.client().upload_files(files, &mut noted);
    let error = results[3].as_ref().unwrap_err();
    assert!(
        error
            .headers()
            .iter()
            .any(|(name, _)| name == "x-cos-request-id")
    );
    let kinds: Vec<_> = results
        .iter()
        .map(|result| result.as_ref().err().map(Error::kind))
        .collect();
    let (io, key, denied) = (
        ErrorKind::LocalIo,
        ErrorKind::InvalidArgument,
        ErrorKind::Denied,
    );
    assert_eq!(kinds, [None, Some(io), Some(key), Some(denied), None, None]);
    let (loaded, all) = *noted.moved.last().unwrap();
    assert_eq!(loaded, all, "what failed is taken off");
    let mut finished = noted.finished;
    finished.sort_unstable_by_key(|(index, _)| *index);
    assert_eq!(
        finished
            .into_iter()
            .map(|(_, kind)| kind)
            .collect::<Vec<_>>(),
        kinds
    );
}

#[test]
fn a_stop_ends_what_is_under_way_and_what_has_not_begun() {
    let world = World::with(|builder| builder.parallel_files(2));
    let files = files(&world, 10);
    world.fault("PutObject times=forever delay=20");
    let mut noted = Noted {
        stop_after: Some(2),
        ..Noted::default()
    };
    let results = world.bucket.client().upload_files(files, &mut noted);
    assert_eq!(results.len(), 10);
    let cancelled = results.iter().filter(|result| {
        result
            .as_ref()
            .is_err_and(|error| error.kind() == ErrorKind::Cancelled)
    });
    assert!(cancelled.count() >= 6);
    assert_eq!(noted.finished.len(), 10);
    world.settle();
}

#[test]
fn the_same_name_twice_is_refused_the_second_time() {
    let world = World::new();
    let mut twice = files(&world, 3);
    twice[2].1 = UploadFile::new("k1", world.path("f2"));
    let mut results = world.bucket.client().upload_files(twice, ());
    failed(results.remove(2), ErrorKind::InvalidArgument);
    assert!(results.iter().all(Result::is_ok));
    assert!(world.stored("k1").unwrap() == noise(size(1)));

    world.cos.put(BUCKET, "k", "bytes");
    let target = |path: &str| {
        (
            world.bucket.clone(),
            DownloadFile::new("k", world.path(path)),
        )
    };
    let targets = [target("t"), target("./t"), target("u")];
    let results = world.bucket.client().download_files(targets, ());
    assert_eq!(
        results.iter().map(Result::is_ok).collect::<Vec<_>>(),
        [true, false, true]
    );
}

#[test]
fn no_files_and_a_watch_that_panics() {
    let world = World::new();
    assert!(world.bucket.client().upload_files([], ()).is_empty());
    let files = files(&world, 8);
    let watch = |progress: &Progress| -> ControlFlow<()> {
        assert!(progress.loaded == 0, "the caller's own panic");
        ControlFlow::Continue(())
    };
    let client = world.bucket.client();
    let result = catch_unwind(AssertUnwindSafe(|| client.upload_files(files, watch)));
    assert!(result.is_err());
    world.settle();
}
