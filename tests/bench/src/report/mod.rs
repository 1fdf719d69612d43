//! What came out: lines that are kept, tables, and the chart.

mod chart;
mod numbers;
pub mod pages;
mod tables;

use std::fmt;
use std::fs;
use std::io::{Error, Result};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::measure::Cost;

/// What the runs were made on, and how.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Setting {
    /// As 2026-12-31.
    pub date: String,
    /// CPU, cores, memory.
    pub machine: String,
    /// The kernel.
    pub system: String,
    /// The version of curl.
    pub curl: String,
    /// How many rounds were measured.
    pub rounds: usize,
    /// What was typed.
    pub command: String,
}

/// One run of one client.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Run {
    /// The workload's name.
    pub workload: String,
    /// The workload in numbers.
    pub what: String,
    /// The client's name.
    pub client: String,
    /// The client that this one is compared with.
    pub base: String,
    /// 0 is to warm up.
    pub round: usize,
    /// Bytes of objects that moved.
    pub bytes: u64,
    /// Keys that were listed.
    pub keys: u64,
    /// Connections that the server saw.
    pub connections: u64,
    /// Requests that the server saw.
    pub requests: u64,
    /// What it cost.
    #[serde(flatten)]
    pub cost: Cost,
    /// Why it is no success.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}: ", self.workload, self.round, self.client)?;
        match &self.error {
            Some(error) => write!(f, "{error}"),
            None => write!(
                f,
                "{:.3} s CPU, {:.3} s, {:.1} MiB",
                self.cost.cpu(),
                self.cost.wall,
                self.cost.rss_kib as f64 / 1024.0
            ),
        }
    }
}

/// A line of a file of results.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Line {
    /// Of the runs that follow.
    Setting(Setting),
    /// One run.
    Run(Run),
}

/// Everything that came out.
#[derive(Clone, Debug, Default)]
pub struct Results {
    /// Of the last runs.
    pub setting: Setting,
    /// In order.
    pub runs: Vec<Run>,
}

impl Results {
    /// Takes one line more.
    pub fn add(&mut self, line: Line) {
        match line {
            Line::Setting(setting) => self.setting = setting,
            Line::Run(run) => self.runs.push(run),
        }
    }

    /// Of files with lines of JSON.
    pub fn read(paths: &[impl AsRef<Path>]) -> Result<Self> {
        let mut results = Self::default();
        for path in paths {
            let path = path.as_ref();
            for (index, line) in fs::read_to_string(path)?.lines().enumerate() {
                let line = serde_json::from_str(line).map_err(|error| {
                    let number = index + 1;
                    Error::other(format!("{}:{number}: {error}", path.display()))
                })?;
                results.add(line);
            }
        }
        Ok(results)
    }

    /// As lines of JSON, without what only the machine knows.
    pub fn lines(&self) -> Result<String> {
        let mut text = serde_json::to_string(&Line::Setting(self.setting.clone()))? + "\n";
        for run in &self.runs {
            let mut run = run.clone();
            run.error = run.error.map(|_| "failed".to_owned());
            text += &serde_json::to_string(&Line::Run(run))?;
            text.push('\n');
        }
        Ok(text)
    }
}
