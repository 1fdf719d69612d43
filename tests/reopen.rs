//! A process with a queue of 200 tasks is killed, again and again: whoever opens the queue then finds
//! every task once, in its order and in its state, and goes on.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use cos_emulator::{BUCKET, Emulator, REGION, SECRET_ID, SECRET_KEY};
use coslink::{Client, Credentials, Event, Queue, TaskId, TaskState, UploadFile};

const TASKS: u64 = 200;
const KILLS: u64 = 8;

fn open(url: &str, directory: &Path) -> (Queue, coslink::Bucket) {
    let client = Client::builder(Credentials::new(SECRET_ID, SECRET_KEY))
        .endpoint(url)
        .journal(directory.join("journals"))
        .build()
        .unwrap();
    let bucket = client.bucket(BUCKET, REGION).unwrap();
    let queue = client
        .queue()
        .directory(directory.join("queue"))
        .build()
        .unwrap();
    (queue, bucket)
}

fn is_paused(number: u64) -> bool {
    number.is_multiple_of(5)
}

fn is_cancelled(number: u64) -> bool {
    number.is_multiple_of(7)
}

/// Fills the queue, unless it is filled, says so, and works until it is killed.
#[test]
#[ignore = "does nothing but what the other test orders"]
fn child() {
    let Ok(url) = std::env::var("COSLINK_REOPEN_URL") else {
        return;
    };
    let directory = std::env::var("COSLINK_REOPEN_DIRECTORY").unwrap();
    let directory = Path::new(&directory);
    let (queue, bucket) = open(&url, directory);
    if queue.tasks().is_empty() {
        // Paused as a whole first, so that nothing has begun that is to be cancelled.
        let push = |number| {
            let upload = UploadFile::new(format!("k{number:03}"), directory.join("f"));
            let id = queue.push_with(&bucket, upload, -1);
            assert_eq!(id.number(), number);
            if is_cancelled(number) {
                let _ = queue.cancel(id);
            } else if is_paused(number) {
                let _ = queue.pause(id);
            }
        };
        (1..=TASKS).for_each(push);
    }
    println!("ready");
    loop {
        let _ = queue.poll(Duration::from_secs(1));
    }
}

#[test]
fn two_hundred_tasks_survive_kills() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("f"), vec![7; 10_000]).unwrap();
    let cos = Emulator::start();
    // The first tasks begin while the others are pushed; nothing gets away before the kills.
    cos.fault("PutObject times=forever delay=40").unwrap();
    let mut before: BTreeMap<TaskId, TaskState> = BTreeMap::new();
    for kill in 0..KILLS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child", "--ignored", "--nocapture"])
            .env("COSLINK_REOPEN_URL", cos.url())
            .env("COSLINK_REOPEN_DIRECTORY", directory.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        assert!(
            output
                .lines()
                .map_while(Result::ok)
                .any(|line| line.ends_with("ready"))
        );
        std::thread::sleep(Duration::from_millis(37 * kill));
        child.kill().unwrap();
        child.wait().unwrap();
        while cos.in_flight() > 0 {
            std::thread::sleep(Duration::from_millis(5));
        }
        before = found(&cos.url(), directory.path(), &before);
    }
    let (queue, _) = open(&cos.url(), directory.path());
    cos.clear_faults();
    let mut left = 0;
    for info in queue.tasks() {
        if info.state == TaskState::Paused {
            queue.restart(info.id).unwrap();
        }
        left += usize::from(!info.state.is_final());
    }
    while left > 0 {
        let event = queue
            .poll(Duration::from_secs(60))
            .unwrap()
            .expect("an event");
        if let Event::Finished(_, result) = event {
            result.unwrap();
            left -= 1;
        }
    }
    let mut puts: BTreeMap<String, u64> = BTreeMap::new();
    for request in cos.requests() {
        *puts.entry(request.key).or_default() += 1;
    }
    let again: u64 = puts.values().map(|count| count - 1).sum();
    println!("{KILLS} kills, {again} requests sent again");
    for number in (1..=TASKS).filter(|number| !is_cancelled(*number)) {
        assert!(
            cos.object(BUCKET, &format!("k{number:03}")).is_some(),
            "{number} is lost"
        );
    }
    // Three tasks run at the same time.
    assert!(again <= 3 * KILLS, "{again} were sent again");
}

/// What the queue is found to be: every task once, and no state that goes back on what it was.
fn found(
    url: &str,
    directory: &Path,
    before: &BTreeMap<TaskId, TaskState>,
) -> BTreeMap<TaskId, TaskState> {
    // Looked at without a thread of its own moving anything: all of it waits behind a pause.
    let copy = tempfile::tempdir().unwrap();
    std::fs::create_dir(copy.path().join("queue")).unwrap();
    for entry in std::fs::read_dir(directory.join("queue")).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(
            entry.path(),
            copy.path().join("queue").join(entry.file_name()),
        )
        .unwrap();
    }
    let dead = url.replace("127.0.0.1", "127.0.0.2");
    let (queue, _) = open(&dead, copy.path());
    let tasks = queue.tasks();
    let numbers: Vec<u64> = tasks.iter().map(|info| info.id.number()).collect();
    assert_eq!(numbers, (1..=TASKS).collect::<Vec<_>>());
    let mut now = BTreeMap::new();
    for info in tasks {
        let number = info.id.number();
        assert_eq!((info.key, info.priority), (format!("k{number:03}"), -1));
        let is_right = match info.state {
            TaskState::Cancelled => is_cancelled(number),
            TaskState::Paused => is_paused(number) && !is_cancelled(number),
            _ => !is_cancelled(number) || before.is_empty(),
        };
        assert!(is_right, "{number} is {:?}", info.state);
        if before.get(&info.id) == Some(&TaskState::Succeeded) {
            assert_eq!(info.state, TaskState::Succeeded, "{number} is forgotten");
        }
        now.insert(info.id, info.state);
    }
    now
}
