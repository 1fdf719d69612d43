//! How fast a queue hears its host: `cargo bench --bench queue`.
//!
//! *Stops.* For each phase of a transfer, a task is cancelled or paused in it, and the time is taken
//! until its thread has begun the next task: 50 times, the median and the 95th percentile. *Polls.*
//! What a poll of an empty queue costs. *Limits.* How well a limit of 20 MB/s holds over ten seconds
//! for 1, 4 and 16 connections, and how soon a change of it is seen.

#![allow(clippy::unwrap_used)]

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::time::{Duration, Instant};

use cos_emulator::{BUCKET, Emulator, REGION, SECRET_ID, SECRET_KEY};
use coslink::{
    Bucket, Client, ClientBuilder, Credentials, DownloadFile, Event, Queue, Resume, RetryPolicy,
    TaskId, TaskState, Transfer, UploadBytes, UploadFile,
};

fn builder(url: String) -> ClientBuilder {
    Client::builder(Credentials::new(SECRET_ID, SECRET_KEY))
        .endpoint(url)
        .resume(Resume::Off)
}

fn main() {
    let runs = std::env::var("COSLINK_RUNS").map_or(50, |runs| runs.parse().unwrap());
    let directory = tempfile::tempdir().unwrap();
    stops(directory.path(), runs);
    polls();
    limits(directory.path());
}

/// A phase: the fault that makes it last, and what is transferred.
struct Phase {
    name: &'static str,
    fault: &'static str,
    transfer: fn(&Path) -> Transfer,
}

fn big(directory: &Path) -> UploadFile {
    UploadFile::new("k", directory.join("big")).slice_above(u64::MAX)
}

const PHASES: &[Phase] = &[
    Phase {
        name: "hashing",
        fault: "",
        transfer: |directory| big(directory).content_md5(true).into(),
    },
    Phase {
        name: "sending",
        fault: "PutObject times=forever upload=100000 stall",
        transfer: |directory| big(directory).into(),
    },
    Phase {
        name: "waiting for the answer",
        fault: "PutObject key=k times=forever stall",
        transfer: |directory| UploadFile::new("k", directory.join("small")).into(),
    },
    Phase {
        name: "beginning",
        fault: "InitiateMultipartUpload times=forever stall",
        transfer: |directory| UploadFile::new("k", directory.join("big")).into(),
    },
    Phase {
        name: "receiving",
        fault: "GetObject times=forever stall=half",
        transfer: |directory| DownloadFile::new("object", directory.join("target")).into(),
    },
    Phase {
        name: "back-off",
        fault: "PutObject key=k times=forever status=503 code=SlowDown",
        transfer: |directory| UploadFile::new("k", directory.join("small")).into(),
    },
];

fn stops(directory: &Path, runs: usize) {
    let big = std::fs::File::create(directory.join("big")).unwrap();
    big.set_len(1 << 30).unwrap();
    std::fs::write(directory.join("small"), vec![7; 100_000]).unwrap();
    println!(
        "{:24} {:>10} {:>10} {:>10} {:>10}",
        "stop while", "cancel p50", "p95", "pause p50", "p95"
    );
    for phase in PHASES {
        let cos = Emulator::start();
        cos.put(BUCKET, "object", vec![1; 1 << 20]);
        let waits = Duration::from_secs(20);
        let client = builder(cos.url()).retry(RetryPolicy::new(9).waits(waits, waits));
        let bucket = client.build().unwrap().bucket(BUCKET, REGION).unwrap();
        if !phase.fault.is_empty() {
            cos.fault(phase.fault).unwrap();
        }
        measure(phase.name, &bucket, runs, &|| (phase.transfer)(directory));
    }
    let (address, _held) = deaf();
    let client = builder(format!("http://{address}")).connect_timeout(Duration::from_secs(60));
    let bucket = client.build().unwrap().bucket(BUCKET, REGION).unwrap();
    let small = || UploadFile::new("k", directory.join("small")).into();
    measure("connecting", &bucket, runs.min(20), &small);
}

