//! Progress, and who looks on.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::error::{Error, ErrorKind, Result};
use crate::limit::Pace;

/// How far a transfer is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Progress {
    /// Bytes moved so far. Never falls, not even when a part is sent again.
    pub loaded: u64,
    /// Bytes to move in all; 0 as long as nobody knows.
    pub total: u64,
    /// Bytes per second, smoothed over the last seconds.
    pub speed: u64,
    /// Nobody knows the total yet, which is 0 for so long.
    pub(crate) unknown: bool,
}

impl Progress {
    /// The part that is done, from 0.0 to 1.0; 1.0 for nothing to do, 0.0 as long as nobody knows.
    pub fn fraction(&self) -> f64 {
        if self.unknown {
            0.0
        } else if self.total == 0 {
            1.0
        } else {
            self.loaded as f64 / self.total as f64
        }
    }

    /// How long the rest takes at this speed; None while nothing moves.
    pub fn eta(&self) -> Option<Duration> {
        let left = self.total.saturating_sub(self.loaded);
        match (left, self.speed) {
            _ if self.unknown => None,
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
    moved: Gauge,
    hashed: Gauge,
    /// It said stop, once and for all.
    stopped: bool,
    /// How fast the bytes may move, and for whom they wait.
    pace: Option<Arc<Pace>>,
}

/// One progress, and what was told of it.
#[derive(Default)]
struct Gauge {
    progress: Progress,
    /// When, how much, and of how much.
    told: Option<(Instant, u64, u64)>,
    /// Smoothed bytes per second.
    rate: f64,
}

impl Gauge {
    /// Sets how many bytes there are; whether it is time to tell.
    fn reach(&mut self, loaded: u64) -> bool {
        self.progress.loaded = self.progress.loaded.max(loaded).min(self.progress.total);
        self.told
            .is_none_or(|(then, ..)| then.elapsed() >= INTERVAL)
    }

    /// What there is to tell now.
    fn look(&mut self) -> Progress {
        let now = Instant::now();
        if let Some((then, loaded, _)) = self.told {
            let seconds = (now - then).as_secs_f64().max(1e-6);
            let rate = self.progress.loaded.saturating_sub(loaded) as f64 / seconds;
            // The weight of the past falls to a third in about a second, whatever the interval.
            let weight = (-seconds).exp();
            self.rate = if self.rate == 0.0 {
                rate
            } else {
                self.rate * weight + rate * (1.0 - weight)
            };
        }
        self.told = Some((now, self.progress.loaded, self.progress.total));
        self.progress.speed = self.rate as u64;
        self.progress
    }

    /// Sets the end; whether it is still to be told.
    fn finish(&mut self) -> bool {
        let total = self.progress.total;
        self.progress.loaded = total;
        let is_end = |(_, loaded, of): (Instant, u64, u64)| loaded == total && of == total;
        !self.told.is_some_and(is_end)
    }
}

impl<'w> Meter<'w> {
    pub(crate) fn new(watch: &'w mut dyn Watch, total: u64) -> Self {
        let mut moved = Gauge::default();
        moved.progress.total = total;
        Self {
            watch,
            moved,
            hashed: Gauge::default(),
            stopped: false,
            pace: None,
        }
    }

    /// The same, for bytes that move at this pace.
    pub(crate) fn paced(mut self, pace: Arc<Pace>) -> Self {
        self.pace = Some(pace);
        self
    }

    pub(crate) fn pace(&self) -> Option<Arc<Pace>> {
        self.pace.clone()
    }

    /// A meter whose total is not known yet. Nothing is told of that but when it takes long.
    pub(crate) fn unknown(watch: &'w mut dyn Watch) -> Self {
        let mut meter = Self::new(watch, 0);
        meter.moved.progress.unknown = true;
        meter.moved.told = Some((Instant::now(), 0, 0));
        meter
    }

    fn tell_moved(&mut self) -> ControlFlow<()> {
        let answer = self.watch.moved(&self.moved.look());
        self.stopped |= answer.is_break();
        answer
    }

    fn tell_hashed(&mut self) -> Result<()> {
        self.stopped |= self.watch.hashed(&self.hashed.look()).is_break();
        self.go_on()
    }

    fn go_on(&self) -> Result<()> {
        if self.stopped {
            let message = "the progress callback said stop";
            return Err(Error::new(ErrorKind::Cancelled, message));
        }
        Ok(())
    }

    /// How many bytes have moved, as far as is known.
    pub(crate) fn loaded(&self) -> u64 {
        self.moved.progress.loaded
    }

    /// Sets how many bytes have moved; a smaller number than before is passed over.
    pub(crate) fn reach(&mut self, loaded: u64) -> ControlFlow<()> {
        match self.moved.reach(loaded) {
            _ if self.stopped => ControlFlow::Break(()),
            true => self.tell_moved(),
            false => ControlFlow::Continue(()),
        }
    }

    /// The same, as a result.
    pub(crate) fn reach_or_stop(&mut self, loaded: u64) -> Result<()> {
        let _ = self.reach(loaded);
        self.go_on()
    }

    /// Sets how many bytes have been summed up, and of how many.
    pub(crate) fn hash_or_stop(&mut self, loaded: u64, total: u64) -> Result<()> {
        self.hashed.progress.total = total;
        match self.hashed.reach(loaded) {
            true => self.tell_hashed(),
            false => self.go_on(),
        }
    }

    /// Tells that there is nothing more to sum up, if there was anything.
    pub(crate) fn finish_hashing(&mut self) -> Result<()> {
        match self.hashed.told.is_some() && self.hashed.finish() {
            true => self.tell_hashed(),
            false => self.go_on(),
        }
    }

    /// Tells where it begins: with so many bytes that had moved before, which are no speed.
    pub(crate) fn begin(&mut self, skipped: u64) -> Result<()> {
        self.moved.told = None;
        self.reach_or_stop(skipped)
    }

    /// Sets the total, where it changes on the way.
    pub(crate) fn set_total(&mut self, total: u64) {
        self.moved.progress.total = total;
        self.moved.progress.unknown = false;
    }

    /// Adds to the total, where it is not known from the beginning.
    pub(crate) fn widen(&mut self, more: u64) {
        self.moved.progress.total += more;
    }

    /// Tells the last state, whatever the interval.
    pub(crate) fn finish(&mut self) -> ControlFlow<()> {
        match self.moved.finish() {
            true => self.tell_moved(),
            false => ControlFlow::Continue(()),
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
                ..Progress::default()
            };
            assert_eq!(progress.eta(), left.map(Duration::from_millis));
        }
    }

    #[test]
    fn an_end_with_another_total_is_told_too() {
        let mut seen = Vec::new();
        let mut watch = |progress: &Progress| {
            seen.push((progress.loaded, progress.total));
            ControlFlow::Continue(())
        };
        let mut meter = Meter::new(&mut watch, 10);
        assert!(meter.reach(0).is_continue());
        meter.set_total(0);
        assert!(meter.finish().is_continue());
        assert!(meter.finish().is_continue());
        assert_eq!(seen, [(0, 10), (0, 0)]);
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
