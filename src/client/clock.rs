//! What time it is at the service: the clock of this machine and what the service said of it.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::error::Error;
use crate::wire::time;

/// The time of a client. Clocks of consoles, virtual machines and new boards are often wrong.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    /// Seconds that the service is ahead.
    ahead: AtomicI64,
}

/// A smaller difference is no reason for a refusal, in seconds (protocol sheet, section 2.3).
const SMALLEST: i64 = 30;

/// A larger one is not believed, in seconds: a signature for a far time would wait for its use.
const LARGEST: i64 = 366 * 86_400;

impl Clock {
    /// The time by which to sign.
    pub(crate) fn now(&self) -> SystemTime {
        let ahead = self.ahead.load(Ordering::Relaxed);
        let by = Duration::from_secs(ahead.unsigned_abs());
        let now = SystemTime::now();
        let there = match ahead >= 0 {
            true => now.checked_add(by),
            false => now.checked_sub(by),
        };
        there.unwrap_or(now)
    }

    /// The same in seconds since 1970.
    pub(crate) fn unix(&self) -> u64 {
        unix(self.now())
    }

    /// Learns from a refusal what time it is. True when the request may be signed again by it.
    pub(crate) fn learn(&self, error: &Error) -> bool {
        if !is_about_time(error) {
            return false;
        }
        let date = error.headers().iter().find(|(name, _)| name == "date");
        let Some(there) = date.and_then(|(_, date)| time::parse(date)) else {
            return false;
        };
        let ahead = there.saturating_sub(unix(SystemTime::now()).cast_signed());
        let before = self.ahead.load(Ordering::Relaxed);
        if ahead.abs() > LARGEST || ahead.abs_diff(before) < SMALLEST.unsigned_abs() {
            return false;
        }
        self.ahead.store(ahead, Ordering::Relaxed);
        true
    }
}

/// Whether the service refused a signature for its time.
fn is_about_time(error: &Error) -> bool {
    match error.code() {
        Some("RequestTimeTooSkewed") => true,
        Some("AccessDenied") => error.message() == "Request has expired",
        // That of a HEAD says nothing but its date. It is the service's where it has its id.
        None => error.status() == Some(403) && error.request_id().is_some(),
        _ => false,
    }
}

fn unix(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Answer, ErrorKind};

    fn refusal(code: &str, message: &str, date: &str) -> Error {
        let answer = Answer {
            code: Some(code.to_owned()),
            headers: vec![("date".to_owned(), date.to_owned())],
            ..Answer::default()
        };
        Error::new(ErrorKind::Denied, message).with_answer(answer)
    }

    #[test]
    fn only_a_refusal_for_its_time_and_a_likely_date_count() {
        let here = unix(SystemTime::now());
        let at = |ahead: i64| time::http_date(here.saturating_add_signed(ahead));
        let rows = [
            ("RequestTimeTooSkewed", "", at(3600), Some(3600)),
            (
                "AccessDenied",
                "Request has expired",
                at(-86_400),
                Some(-86_400),
            ),
            ("AccessDenied", "Access Denied.", at(3600), None),
            ("NoSuchKey", "", at(3600), None),
            ("RequestTimeTooSkewed", "", at(5), None),
            ("RequestTimeTooSkewed", "", at(LARGEST + 60), None),
            ("RequestTimeTooSkewed", "", at(-LARGEST - 60), None),
            ("RequestTimeTooSkewed", "", "yesterday".to_owned(), None),
        ];
        for (code, message, date, expected) in rows {
            let clock = Clock::default();
            let error = refusal(code, message, &date);
            assert_eq!(clock.learn(&error), expected.is_some(), "{code} {date}");
            let ahead = clock.unix().cast_signed() - here.cast_signed();
            assert!((ahead - expected.unwrap_or(0)).abs() <= 2, "{code} {date}");
            assert!(!clock.learn(&error), "it learns the same thing once");
        }
    }

    #[test]
    fn of_a_refusal_without_words_the_date_counts() {
        let there = time::http_date(unix(SystemTime::now()) + 3600);
        for (status, request_id, expected) in
            [(403, "x", true), (404, "x", false), (403, "", false)]
        {
            let answer = Answer {
                status: Some(status),
                request_id: Some(request_id.to_owned()).filter(|id| !id.is_empty()),
                headers: vec![("date".to_owned(), there.clone())],
                ..Answer::default()
            };
            let error = Error::new(ErrorKind::Denied, "").with_answer(answer);
            assert_eq!(
                Clock::default().learn(&error),
                expected,
                "{status} {request_id}"
            );
        }
    }
}
