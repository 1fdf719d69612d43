//! The threads of a queue: none of them calls the host, and none of them is left.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

use std::fs;
use std::time::{Duration, Instant};

use cos_emulator::{BUCKET, Emulator, REGION, SECRET_ID, SECRET_KEY};
use coslink::{Client, Credentials, Event, TaskState, UploadBytes, UploadFile};

/// The threads of this process that are coslink's.
fn ours() -> Vec<String> {
    let threads = fs::read_dir("/proc/self/task").unwrap();
    let name = |entry: std::io::Result<fs::DirEntry>| {
        fs::read_to_string(entry.unwrap().path().join("comm")).unwrap_or_default()
    };
    threads
        .map(name)
        .filter(|name| name.starts_with("coslink-"))
        .collect()
}

#[test]
fn a_queue_comes_and_goes_with_its_threads() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("f");
    fs::write(&path, vec![7; 6 << 20]).unwrap();
    let cos = Emulator::start();
    let client = || {
        let builder = Client::builder(Credentials::new(SECRET_ID, SECRET_KEY)).endpoint(cos.url());
        builder
            .journal(directory.path().join("journals"))
            .build()
            .unwrap()
    };

    // A thousand tasks, and a host of one thread that does nothing but poll.
    let bucket = client().bucket(BUCKET, REGION).unwrap();
    let queue = bucket.client().queue().keep_finished(10).build().unwrap();
    for number in 0..1000 {
        queue.push(&bucket, UploadBytes::new(format!("k{number}"), "x"));
    }
    let mut finished = 0;
    while finished < 1000 {
        let event = queue
            .poll(Duration::from_secs(60))
            .unwrap()
            .expect("an event");
        if let Event::Finished(_, result) = event {
            result.unwrap();
            finished += 1;
        }
    }
    assert_eq!(cos.keys(BUCKET).len(), 1000);
    assert_eq!(queue.tasks().len(), 10);
    drop((queue, bucket));
    assert_eq!(ours(), [""; 0]);

    // Freed while eight tasks run, one of which hears nothing from the service.
    let bucket = client().bucket(BUCKET, REGION).unwrap();
    let queue = bucket.client().queue().parallel_files(8).build().unwrap();
    cos.fault("UploadPart key=u7 times=forever stall").unwrap();
    cos.fault("UploadPart times=forever delay=100").unwrap();
    let upload = |key: String| {
        UploadFile::new(key, &path)
            .part_size(1 << 20)
            .slice_above(0)
    };
    let ids: Vec<_> = (0..8)
        .map(|n| queue.push(&bucket, upload(format!("u{n}"))))
        .collect();
    let runs = |state: TaskState| [TaskState::Running, TaskState::Checking].contains(&state);
    while !ids.iter().all(|id| runs(queue.task(*id).unwrap().state)) {
        std::thread::sleep(Duration::from_millis(5));
    }
    while queue.task(ids[0]).unwrap().progress.loaded < 4 << 20 {
        std::thread::sleep(Duration::from_millis(5));
    }
    // Sent is not stored: only a part that was answered can be found again.
    let stored = || {
        let mut parts = cos.requests().into_iter();
        parts.any(|request| request.operation == "UploadPart" && request.ended.is_some())
    };
    while !stored() {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(ours().len() >= 16, "{:?}", ours());
    let begun = Instant::now();
    drop(queue);
    println!("the queue was freed in {:?}", begun.elapsed());
    assert!(!ours().iter().any(|name| name.starts_with("coslink-queue")));
    drop(bucket);
    assert_eq!(ours(), [""; 0]);

    // What had moved is found again.
    cos.clear_faults();
    let bucket = client().bucket(BUCKET, REGION).unwrap();
    let resumed = (0..8).filter(|n| {
        let uploaded = bucket.upload(&upload(format!("u{n}"))).unwrap();
        uploaded.receipt.resumed
    });
    assert!(resumed.count() > 0);
    assert_eq!(cos.uploads(BUCKET), []);
}
