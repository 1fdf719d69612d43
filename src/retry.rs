//! Whether and when a failed request is sent again. Pure: no clock, no sleep, no randomness.

use std::time::Duration;

use crate::error::{Error, ErrorKind};

/// How often and how patiently a request is sent again.
///
/// Sent again are requests that failed for a passing reason (5xx without 501, 408, 429, COS's
/// `RequestTimeout`, broken connections, time-outs) and whose body can be sent twice. The waits grow
/// exponentially and are drawn evenly from zero up to the limit (full jitter). Each attempt is
/// signed afresh.
#[derive(Clone, Debug)]
pub struct RetryPolicy {
    max_attempts: u32,
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
}

/// How long to wait before the next attempt; None when there is none. `random` lies in 0.0 to 1.0.
pub(crate) fn decide(policy: &RetryPolicy, attempt: &Attempt<'_>, random: f64) -> Option<Duration> {
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
    Some(limit.mul_f64(random.clamp(0.0, 1.0)))
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
            };
            assert_eq!(
                decide(&policy, &attempt, 0.5).is_some(),
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
            };
            decide(&policy, &attempt, 1.0).map(|wait| wait.as_millis())
        };
        let waits: Vec<_> = (1..=8).map(wait).collect();
        let expected = [200, 400, 800, 1600, 3200, 6400, 10_000, 10_000].map(Some);
        assert_eq!(waits, expected);
    }
}
