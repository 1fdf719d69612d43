//! What the system knows of this process.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

/// The memory that it holds, in KiB.
pub(crate) fn memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let number = line.unwrap().split_whitespace().nth(1);
    number.unwrap().parse().unwrap()
}

/// How many threads and descriptors it has.
pub(crate) fn held() -> (usize, usize) {
    let count = |directory: &str| fs::read_dir(directory).unwrap().count();
    (count("/proc/self/task"), count("/proc/self/fd"))
}

/// The same when it is no more than that, or after a while: a thread that connects ends by itself.
pub(crate) fn held_after(before: (usize, usize)) -> (usize, usize) {
    let end = Instant::now() + Duration::from_secs(15);
    loop {
        let now = held();
        if (now.0 <= before.0 && now.1 <= before.1) || Instant::now() > end {
            return now;
        }
        thread::sleep(Duration::from_millis(10));
    }
}
