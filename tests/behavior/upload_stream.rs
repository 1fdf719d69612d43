//! Readers of unknown length into a bucket.

use std::io::Read;
use std::ops::ControlFlow;

use cos_emulator::BUCKET;
use coslink::{ErrorKind, HeadObject, Progress, UploadStream};

use crate::support::{World, failed, noise};

const MIB: usize = 1 << 20;

/// Hands out what it has in odd pieces, as a pipe does.
struct Pipe(Vec<u8>, usize);

impl Read for Pipe {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = buffer.len().min(70_001).min(self.0.len() - self.1);
        buffer[..count].copy_from_slice(&self.0[self.1..self.1 + count]);
        self.1 += count;
        Ok(count)
    }
}

fn stream() -> UploadStream {
    UploadStream::new("k").part_size(MIB as u64)
}

#[test]
fn a_stream_of_any_length_arrives_whole() {
    let world = World::new();
    for (size, parts) in [
        (0, 0),
        (1, 0),
        (MIB - 1, 0),
        (MIB, 1),
        (MIB + 1, 2),
        (7 * MIB, 7),
    ] {
        let content = noise(size);
        let uploaded = world
            .bucket
            .upload_stream(&stream(), Pipe(content.clone(), 0))
            .unwrap();
        assert!(world.stored("k").unwrap() == content, "{size}");
        assert_eq!(
            (uploaded.size, uploaded.parts),
            (size as u64, parts),
            "{size}"
        );
        assert!(uploaded.verified);
    }
    assert_eq!(world.cos.uploads(BUCKET), []);
}

#[test]
fn parts_move_in_parallel_with_the_headers_of_the_object() {
    let world = World::new();
    world.fault("UploadPart times=forever delay=50");
    let upload = stream().parallel(3).content_type("a/b").meta("a", "b");
    world
        .bucket
        .upload_stream(&upload, Pipe(noise(8 * MIB), 0))
        .unwrap();
    assert_eq!(world.cos.peak_parallel(), 3);
    let head = world.bucket.send(HeadObject::new("k")).unwrap();
    assert_eq!(head.content_type.as_deref(), Some("a/b"));
    assert_eq!(head.metadata, [("a".to_owned(), "b".to_owned())]);
}

#[test]
fn the_reader_and_the_watch_stay_on_this_thread() {
    let world = World::new();
    let here = std::thread::current().id();
    struct Here(Pipe, std::thread::ThreadId);
    impl Read for Here {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            assert_eq!(std::thread::current().id(), self.1);
            self.0.read(buffer)
        }
    }
    let mut seen = Vec::new();
    let watch = |progress: &Progress| {
        assert_eq!(std::thread::current().id(), here);
        assert!(progress.loaded <= progress.total);
        seen.push(progress.loaded);
        ControlFlow::Continue(())
    };
    let reader = Here(Pipe(noise(3 * MIB), 0), here);
    world
        .bucket
        .upload_stream_with(&stream(), reader, watch)
        .unwrap();
    assert!(
        seen.is_sorted() && seen.last() == Some(&(3 * MIB as u64)),
        "{seen:?}"
    );
}

#[test]
fn a_stream_that_fails_or_is_stopped_leaves_nothing_in_the_bucket() {
    let world = World::new();
    struct Failing(Pipe);
    impl Read for Failing {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            match self.0.read(buffer)? {
                0 => Err(std::io::Error::other("the pipe broke")),
                count => Ok(count),
            }
        }
    }
    for size in [MIB / 2, 5 * MIB / 2] {
        let reader = Failing(Pipe(noise(size), 0));
        let error = failed(
            world.bucket.upload_stream(&stream(), reader),
            ErrorKind::Callback,
        );
        assert!(error.message().contains("the pipe broke"), "{error}");
    }
    world.fault("UploadPart part=3 times=forever status=403 code=AccessDenied");
    let denied = world
        .bucket
        .upload_stream(&stream(), Pipe(noise(9 * MIB), 0));
    failed(denied, ErrorKind::Denied);
    world.cos.clear_faults();
    world.fault("UploadPart times=forever delay=60");
    let mut calls = 0;
    let stop = |_: &Progress| {
        calls += 1;
        if calls > 2 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    let stopped = world
        .bucket
        .upload_stream_with(&stream(), Pipe(noise(9 * MIB), 0), stop);
    failed(stopped, ErrorKind::Cancelled);
    assert!(world.stored("k").is_none());
    assert_eq!(world.cos.uploads(BUCKET), []);
}
