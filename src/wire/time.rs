//! HTTP dates and ISO 8601, without a calendar crate.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A time as the service wrote it, and the instant it means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timestamp {
    text: String,
}

impl Timestamp {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }

    /// The text, unchanged.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Seconds since 1970-01-01 UTC; None when the text is in no form that COS is known to use.
    pub fn unix(&self) -> Option<i64> {
        parse(&self.text)
    }

    /// The same as a system time.
    pub fn system_time(&self) -> Option<SystemTime> {
        let seconds = u64::try_from(self.unix()?).ok()?;
        UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
    }
}

impl std::fmt::Display for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];

/// An HTTP date (RFC 9110, IMF-fixdate) from seconds since 1970.
pub(crate) fn http_date(unix: u64) -> String {
    let days = (unix / 86_400) as i64;
    let (year, month, day) = civil(days);
    let second = unix % 86_400;
    format!(
        "{}, {day:02} {} {year:04} {:02}:{:02}:{:02} GMT",
        WEEKDAYS[(days % 7) as usize],
        MONTHS[month as usize - 1],
        second / 3600,
        second / 60 % 60,
        second % 60
    )
}

/// ISO 8601 in UTC, with the milliseconds that COS writes, from seconds since 1970.
pub(crate) fn iso_date(unix: u64) -> String {
    let (year, month, day) = civil((unix / 86_400) as i64);
    let second = unix % 86_400;
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.000Z",
        second / 3600,
        second / 60 % 60,
        second % 60
    )
}

/// Seconds since 1970 from any spelling of time that COS uses: an HTTP date, ISO 8601 with or
/// without fraction and zone, or the form of C's `ctime`.
pub(crate) fn parse(text: &str) -> Option<i64> {
    let text = text.trim_ascii();
    if let Some(unix) = parse_iso(text.as_bytes()) {
        return Some(unix);
    }
    let fields: Vec<&str> = text
        .split([' ', ','])
        .filter(|field| !field.is_empty())
        .collect();
    let (day, month, year, clock) = match fields[..] {
        [_, day, month, year, clock, "GMT" | "UTC"] => (day, month, year, clock),
        [_, month, day, clock, year] => (day, month, year, clock),
        _ => return None,
    };
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    let date = (
        digits(year.as_bytes())?,
        month as i64,
        digits(day.as_bytes())?,
    );
    at(date, clock.as_bytes())
}

fn parse_iso(text: &[u8]) -> Option<i64> {
    let (moment, fraction) = text
        .strip_suffix(b"Z")
        .unwrap_or(text)
        .split_at_checked(19)?;
    let is_fraction = fraction.first().is_none_or(|point| *point == b'.');
    if !is_fraction || !fraction.iter().skip(1).all(u8::is_ascii_digit) {
        return None;
    }
    if (moment[4], moment[7], moment[10]) != (b'-', b'-', b'T') {
        return None;
    }
    let (year, month, day) = (&moment[..4], &moment[5..7], &moment[8..10]);
    at((digits(year)?, digits(month)?, digits(day)?), &moment[11..])
}

/// Year, month, day, and a clock of the form `hh:mm:ss`.
fn at((year, month, day): (i64, i64, i64), clock: &[u8]) -> Option<i64> {
    let [h, hh, b':', m, mm, b':', s, ss] = *clock else {
        return None;
    };
    let (hour, minute, second) = (digits(&[h, hh])?, digits(&[m, mm])?, digits(&[s, ss])?);
    let in_range = (1..=12).contains(&month) && (1..=31).contains(&day) && year <= 9999;
    if !in_range || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    Some(days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second)
}

/// A number of one to four digits.
fn digits(text: &[u8]) -> Option<i64> {
    if text.is_empty() || text.len() > 4 {
        return None;
    }
    text.iter().try_fold(0, |sum, byte| match byte {
        b'0'..=b'9' => Some(sum * 10 + i64::from(byte - b'0')),
        _ => None,
    })
}

/// Days from 1970-01-01, counting years from March so that the leap day is the last of a year.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The inverse of [`days`]: year, month, day.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let leap_corrected =
        day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096;
    let year_of_era = leap_corrected / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_the_service_is_understood() {
        let rows = [
            ("Tue, 05 Mar 2024 07:08:09 GMT", Some(1_709_622_489)),
            ("2024-03-05T07:08:09.000Z", Some(1_709_622_489)),
            ("2024-03-05T07:08:09Z", Some(1_709_622_489)),
            ("2024-03-05T07:08:09", Some(1_709_622_489)),
            ("Tue Jan 17 16:43:37 2017", Some(1_484_671_417)),
            ("1970-01-01T00:00:00Z", Some(0)),
            ("2000-02-29T23:59:59Z", Some(951_868_799)),
            ("yesterday", None),
            ("2024-13-05T07:08:09Z", None),
            ("2024-03-05T25:08:09Z", None),
            ("2024-03-05T07:08:09.00xZ", None),
            ("", None),
        ];
        for (text, expected) in rows {
            assert_eq!(parse(text), expected, "{text}");
        }
    }

    #[test]
    fn http_dates_survive_a_round_trip() {
        assert_eq!(http_date(784_111_777), "Sun, 06 Nov 1994 08:49:37 GMT");
        for day in (0..60_000).step_by(13) {
            let unix = day * 86_400 + day % 86_400;
            assert_eq!(parse(&http_date(unix)), Some(unix as i64));
            assert_eq!(parse(&iso_date(unix)), Some(unix as i64));
        }
    }
}
