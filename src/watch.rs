//! Progress, and who looks on.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use crate::error::{Error, ErrorKind, Result};

/// How far a transfer is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Progress {
    /// Bytes moved so far. Never falls, not even when a part is sent again.
    pub loaded: u64,
    /// Bytes to move in all.
    pub total: u64,
    /// Bytes per second, smoothed over the last seconds.
    pub speed: u64,
}

impl Progress {
    /// The part that is done, from 0.0 to 1.0; 1.0 for nothing to do.
    pub fn fraction(&self) -> f64 {
        if self.total == 0 {
            1.0
        } else {
            self.loaded as f64 / self.total as f64
        }
    }

    /// How long the rest takes at this speed; None while nothing moves.
    pub fn eta(&self) -> Option<Duration> {
        let left = self.total.saturating_sub(self.loaded);
        match (left, self.speed) {
            (0, _) => Some(Duration::ZERO),
            (_, 0) => None,
            (left, speed) => Some(Duration::from_millis(
                left.saturating_mul(1000).div_ceil(speed),
            )),
        }
    }
}

/// Looks on while a call transfers, and may stop it.
///
/// Every method runs on the thread that made the call, never after the call returned. `Break` ends
/// the call with [`Cancelled`](crate::ErrorKind::Cancelled). A closure
/// `FnMut(&Progress) -> ControlFlow<()>` is a `Watch`, and so is `()`, which looks away.
pub trait Watch {
    /// Bytes moved. Called at the start, at most some 20 times per second, and at the end.
    ///
    /// What an earlier run has moved counts as loaded from the start, but not as speed.
    fn moved(&mut self, progress: &Progress) -> ControlFlow<()>;

    /// Local bytes were read and summed up, to find what an earlier run has moved. Called like
    /// `moved`, before anything moves, and only where there is something to find. Of an upload,
    /// `total` is the whole file, of a download what its record speaks of.
    fn hashed(&mut self, _: &Progress) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

impl Watch for () {
    fn moved(&mut self, _: &Progress) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

impl<F: FnMut(&Progress) -> ControlFlow<()>> Watch for F {
    fn moved(&mut self, progress: &Progress) -> ControlFlow<()> {
        self(progress)
    }
}

/// The shortest time between two reports.
pub(crate) const INTERVAL: Duration = Duration::from_millis(50);

/// Counts bytes and decides when the watch is told.
pub(crate) struct Meter<'w> {
    watch: &'w mut dyn Watch,
    progress: Progress,
    told: Option<(Instant, u64)>,
    /// Smoothed bytes per second.
    rate: f64,
    hashes: bool,
}

impl<'w> Meter<'w> {
    pub(crate) fn new(watch: &'w mut dyn Watch, total: u64) -> Self {
        let progress = Progress {
            total,
            ..Progress::default()
        };
        Self {
            watch,
            progress,
            told: None,
            rate: 0.0,
            hashes: false,
        }
    }

    /// A meter of bytes that are summed up.
    pub(crate) fn hashing(watch: &'w mut dyn Watch, total: u64) -> Self {
        Self {
            hashes: true,
            ..Self::new(watch, total)
        }
    }

    /// Sets how many bytes have moved; a smaller number than before is passed over.
    pub(crate) fn reach(&mut self, loaded: u64) -> ControlFlow<()> {
        self.progress.loaded = self.progress.loaded.max(loaded).min(self.progress.total);
        let now = Instant::now();
        match self.told {
            Some((then, _)) if now - then < INTERVAL => ControlFlow::Continue(()),
            _ => self.tell(now),
        }
    }

    /// The same, as a result.
    pub(crate) fn reach_or_stop(&mut self, loaded: u64) -> Result<()> {
        match self.reach(loaded) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Error::new(
                ErrorKind::Cancelled,
                "the progress callback said stop",
            )),
        }
    }

    /// Tells where it begins: with so many bytes that had moved before.
    pub(crate) fn begin(&mut self, skipped: u64) -> Result<()> {
        self.told = None;
        self.reach_or_stop(skipped)
    }

    /// Sets the total, where it changes on the way.
    pub(crate) fn set_total(&mut self, total: u64) {
        self.progress.total = total;
    }

    /// Adds to the total, where it is not known from the beginning.
    pub(crate) fn widen(&mut self, more: u64) {
        self.progress.total += more;
    }

    /// Tells the last state, whatever the interval.
    pub(crate) fn finish(&mut self) -> ControlFlow<()> {
        if self
            .told
            .is_some_and(|(_, loaded)| loaded == self.progress.total)
        {
            return ControlFlow::Continue(());
        }
        self.progress.loaded = self.progress.total;
        self.tell(Instant::now())
    }

    fn tell(&mut self, now: Instant) -> ControlFlow<()> {
        if let Some((then, loaded)) = self.told {
            let seconds = (now - then).as_secs_f64().max(1e-6);
            let rate = (self.progress.loaded - loaded) as f64 / seconds;
            // The weight of the past falls to a third in about a second, whatever the interval.
            let weight = (-seconds).exp();
            self.rate = if self.rate == 0.0 {
                rate
            } else {
                self.rate * weight + rate * (1.0 - weight)
            };
        }
        self.told = Some((now, self.progress.loaded));
        self.progress.speed = self.rate as u64;
        if self.hashes {
            self.watch.hashed(&self.progress)
        } else {
            self.watch.moved(&self.progress)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_follows_from_the_speed() {
        let rows = [
            (0, 10, 0, None),
            (10, 10, 0, Some(0)),
            (5, 10, 5, Some(1000)),
            (9, 10, 3, Some(334)),
        ];
        for (loaded, total, speed, left) in rows {
            let progress = Progress {
                loaded,
                total,
                speed,
            };
            assert_eq!(progress.eta(), left.map(Duration::from_millis));
        }
    }

    #[test]
    fn loaded_never_falls_nor_passes_the_total_and_the_end_is_told_once() {
        let mut seen = Vec::new();
        let mut watch = |progress: &Progress| {
            seen.push(progress.loaded);
            ControlFlow::Continue(())
        };
        let mut meter = Meter::new(&mut watch, 10);
        for loaded in [0, 7, 3, 99] {
            std::thread::sleep(INTERVAL);
            assert!(meter.reach(loaded).is_continue());
        }
        assert!(meter.finish().is_continue());
        assert_eq!(seen, [0, 7, 7, 10]);
    }
}
