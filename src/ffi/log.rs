//! What a client tells of its requests.

use libc::{c_char, c_void};
use log::Level;
use std::ffi::CString;
use std::time::UNIX_EPOCH;

use super::client::coslink_client;
use super::convert::required;
use super::guard;
use super::status::{coslink_error, coslink_status};
use crate::client::lines::MOST;
use crate::error::{Error, Result};

/// How much a client tells of its requests. New ones may appear in any version.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum coslink_log_level {
    /// An attempt failed, and another one follows.
    COSLINK_LOG_WARN = 2,
    /// Also: a request failed for good.
    COSLINK_LOG_INFO = 3,
    /// Also: a request was answered.
    COSLINK_LOG_DEBUG = 4,
}

/// The level of an option; None for 0.
pub(super) fn level(option: i32) -> Result<Option<Level>> {
    use coslink_log_level::*;
    let levels = [
        (COSLINK_LOG_WARN, Level::Warn),
        (COSLINK_LOG_INFO, Level::Info),
        (COSLINK_LOG_DEBUG, Level::Debug),
    ];
    let found = levels.iter().find(|(named, _)| *named as i32 == option);
    match found {
        _ if option == 0 => Ok(None),
        Some((_, level)) => Ok(Some(*level)),
        None => Err(Error::invalid("log_level", "is no coslink_log_level")),
    }
}

/// A line of a client's log. An output struct that lives until the callback returns.
#[repr(C)]
pub struct coslink_log_line {
    /// How important it is: a `coslink_log_level`, or one that is not defined yet.
    pub level: i32,
    /// How many lines before it were lost, because nobody came for them.
    pub lost: u32,
    /// When it was, in milliseconds since 1970-01-01 UTC.
    pub time_ms: i64,
    /// What happened, in one line: operation, host, key, and how an attempt ended. Never a secret, a
    /// header or a signed URL.
    pub text: *const c_char,
}

/// Takes a line.
///
/// Runs on the thread that called `coslink_client_log`, before that returns. No exception may leave
/// it.
pub type coslink_log_fn =
    Option<unsafe extern "C" fn(line: *const coslink_log_line, user_data: *mut c_void)>;

/// Hands the lines that have come up since the last call to `callback`, oldest first. Lines come up
/// where `log_level` of the client's options is set, on whatever thread; at most 1000 of them wait.
/// Call it after a failure, from a progress callback, or now and then.
///
/// Never blocks. Any thread. Fails with `COSLINK_ERROR_INVALID_ARGUMENT`. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_client_log(
    client: *const coslink_client,
    callback: coslink_log_fn,
    user_data: *mut c_void,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            let client = required(client, "client")?;
            let Some(callback) = callback else {
                return Err(Error::invalid("callback", "is NULL"));
            };
            // No more than there can be now: the callback may make new ones.
            for _ in 0..MOST {
                let Some((line, lost)) = client.0.lines().next() else {
                    break;
                };
                let since = line.at.duration_since(UNIX_EPOCH).unwrap_or_default();
                let text = CString::new(line.text.replace('\0', "\u{FFFD}")).unwrap_or_default();
                let view = coslink_log_line {
                    level: line.level as i32,
                    lost: u32::try_from(lost).unwrap_or(u32::MAX),
                    time_ms: i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
                    text: text.as_ptr(),
                };
                callback(&raw const view, user_data);
            }
            Ok(())
        })
    }
}
