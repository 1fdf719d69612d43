//! What went wrong below, in coslink's words.
//!
//! Messages name the host and the phase, never the target, the query or a header.

use std::io;
use std::time::Duration;

use super::stop::Exchange;
use crate::error::{Error, ErrorKind, Result};

/// How many names of a certificate an error tells.
const MOST_NAMES: usize = 4;

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

/// A failed write or read of TLS. A certificate or a protocol does not get better by itself.
pub(super) fn tls(what: &str, host: &str, error: rustls::Error) -> Error {
    use rustls::AlertDescription as Alert;
    let message = match &error {
        rustls::Error::InvalidCertificate(why) => {
            let why = refused(why);
            format!("the certificate of {host} is not accepted: {why}")
        }
        rustls::Error::AlertReceived(Alert::CertificateRequired) => {
            format!("{host} asks for a client certificate")
        }
        rustls::Error::AlertReceived(
            alert @ (Alert::BadCertificate
            | Alert::UnsupportedCertificate
            | Alert::CertificateRevoked
            | Alert::CertificateExpired
            | Alert::CertificateUnknown
            | Alert::UnknownCA
            | Alert::AccessDenied),
        ) => format!("{host} does not accept the client certificate: {alert:?}"),
        _ => format!("TLS with {host} failed while {what}: {error}"),
    };
    Error::new(ErrorKind::Transport, one_line(&message)).with_source(error)
}

/// A certificate that is signed by nobody but itself.
#[derive(Debug)]
pub(super) struct SelfSigned;

impl std::fmt::Display for SelfSigned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the certificate is self-signed")
    }
}

impl std::error::Error for SelfSigned {}

/// Why a server is not believed.
fn refused(error: &rustls::CertificateError) -> String {
    use rustls::CertificateError as Why;
    match error {
        Why::NotValidForName => "it is for another host".into(),
        Why::NotValidForNameContext { presented, .. } => {
            let names: Vec<_> = presented
                .iter()
                .take(MOST_NAMES)
                .map(String::as_str)
                .collect();
            format!("it is for another host ({})", names.join(", "))
        }
        Why::Expired | Why::ExpiredContext { .. } => {
            "it has expired, or the clock of this machine is wrong".into()
        }
        Why::NotValidYet | Why::NotValidYetContext { .. } => {
            "it is not valid yet, or the clock of this machine is wrong".into()
        }
        Why::UnknownIssuer => "it is signed by an unknown authority".into(),
        Why::Other(other) if other.0.is::<SelfSigned>() => {
            "it is self-signed, and not one of the authorities".into()
        }
        Why::Other(other) if is_authority(other) => {
            "it is self-signed, and an authority's own, which no server may use".into()
        }
        Why::Revoked => "it was revoked".into(),
        other => other.to_string(),
    }
}

fn is_authority(error: &rustls::OtherError) -> bool {
    format!("{error:?}").contains("CaUsedAsEndEntity")
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

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
