//! The least that a client can do; it takes the arguments of every client.

#[cfg(unix)]
fn main() -> std::io::Result<()> {
    use coslink_bench::{floor, words::Words};
    floor::run(&Words::new(std::env::args().skip(1))?)
}

#[cfg(not(unix))]
fn main() {}
