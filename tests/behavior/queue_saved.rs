//! A queue that is written down.

use std::time::Duration;

use cos_emulator::BUCKET;
use coslink::{
    CopyFile, DownloadFile, ErrorKind, Event, Queue, Resume, StorageClass, TaskId, TaskState,
    UploadBytes, UploadFile, Verify,
};

use crate::support::{World, failed, noise};

const MIB: usize = 1 << 20;

fn open(world: &World) -> coslink::Result<Queue> {
    let queue = world.bucket.client().queue().parallel_files(1);
    queue.directory(world.path("queue")).build()
}

fn states(queue: &Queue) -> Vec<(TaskId, TaskState)> {
    queue
        .tasks()
        .into_iter()
        .map(|info| (info.id, info.state))
        .collect()
}

/// Polls until so many tasks have come to their end.
fn finish(queue: &Queue, mut count: usize) {
    while count > 0 {
        let event = queue
            .poll(Duration::from_secs(60))
            .unwrap()
            .expect("an event");
        count -= usize::from(matches!(event, Event::Finished(..)));
    }
}

#[test]
fn another_queue_finds_tasks_order_states_and_progress() {
    let world = World::with(|builder| builder.parallel_requests(1));
    world.file("f", &noise(6 * MIB));
    world.cos.put(BUCKET, "source", noise(3 * MIB));
    world.fault("UploadPart times=forever delay=60");
    let queue = open(&world).unwrap();
    let upload = |key: &str| {
        let upload = UploadFile::new(key, world.path("f")).part_size(MIB as u64);
        upload
            .slice_above(0)
            .meta("a", "b c")
            .storage_class(StorageClass::StandardIa)
    };
    let running = queue.push(&world.bucket, upload("running"));
    let paused = queue.push(&world.bucket, upload("paused"));
    let download = DownloadFile::new("source", world.path("ü t")).part_size(MIB as u64);
    let download = queue.push_with(&world.bucket, download.verify(Verify::Require), -1);
    let copy = CopyFile::new("copy", world.bucket.source("source")).resume(Resume::Off);
    let copy = queue.push(&world.bucket, copy.part_size(MIB as u64).slice_above(0));
    let cancelled = queue.push(&world.bucket, upload("cancelled"));
    let bytes = queue.push(&world.bucket, UploadBytes::new("bytes", "x"));
    queue.pause(paused).unwrap();
    queue.cancel(cancelled).unwrap();
    queue.to_front(copy).unwrap();
    while queue.task(running).unwrap().progress.loaded <= 3 * MIB as u64 {
        std::thread::sleep(Duration::from_millis(5));
    }
    failed(open(&world), ErrorKind::Busy);
    std::thread::sleep(Duration::from_millis(1100));
    drop(queue);
    world.settle();

    world.cos.clear_faults();
    let queue = open(&world).unwrap();
    let ids = [running, paused, download, copy, cancelled];
    let found: Vec<TaskId> = queue.tasks().iter().map(|info| info.id).collect();
    assert_eq!(found, ids);
    assert!(queue.task(bytes).is_none());
    assert_eq!(queue.task(paused).unwrap().state, TaskState::Paused);
    assert_eq!(queue.task(cancelled).unwrap().state, TaskState::Cancelled);
    assert_eq!(queue.task(download).unwrap().priority, -1);
    queue.restart(paused).unwrap();
    // Everything but the cancelled one, and its copy that was done before.
    let left = states(&queue)
        .iter()
        .filter(|(_, state)| !state.is_final())
        .count();
    finish(&queue, left);
    let head = world
        .bucket
        .send(coslink::HeadObject::new("paused"))
        .unwrap();
    assert_eq!(head.metadata, [("a".to_owned(), "b c".to_owned())]);
    assert_eq!(head.storage_class, Some(StorageClass::StandardIa));
    for key in ["running", "paused"] {
        assert!(world.stored(key).unwrap() == noise(6 * MIB), "{key}");
    }
    assert!(world.stored("copy").unwrap() == noise(3 * MIB));
    assert!(std::fs::read(world.path("ü t")).unwrap() == noise(3 * MIB));
    assert!(world.stored("cancelled").is_none());
    assert_eq!(
        (world.cos.uploads(BUCKET), world.journals()),
        (vec![], vec![])
    );
    // New ids are new.
    let new = queue.push(&world.bucket, upload("new"));
    assert!(new > cancelled);
}

