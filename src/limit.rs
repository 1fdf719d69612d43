//! How fast a transfer may move, whether it gives way, and how many requests a client sends at once;
//! all may change at any moment.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The pace of a transfer.
#[derive(Default)]
pub(crate) struct Pace {
    pub(crate) limiter: Limiter,
    /// Whether it gives way to those that do not.
    pub(crate) gives_way: AtomicBool,
}

/// How many requests of transfers are under way at once: fewer while the service or the wire cannot
/// keep up. It is halved when a request is turned away for its rate or stalls, and one is added when
/// as many requests have succeeded.
pub(crate) struct Width {
    most: usize,
    now: AtomicUsize,
    adapts: Mutex<Adapts>,
}

#[derive(Default)]
struct Adapts {
    succeeded: usize,
    narrowed: Option<Instant>,
}

/// All requests that were under way together meet the same trouble, which counts once.
const ONE_TROUBLE: Duration = Duration::from_secs(1);

impl Width {
    pub(crate) fn new(most: usize) -> Self {
        Self {
            most,
            now: AtomicUsize::new(most),
            adapts: Mutex::default(),
        }
    }

    pub(crate) fn now(&self) -> usize {
        self.now.load(Ordering::Relaxed)
    }

    pub(crate) fn narrow(&self) {
        self.narrow_at(Instant::now());
    }

    fn narrow_at(&self, time: Instant) {
        let mut adapts = self.adapts();
        let is_same = |then: Instant| time.saturating_duration_since(then) < ONE_TROUBLE;
        if !adapts.narrowed.is_some_and(is_same) {
            (adapts.narrowed, adapts.succeeded) = (Some(time), 0);
            self.now.store((self.now() / 2).max(1), Ordering::Relaxed);
        }
    }

    pub(crate) fn widen(&self) {
        if self.now() == self.most {
            return;
        }
        let mut adapts = self.adapts();
        adapts.succeeded += 1;
        if adapts.succeeded >= self.now() {
            adapts.succeeded = 0;
            self.now
                .store((self.now() + 1).min(self.most), Ordering::Relaxed);
        }
    }

    fn adapts(&self) -> MutexGuard<'_, Adapts> {
        self.adapts.lock().unwrap_or_else(PoisonError::into_inner)
    }
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
    fn a_trouble_halves_the_width_and_successes_widen_it() {
        let width = Width::new(8);
        let now = Instant::now();
        let at = |seconds: f64| now + Duration::from_secs_f64(seconds);
        let troubles = [(0.0, 4), (0.5, 4), (1.1, 2), (2.2, 1), (9.0, 1)];
        for (seconds, expected) in troubles {
            width.narrow_at(at(seconds));
            assert_eq!(width.now(), expected, "{seconds}");
        }
        // 1 + 2 + ... + 7 successes.
        (0..27).for_each(|_| width.widen());
        assert_eq!(width.now(), 7);
        width.widen();
        assert_eq!(width.now(), 8);
        width.widen();
        assert_eq!(width.now(), 8);
    }

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
