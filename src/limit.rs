//! How fast a transfer may move, and whether it gives way; both may change at any moment.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The pace of a transfer.
#[derive(Default)]
pub(crate) struct Pace {
    pub(crate) limiter: Limiter,
    /// Whether it gives way to those that do not.
    pub(crate) gives_way: AtomicBool,
}

/// Lets bytes through at a rate. Those who take more than there is wait in the order in which they
/// took.
#[derive(Default)]
pub(crate) struct Limiter {
    /// Whether there is a limit at all, to be known without waiting for anybody.
    is_set: AtomicBool,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// Bytes per second; 0 for no limit.
    rate: u64,
    /// Bytes that were let through since the beginning, and bytes that were taken.
    granted: f64,
    taken: f64,
    /// When `granted` was right.
    at: Option<Instant>,
}

/// How much may be let through at once after a pause, in seconds of the rate.
const BURST: f64 = 0.1;

/// How long a wait lasts before the stop is looked at.
const SLICE: Duration = Duration::from_millis(50);

impl State {
    fn refill(&mut self, now: Instant) {
        if let Some(at) = self.at {
            let seconds = now.saturating_duration_since(at).as_secs_f64();
            let rate = self.rate as f64;
            self.granted = (self.granted + rate * seconds).min(self.taken + rate * BURST);
        }
        self.at = Some(now);
    }
}

impl Limiter {
    /// Sets the rate in bytes per second, 0 for no limit; whoever waits learns of it at once.
    pub(crate) fn set(&self, rate: u64) {
        let mut state = self.state();
        state.refill(Instant::now());
        self.is_set.store(rate > 0, Ordering::Relaxed);
        if std::mem::replace(&mut state.rate, rate) == 0 {
            // What was let through without a limit is no debt.
            state.granted = state.granted.max(state.taken);
        }
        drop(state);
        self.changed.notify_all();
    }

    /// Takes bytes, and waits until they may pass or `is_stopped`.
    pub(crate) fn take(&self, bytes: u64, is_stopped: impl Fn() -> bool) {
        if !self.is_set.load(Ordering::Relaxed) {
            return;
        }
        let mut state = self.state();
        state.refill(Instant::now());
        state.taken += bytes as f64;
        let mine = state.taken;
        loop {
            state.refill(Instant::now());
            if state.rate == 0 || state.granted >= mine || is_stopped() {
                return;
            }
            let seconds = (mine - state.granted) / state.rate as f64;
            let wait = Duration::from_secs_f64(seconds.min(1.0)).min(SLICE);
            let waited = self.changed.wait_timeout(state, wait);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_holds_over_a_pause_and_a_change() {
        let now = Instant::now();
        let at = |seconds: f64| now + Duration::from_secs_f64(seconds);
        let mut state = State {
            rate: 1000,
            ..State::default()
        };
        state.refill(now);
        state.taken = 500.0;
        state.refill(at(0.5));
        assert!((state.granted - 500.0).abs() < 1.0);
        // A pause saves up a tenth of a second, and no more.
        state.refill(at(60.0));
        assert!((state.granted - 600.0).abs() < 1.0);
        state.taken = 1600.0;
        state.rate = 2000;
        state.refill(at(60.25));
        assert!((state.granted - 1100.0).abs() < 1.0);
    }

    #[test]
    fn without_a_limit_and_when_stopped_nobody_waits() {
        let limiter = Limiter::default();
        limiter.take(u64::MAX, || false);
        limiter.set(1);
        limiter.take(1 << 40, || true);
        std::thread::scope(|scope| {
            let waits = scope.spawn(|| limiter.take(1 << 40, || false));
            std::thread::sleep(Duration::from_millis(20));
            assert!(!waits.is_finished());
            limiter.set(0);
        });
    }
}
