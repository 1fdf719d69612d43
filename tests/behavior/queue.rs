//! Transfers in a queue.

use std::time::{Duration, Instant};

use cos_emulator::BUCKET;
use coslink::{
    CopyFile, Done, DownloadFile, ErrorKind, Event, Queue, TaskId, TaskState, UploadBytes,
    UploadFile,
};

use crate::support::{World, failed, noise, refused};

const MIB: usize = 1 << 20;

fn world() -> World {
    let world = World::with(|builder| builder.parallel_requests(2));
    world.file("f", &noise(6 * MIB));
    world.cos.put(BUCKET, "source", noise(6 * MIB));
    world
}

fn queue(world: &World) -> Queue {
    world.bucket.client().queue().build().unwrap()
}

fn upload(world: &World, key: &str) -> UploadFile {
    UploadFile::new(key, world.path("f"))
        .part_size(MIB as u64)
        .slice_above(0)
}

/// The next event, which must come.
#[track_caller]
fn next(queue: &Queue) -> Event {
    let event = queue.poll(Duration::from_secs(60)).unwrap();
    event.expect("an event within a minute")
}

/// Polls until the task is in this state.
#[track_caller]
fn wait_for(queue: &Queue, id: TaskId, state: TaskState) -> Vec<Event> {
    let mut events = Vec::new();
    loop {
        let event = next(queue);
        let is_it = matches!(event, Event::State(of, now) if of == id && now == state);
        events.push(event);
        if is_it {
            return events;
        }
    }
}

/// Polls until the task has come to its end.
#[track_caller]
fn finish(queue: &Queue, id: TaskId) -> Result<Done, std::sync::Arc<coslink::Error>> {
    loop {
        if let Event::Finished(of, result) = next(queue)
            && of == id
        {
            return result;
        }
    }
}

/// Waits until nothing of a task is under way, as far as the emulator sees.
fn settle(world: &World) {
    std::thread::sleep(Duration::from_millis(150));
    world.settle();
}

#[test]
fn a_task_tells_of_its_life_in_order() {
    let world = world();
    let queue = queue(&world);
    let id = queue.push(&world.bucket, upload(&world, "k"));
    let mut states = Vec::new();
    let mut loaded = Vec::new();
    assert!(matches!(next(&queue), Event::Added(of) if of == id));
    let result = loop {
        match next(&queue) {
            Event::State(of, state) if of == id => states.push(state),
            Event::Progress(of, progress) if of == id => loaded.push(progress.loaded),
            Event::Finished(of, result) if of == id => break result,
            event => panic!("{event:?}"),
        }
    };
    assert_eq!(
        states,
        [
            TaskState::Checking,
            TaskState::Running,
            TaskState::Succeeded
        ]
    );
    assert!(loaded.is_sorted() && !loaded.is_empty(), "{loaded:?}");
    let Ok(Done::Uploaded(uploaded)) = result else {
        panic!("{result:?}")
    };
    assert!(uploaded.verified);
    assert!(world.stored("k").unwrap() == noise(6 * MIB));
    let info = queue.task(id).unwrap();
    assert_eq!((info.id, info.state), (id, TaskState::Succeeded));
    assert_eq!(
        (info.bucket.as_str(), info.region.as_str()),
        (BUCKET, cos_emulator::REGION)
    );
    assert_eq!((info.key.as_str(), info.path), ("k", Some(world.path("f"))));
    assert_eq!(
        (info.progress.loaded, info.progress.total),
        (6 * MIB as u64, 6 * MIB as u64)
    );
    assert!(info.progress.fraction() == 1.0 && info.error.is_none());
    assert!(queue.poll(Duration::ZERO).unwrap().is_none());
}

