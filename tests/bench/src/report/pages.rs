//! The results in the project's own pages.

use std::fs;
use std::io::{Error, Result};
use std::path::Path;

use super::{Results, chart};

/// Around the table in a page.
const BEGIN: &str = "<!-- benchmark: cargo run --release -p coslink-bench -- --write -->\n";
const END: &str = "<!-- /benchmark -->\n";

/// The pages with the table, below the project's directory.
pub const PAGES: [&str; 2] = ["README.md", "README.zh-CN.md"];
/// Where the chart is.
pub const CHART: &str = "tests/bench/chart.svg";
/// Where the lines are that table and chart are made of.
pub const RESULTS: &str = "tests/bench/results.jsonl";

/// What stands between the marks.
pub fn block(results: &Results) -> String {
    format!("{BEGIN}\n{}\n{END}", results.short())
}

/// The page with another block.
pub fn with_block(page: &str, block: &str) -> Option<String> {
    let (before, rest) = page.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{block}{after}"))
}

/// Writes the lines, the chart, and the table into both pages.
pub fn write(root: &Path, results: &Results) -> Result<()> {
    if results.runs.is_empty() {
        return Err(Error::other("there is nothing to write"));
    }
    let block = block(results);
    let mut pages = Vec::new();
    for name in PAGES {
        let path = root.join(name);
        let page = with_block(&fs::read_to_string(&path)?, &block);
        pages.push((
            path,
            page.ok_or_else(|| Error::other(format!("{name} has no marks")))?,
        ));
    }
    let chart = chart::draw(results).map_err(|error| Error::other(error.to_string()))?;
    for (path, page) in pages {
        fs::write(path, page)?;
    }
    fs::write(root.join(CHART), chart)?;
    fs::write(root.join(RESULTS), results.lines()?)
}
