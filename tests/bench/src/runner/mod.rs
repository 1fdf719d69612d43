//! Runs the workloads by every client, in rounds, and reports.

mod build;
mod client;
mod machine;
mod once;
mod options;
mod site;
mod workload;

use std::fs::{File, OpenOptions};
use std::io::{Error, Result, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use crate::report::{Line, Results, pages};
use build::{Tools, root};
use client::Client;
use options::{HELP, Options};
use site::Site;
pub(crate) use workload::thousands;
use workload::{Op, Workload};

/// The command.
pub fn main() -> ExitCode {
    let failed = |error: &dyn std::fmt::Display| {
        eprintln!("{error}");
        ExitCode::FAILURE
    };
    match Options::parse(lexopt::Parser::from_env()) {
        Ok(None) => {
            println!("{HELP}");
            ExitCode::SUCCESS
        }
        Ok(Some(options)) => match all(&options) {
            Ok(true) => ExitCode::SUCCESS,
            Ok(false) => failed(&"not every run went well"),
            Err(error) => failed(&error),
        },
        Err(error) => failed(&error),
    }
}

/// Whether everything went well.
fn all(options: &Options) -> Result<bool> {
    let results = match options.results.is_empty() {
        true => measured(options)?,
        false => Results::read(&options.results)?,
    };
    let report = results.tables();
    print!("{report}");
    if let Some(path) = &options.report {
        std::fs::write(path, &report)?;
    }
    if options.write {
        pages::write(&root(), &results)?;
    }
    Ok(results.runs.iter().all(|run| run.error.is_none()))
}

/// Runs everything.
fn measured(options: &Options) -> Result<Results> {
    let workloads = Workload::all(options)?;
    let tools = Tools::new(options.build)?;
    let clients = Client::all(options, &tools);
    // Before there is anything that would be left behind.
    let is_stopped = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        signal_hook::flag::register(signal, is_stopped.clone())?;
    }
    let site = Site::new(options, &tools, &workloads)?;
    let setting = machine::setting(options);
    let mut rounds = Rounds {
        options,
        tools: &tools,
        clients: &clients,
        site: &site,
        is_stopped,
        save: options.save.as_ref().map(open).transpose()?,
        results: Results::default(),
    };
    rounds.keep(Line::Setting(setting))?;
    for workload in &workloads {
        rounds.workload(workload)?;
    }
    Ok(rounds.results)
}

fn open(path: &std::path::PathBuf) -> Result<File> {
    OpenOptions::new().create(true).append(true).open(path)
}

struct Rounds<'a> {
    options: &'a Options,
    tools: &'a Tools,
    clients: &'a [Client],
    site: &'a Site,
    /// By a signal.
    is_stopped: Arc<AtomicBool>,
    save: Option<File>,
    results: Results,
}

impl Rounds<'_> {
    fn keep(&mut self, line: Line) -> Result<()> {
        if let Some(save) = &mut self.save {
            writeln!(save, "{}", serde_json::to_string(&line)?)?;
        }
        self.results.add(line);
        Ok(())
    }

    fn workload(&mut self, workload: &Workload) -> Result<()> {
        let name = &workload.name;
        if !self.site.is_own() && workload.is_growth {
            eprintln!("{name}: left out, for it needs a server of our own");
            return Ok(());
        }
        if workload.is_tls && self.site.url(workload).is_empty() {
            eprintln!("{name}: left out, for there is no --tls-server");
            return Ok(());
        }
        if !self.site.has_room(workload) {
            eprintln!("{name}: left out, for there is no room for its file");
            return Ok(());
        }
        if workload.op == Op::SmallGet {
            self.fill(workload)?;
        }
        self.site.shape(workload.is_thin)?;
        let done = self.rounds(workload);
        self.site.shape(false)?;
        done
    }

    fn rounds(&mut self, workload: &Workload) -> Result<()> {
        let clients: &[Client] = self.clients;
        let mut clients: Vec<&Client> = clients.iter().filter(|c| c.can(workload)).collect();
        for round in 0..=self.options.rounds {
            // Nobody is always first.
            if !clients.is_empty() {
                clients.rotate_left(1);
            }
            let mut failed = Vec::new();
            for client in &clients {
                if self.is_stopped.load(Relaxed) {
                    return Err(Error::other("stopped"));
                }
                let run = once::once(self.site, self.tools, client, workload, round)?;
                let Some(run) = run else {
                    failed.push(client.name.clone());
                    continue;
                };
                eprintln!("{run}");
                if run.error.is_some() {
                    failed.push(client.name.clone());
                }
                self.keep(Line::Run(run))?;
            }
            // What fails once is not tried again.
            clients.retain(|client| !failed.contains(&client.name));
        }
        Ok(())
    }

    /// Puts the small objects there that are got.
    fn fill(&self, workload: &Workload) -> Result<()> {
        let floor = std::process::Command::new(self.tools.at("coslink-bench-floor"))
            .args(["small-put", "--endpoint", self.site.url(workload)])
            .args(["--count", &workload.count.to_string()])
            .status()?;
        match floor.success() {
            true => Ok(()),
            false => Err(Error::other("the small objects cannot be put")),
        }
    }
}
