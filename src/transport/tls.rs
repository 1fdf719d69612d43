//! TLS over a line of ours, by rustls and ring.

use std::fmt;
use std::io::{self, Read, Write};
use std::sync::Arc;
use std::time::Instant;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_cert_signed_by_trust_anchor};
use rustls::crypto::CryptoProvider;
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, ClientConfig, ClientConnection, OtherError, RootCertStore};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};

use super::errors;
use super::line::Line;
use super::socket::{Got, Wait};
use super::stop::Exchange;
use super::trust::Trust;
use crate::error::{Error, ErrorKind, Result};

mod refusal;

/// The rules by which connections are secured.
pub(super) type Rules = Arc<ClientConfig>;

/// Refuses a setting that needs TLS where there is none, by its name.
pub(crate) fn needed_by(_: &str) -> Result<()> {
    Ok(())
}

/// The first size of the buffer for what arrives, in bytes: a handshake or a small answer.
const INCOMING_FIRST: usize = 8 << 10;
/// Its size once a read has filled it, in bytes.
const INCOMING_MOST: usize = 64 << 10;

/// The most that is encrypted at once, in bytes.
pub(super) const AT_ONCE: usize = 64 << 10;

/// The most content of a record, in bytes, and the most that stands around it.
const RECORD: usize = 16 << 10;
const AROUND: usize = 64;

/// How many bytes `text` has at most once it is encrypted.
const fn sealed(text: usize) -> usize {
    text + (text / RECORD + 2) * AROUND
}

/// The most that a session takes, in bytes: what has arrived, and of it a record as it came and
/// another in the clear; what is to be sent, in rustls and here.
pub(super) const MOST: usize = INCOMING_MOST + 2 * (RECORD + AROUND) + 2 * sealed(AT_ONCE);

/// The rules by which connections are secured: TLS 1.2 and 1.3, the roots of the settings, and
/// the ring provider, whatever the process has chosen for itself.
pub(super) fn rules(trust: &Trust) -> Result<Rules> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::new(ErrorKind::Internal, error.to_string()))?;
    let verifier: Arc<dyn ServerCertVerifier> = if trust.anyone {
        Arc::new(Anyone(provider))
    } else {
        let roots = Arc::new(roots(trust)?);
        let rules = WebPkiServerVerifier::builder_with_provider(roots, provider.clone())
            .build()
            .map_err(|error| Error::new(ErrorKind::Internal, error.to_string()))?;
        Arc::new(Known { rules, provider })
    };
    let builder = builder
        .dangerous()
        .with_custom_certificate_verifier(verifier);
    let mut config = match &trust.identity {
        None => builder.with_no_client_auth(),
        Some(identity) => {
            let wrong = |error: &dyn fmt::Display| Error::invalid("client_certificate", error);
            let certificates: Vec<_> = CertificateDer::pem_slice_iter(&identity.certificates)
                .collect::<std::result::Result<_, _>>()
                .map_err(|error| wrong(&error))?;
            if certificates.is_empty() {
                return Err(wrong(&"the file holds no certificate"));
            }
            // Why it is none may have a piece of it.
            let key = PrivateKeyDer::from_pem_slice(&identity.key)
                .map_err(|_| wrong(&"the file of the key holds no private key"))?;
            builder
                .with_client_auth_cert(certificates, key)
                .map_err(|error| wrong(&error))?
        }
    };
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn roots(trust: &Trust) -> Result<RootCertStore> {
    let mut store = RootCertStore::empty();
    for (name, pem) in &trust.authorities {
        let had = store.len();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(|error| Error::invalid(name, error))?;
            store
                .add(certificate)
                .map_err(|error| Error::invalid(name, error))?;
        }
        if store.len() == had {
            return errors::refuse(name, "it holds no certificate");
        }
    }
    #[cfg(feature = "native-roots")]
    if trust.native {
        let found = rustls_native_certs::load_native_certs();
        // A store of the system has odd ones, too; the others are no worse for it.
        let (taken, _) = store.add_parsable_certificates(found.certs);
        if taken == 0 {
            return errors::refuse("native_roots", "the system has no certificate authorities");
        }
    }
    if store.is_empty() {
        store.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    Ok(store)
}

/// The secured state of one connection.
pub(super) struct Session {
    connection: ClientConnection,
    incoming: Vec<u8>,
    at: usize,
    end: usize,
    outgoing: Vec<u8>,
    unclean: bool,
}

impl Session {
    /// Shakes hands. The last message of it is left for the first `seal` to send.
    pub(super) fn open(
        rules: &Rules,
        line: &mut Line,
        host: &str,
        deadline: Instant,
        exchange: &Exchange,
    ) -> Result<Option<Self>> {
        let Ok(name) = ServerName::try_from(host) else {
            return errors::refuse("host", &format!("{host} is no name for TLS"));
        };
        let connection = ClientConnection::new(rules.clone(), name.to_owned())
            .map_err(|error| refusal::failed("starting", host, error))?;
        let mut session = Self {
            connection,
            incoming: Vec::new(),
            at: 0,
            end: 0,
            outgoing: Vec::new(),
            unclean: false,
        };
        session.connection.set_buffer_limit(None);
        let done = session.shake(line, host, deadline, exchange)?;
        Ok(done.then_some(session))
    }

