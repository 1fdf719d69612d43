//! A task that is paused or cancelled in each phase of its life.

use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use cos_emulator::{BUCKET, Emulator};
use coslink::{
    Done, DownloadFile, ErrorKind, Event, Queue, RetryPolicy, TaskId, TaskState, Transfer,
    UploadBytes, UploadFile,
};

use crate::support::{World, noise};

const MIB: usize = 1 << 20;
const SIZE: usize = 6 * MIB;
/// How many parts may be in flight.
const PARALLEL: usize = 2;
/// Parts that are done when the later ones are held up.
const DONE: usize = 2;

struct Phase {
    name: &'static str,
    /// What holds it up in that phase.
    fault: &'static str,
    transfer: fn(&World) -> Transfer,
    /// Whether it is in that phase, as the emulator and the queue see.
    is_in: fn(&World, &Queue, TaskId) -> bool,
}

fn upload(world: &World) -> Transfer {
    let upload = UploadFile::new("k", world.path("f")).part_size(MIB as u64);
    upload.slice_above(0).into()
}

fn count(world: &World, operation: &str) -> usize {
    let operations = world.operations();
    operations.iter().filter(|name| *name == operation).count()
}

/// All parts that may be in flight were asked for, after those that are done.
fn are_held(world: &World, operation: &str, in_flight: usize) -> bool {
    count(world, operation) == DONE + PARALLEL && world.cos.in_flight() == in_flight
}

const PHASES: &[Phase] = &[
    Phase {
        name: "waiting",
        fault: "PutObject key=before delay=1500",
        transfer: |world| {
            world.file("f", &noise(SIZE));
            upload(world)
        },
        is_in: |_, queue, id| queue.task(id).unwrap().state == TaskState::Waiting,
    },
    Phase {
        name: "hashing",
        fault: "",
        transfer: |world| {
            world.file("f", &noise(4 * SIZE));
            UploadFile::new("k", world.path("f"))
                .content_md5(true)
                .slice_above(u64::MAX)
                .into()
        },
        is_in: |_, queue, id| queue.task(id).unwrap().state == TaskState::Checking,
    },
    Phase {
        name: "beginning",
        fault: "InitiateMultipartUpload times=forever stall",
        transfer: upload,
        is_in: |world, _, _| count(world, "InitiateMultipartUpload") == 1,
    },
    Phase {
        name: "sending",
        fault: "UploadPart after=2 times=forever upload=300000 stall",
        transfer: upload,
        is_in: |world, _, _| are_held(world, "UploadPart", PARALLEL),
    },
    Phase {
        name: "waiting for the answer",
        fault: "UploadPart after=2 times=forever stall",
        transfer: upload,
        is_in: |world, _, _| are_held(world, "UploadPart", PARALLEL),
    },
    Phase {
        name: "back-off",
        fault: "UploadPart after=2 times=forever status=503 code=SlowDown",
        transfer: upload,
        is_in: |world, _, _| are_held(world, "UploadPart", 0),
    },
    Phase {
        name: "receiving",
        fault: "GetObject after=2 times=forever stall=half",
        transfer: |world| {
            let download = DownloadFile::new("source", world.path("t"));
            download.part_size(MIB as u64).into()
        },
        is_in: |world, _, _| are_held(world, "GetObject", PARALLEL),
    },
];

fn world(settings: impl FnOnce(coslink::ClientBuilder) -> coslink::ClientBuilder) -> World {
    let long = Duration::from_secs(60);
    let retry = RetryPolicy::new(3).waits(long, long);
    let world = World::with(|builder| settings(builder.parallel_requests(PARALLEL).retry(retry)));
    world.file("f", &noise(SIZE));
    world.cos.put(BUCKET, "source", noise(SIZE));
    world
}

/// Waits for something that must come soon.
#[track_caller]
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(30);
    while !is_so() {
        assert!(Instant::now() < end, "{what}");
        thread::sleep(Duration::from_millis(2));
    }
}

