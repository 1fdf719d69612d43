//! Thousands of calls from eight threads, of which one in twenty requests breaks: all come to their
//! end with the right result, and neither memory nor threads nor descriptors grow.
//!
//! `COSLINK_SOAK` says how many calls, `COSLINK_SOAK_SEED` which ones:
//! `COSLINK_SOAK=100000 cargo test --release --test soak -- --nocapture`.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

#[path = "kill/chance.rs"]
#[allow(dead_code)]
mod chance;
#[path = "soak/process.rs"]
mod process;
#[path = "soak/work.rs"]
mod work;

use std::env;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use cos_emulator::Emulator;

/// So many that a debug build takes some seconds.
const CALLS: u64 = 3000;

/// What breaks: five of a hundred requests.
const FAULTS: [(&str, u64); 3] = [("reset", 2), ("drop-answer", 1), ("status=503", 2)];

fn number(variable: &str) -> Option<u64> {
    let text = env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable}={text}")))
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap().as_nanos() as u64
}

/// The calls are made by a process of their own, so that its memory is that of the client.
#[test]
fn a_long_run_leaves_nothing_behind() {
    let calls = number("COSLINK_SOAK").unwrap_or(CALLS);
    let seed = number("COSLINK_SOAK_SEED").unwrap_or_else(now);
    println!("{calls} calls, COSLINK_SOAK_SEED={seed}");
    // MD5 is most of what an upload costs the emulator, and nothing here depends on it.
    let cos = Emulator::builder().opaque_etags(true).start();
    for (number, (actions, percent)) in FAULTS.iter().enumerate() {
        let seed = seed.wrapping_add(number as u64);
        let line = format!("* times=forever chance={percent} seed={seed} {actions}");
        cos.fault(&line).unwrap();
    }
    let directory = tempfile::tempdir().unwrap();
    let child = Command::new(env::current_exe().unwrap())
        .args(["--exact", "child", "--ignored", "--nocapture"])
        .env("COSLINK_SOAK_URL", cos.url())
        .env("COSLINK_SOAK", calls.to_string())
        .env("COSLINK_SOAK_SEED", seed.to_string())
        .env("COSLINK_SOAK_DIRECTORY", directory.path())
        .stdin(Stdio::null())
        .spawn();
    let mut child = child.unwrap();
    let limit = Duration::from_secs(120) + Duration::from_millis(5) * calls as u32;
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if begun.elapsed() > limit {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("COSLINK_SOAK_SEED={seed}: not done after {limit:?}");
        }
        // The record would hold all of them.
        cos.clear_requests();
        thread::sleep(Duration::from_millis(50));
    };
    println!("{} connections", cos.connections());
    assert!(status.success(), "COSLINK_SOAK_SEED={seed}: {status}");
    assert_eq!(
        cos.uploads(cos_emulator::BUCKET),
        [],
        "COSLINK_SOAK_SEED={seed}"
    );
}

/// The process that makes the calls: this very binary, with its orders in its environment.
#[test]
#[ignore = "does nothing but what the other test orders"]
fn child() {
    if let Ok(url) = env::var("COSLINK_SOAK_URL") {
        work::run(
            &url,
            number("COSLINK_SOAK").unwrap(),
            number("COSLINK_SOAK_SEED").unwrap(),
        );
    }
}
