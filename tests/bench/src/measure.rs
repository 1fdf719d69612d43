//! What one run of a program costs: a small process of its own that starts it and looks.
//!
//! A child's peak memory counts from what its parent had when it was forked, so the parent must be
//! small, and have no other children.

use std::io::{Error, Result};
use std::os::unix::process::ExitStatusExt;
use std::process::Command;
use std::time::Instant;

use nix::sys::resource::{UsageWho, getrusage};
use serde::{Deserialize, Serialize};

/// What a program and its children cost.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
pub struct Cost {
    /// CPU time in the program, in seconds.
    pub user: f64,
    /// CPU time in the kernel, in seconds.
    pub sys: f64,
    /// Seconds from start to end.
    pub wall: f64,
    /// The most memory that one of the processes had at once, in KiB.
    pub rss_kib: u64,
    /// What it exited with; 128 and the signal where one ended it.
    pub exit: i32,
}

impl Cost {
    /// CPU time in seconds.
    pub fn cpu(&self) -> f64 {
        self.user + self.sys
    }
}

/// Runs a program to its end.
pub fn measure(program: &str, arguments: &[String]) -> Result<Cost> {
    let begun = Instant::now();
    let status = Command::new(program).args(arguments).status()?;
    let wall = begun.elapsed().as_secs_f64();
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let seconds =
        |time: nix::sys::time::TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    let peak = u64::try_from(usage.max_rss()).map_err(Error::other)?;
    Ok(Cost {
        user: seconds(usage.user_time()),
        sys: seconds(usage.system_time()),
        wall,
        // macOS counts bytes.
        rss_kib: if cfg!(target_vendor = "apple") {
            peak >> 10
        } else {
            peak
        },
        exit: status
            .code()
            .unwrap_or_else(|| 128 + status.signal().unwrap_or(0)),
    })
}
