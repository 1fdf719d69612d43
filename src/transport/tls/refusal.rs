//! What went wrong with TLS, in coslink's words.

use std::fmt;

use super::errors;
use crate::error::{Error, ErrorKind};

/// How many names of a certificate an error tells.
const MOST_NAMES: usize = 4;

/// A failed write or read of TLS. A certificate or a protocol does not get better by itself.
pub(super) fn failed(what: &str, host: &str, error: rustls::Error) -> Error {
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
    Error::new(ErrorKind::Transport, errors::one_line(&message)).with_source(error)
}

/// A certificate that is signed by nobody but itself.
#[derive(Debug)]
pub(super) struct SelfSigned;

impl fmt::Display for SelfSigned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