#[test]
fn every_kind_of_transfer_is_a_task() {
    let world = world();
    let queue = queue(&world);
    let bytes = queue.push(
        &world.bucket,
        UploadBytes::new("bytes", "in memory").meta("a", "b"),
    );
    let download = DownloadFile::new("source", world.path("t")).part_size(MIB as u64);
    let download = queue.push(&world.bucket, download);
    let copy = CopyFile::new("copy", world.bucket.source("source")).part_size(MIB as u64);
    let copy = queue.push(&world.bucket, copy.slice_above(0));
    let upload = queue.push(&world.bucket, upload(&world, "k"));
    let mut left = vec![bytes, download, copy, upload];
    while !left.is_empty() {
        if let Event::Finished(id, result) = next(&queue) {
            result.unwrap();
            left.retain(|of| *of != id);
        }
    }
    assert_eq!(world.stored("bytes").unwrap(), b"in memory");
    assert!(std::fs::read(world.path("t")).unwrap() == noise(6 * MIB));
    assert!(world.stored("copy").unwrap() == noise(6 * MIB));
    assert!(world.stored("k").unwrap() == noise(6 * MIB));
    assert_eq!(queue.tasks().len(), 4);
    assert!(
        queue
            .tasks()
            .iter()
            .all(|info| info.state == TaskState::Succeeded)
    );
}

#[test]
fn a_paused_task_goes_on_where_it_was() {
    for fault in ["UploadPart", "GetObject", "UploadPartCopy"] {
        let world = world();
        let queue = queue(&world);
        world.fault(&format!("{fault} times=forever delay=250"));
        let id = match fault {
            "UploadPart" => queue.push(&world.bucket, upload(&world, "k")),
            "GetObject" => {
                let download = DownloadFile::new("source", world.path("t"));
                queue.push(&world.bucket, download.part_size(MIB as u64))
            }
            _ => {
                let copy = CopyFile::new("k", world.bucket.source("source")).slice_above(0);
                queue.push(&world.bucket, copy.part_size(MIB as u64))
            }
        };
        loop {
            if let Event::Progress(_, progress) = next(&queue)
                && progress.loaded > 2 * MIB as u64
            {
                break;
            }
        }
        queue.pause(id).unwrap();
        assert_eq!(queue.task(id).unwrap().state, TaskState::Paused);
        failed(queue.pause(id), ErrorKind::WrongState);
        settle(&world);
        let requests = world.cos.requests().len();
        std::thread::sleep(Duration::from_millis(200));
        assert_eq!(world.cos.requests().len(), requests, "{fault} goes on");
        world.cos.clear_faults();
        queue.restart(id).unwrap();
        let receipt = match finish(&queue, id).unwrap() {
            Done::Uploaded(uploaded) => uploaded.receipt,
            Done::Downloaded(downloaded) => downloaded.receipt,
            Done::Copied(copied) => copied.receipt,
            done => panic!("{done:?}"),
        };
        assert!(
            receipt.resumed && receipt.skipped >= MIB as u64,
            "{fault}: {receipt:?}"
        );
        let made = world
            .stored("k")
            .or_else(|| std::fs::read(world.path("t")).ok());
        assert!(made.unwrap() == noise(6 * MIB));
        assert_eq!(
            (world.cos.uploads(BUCKET), world.journals()),
            (vec![], vec![])
        );
        drop(queue);
    }
}

#[test]
fn a_cancelled_task_is_taken_back_whatever_it_was_doing() {
    let world = world();
    let queue = world
        .bucket
        .client()
        .queue()
        .parallel_files(1)
        .build()
        .unwrap();
    world.fault("UploadPart times=forever delay=60");
    let running = queue.push(&world.bucket, upload(&world, "a"));
    let waiting = queue.push(&world.bucket, upload(&world, "b"));
    wait_for(&queue, running, TaskState::Running);
    queue.cancel(waiting).unwrap();
    assert_eq!(
        finish(&queue, waiting).unwrap_err().kind(),
        ErrorKind::Cancelled
    );
    queue.cancel(running).unwrap();
    assert_eq!(
        finish(&queue, running).unwrap_err().kind(),
        ErrorKind::Cancelled
    );
    // Paused in the middle, and cancelled then.
    let paused = queue.push(&world.bucket, upload(&world, "c"));
    wait_for(&queue, paused, TaskState::Running);
    queue.pause(paused).unwrap();
    settle(&world);
    assert_eq!(world.cos.uploads(BUCKET).len(), 1);
    queue.cancel(paused).unwrap();
    assert_eq!(
        finish(&queue, paused).unwrap_err().kind(),
        ErrorKind::Cancelled
    );
    let end = Instant::now() + Duration::from_secs(30);
    while !world.cos.uploads(BUCKET).is_empty() || !world.journals().is_empty() {
        assert!(
            Instant::now() < end,
            "{:?} {:?}",
            world.cos.uploads(BUCKET),
            world.journals()
        );
        std::thread::sleep(Duration::from_millis(10));
    }
    for id in [running, waiting, paused] {
        failed(queue.cancel(id), ErrorKind::WrongState);
        failed(queue.pause(id), ErrorKind::WrongState);
        failed(queue.restart(id), ErrorKind::WrongState);
        assert_eq!(queue.task(id).unwrap().state, TaskState::Cancelled);
    }
    assert!(
        ["a", "b", "c"]
            .iter()
            .all(|key| world.stored(key).is_none())
    );
}

