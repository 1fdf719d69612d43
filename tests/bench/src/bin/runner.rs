//! Runs the workloads by every client, and reports. `--help` says what may be chosen.

#[cfg(unix)]
fn main() -> std::process::ExitCode {
    coslink_bench::runner::main()
}

#[cfg(not(unix))]
fn main() {}
