//! What is counted, and what can be set while the server runs.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use serde_json::json;

use super::http::Request;

/// Counters since the last reset, and settings.
#[derive(Default)]
pub(crate) struct Stats {
    pub(crate) connections: AtomicU64,
    pub(crate) requests: AtomicU64,
    /// Bytes of objects and parts that came in.
    pub(crate) body_in: AtomicU64,
    /// Bytes of objects that went out.
    pub(crate) body_out: AtomicU64,
    pub(crate) errors: AtomicU64,
    pub(crate) in_flight: AtomicU64,
    pub(crate) max_in_flight: AtomicU64,
    /// Setting: waited before each answer and after each accepted connection.
    pub(crate) latency_ms: AtomicU64,
    /// Setting: the rate of a connection in Mbit/s, in each direction; 0 is no limit.
    pub(crate) conn_mbps: AtomicU64,
}

impl Stats {
    fn counters(&self) -> [(&'static str, &AtomicU64); 6] {
        [
            ("conns", &self.connections),
            ("requests", &self.requests),
            ("body_in", &self.body_in),
            ("body_out", &self.body_out),
            ("errors", &self.errors),
            ("max_in_flight", &self.max_in_flight),
        ]
    }

    /// Carries out a command; the answer is the counters in JSON.
    pub(crate) fn command(&self, command: &str, request: &Request) -> String {
        match command {
            "reset" => self
                .counters()
                .iter()
                .for_each(|(_, counter)| counter.store(0, Relaxed)),
            "set" => request
                .parameters()
                .for_each(|(name, value)| self.set(name, value)),
            _ => {}
        }
        let pairs = self
            .counters()
            .map(|(name, counter)| (name.to_owned(), json!(counter)));
        serde_json::Value::Object(pairs.into_iter().collect()).to_string()
    }

    fn set(&self, name: &str, value: &str) {
        let setting = match name {
            "latency_ms" => &self.latency_ms,
            "conn_mbps" => &self.conn_mbps,
            _ => return,
        };
        setting.store(value.parse().unwrap_or(0), Relaxed);
    }
}