#[test]
fn what_must_not_be_written_down_is_not() {
    let world = World::new();
    world.file("f", b"x");
    let queue = open(&world).unwrap();
    let secret = UploadFile::new("k", world.path("f")).sse_customer_key("c2VjcmV0");
    queue.push(&world.bucket, secret);
    finish(&queue, 1);
    drop(queue);
    let record = std::fs::read_to_string(world.path("queue/tasks.coslink-queue")).unwrap();
    assert!(!record.contains("c2VjcmV0") && !record.contains(cos_emulator::SECRET_KEY));
    assert!(open(&world).unwrap().tasks().is_empty());
}

#[test]
fn a_failure_is_found_with_its_reason_and_tried_again() {
    let world = World::new();
    world.file("f", b"x");
    world.fault("PutObject status=403 code=AccessDenied");
    let queue = open(&world).unwrap();
    let id = queue.push(&world.bucket, UploadFile::new("k", world.path("f")));
    finish(&queue, 1);
    drop(queue);
    let queue = open(&world).unwrap();
    let info = queue.task(id).unwrap();
    assert_eq!(info.state, TaskState::Failed);
    assert_eq!(info.error.unwrap().kind(), ErrorKind::Denied);
    queue.restart(id).unwrap();
    finish(&queue, 1);
    assert_eq!(world.stored("k").unwrap(), b"x");
    drop(queue);
    assert_eq!(
        open(&world).unwrap().task(id).unwrap().state,
        TaskState::Succeeded
    );
}

#[test]
fn a_record_of_garbage_is_an_empty_queue() {
    for content in [
        &b""[..],
        b"garbage\n",
        b"0000000000000000 coslink-journal 1 queue\n",
    ] {
        let world = World::new();
        std::fs::create_dir(world.path("queue")).unwrap();
        std::fs::write(world.path("queue/tasks.coslink-queue"), content).unwrap();
        assert!(open(&world).unwrap().tasks().is_empty());
    }
    let world = World::new();
    world.file("queue", b"a file");
    failed(open(&world), ErrorKind::LocalIo);
}

#[test]
fn the_record_stays_small_however_long_the_queue_lives() {
    let world = World::new();
    world.file("f", b"x");
    world.fault("PutObject key=blocks delay=60000");
    let queue = open(&world).unwrap();
    queue.push(&world.bucket, UploadFile::new("blocks", world.path("f")));
    let id = queue.push(&world.bucket, UploadFile::new("k", world.path("f")));
    // Each of these is a line, and together they are much more than is kept.
    for priority in 0..120_000 {
        queue.set_priority(id, priority).unwrap();
    }
    let size = world
        .path("queue/tasks.coslink-queue")
        .metadata()
        .unwrap()
        .len();
    assert!(size < 5 << 20, "{size}");
    drop(queue);
    assert_eq!(open(&world).unwrap().task(id).unwrap().priority, 119_999);
}

/// What a cancelled task has moved is taken back, if need be by the next process.
#[test]
fn what_could_not_be_taken_back_is_taken_back_by_another_queue() {
    let world = World::with(|builder| builder.parallel_requests(1));
    world.file("f", &noise(6 * MIB));
    let queue = open(&world).unwrap();
    world.fault("UploadPart times=forever delay=60");
    world.fault("AbortMultipartUpload times=forever status=503 code=SlowDown");
    let upload = UploadFile::new("k", world.path("f")).part_size(MIB as u64);
    let id = queue.push(&world.bucket, upload.slice_above(0));
    while queue.task(id).unwrap().progress.loaded <= 2 * MIB as u64 {
        std::thread::sleep(Duration::from_millis(5));
    }
    queue.cancel(id).unwrap();
    drop(queue);
    assert_eq!(world.cos.uploads(BUCKET).len(), 1);
    world.cos.clear_faults();
    drop(open(&world).unwrap());
    assert_eq!(
        (world.cos.uploads(BUCKET), world.journals()),
        (vec![], vec![])
    );
}
