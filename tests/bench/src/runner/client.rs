//! Who is measured.

use std::path::Path;
use std::process::{Command, Stdio};

use super::build::{C_DRIVER, Tools};
use super::options::Options;
use super::site::Site;
use super::workload::{Op, Workload};

/// The size of a part, in bytes.
const PART: &str = "8388608";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Floor,
    Curl,
    /// Takes the driver's arguments, and can do everything.
    Driver,
}

#[derive(Clone, Debug)]
pub(super) struct Client {
    pub(super) name: String,
    kind: Kind,
    words: Vec<String>,
}

impl Client {
    fn new(name: &str, kind: Kind, program: &Path) -> Self {
        let words = vec![program.to_string_lossy().into_owned()];
        Self {
            name: name.to_owned(),
            kind,
            words,
        }
    }

    /// Those that are asked for and are there.
    pub(super) fn all(options: &Options, tools: &Tools) -> Vec<Self> {
        let mut all = vec![Self::new(
            "floor",
            Kind::Floor,
            &tools.at("coslink-bench-floor"),
        )];
        let quiet = Command::new("curl")
            .arg("--version")
            .stdout(Stdio::null())
            .status();
        match quiet {
            Ok(status) if status.success() => {
                all.push(Self::new("curl", Kind::Curl, Path::new("curl")));
            }
            _ => eprintln!("without curl: it is not there"),
        }
        all.push(Self::new(
            "coslink-rust",
            Kind::Driver,
            &tools.at("coslink-driver"),
        ));
        let c = tools.at(C_DRIVER);
        if c.exists() {
            all.push(Self::new("coslink-c", Kind::Driver, &c));
        }
        for (name, words) in &options.peers {
            all.push(Self {
                name: name.clone(),
                kind: Kind::Driver,
                words: words.clone(),
            });
        }
        let wanted = &options.clients;
        all.retain(|client| wanted.is_empty() || wanted.contains(&client.name));
        all
    }

    /// Whether it can do it. One stream of curl is no match for connections that are limited.
    pub(super) fn can(&self, workload: &Workload) -> bool {
        match self.kind {
            Kind::Floor => !workload.is_tls,
            Kind::Curl => workload.op != Op::List && !workload.is_thin && !workload.is_growth,
            Kind::Driver => true,
        }
    }

    /// The words of the command.
    pub(super) fn command(&self, site: &Site, workload: &Workload) -> Vec<String> {
        let mut words = self.words.clone();
        match self.kind {
            Kind::Curl => words.extend(curl(site, workload)),
            _ => words.extend(arguments(site, workload)),
        }
        words
    }
}

/// What every driver is told.
fn arguments(site: &Site, workload: &Workload) -> Vec<String> {
    let size = workload.size.to_string();
    let count = workload.count.to_string();
    let connections = workload.connections.to_string();
    let file = site.file(workload).to_string_lossy().into_owned();
    let (key, prefix) = (workload.key(), workload.prefix());
    let mut words = vec![workload.op.word()];
    words.extend([
        "--endpoint",
        site.url(workload),
        "--bucket",
        "bench-1250000000",
    ]);
    words.extend(["--concurrency", &connections]);
    match workload.op {
        Op::Put | Op::Get => words.extend(["--key", &key, "--file", &file, "--part-size", PART]),
        Op::PutOne => words.extend(["--key", &key, "--file", &file]),
        Op::SmallPut | Op::SmallGet => {
            words.extend(["--prefix", &prefix, "--count", &count, "--size", &size]);
        }
        Op::List => words.extend(["--prefix", &prefix]),
    }
    words.into_iter().map(str::to_owned).collect()
}

fn curl(site: &Site, workload: &Workload) -> Vec<String> {
    let url = site.url(workload);
    let file = site.file(workload).to_string_lossy().into_owned();
    let ca = site.ca.to_string_lossy().into_owned();
    let connections = workload.connections.to_string();
    let one = format!("{url}/{}", workload.key());
    let last = workload.count.saturating_sub(1);
    let many = format!("{url}/{}[000000-{last:06}]", workload.prefix());
    let mut words = vec!["-q", "-sSf", "--noproxy", "*"];
    if workload.is_tls {
        words.extend(["--cacert", &ca]);
    }
    match workload.op {
        Op::Put | Op::PutOne => words.extend(["-T", &file, "-o", "/dev/null", &one]),
        Op::Get | Op::List => words.extend(["-o", &file, &one]),
        Op::SmallPut => words.extend(["-T", &file, "-o", "/dev/null", &many]),
        Op::SmallGet => words.extend(["-o", "/dev/null", &many]),
    }
    if matches!(workload.op, Op::SmallPut | Op::SmallGet) {
        words.extend(["-Z", "--parallel-max", &connections]);
    }
    words.into_iter().map(str::to_owned).collect()
}
