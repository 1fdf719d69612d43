//! How fast coslink is, beside others: a server, a floor, and a runner that measures.
//!
//! `cargo run --release -p coslink-bench` runs everything; see the README of this directory.

#![cfg(unix)]

pub mod floor;
pub mod measure;
pub mod report;
pub mod runner;
pub mod server;
pub mod words;
