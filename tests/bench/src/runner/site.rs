//! The server and the files of a run.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Error, Read, Result};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde::Deserialize;
use tempfile::TempDir;

use super::build::Tools;
use super::options::Options;
use super::workload::{Op, SMALL, Workload};
use crate::server::Addresses;

/// What the server counted since the last reset.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Counted {
    pub(super) conns: u64,
    pub(super) requests: u64,
    pub(super) body_in: u64,
    pub(super) body_out: u64,
}

/// The server that is measured against, and a directory.
pub(super) struct Site {
    directory: TempDir,
    addresses: Addresses,
    pub(super) ca: PathBuf,
    /// Ends with its standard input.
    child: Option<Child>,
    control: ureq::Agent,
}

impl Site {
    pub(super) fn new(options: &Options, tools: &Tools, workloads: &[Workload]) -> Result<Self> {
        let directory = directory(options)?;
        let has = |op| workloads.iter().any(|w| w.op == op && !w.is_growth);
        let is_own = options.server.is_none();
        let at = |name: &str| directory.path().join(name);
        fs::write(at("small"), vec![b'x'; SMALL as usize])?;
        fs::write(at("one"), "x")?;
        if has(Op::Put) || (has(Op::Get) && is_own) {
            random(&at("big"), options.size)?;
        }
        for zeros in workloads.iter().filter(|w| w.is_growth && w.op == Op::Put) {
            File::create(at(&format!("zeros-{}", zeros.size)))?.set_len(zeros.size)?;
        }
        let config = ureq::Agent::config_builder().proxy(None).build();
        let control = ureq::Agent::new_with_config(config);
        let (addresses, ca, child) = match &options.server {
            Some(running) => {
                let tls_url = running.tls_url.clone().unwrap_or_default();
                let addresses = Addresses {
                    url: running.url.clone(),
                    tls_url,
                };
                (addresses, running.ca.clone().unwrap_or_default(), None)
            }
            None => {
                let big = at("big");
                let (addresses, child) = start(tools, options, &at("ca.pem"), &big)?;
                (addresses, at("ca.pem"), Some(child))
            }
        };
        let site = Self {
            directory,
            addresses,
            ca,
            child,
            control,
        };
        site.control("reset")?;
        Ok(site)
    }

    /// The path of a file.
    pub(super) fn at(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(super) fn is_own(&self) -> bool {
        self.child.is_some()
    }

    pub(super) fn url(&self, workload: &Workload) -> &str {
        match workload.is_tls {
            true => &self.addresses.tls_url,
            false => &self.addresses.url,
        }
    }

    /// The file that is sent or written.
    pub(super) fn file(&self, workload: &Workload) -> PathBuf {
        match workload.op {
            Op::Put if workload.is_growth => self.at(&format!("zeros-{}", workload.size)),
            Op::Put => self.at("big"),
            Op::PutOne => self.at("one"),
            Op::Get => self.at("out"),
            Op::SmallPut | Op::SmallGet | Op::List => self.at("small"),
        }
    }

    /// Whether a workload has room for its files.
    pub(super) fn has_room(&self, workload: &Workload) -> bool {
        workload.op != Op::Get || room(self.directory.path()) > workload.size + (256 << 20)
    }

    /// Sends a command to the server.
    pub(super) fn control(&self, command: &str) -> Result<Counted> {
        let url = format!("{}/__cosbench/{command}", self.addresses.url);
        let mut answer = self.control.get(&url).call().map_err(Error::other)?;
        let text = answer.body_mut().read_to_string().map_err(Error::other)?;
        serde_json::from_str(&text).map_err(Error::other)
    }

    /// Near, or far and narrow.
    pub(super) fn shape(&self, is_thin: bool) -> Result<()> {
        let (latency, rate) = if is_thin { (20, 200) } else { (0, 0) };
        self.control(&format!("set?latency_ms={latency}&conn_mbps={rate}"))
            .map(|_| ())
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            drop(child.stdin.take());
            let _ = child.wait();
        }
    }
}

/// Bytes that are free there.
fn room(path: &Path) -> u64 {
    // Other systems count in 32 bits.
    #[allow(clippy::useless_conversion, clippy::unnecessary_cast)]
    let free = nix::sys::statvfs::statvfs(path).map_or(u64::MAX, |stat| {
        u64::from(stat.blocks_available()).saturating_mul(stat.fragment_size() as u64)
    });
    // What is below /dev/shm is memory, of which there may be less.
    match path.starts_with("/dev/shm") {
        true => free.min(memory("MemAvailable").unwrap_or(u64::MAX)),
        false => free,
    }
}

/// A line of /proc/meminfo, in bytes.
pub(super) fn memory(name: &str) -> Option<u64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib << 10)
}

fn directory(options: &Options) -> Result<TempDir> {
    let needed = options.size.saturating_mul(2) + (256 << 20);
    let below = match &options.data {
        Some(data) => data.clone(),
        None => {
            let memory = Path::new("/dev/shm");
            match memory.is_dir() && room(memory) > needed {
                true => memory.to_owned(),
                false => std::env::temp_dir(),
            }
        }
    };
    if room(&below) < needed {
        let message = format!("{} has no {needed} bytes free; see --data", below.display());
        return Err(Error::other(message));
    }
    tempfile::Builder::new()
        .prefix("coslink-bench-")
        .tempdir_in(below)
}

fn random(path: &Path, size: u64) -> Result<()> {
    let mut source = File::open("/dev/urandom")?.take(size);
    io::copy(&mut source, &mut File::create(path)?).map(|_| ())
}

/// Starts a server of our own; gives back where it listens.
fn start(tools: &Tools, options: &Options, ca: &Path, big: &Path) -> Result<(Addresses, Child)> {
    let mut command = Command::new(tools.at("coslink-bench-server"));
    command
        .arg("--ca")
        .arg(ca)
        .arg("--keys")
        .arg(options.keys.to_string());
    if big.exists() {
        command.arg("--seed").arg(format!("big={}", big.display()));
    }
    command
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = command.spawn()?;
    let mut line = String::new();
    if let Some(output) = child.stdout.take() {
        BufReader::new(output).read_line(&mut line)?;
    }
    let addresses = serde_json::from_str(&line);
    Ok((
        addresses.map_err(|_| Error::other("the server did not start"))?,
        child,
    ))
}
