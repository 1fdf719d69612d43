//! The policy of a form: what it may contain, until when.

use data_encoding::BASE64;
use serde_json::Value;

use crate::form::Fields;
use crate::reply::{Refusal, days_before, refuse};

/// Conditions without which a policy is none.
const MANDATORY: [&str; 3] = ["q-sign-algorithm", "q-ak", "q-sign-time"];

fn invalid(what: &str) -> Refusal {
    refuse(
        400,
        "InvalidPolicyDocument",
        format!("The policy is not valid: {what}."),
    )
}

fn denied(what: impl Into<String>) -> Refusal {
    refuse(403, "AccessDenied", what)
}

/// A policy that was read, and the text that is signed.
#[derive(Debug)]
pub(crate) struct Policy {
    pub(crate) text: String,
    expiration: i64,
    conditions: Vec<Condition>,
}

#[derive(Debug)]
enum Condition {
    Equals(String, String),
    StartsWith(String, String),
    Length(u64, u64),
}

impl Policy {
    pub(crate) fn read(encoded: &str) -> Result<Self, Refusal> {
        let compact: String = encoded.split_ascii_whitespace().collect();
        let text = BASE64
            .decode(compact.as_bytes())
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .ok_or_else(|| invalid("it is not the base64 of a text"))?;
        let value: Value = serde_json::from_str(&text).map_err(|_| invalid("it is not JSON"))?;
        let expiration = value["expiration"]
            .as_str()
            .and_then(read_date)
            .ok_or_else(|| invalid("expiration is no date in UTC"))?;
        let listed = value["conditions"]
            .as_array()
            .ok_or_else(|| invalid("it has no conditions"))?;
        let mut conditions = Vec::new();
        for one in listed {
            read_condition(one, &mut conditions)
                .ok_or_else(|| invalid(&format!("{one} is no condition")))?;
        }
        for name in MANDATORY {
            let named =
                |condition: &Condition| matches!(condition, Condition::Equals(n, _) if n == name);
            if !conditions.iter().any(named) {
                return Err(invalid(&format!("the condition {name} is missing")));
            }
        }
        Ok(Self {
            text,
            expiration,
            conditions,
        })
    }

    /// Checks everything but the file's size.
    pub(crate) fn check(
        &self,
        fields: &Fields,
        bucket: &str,
        key: &str,
        now: i64,
    ) -> Result<(), Refusal> {
        if now >= self.expiration {
            return Err(denied("Invalid according to Policy: Policy expired."));
        }
        for condition in &self.conditions {
            let (name, wanted, prefix) = match condition {
                Condition::Equals(name, value) => (name, value, false),
                Condition::StartsWith(name, value) => (name, value, true),
                Condition::Length(..) => continue,
            };
            let actual = match name.as_str() {
                "bucket" => Some(bucket),
                "key" => fields.get("key").map(|_| key),
                // The form calls the same value by another name.
                "q-sign-time" => fields.get(name).or(fields.get("q-key-time")),
                _ => fields.get(name),
            };
            let holds = actual.is_some_and(|actual| {
                if prefix {
                    actual.starts_with(wanted.as_str())
                } else {
                    actual == wanted
                }
            });
            if !holds {
                return Err(denied(format!(
                    "Invalid according to Policy: Policy Condition failed: {name}"
                )));
            }
        }
        Ok(())
    }

    /// The sizes that the file may have.
    pub(crate) fn sizes(&self, most: u64) -> (u64, u64) {
        let mut sizes = (0, most);
        for condition in &self.conditions {
            if let Condition::Length(least, most) = condition {
                sizes = (sizes.0.max(*least), sizes.1.min(*most));
            }
        }
        sizes
    }
}

fn read_condition(value: &Value, conditions: &mut Vec<Condition>) -> Option<()> {
    if let Some(pairs) = value.as_object() {
        for (name, wanted) in pairs {
            let wanted = wanted.as_str()?.to_owned();
            conditions.push(Condition::Equals(name.to_lowercase(), wanted));
        }
        return Some(());
    }
    let [operator, first, second] = value.as_array()?.as_slice() else {
        return None;
    };
    let number = |value: &Value| {
        let text = value.as_str().map(str::parse);
        value.as_u64().or(text.and_then(Result::ok))
    };
    let name = || {
        let name = first.as_str()?.strip_prefix('$')?;
        Some((name.to_lowercase(), second.as_str()?.to_owned()))
    };
    conditions.push(match operator.as_str()?.to_ascii_lowercase().as_str() {
        "eq" => {
            let (name, value) = name()?;
            Condition::Equals(name, value)
        }
        "starts-with" => {
            let (name, value) = name()?;
            Condition::StartsWith(name, value)
        }
        "content-length-range" => Condition::Length(number(first)?, number(second)?),
        _ => return None,
    });
    Some(())
}

/// `2024-03-05T08:00:00.000Z` in seconds since 1970.
fn read_date(text: &str) -> Option<i64> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let numbers = |text: &str, mark: char| -> Option<Vec<i64>> {
        let digits = |one: &str| !one.is_empty() && one.bytes().all(|b| b.is_ascii_digit());
        text.split(mark)
            .map(|one| digits(one).then(|| one.parse().ok()).flatten())
            .collect()
    };
    let (time, _) = time.split_once('.').unwrap_or((time, ""));
    let (date, time) = (numbers(date, '-')?, numbers(time, ':')?);
    let (
        [year @ 1970..=9999, month @ 1..=12, day @ 1..=31],
        [hour @ 0..=23, minute @ 0..=59, second @ 0..=60],
    ) = (date.as_slice(), time.as_slice())
    else {
        return None;
    };
    Some(days_before(*year, *month, *day) * 86_400 + hour * 3600 + minute * 60 + second)
}
