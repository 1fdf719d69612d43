//! Tables in Markdown.

use std::fmt::Write;

use super::numbers::{Spread, Summary, distinct};
use super::{Results, Run};
use crate::runner::thousands;

const UNKNOWN: &str = "–";

fn shown(value: Option<f64>, decimals: usize) -> String {
    value.map_or(UNKNOWN.to_owned(), |value| format!("{value:.decimals$}"))
}

/// As `1.30× (1.25–1.34)`.
fn times(ratio: Option<Spread>) -> String {
    let show = |r: Spread| format!("{:.2}× ({:.2}–{:.2})", r.median, r.least, r.most);
    ratio.map_or(UNKNOWN.to_owned(), show)
}

fn mib(run: &Run) -> f64 {
    run.cost.rss_kib as f64 / 1024.0
}

fn cpu(run: &Run) -> f64 {
    run.cost.cpu()
}

/// CPU time per GiB or, of listings, per 1,000 keys, in seconds.
fn cpu_per_unit(run: &Run) -> f64 {
    match run.keys {
        0 => cpu(run) / run.bytes.max(1) as f64 * f64::from(1 << 30),
        keys => cpu(run) / keys as f64 * 1000.0,
    }
}

impl Results {
    /// The names of the workloads, in order.
    pub(super) fn workloads(&self, is_growth: bool) -> Vec<&str> {
        let names = self.runs.iter().map(|run| run.workload.as_str());
        distinct(names.filter(|name| name.starts_with("growth-") == is_growth))
    }

    /// The names of the clients, in order.
    pub(super) fn clients(&self, workloads: &[&str]) -> Vec<&str> {
        let runs = self
            .runs
            .iter()
            .filter(|run| workloads.contains(&run.workload.as_str()));
        let there = distinct(runs.map(|run| run.client.as_str()));
        // The first round is in an order of its own.
        let known = ["floor", "curl", "coslink-rust", "coslink-c"];
        let first = known.into_iter().filter(|name| there.contains(name));
        let mut rest: Vec<&str> = there
            .iter()
            .copied()
            .filter(|n| !known.contains(n))
            .collect();
        rest.sort_unstable();
        first.chain(rest).collect()
    }

    /// What a workload is, in numbers.
    pub(super) fn what(&self, workload: &str) -> &str {
        let found = self.runs.iter().find(|run| run.workload == workload);
        found.map_or("", |run| &run.what)
    }

    /// What it was made with, in one line.
    pub(super) fn caption(&self) -> String {
        let setting = &self.setting;
        let parts = [
            &setting.date,
            &setting.machine,
            &setting.system,
            &setting.curl,
        ];
        let parts: Vec<&str> = parts.into_iter().map(String::as_str).collect();
        format!(
            "{}, n = {}: `{}`",
            parts.join(", "),
            setting.rounds,
            setting.command
        )
    }

    /// Everything that came out.
    pub fn tables(&self) -> String {
        let mut text = format!("{}\n", self.caption());
        for workload in self.workloads(false) {
            self.table(&mut text, workload);
        }
        let growing = self.workloads(true);
        if !growing.is_empty() {
            self.growth(&mut text, &growing);
        }
        self.failures(&mut text);
        text
    }

    fn table(&self, text: &mut String, workload: &str) {
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "\n### {workload}: {}\n\n\
             | client | n | CPU s | user s | sys s | CPU, relative | wall s | wall, relative \
             | peak RSS MiB | connections | requests |\n|---|---|---|---|---|---|---|---|---|---|---|\n",
            self.what(workload)
        );
        for client in self.clients(&[workload]) {
            let summary = Summary::new(self, workload, client);
            let median = |value: fn(&Run) -> f64| summary.spread(value).map(|s| s.median);
            let _ = writeln!(
                text,
                "| {client} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
                summary.runs.len(),
                shown(median(cpu), 3),
                shown(median(|run| run.cost.user), 3),
                shown(median(|run| run.cost.sys), 3),
                times(summary.ratio(cpu)),
                shown(median(|run| run.cost.wall), 3),
                times(summary.ratio(|run| run.cost.wall)),
                shown(median(mib), 1),
                shown(median(|run| run.connections as f64), 0),
                shown(median(|run| run.requests as f64), 0),
            );
        }
    }

    fn growth(&self, text: &mut String, workloads: &[&str]) {
        let clients = self.clients(workloads);
        text.push_str("\n### growth: CPU s per GiB, or ms per 1,000 keys; peak RSS MiB\n\n| |");
        clients
            .iter()
            .for_each(|client| *text += &format!(" {client} |"));
        let _ = writeln!(text, "\n|---|{}", "---|".repeat(clients.len()));
        for workload in workloads {
            let plain = workload.trim_start_matches("growth-");
            let _ = write!(text, "| {plain}: {} |", self.what(workload));
            for client in &clients {
                let summary = Summary::new(self, workload, client);
                let is_list = summary.runs.first().is_some_and(|run| run.keys > 0);
                let scale = if is_list { 1000.0 } else { 1.0 };
                let cost = summary.spread(cpu_per_unit).map(|s| s.median * scale);
                let peak = summary.spread(mib).map(|s| s.median);
                let _ = write!(text, " {}; {} |", shown(cost, 3), shown(peak, 1));
            }
            text.push('\n');
        }
    }

    fn failures(&self, text: &mut String) {
        for run in self.runs.iter().filter(|run| run.error.is_some()) {
            let _ = write!(text, "\nfailed: {run}\n");
        }
    }

    /// The short table of the project's pages: a line per workload, a column per client. Above CPU
    /// time beside that of the base, or its own of the base; below wall time and peak memory.
    pub(super) fn short(&self) -> String {
        let workloads = self.workloads(false);
        let clients = self.clients(&workloads);
        let mut text = format!("{}\n\n| |", self.caption());
        clients
            .iter()
            .for_each(|client| text += &format!(" {client} |"));
        text += &format!("\n|---|{}\n", "---|".repeat(clients.len()));
        for workload in workloads {
            text += &format!("| `{workload}`: {} |", self.what(workload));
            for client in &clients {
                text += &format!(" {} |", self.cell(workload, client));
            }
            text.push('\n');
        }
        text
    }

    fn cell(&self, workload: &str, client: &str) -> String {
        let summary = Summary::new(self, workload, client);
        let Some(run) = summary.runs.first() else {
            let mut all = self.runs.iter();
            let failed = all.any(|run| run.workload == workload && run.client == client);
            return if failed { "failed" } else { UNKNOWN }.to_owned();
        };
        let median = |value: fn(&Run) -> f64| summary.spread(value).map(|s| s.median);
        let above = match summary.ratio(cpu) {
            Some(ratio) if run.base != client => times(Some(ratio)),
            _ => format!("{} CPU", time(median(cpu))),
        };
        let wall = time(median(|run| run.cost.wall));
        format!("{above}<br>{wall}, {} MiB", thousands_of(median(mib)))
    }
}

/// Seconds, or milliseconds where there are few.
fn time(seconds: Option<f64>) -> String {
    match seconds {
        Some(seconds) if seconds < 0.1 => format!("{:.1} ms", seconds * 1000.0),
        seconds => format!("{} s", shown(seconds, 2)),
    }
}

fn thousands_of(value: Option<f64>) -> String {
    match value {
        Some(value) if value >= 10.0 => thousands(value.round() as u64),
        value => shown(value, 1),
    }
}
