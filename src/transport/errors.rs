//! What went wrong below, in coslink's words.
//!
//! Messages name the host and the phase, never the target, the query or a header.

use std::io;
use std::time::Duration;

use super::stop::Exchange;
use crate::error::{Error, ErrorKind, Result};

/// The error as ureq carries it; `from_ureq` and `from_body` find it again, unchanged.
pub(super) fn carry(error: Error) -> ureq::Error {
    ureq::Error::Io(error.into())
}

/// A broken, refused or closed connection, which another attempt may not meet.
pub(super) fn transport(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Transport, message).with_retryable(true)
}

/// A wait that was longer than its limit.
pub(super) fn timeout(what: &str, host: &str, limit: Duration) -> Error {
    let message = format!("{what} {host} in {} ms", limit.as_millis());
    Error::new(ErrorKind::Timeout, message).with_retryable(true)
}

/// The failed call on a socket, or the coslink error that it carries.
pub(super) fn lost(what: &str, host: &str, error: io::Error) -> Error {
    Error::from_io(error).unwrap_or_else(|error| {
        transport(format!(
            "the connection to {host} broke while {what}: {error}"
        ))
        .with_source(error)
    })
}

/// The error of a request. A stop is the cause of all that follows it.
pub(super) fn from_ureq(error: ureq::Error, exchange: &Exchange) -> Error {
    if exchange.is_stopped() {
        return exchange.reason();
    }
    match error {
        ureq::Error::Io(error) => Error::from_io(error).unwrap_or_else(|error| {
            if error.kind() != io::ErrorKind::UnexpectedEof {
                return transport(format!("the connection broke: {error}")).with_source(error);
            }
            transport(match exchange.received() {
                0 => "the server closed the connection without an answer",
                _ => "the server closed the connection within the head of the answer",
            })
        }),
        ureq::Error::LargeResponseHeader(_, most) => {
            malformed(format!("its head is longer than {most} bytes"))
        }
        ureq::Error::Protocol(error) => malformed(error),
        ureq::Error::Http(error) => Error::invalid("request", error),
        ureq::Error::BadUri(_) => Error::invalid("URL", "it has no scheme or no host"),
        error => Error::new(ErrorKind::Internal, error.to_string()),
    }
}

/// The error of a read of an answer's body.
pub(super) fn from_body(error: io::Error, exchange: &Exchange, short: impl Fn() -> Error) -> Error {
    if exchange.is_stopped() {
        return exchange.reason();
    }
    Error::from_io(error).unwrap_or_else(|error| match inner(&error) {
        Some(ureq::Error::Protocol(error)) => malformed(error),
        Some(error) => Error::new(ErrorKind::Internal, error.to_string()),
        None if error.kind() == io::ErrorKind::UnexpectedEof => short(),
        None => transport(format!("the connection broke within the answer: {error}")),
    })
}

/// A header name or value, a URL or a body that cannot be sent.
pub(super) fn refuse<T>(name: &str, why: &str) -> Result<T> {
    Err(Error::invalid(name, why))
}

fn malformed(why: impl std::fmt::Display) -> Error {
    let message = format!("the answer is no proper HTTP/1.1: {why}");
    Error::new(ErrorKind::Protocol, one_line(&message))
}

fn inner(error: &io::Error) -> Option<&ureq::Error> {
    error.get_ref()?.downcast_ref()
}

pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