/// An address that takes no connection: its backlog is full.
fn deaf() -> (SocketAddr, (TcpListener, Vec<TcpStream>)) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mut held = Vec::new();
    while let Ok(stream) = TcpStream::connect_timeout(&address, Duration::from_millis(200)) {
        held.push(stream);
        assert!(held.len() < 10_000, "the backlog has no end");
    }
    (address, (listener, held))
}

fn measure(name: &str, bucket: &Bucket, runs: usize, transfer: &dyn Fn() -> Transfer) {
    let took = |stop: fn(&Queue, TaskId) -> coslink::Result<()>| {
        let mut times: Vec<Duration> = (0..runs).map(|_| once(bucket, transfer(), stop)).collect();
        times.sort();
        let at = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)];
        (at(50), at(95))
    };
    let (cancel, pause) = (took(Queue::cancel), took(Queue::pause));
    let ms = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1e3);
    println!(
        "{name:24} {:>10} {:>10} {:>10} {:>10}",
        ms(cancel.0),
        ms(cancel.1),
        ms(pause.0),
        ms(pause.1)
    );
}

/// How long it takes until the thread of a task that is stopped has begun the next one.
fn once(
    bucket: &Bucket,
    transfer: Transfer,
    stop: fn(&Queue, TaskId) -> coslink::Result<()>,
) -> Duration {
    let queue = bucket.client().queue().parallel_files(1).build().unwrap();
    let first = queue.push(bucket, transfer);
    let next = queue.push(bucket, UploadBytes::new("next", "x"));
    wait_for(&queue, first, TaskState::Checking);
    // Well into its phase.
    std::thread::sleep(Duration::from_millis(120));
    let begun = Instant::now();
    stop(&queue, first).unwrap();
    wait_for(&queue, next, TaskState::Checking);
    let took = begun.elapsed();
    queue.cancel(next).ok();
    took
}

fn wait_for(queue: &Queue, id: TaskId, state: TaskState) {
    loop {
        let event = queue
            .poll(Duration::from_secs(60))
            .unwrap()
            .expect("an event");
        if matches!(event, Event::State(of, now) if of == id && now == state) {
            return;
        }
    }
}

fn polls() {
    const POLLS: u32 = 1_000_000;
    let client = builder("http://127.0.0.1:9".to_owned()).build().unwrap();
    let queue = client.queue().build().unwrap();
    let begun = Instant::now();
    for _ in 0..POLLS {
        assert!(queue.poll(Duration::ZERO).unwrap().is_none());
    }
    println!(
        "a poll of an empty queue: {:.0} ns",
        begun.elapsed().as_secs_f64() * 1e9 / f64::from(POLLS)
    );
}

fn limits(directory: &Path) {
    const RATE: f64 = 20e6;
    for connections in [1, 4, 16] {
        let cos = Emulator::builder().opaque_etags(true).start();
        let client = builder(cos.url())
            .parallel_requests(connections)
            .build()
            .unwrap();
        let bucket = client.bucket(BUCKET, REGION).unwrap();
        client.set_upload_limit(RATE as u64);
        let queue = client.queue().build().unwrap();
        let upload = UploadFile::new("k", directory.join("big"))
            .part_size(1 << 20)
            .slice_above(0);
        let id = queue.push(&bucket, upload);
        let loaded = || queue.task(id).unwrap().progress.loaded as f64;
        while loaded() == 0.0 {
            std::thread::sleep(Duration::from_millis(5));
        }
        std::thread::sleep(Duration::from_secs(1));
        let (begun, before) = (Instant::now(), loaded());
        std::thread::sleep(Duration::from_secs(10));
        let rate = (loaded() - before) / begun.elapsed().as_secs_f64();
        // A change: how long until half a megabyte has moved at the new rate of 100 MB/s.
        client.set_upload_limit(100_000_000);
        let (begun, before) = (Instant::now(), loaded());
        while loaded() - before < 4e6 {
            std::thread::sleep(Duration::from_millis(1));
        }
        let heard = begun.elapsed();
        println!(
            "{connections:2} connections: {:.2} MB/s of {:.0} ({:+.1} %); a change to 100 MB/s moved 4 MB after {:.0} ms",
            rate / 1e6,
            RATE / 1e6,
            (rate / RATE - 1.0) * 100.0,
            heard.as_secs_f64() * 1e3
        );
        queue.cancel(id).unwrap();
    }
}
