//! Whether and when a failed request is sent again. Pure but for the budget: no clock, no sleep, no
//! randomness.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::error::{Error, ErrorKind};

/// How often and how patiently a request is sent again.
///
/// Sent again are requests that failed for a passing reason (5xx without 501, 408, 429, COS's
/// `RequestTimeout`, broken connections, time-outs) and whose body can be sent twice. The waits grow
/// exponentially and are drawn evenly from zero up to the limit (full jitter); where the service says
/// `Retry-After`, that long is waited at least, and a request that would have to wait longer than the
/// limit of all waits fails. Each attempt is signed afresh.
///
/// All requests of a client share a budget of retries, so that a service that is down is not flooded.
/// It is spent by retries that do not help: those of a request that succeeds are given back.
#[derive(Clone, Debug)]
pub struct RetryPolicy {
    max_attempts: u32,
    budget: u32,
    first_wait: Duration,
    longest_wait: Duration,
}

impl RetryPolicy {
    /// At most this many attempts in all; 1 never sends again, 0 is taken for 1.
    pub fn new(max_attempts: u32) -> Self {
        Self {
            max_attempts: max_attempts.max(1),
            ..Self::default()
        }
    }

    /// The limit of the first wait, which doubles with each attempt, and the limit of all waits.
    /// 200 milliseconds and 10 seconds when unset.
    #[must_use]
    pub fn waits(mut self, first: Duration, longest: Duration) -> Self {
        self.first_wait = first;
        self.longest_wait = longest;
        self
    }

    /// How many attempts beyond the first all requests of a client together may make in vain. Each
    /// second gives one back, and so do ten requests that succeed. 200 when unset; 0 is no limit.
    #[must_use]
    pub fn budget(mut self, retries: u32) -> Self {
        self.budget = retries;
        self
    }

    pub(crate) fn attempts(&self) -> u32 {
        self.max_attempts
    }

    /// The limit of the first wait and the limit of all waits.
    #[cfg(feature = "capi")]
    pub(crate) fn limits(&self) -> (Duration, Duration) {
        (self.first_wait, self.longest_wait)
    }
}

impl Default for RetryPolicy {
    /// Four attempts.
    fn default() -> Self {
        Self {
            max_attempts: 4,
            budget: 200,
            first_wait: Duration::from_millis(200),
            longest_wait: Duration::from_secs(10),
        }
    }
}

/// One failed attempt.
pub(crate) struct Attempt<'a> {
    /// Counted from 1.
    pub(crate) number: u32,
    pub(crate) error: &'a Error,
    /// Whether the body can be sent again.
    pub(crate) replayable: bool,
    /// Whether being carried out twice is the same as once.
    pub(crate) idempotent: bool,
    /// A number in 0.0 to 1.0.
    pub(crate) random: f64,
}

/// How long to wait before the next attempt; None when there is none.
pub(crate) fn decide(policy: &RetryPolicy, attempt: &Attempt<'_>) -> Option<Duration> {
    let error = attempt.error;
    if attempt.number >= policy.max_attempts || !error.is_retryable() || !attempt.replayable {
        return None;
    }
    // A request that was turned away for its rate was not carried out.
    let turned_away = error.kind() == ErrorKind::Throttled;
    if !attempt.idempotent && !turned_away {
        return None;
    }
    let doublings = attempt.number.saturating_sub(1).min(16);
    let limit = policy
        .first_wait
        .saturating_mul(1 << doublings)
        .min(policy.longest_wait);
    let wait = limit.mul_f64(attempt.random.clamp(0.0, 1.0));
    match asked(error) {
        Some(asked) if asked > policy.longest_wait => None,
        asked => Some(wait.max(asked.unwrap_or_default())),
    }
}

/// How long the service asks to wait: seconds. The other form of the header, a date, is no use where
/// clocks differ.
fn asked(error: &Error) -> Option<Duration> {
    let mut headers = error.headers().iter();
    let (_, value) = headers.find(|(name, _)| name == "retry-after")?;
    Some(Duration::from_secs(value.trim().parse().ok()?))
}

/// What all requests of a client together may spend on retries.
pub(crate) struct Budget {
    most: f64,
    /// What is left, and when that was so.
    left: Mutex<(f64, Instant)>,
}

/// What a request that succeeds gives back, and what a second does.
const PER_SUCCESS: f64 = 0.1;
const PER_SECOND: f64 = 1.0;

impl Budget {
    pub(crate) fn new(policy: &RetryPolicy) -> Self {
        let most = match policy.budget {
            0 => f64::INFINITY,
            retries => retries.into(),
        };
        Self {
            most,
            left: Mutex::new((most, Instant::now())),
        }
    }