/// A task in its phase, in a queue of one thread.
fn begin(world: &World, phase: &Phase) -> (Queue, TaskId) {
    if !phase.fault.is_empty() {
        world.fault(phase.fault);
    }
    // Before anything runs: it takes a moment.
    let transfer = (phase.transfer)(world);
    let queue = world
        .bucket
        .client()
        .queue()
        .parallel_files(1)
        .build()
        .unwrap();
    if phase.name == "waiting" {
        queue.push(&world.bucket, UploadBytes::new("before", "x"));
    }
    let id = queue.push(&world.bucket, transfer);
    until(phase.name, || (phase.is_in)(world, &queue, id));
    (queue, id)
}

/// The ends that were told of a task, once there are no more events.
fn ends(queue: &Queue, id: TaskId) -> Vec<Result<Done, ErrorKind>> {
    let mut ends = Vec::new();
    while let Some(event) = queue.poll(Duration::from_millis(300)).unwrap() {
        match event {
            Event::Finished(of, end) if of == id => ends.push(end.map_err(|error| error.kind())),
            _ => {}
        }
    }
    ends
}

fn pause_and_restart(world: &World, queue: &Queue, id: TaskId, name: &str) {
    queue.pause(id).unwrap();
    assert_eq!(queue.task(id).unwrap().state, TaskState::Paused, "{name}");
    // The run has ended when the thread has begun something else.
    let next = queue.push(&world.bucket, UploadBytes::new("next", "x"));
    until(name, || {
        queue.task(next).unwrap().state == TaskState::Succeeded
    });
    assert!(ends(queue, id).is_empty(), "{name}: a pause is no end");
    assert!(
        world.stored("k").is_none() && !world.path("t").exists(),
        "{name}"
    );
    world.cos.clear_faults();
    queue.restart(id).unwrap();
    until(name, || queue.task(id).unwrap().state.is_final());
    let ends = ends(queue, id);
    let [Ok(_)] = ends.as_slice() else {
        panic!("{name}: {ends:?}")
    };
    let made = world
        .stored("k")
        .or_else(|| std::fs::read(world.path("t")).ok());
    let size = if name == "hashing" { 4 * SIZE } else { SIZE };
    assert!(made.unwrap() == noise(size), "{name}: other bytes");
    assert_eq!(
        (world.cos.uploads(BUCKET), world.journals()),
        (vec![], vec![]),
        "{name}"
    );
    if let Ok(Done::Downloaded(downloaded)) = &ends[0] {
        let receipt = &downloaded.receipt;
        assert!(
            receipt.skipped >= (DONE * MIB) as u64,
            "{name}: {receipt:?}"
        );
    } else {
        let sent: u64 = world
            .cos
            .requests()
            .iter()
            .map(|request| request.body_length)
            .sum();
        let again = sent.saturating_sub(size as u64);
        // A little more for the requests that are no part.
        let most = (PARALLEL * MIB + 4096) as u64;
        assert!(again <= most, "{name}: {again} bytes were sent again");
    }
}

#[test]
fn what_is_paused_in_any_phase_goes_on_from_there() {
    for phase in PHASES {
        let world = world(|builder| builder);
        let (queue, id) = begin(&world, phase);
        pause_and_restart(&world, &queue, id, phase.name);
    }
}

#[test]
fn what_is_cancelled_in_any_phase_ends_once_and_leaves_nothing() {
    for phase in PHASES {
        let world = world(|builder| builder);
        let (queue, id) = begin(&world, phase);
        queue.cancel(id).unwrap();
        let ends = ends(&queue, id);
        assert!(
            matches!(ends.as_slice(), [Err(ErrorKind::Cancelled)]),
            "{}: {ends:?}",
            phase.name
        );
        until(phase.name, || {
            world.cos.uploads(BUCKET).is_empty() && world.journals().is_empty()
        });
        // A dropped queue has taken back what there was.
        drop(queue);
        let left = world.files();
        assert_eq!(left, ["f"], "{}", phase.name);
        assert!(world.stored("k").is_none(), "{}", phase.name);
    }
}

/// Takes no connection before it is woken; hands all on to the emulator then.
struct Deaf {
    listener: TcpListener,
    /// They fill its backlog.
    held: Vec<TcpStream>,
}

