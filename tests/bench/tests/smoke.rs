//! The runner with tiny sizes: every workload, the floor and coslink, and no look at the times.

#![cfg(unix)]
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::{Command, Output};

use coslink_bench::report::Results;

const SMALL: [&str; 10] = [
    "--no-build",
    "--rounds",
    "1",
    "--size",
    "1048576",
    "--count",
    "8",
    "--keys",
    "2000",
    "--data",
];

fn bench(directory: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_coslink-bench"));
    command
        .env("LD_LIBRARY_PATH", directory)
        .args(SMALL)
        .arg(directory)
        .args(words)
        .output()
        .unwrap()
}

/// What the runner said, when it must have gone well.
fn well(output: Output) -> String {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_workload_is_run_and_reported() {
    let directory = tempfile::tempdir().unwrap();
    let saved = directory.path().join("results.jsonl");
    let names = "put get small-put small-get list put1 tls-put tls-get thin-put thin-get growth";
    let mut words: Vec<&str> = names.split(' ').collect();
    let file = saved.to_str().unwrap();
    words.extend(["--clients", "floor,coslink-rust", "--save", file]);
    let report = well(bench(directory.path(), &words));
    let clients = |name: &str| if name.starts_with("tls-") { 1 } else { 2 };
    for name in names.split(' ') {
        assert!(
            report.contains(&format!("\n### {name}: ")),
            "{name}: {report}"
        );
    }
    let results = Results::read(&[&saved]).unwrap();
    for name in names.split(' ').filter(|name| *name != "growth") {
        let runs = results
            .runs
            .iter()
            .filter(|run| run.workload == name)
            .count();
        assert_eq!(runs, 2 * clients(name), "{name}");
    }
    let growing = results
        .runs
        .iter()
        .filter(|run| run.workload.starts_with("growth-"));
    // Two directions by three sizes and four more numbers of connections, and four listings.
    assert_eq!(growing.count(), 2 * 2 * (2 * (3 + 4) + 4));
    let again = well(bench(directory.path(), &["--results", file]));
    assert_eq!(again, report);
    // Nothing is left but what was asked for.
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
}

#[test]
fn a_client_that_does_not_do_its_work_is_found_out() {
    let directory = tempfile::tempdir().unwrap();
    let words = [
        "put",
        "get",
        "list",
        "--clients",
        "floor,idle",
        "--peer",
        "idle=true",
    ];
    let output = bench(directory.path(), &words);
    assert!(!output.status.success());
    let report = String::from_utf8(output.stdout).unwrap();
    for said in [
        "0 bytes went, not 1048576",
        "0 bytes came, not 1048576",
        "0 keys, not 2000",
    ] {
        assert!(report.contains(said), "{said}: {report}");
    }
}

/// Cargo says where its own libraries are: a driver would be measured with the wrong one.
#[test]
fn a_client_loads_the_library_that_it_is_linked_to() {
    let directory = tempfile::tempdir().unwrap();
    let script = directory.path().join("peer");
    std::fs::write(&script, "test -z \"$LD_LIBRARY_PATH\" && exit 2\n").unwrap();
    let peer = format!("peer=sh {}", script.display());
    let words = ["put1", "--clients", "floor,peer", "--peer", &peer];
    let output = bench(directory.path(), &words);
    assert!(output.status.success(), "{output:?}");
}
