//! Bytes spread over time.

use std::thread;
use std::time::{Duration, Instant};

/// Keeps one body of one connection to a rate.
pub(crate) struct Pace {
    begun: Instant,
    bytes: u64,
    /// In Mbit/s; 0 is no limit.
    rate: u64,
}

impl Pace {
    pub(crate) fn new(rate: u64) -> Self {
        Self {
            begun: Instant::now(),
            bytes: 0,
            rate,
        }
    }

    /// How much of so many bytes to move at once: about 5 ms of the rate.
    pub(crate) fn piece(&self, most: usize) -> usize {
        match self.rate {
            0 => most,
            rate => most.min((rate as usize * 625).clamp(16 << 10, 1 << 20)),
        }
    }

    /// Waits until so many bytes more are due.
    pub(crate) fn moved(&mut self, bytes: usize) {
        self.bytes += bytes as u64;
        if let Some(nanoseconds) = (self.bytes * 8000).checked_div(self.rate) {
            let early = Duration::from_nanos(nanoseconds).saturating_sub(self.begun.elapsed());
            if early > Duration::from_millis(1) {
                thread::sleep(early);
            }
        }
    }
}