impl Deaf {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let wait = Duration::from_millis(200);
        let mut held = Vec::new();
        while let Ok(stream) = TcpStream::connect_timeout(&address, wait) {
            held.push(stream);
            assert!(held.len() < 10_000, "the backlog has no end");
        }
        Self { listener, held }
    }

    fn address(&self) -> SocketAddr {
        self.listener.local_addr().unwrap()
    }

    fn wake(self, cos: &Emulator) {
        drop(self.held);
        let to = cos.url().trim_start_matches("http://").to_owned();
        thread::spawn(move || {
            for near in self.listener.incoming() {
                let (near, far) = (near.unwrap(), TcpStream::connect(&to).unwrap());
                let (from, into) = (near.try_clone().unwrap(), far.try_clone().unwrap());
                thread::spawn(move || pass(from, into));
                thread::spawn(move || pass(far, near));
            }
        });
    }
}

fn pass(mut from: TcpStream, mut into: TcpStream) {
    let _ = io::copy(&mut from, &mut into);
    let _ = into.shutdown(Shutdown::Write);
}

#[test]
fn a_task_can_be_paused_while_it_connects() {
    let deaf = Deaf::new();
    let endpoint = format!("http://{}", deaf.address());
    let world = world(|builder| {
        let long = Duration::from_secs(60);
        builder.endpoint(endpoint).connect_timeout(long)
    });
    let queue = world
        .bucket
        .client()
        .queue()
        .parallel_files(1)
        .build()
        .unwrap();
    let id = queue.push(&world.bucket, upload(&world));
    until("begun", || {
        queue.task(id).unwrap().state == TaskState::Checking
    });
    thread::sleep(Duration::from_millis(100));
    queue.pause(id).unwrap();
    deaf.wake(&world.cos);
    // More often than it can hear.
    queue.restart(id).unwrap();
    queue.pause(id).unwrap();
    queue.restart(id).unwrap();
    until("connected", || queue.task(id).unwrap().state.is_final());
    assert!(matches!(ends(&queue, id).as_slice(), [Ok(_)]));
    assert!(world.stored("k").unwrap() == noise(SIZE));
    let sent: u64 = world
        .cos
        .requests()
        .iter()
        .map(|request| request.body_length)
        .sum();
    assert!(sent <= (SIZE + 4096) as u64, "{sent} bytes were sent");
}

/// Foreground and background: what gives way begins nothing beside the others, and is not stopped.
#[test]
fn a_task_of_the_background_gives_way_and_loses_nothing() {
    let world = world(|builder| builder);
    world.fault("UploadPart key=k times=forever delay=30");
    world.fault("PutObject times=forever delay=100");
    let queue = world
        .bucket
        .client()
        .queue()
        .parallel_files(1)
        .build()
        .unwrap();
    let patient = queue.push_with(&world.bucket, upload(&world), Queue::BACKGROUND);
    until("it runs", || count(&world, "UploadPart") > 0);
    let eager: Vec<TaskId> = (0..10)
        .map(|number| queue.push(&world.bucket, UploadBytes::new(format!("{number}"), "x")))
        .collect();
    until("the others are done", || {
        let state = |id: &TaskId| queue.task(*id).unwrap().state;
        eager.iter().all(|id| state(id) == TaskState::Succeeded)
    });
    until("it is done, too", || {
        queue.task(patient).unwrap().state == TaskState::Succeeded
    });
    let requests = world.cos.requests();
    let puts = || {
        requests
            .iter()
            .filter(|request| request.operation == "PutObject")
    };
    let (first, last) = (puts().next().unwrap(), puts().next_back().unwrap());
    let parts = || {
        requests
            .iter()
            .filter(|request| request.operation == "UploadPart")
    };
    let between = parts().filter(|part| part.started > first.started);
    let between = between
        .filter(|part| Some(part.started) < last.ended)
        .count();
    // One may have begun while the first of the others was on its way.
    assert!(
        between <= PARALLEL,
        "{between} parts were begun beside the others"
    );
    assert_eq!(parts().count(), SIZE / MIB, "none was sent again");
    assert!(world.stored("k").unwrap() == noise(SIZE));
}