#[test]
fn a_failed_task_tells_why_and_can_be_tried_again() {
    let world = world();
    let queue = queue(&world);
    world.fault("UploadPart times=forever status=403 code=AccessDenied");
    let id = queue.push(&world.bucket, upload(&world, "k"));
    assert_eq!(finish(&queue, id).unwrap_err().code(), Some("AccessDenied"));
    let info = queue.task(id).unwrap();
    assert_eq!(info.state, TaskState::Failed);
    assert_eq!(info.error.unwrap().kind(), ErrorKind::Denied);
    world.cos.clear_faults();
    queue.restart(id).unwrap();
    assert!(queue.task(id).unwrap().error.is_none());
    finish(&queue, id).unwrap();
}

#[test]
fn tasks_are_begun_by_priority_and_place() {
    let world = world();
    let queue = world
        .bucket
        .client()
        .queue()
        .parallel_files(1)
        .build()
        .unwrap();
    world.fault("PutObject key=first delay=300");
    let push =
        |key: &str, priority| queue.push_with(&world.bucket, UploadBytes::new(key, "x"), priority);
    let first = push("first", 0);
    wait_for(&queue, first, TaskState::Checking);
    push("last", 0);
    push("third", 1);
    let second = push("second", 1);
    push("urgent", 5);
    let raised = push("raised", 0);
    queue.to_front(second).unwrap();
    queue.set_priority(raised, 4).unwrap();
    let mut finished = 0;
    while finished < 6 {
        finished += usize::from(matches!(next(&queue), Event::Finished(..)));
    }
    let keys: Vec<String> = world
        .cos
        .requests()
        .into_iter()
        .map(|request| request.key)
        .collect();
    assert_eq!(
        keys,
        ["first", "urgent", "raised", "second", "third", "last"]
    );
}

#[test]
fn what_is_not_there_or_not_now_is_refused_and_changes_nothing() {
    let world = world();
    refused(
        world.bucket.client().queue().parallel_files(0).build(),
        "parallel_files",
    );
    let queue = world
        .bucket
        .client()
        .queue()
        .keep_finished(2)
        .build()
        .unwrap();
    let ids: Vec<TaskId> = (0..5)
        .map(|n| queue.push(&world.bucket, UploadBytes::new(format!("k{n}"), "x")))
        .collect();
    let mut finished = 0;
    while finished < 5 {
        finished += usize::from(matches!(next(&queue), Event::Finished(..)));
    }
    // Only so many are kept, and the others are unknown.
    assert_eq!(queue.tasks().len(), 2);
    let gone: Vec<&TaskId> = ids.iter().filter(|id| queue.task(**id).is_none()).collect();
    assert_eq!(gone.len(), 3);
    failed(queue.pause(*gone[0]), ErrorKind::NotFound);
    failed(queue.to_front(*gone[0]), ErrorKind::NotFound);
    for info in queue.tasks() {
        failed(queue.restart(info.id), ErrorKind::WrongState);
        assert_eq!(queue.task(info.id).unwrap().state, TaskState::Succeeded);
    }
    assert!(queue.poll(Duration::ZERO).unwrap().is_none());
    // One thread polls at a time.
    std::thread::scope(|scope| {
        scope.spawn(|| queue.poll(Duration::from_millis(500)).unwrap());
        std::thread::sleep(Duration::from_millis(100));
        failed(queue.poll(Duration::ZERO), ErrorKind::WrongState);
    });
}

