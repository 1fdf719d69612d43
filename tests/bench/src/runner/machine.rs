//! What the runs were made on.

use std::fs;
use std::process::Command;
use std::thread;
use std::time::SystemTime;

use super::options::Options;
use super::site::memory;
use crate::report::Setting;

/// The machine, the date and the command.
pub(super) fn setting(options: &Options) -> Setting {
    let date = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
    let cores = thread::available_parallelism().map_or(0, usize::from);
    let memory = memory("MemTotal").map_or(String::new(), |bytes| {
        format!(", {:.0} GiB", bytes as f64 / f64::from(1 << 30))
    });
    Setting {
        date: date.chars().take(10).collect(),
        machine: format!(
            "{}, {cores} cores{memory}",
            cpu().unwrap_or("CPU of no name".into())
        ),
        system: first_line("uname", &["-sr"]).unwrap_or_default(),
        curl: first_line("curl", &["--version"])
            .map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" "))
            .unwrap_or_default(),
        rounds: options.rounds,
        command: options.command(),
    }
}

fn cpu() -> Option<String> {
    let linux = || {
        let text = fs::read_to_string("/proc/cpuinfo").ok()?;
        let line = text.lines().find(|line| line.starts_with("model name"))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    linux().or_else(|| first_line("sysctl", &["-n", "machdep.cpu.brand_string"]))
}

fn first_line(program: &str, words: &[&str]) -> Option<String> {
    let output = Command::new(program).args(words).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.lines().next().map(str::to_owned)
}