    /// Whether the handshake was done before the deadline.
    fn shake(
        &mut self,
        line: &mut Line,
        host: &str,
        deadline: Instant,
        exchange: &Exchange,
    ) -> Result<bool> {
        let broken = |error| errors::lost("TLS was set up", host, error);
        while self.connection.is_handshaking() {
            self.collect();
            let mut sent = 0;
            while sent < self.outgoing.len() {
                sent += line.write(&self.outgoing[sent..]).map_err(broken)?;
                exchange.check()?;
                if Instant::now() >= deadline {
                    return Ok(false);
                }
            }
            if self.at == self.end {
                let left = deadline.saturating_duration_since(Instant::now());
                let wait = Wait::For(left, exchange);
                match self.receive(|buffer| line.read(buffer, wait).map_err(broken))? {
                    Got::Bytes(_) => {}
                    Got::Blocked => return Ok(false),
                    Got::End => {
                        let why = format!("{host} closed the connection while TLS was set up");
                        return Err(errors::transport(why));
                    }
                }
            }
            if let Err(error) = self.process() {
                // The server is told why, if it can be done at once.
                self.collect();
                let _ = line.write(&self.outgoing);
                return Err(refusal::failed("it was set up", host, error));
            }
        }
        Ok(true)
    }

    /// Encrypts `text` and says how many bytes `sealed` has now.
    pub(super) fn seal(&mut self, text: &[u8]) -> io::Result<usize> {
        self.connection.writer().write_all(text)?;
        self.outgoing.clear();
        self.outgoing.reserve_exact(sealed(text.len()));
        self.collect();
        Ok(self.outgoing.len())
    }

    /// What `seal` made.
    pub(super) fn sealed(&self) -> &[u8] {
        &self.outgoing
    }

    /// Decrypts into `free`, as much as is there; reads by `read` only while there is nothing.
    pub(super) fn fill(
        &mut self,
        free: &mut [u8],
        host: &str,
        mut read: impl FnMut(&mut [u8]) -> Result<Got>,
    ) -> Result<Got> {
        let mut filled = 0;
        while filled < free.len() {
            match self.connection.reader().read(&mut free[filled..]) {
                Ok(0) => break,
                Ok(bytes) => {
                    filled += bytes;
                    continue;
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(errors::lost("receiving", host, error)),
            }
            if self.at == self.end {
                if filled > 0 {
                    break;
                }
                match self.receive(&mut read)? {
                    Got::Bytes(_) => {}
                    Got::Blocked => return Ok(Got::Blocked),
                    Got::End => {
                        self.unclean = true;
                        return Ok(Got::End);
                    }
                }
            }
            self.process()
                .map_err(|error| refusal::failed("receiving", host, error))?;
        }
        Ok(if filled == 0 {
            Got::End
        } else {
            Got::Bytes(filled)
        })
    }

    /// Whether the connection ended without the word that TLS has for it.
    pub(super) fn is_unclean(&self) -> bool {
        self.unclean
    }

    /// Moves everything that is to be sent into `outgoing`.
    fn collect(&mut self) {
        self.outgoing.clear();
        while self.connection.wants_write() {
            // A vector takes everything.
            let _ = self.connection.write_tls(&mut self.outgoing);
        }
    }

    /// Reads into the empty buffer for what arrives.
    fn receive(&mut self, mut read: impl FnMut(&mut [u8]) -> Result<Got>) -> Result<Got> {
        if self.incoming.is_empty() {
            self.incoming = vec![0; INCOMING_FIRST];
        } else if self.end == self.incoming.len() && self.end < INCOMING_MOST {
            self.incoming.resize(INCOMING_MOST, 0);
        }
        (self.at, self.end) = (0, 0);
        let got = read(&mut self.incoming)?;
        if let Got::Bytes(bytes) = got {
            self.end = bytes;
        }
        Ok(got)
    }

    /// Gives rustls as much of what arrived as it takes at once.
    fn process(&mut self) -> std::result::Result<(), rustls::Error> {
        let mut rest = &self.incoming[self.at..self.end];
        match self.connection.read_tls(&mut rest) {
            // After the end that TLS has a word for, nothing counts.
            Ok(0) => self.at = self.end,
            Ok(bytes) => self.at += bytes,
            Err(error) => return Err(rustls::Error::General(error.to_string())),
        }
        self.connection.process_new_packets().map(drop)
    }
}

/// Accepts those whom an authority of ours vouches for.
#[derive(Debug)]
struct Known {
    rules: Arc<WebPkiServerVerifier>,
    provider: Arc<CryptoProvider>,
}

impl Known {
    fn is_self_signed(&self, certificate: &CertificateDer<'_>, now: UnixTime) -> bool {
        let mut itself = RootCertStore::empty();
        let algorithms = self.provider.signature_verification_algorithms.all;
        itself.add(certificate.clone().into_owned()).is_ok()
            && ParsedCertificate::try_from(certificate).is_ok_and(|parsed| {
                verify_server_cert_signed_by_trust_anchor(&parsed, &itself, &[], now, algorithms)
                    .is_ok()
            })
    }
}

impl ServerCertVerifier for Known {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> std::result::Result<ServerCertVerified, rustls::Error> {
        let verified = self
            .rules
            .verify_server_cert(certificate, others, name, ocsp, now);
        match verified {
            // Still refused, but called what it is.
            Err(rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer))
                if self.is_self_signed(certificate, now) =>
            {
                let why = OtherError(Arc::new(refusal::SelfSigned));
                Err(CertificateError::Other(why).into())
            }
            verified => verified,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &rustls::DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        self.rules
            .verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &rustls::DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        self.rules
            .verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<rustls::SignatureScheme> {
        self.rules.supported_verify_schemes()
    }
}

/// Accepts every certificate: for tests against a server of one's own only.
#[derive(Debug)]
struct Anyone(Arc<CryptoProvider>);

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> std::result::Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &rustls::DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &rustls::DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<rustls::SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