#[test]
fn a_host_that_polls_rarely_finds_one_progress_of_each_task() {
    let world = world();
    let queue = queue(&world);
    world.fault("UploadPart times=forever delay=60");
    let id = queue.push(&world.bucket, upload(&world, "k"));
    let end = Instant::now() + Duration::from_secs(60);
    while queue.task(id).unwrap().state != TaskState::Succeeded {
        assert!(Instant::now() < end);
        std::thread::sleep(Duration::from_millis(20));
    }
    let mut progress = 0;
    while let Some(event) = queue.poll(Duration::ZERO).unwrap() {
        progress += usize::from(matches!(event, Event::Progress(..)));
    }
    assert_eq!(progress, 1);
}

#[test]
fn a_queue_that_is_dropped_leaves_what_can_be_continued() {
    let world = world();
    let queue = world
        .bucket
        .client()
        .queue()
        .parallel_files(2)
        .build()
        .unwrap();
    world.fault("UploadPart times=forever delay=250");
    let ids = ["a", "b", "c"].map(|key| queue.push(&world.bucket, upload(&world, key)));
    for id in &ids[..2] {
        wait_for_progress(&queue, *id);
    }
    drop(queue);
    settle(&world);
    let requests = world.cos.requests().len();
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(world.cos.requests().len(), requests);
    assert_eq!(world.journals().len(), 2);
    world.cos.clear_faults();
    for key in ["a", "b"] {
        assert!(
            world
                .bucket
                .upload(&upload(&world, key))
                .unwrap()
                .receipt
                .resumed
        );
    }
    assert_eq!(
        (world.cos.uploads(BUCKET), world.journals()),
        (vec![], vec![])
    );
}

#[test]
fn what_was_cancelled_is_taken_back_before_the_queue_is_gone() {
    let world = world();
    let queue = queue(&world);
    world.fault("UploadPart times=forever delay=60");
    let running = queue.push(&world.bucket, upload(&world, "a"));
    let paused = queue.push(&world.bucket, upload(&world, "b"));
    wait_for_progress(&queue, running);
    wait_for_progress(&queue, paused);
    queue.pause(paused).unwrap();
    queue.cancel(running).unwrap();
    queue.cancel(paused).unwrap();
    drop(queue);
    assert_eq!(
        (world.cos.uploads(BUCKET), world.journals()),
        (vec![], vec![])
    );
}

fn wait_for_progress(queue: &Queue, id: TaskId) {
    // More than the parts in flight can be.
    while queue.task(id).unwrap().progress.loaded <= 2 * MIB as u64 {
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[cfg(unix)]
#[test]
fn its_descriptor_is_readable_while_an_event_waits() {
    let world = world();
    let queue = queue(&world);
    let look = std::os::unix::net::UnixStream::from(queue.descriptor().unwrap());
    let mut taken = std::os::unix::net::UnixStream::from(queue.descriptor().unwrap());
    let is_readable = || {
        // Readable is what does not say that it would block; a byte is not taken by looking twice.
        let mut byte = [9];
        std::io::Read::read(&mut &look, &mut byte).is_ok()
    };
    assert!(!is_readable());
    let id = queue.push(&world.bucket, UploadBytes::new("k", "x"));
    assert!(is_readable());
    // The host took the byte, against the advice: nothing is lost, and nothing blocks.
    finish(&queue, id).unwrap();
    assert!(queue.poll(Duration::ZERO).unwrap().is_none());
    assert!(!is_readable());
    queue.push(&world.bucket, UploadBytes::new("k", "x"));
    assert_eq!(std::io::Read::read(&mut taken, &mut [9]).unwrap(), 1);
}
