//! What may be chosen.

use std::path::PathBuf;

use lexopt::prelude::*;

/// What `--help` prints.
pub(super) const HELP: &str = "\
cargo run --release -p coslink-bench -- [WORKLOAD...] [--name value]...

Runs the workloads by every client, in rounds: each round runs every client once, the first one to
warm up. Without a name it runs all but growth, which takes 10 GiB.

  put get             one object, 8 connections
  small-put small-get 2,000 objects of 4 KiB
  list                100,000 keys
  put1                start of a program and one PUT of 1 byte
  tls-put tls-get     the same over TLS
  thin-put thin-get   20 ms away, 200 Mbit/s per connection, 16 connections
  growth              sizes, connections and numbers of keys from small to big

  --rounds N          measured rounds (5)
  --size BYTES        of the one object (1073741824)
  --count N           how many small objects (2000)
  --keys N            how many keys are listed (100000)
  --clients A,B       only these clients
  --peer NAME=COMMAND one more client: a command that takes the arguments of tests/bench/drivers
  --data DIRECTORY    where the files are, below which nothing is left (in /dev/shm, or temporary)
  --server URL --tls-server URL --ca FILE
                      a server that runs, instead of an own one: it has the object big of --size
                      bytes, --keys keys that begin with list/, and the control calls /__cosbench/
  --report FILE       the tables, as printed
  --save FILE         every run, in lines of JSON
  --results FILE      read such lines instead of running; may be said again
  --write             the chart, the table and the lines into the project's own pages
  --no-build          take the programs that are there";

/// A server that runs already.
#[derive(Clone, Debug)]
pub(super) struct Running {
    pub(super) url: String,
    pub(super) tls_url: Option<String>,
    pub(super) ca: Option<PathBuf>,
}

#[derive(Clone, Debug)]
pub(super) struct Options {
    pub(super) workloads: Vec<String>,
    pub(super) rounds: usize,
    /// In bytes.
    pub(super) size: u64,
    pub(super) count: usize,
    pub(super) keys: usize,
    /// All, when empty.
    pub(super) clients: Vec<String>,
    /// Names and words of commands.
    pub(super) peers: Vec<(String, Vec<String>)>,
    pub(super) data: Option<PathBuf>,
    pub(super) server: Option<Running>,
    pub(super) report: Option<PathBuf>,
    pub(super) save: Option<PathBuf>,
    pub(super) results: Vec<PathBuf>,
    pub(super) write: bool,
    pub(super) build: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            workloads: Vec::new(),
            rounds: 5,
            size: 1 << 30,
            count: 2000,
            keys: 100_000,
            clients: Vec::new(),
            peers: Vec::new(),
            data: None,
            server: None,
            report: None,
            save: None,
            results: Vec::new(),
            write: false,
            build: true,
        }
    }
}

impl Options {
    /// Of the command line; None when help is asked for.
    pub(super) fn parse(mut words: lexopt::Parser) -> Result<Option<Self>, lexopt::Error> {
        let (mut options, mut url, mut tls_url, mut ca) = (Self::default(), None, None, None);
        while let Some(word) = words.next()? {
            match word {
                Short('h') | Long("help") => return Ok(None),
                Long("rounds") => options.rounds = words.value()?.parse()?,
                Long("size") => options.size = words.value()?.parse()?,
                Long("count") => options.count = words.value()?.parse()?,
                Long("keys") => options.keys = words.value()?.parse()?,
                Long("clients") => {
                    let names = words.value()?.string()?;
                    options.clients.extend(names.split(',').map(str::to_owned));
                }
                Long("peer") => options.peers.push(peer(&words.value()?.string()?)?),
                Long("data") => options.data = Some(words.value()?.into()),
                Long("server") => url = Some(words.value()?.string()?),
                Long("tls-server") => tls_url = Some(words.value()?.string()?),
                Long("ca") => ca = Some(words.value()?.into()),
                Long("report") => options.report = Some(words.value()?.into()),
                Long("save") => options.save = Some(words.value()?.into()),
                Long("results") => options.results.push(words.value()?.into()),
                Long("write") => options.write = true,
                Long("no-build") => options.build = false,
                Value(name) => options.workloads.push(name.string()?),
                other => return Err(other.unexpected()),
            }
        }
        options.server = url.map(|url| Running { url, tls_url, ca });
        if options.rounds == 0 || options.size == 0 || options.count == 0 || options.keys == 0 {
            return Err("0 is too few".into());
        }
        Ok(Some(options))
    }

    /// How the same is run again, without what only this machine has.
    pub(super) fn command(&self) -> String {
        let standard = Self::default();
        let mut words: Vec<String> = self.workloads.clone();
        let mut number = |name: &str, value: u64, standard: u64| {
            if value != standard {
                words.push(format!("--{name} {value}"));
            }
        };
        number("rounds", self.rounds as u64, standard.rounds as u64);
        number("size", self.size, standard.size);
        number("count", self.count as u64, standard.count as u64);
        number("keys", self.keys as u64, standard.keys as u64);
        let plain = "cargo run --release -p coslink-bench";
        match words.is_empty() {
            true => plain.to_owned(),
            false => format!("{plain} -- {}", words.join(" ")),
        }
    }
}

fn peer(text: &str) -> Result<(String, Vec<String>), lexopt::Error> {
    let (name, command) = text.split_once('=').ok_or("--peer NAME=COMMAND")?;
    let words: Vec<String> = command.split_whitespace().map(str::to_owned).collect();
    match words.is_empty() {
        true => Err("--peer NAME=COMMAND".into()),
        false => Ok((name.to_owned(), words)),
    }
}
