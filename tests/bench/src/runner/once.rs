//! One run of one client, measured and checked.

use std::fs::{self, File};
use std::io::{Error, ErrorKind, Result};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use super::build::Tools;
use super::client::Client;
use super::site::{Counted, Site};
use super::workload::{Op, Workload};
use crate::measure::Cost;
use crate::report::Run;

/// No run takes longer.
const PATIENCE: Duration = Duration::from_secs(900);

/// Runs a client once; a run that went wrong says so in its `error`. None when the client has no such
/// workload, by exit code 2.
pub(super) fn once(
    site: &Site,
    tools: &Tools,
    client: &Client,
    workload: &Workload,
    round: usize,
) -> Result<Option<Run>> {
    for left in ["out", "cost", "output", "errors"] {
        let _ = fs::remove_file(site.at(left));
    }
    site.control("reset")?;
    let done = run(site, tools, &client.command(site, workload));
    let counted = site.control("stats")?;
    let checked = done.and_then(|cost| check(site, workload, cost, counted).map(|()| cost));
    // The memory below /dev/shm is free again.
    let _ = fs::remove_file(site.at("out"));
    let mut run = Run {
        workload: workload.name.clone(),
        what: workload.what(),
        client: client.name.clone(),
        base: workload.base().to_owned(),
        round,
        bytes: workload.bytes(),
        keys: if workload.op == Op::List {
            workload.count as u64
        } else {
            0
        },
        connections: counted.conns,
        requests: counted.requests,
        cost: Cost::default(),
        error: None,
    };
    match checked {
        Ok(cost) => run.cost = cost,
        Err(error) if error.kind() == ErrorKind::Unsupported => return Ok(None),
        Err(error) => run.error = Some(error.to_string()),
    }
    Ok(Some(run))
}

fn run(site: &Site, tools: &Tools, words: &[String]) -> Result<Cost> {
    let mut command = Command::new(tools.at("coslink-bench-measure"));
    command
        .arg(site.at("cost"))
        .args(words)
        .current_dir(site.at(""));
    for name in [
        "COSLINK_BENCH_CA",
        "SSL_CERT_FILE",
        "NODE_EXTRA_CA_CERTS",
        "AWS_CA_BUNDLE",
    ] {
        command.env(name, &site.ca);
    }
    command.env("NO_PROXY", "*").env("no_proxy", "*");
    // Cargo's leads to a library that is not optimised as a whole, before the one a driver is linked to.
    command
        .env_remove("LD_LIBRARY_PATH")
        .env_remove("DYLD_FALLBACK_LIBRARY_PATH");
    command.stdin(Stdio::null());
    command
        .stdout(File::create(site.at("output"))?)
        .stderr(File::create(site.at("errors"))?);
    let is_measured = wait(command.process_group(0).spawn()?)?;
    let said = || {
        let text = fs::read_to_string(site.at("errors")).unwrap_or_default();
        text.lines().last().unwrap_or_default().to_owned()
    };
    if !is_measured {
        return Err(Error::other(format!("it did not run: {}", said())));
    }
    let cost: Cost = serde_json::from_str(&fs::read_to_string(site.at("cost"))?)?;
    match cost.exit {
        0 => Ok(cost),
        2 => Err(ErrorKind::Unsupported.into()),
        exit => Err(Error::other(format!("exit {exit}: {}", said()))),
    }
}

/// Waits, and ends what has no end.
fn wait(mut child: Child) -> Result<bool> {
    let (begun, mut pause) = (Instant::now(), Duration::from_millis(2));
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status.success());
        }
        if begun.elapsed() > PATIENCE {
            let group = i32::try_from(child.id()).map_err(Error::other)?;
            killpg(Pid::from_raw(group), Signal::SIGKILL)?;
            child.wait()?;
            return Err(Error::other("it took too long"));
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(50));
    }
}

/// Whether everything was done: by the server's count, the file, and what was said.
fn check(site: &Site, workload: &Workload, cost: Cost, counted: Counted) -> Result<()> {
    let must = |name: &str, is: u64, wanted: u64| match is == wanted {
        true => Ok(()),
        false => Err(Error::other(format!("{is} {name}, not {wanted}"))),
    };
    must("is the exit code", cost.exit as u64, 0)?;
    match workload.op {
        Op::List => {
            let said = fs::read_to_string(site.at("output"))?;
            let keys = said.trim().parse().unwrap_or(said.lines().count() as u64);
            must("keys", keys, workload.count as u64)
        }
        Op::Get => {
            must("bytes came", counted.body_out, workload.bytes())?;
            must(
                "bytes in the file",
                fs::metadata(site.at("out"))?.len(),
                workload.size,
            )
        }
        _ if workload.is_up() => must("bytes went", counted.body_in, workload.bytes()),
        _ => must("bytes came", counted.body_out, workload.bytes()),
    }
}