    /// Takes a retry, if there is one.
    pub(crate) fn spend(&self) -> bool {
        self.add(0.0, 1.0)
    }

    /// A request has succeeded that took so many.
    pub(crate) fn earn(&self, spent: u32) {
        self.add(PER_SUCCESS + f64::from(spent), 0.0);
    }

    fn add(&self, earned: f64, price: f64) -> bool {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let rested = now.saturating_duration_since(left.1).as_secs_f64() * PER_SECOND;
        let filled = (left.0 + rested + earned).min(self.most);
        let is_enough = filled >= price;
        *left = (if is_enough { filled - price } else { filled }, now);
        is_enough
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_succeed_and_cannot_harm_is_sent_again() {
        let policy = RetryPolicy::default();
        let rows = [
            // kind, retryable, replayable, idempotent, attempt, sent again
            (ErrorKind::Transport, true, true, true, 1, true),
            (ErrorKind::Transport, true, true, true, 3, true),
            (ErrorKind::Transport, true, true, true, 4, false),
            (ErrorKind::Transport, true, false, true, 1, false),
            (ErrorKind::Transport, true, true, false, 1, false),
            (ErrorKind::Throttled, true, true, false, 1, true),
            (ErrorKind::Denied, false, true, true, 1, false),
        ];
        for (kind, retryable, replayable, idempotent, number, again) in rows {
            let error = Error::new(kind, "").with_retryable(retryable);
            let attempt = Attempt {
                number,
                error: &error,
                replayable,
                idempotent,
                random: 0.5,
            };
            assert_eq!(
                decide(&policy, &attempt).is_some(),
                again,
                "{kind} {number}"
            );
        }
    }

    #[test]
    fn waits_double_up_to_the_longest() {
        let policy = RetryPolicy::new(100);
        let error = Error::new(ErrorKind::Timeout, "").with_retryable(true);
        let wait = |number| {
            let attempt = Attempt {
                number,
                error: &error,
                replayable: true,
                idempotent: true,
                random: 1.0,
            };
            decide(&policy, &attempt).map(|wait| wait.as_millis())
        };
        let waits: Vec<_> = (1..=8).map(wait).collect();
        let expected = [200, 400, 800, 1600, 3200, 6400, 10_000, 10_000].map(Some);
        assert_eq!(waits, expected);
    }

    /// The mean of evenly drawn waits is half of their limit, and a quarter of them lies in each
    /// quarter of it.
    #[test]
    fn jitter_is_full() {
        let policy = RetryPolicy::new(100);
        let error = Error::new(ErrorKind::Throttled, "").with_retryable(true);
        let mut quarters = [0; 4];
        for draw in 0..1000 {
            let attempt = Attempt {
                number: 3,
                error: &error,
                replayable: true,
                idempotent: true,
                random: (f64::from(draw) + 0.5) / 1000.0,
            };
            let wait = decide(&policy, &attempt).unwrap().as_secs_f64();
            quarters[(wait / 0.8 * 4.0) as usize] += 1;
        }
        assert_eq!(quarters, [250; 4]);
    }

    #[test]
    fn what_the_service_asks_for_is_waited_or_nothing() {
        let rows = [
            ("0", Some(0)),
            ("3", Some(3)),
            (" 10 ", Some(10)),
            ("11", None),
            ("Wed, 21 Oct 2015 07:28:00 GMT", Some(0)),
            ("-1", Some(0)),
        ];
        for (value, expected) in rows {
            let answer = crate::error::Answer {
                headers: vec![("retry-after".to_owned(), value.to_owned())],
                ..crate::error::Answer::default()
            };
            let error = Error::new(ErrorKind::Throttled, "").with_retryable(true);
            let attempt = Attempt {
                number: 1,
                error: &error.with_answer(answer),
                replayable: true,
                idempotent: true,
                random: 0.0,
            };
            let wait = decide(&RetryPolicy::default(), &attempt);
            assert_eq!(wait.map(|wait| wait.as_secs()), expected, "{value}");
        }
    }

    #[test]
    fn a_budget_is_spent_once_and_earned_slowly() {
        let budget = Budget::new(&RetryPolicy::default().budget(2));
        assert_eq!([(); 3].map(|()| budget.spend()), [true, true, false]);
        // A second would do it, too, but is not there yet.
        (0..10).for_each(|_| budget.earn(0));
        assert!(budget.spend() && !budget.spend());
        budget.earn(1);
        assert!(budget.spend() && !budget.spend());
        budget.left.lock().unwrap().1 -= Duration::from_secs(60);
        assert_eq!([(); 3].map(|()| budget.spend()), [true, true, false]);
        let endless = Budget::new(&RetryPolicy::default().budget(0));
        assert!((0..1000).all(|_| endless.spend()));
    }
}
