//! A certificate authority for one run, and certificates that are not as they should be.

use std::fmt;
use std::io;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, date_time_ymd,
};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

const NAMES: [&str; 4] = [
    "localhost",
    "127.0.0.1",
    "*.cos.ap-guangzhou.myqcloud.com",
    "examplebucket-1250000000.cos.ap-guangzhou.myqcloud.com",
];

/// What is wrong with a server's certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certificate {
    /// Nothing.
    Good,
    /// It is for `other.example` only.
    OtherHost,
    /// Its time is over.
    Expired,
    /// Its time has not come.
    NotYetValid,
    /// It is signed by an authority that nobody knows.
    UnknownAuthority,
    /// It is signed by itself.
    SelfSigned,
    /// It is signed by itself, and may sign others, as `openssl req -x509` makes them.
    SelfSignedAuthority,
}

/// What TLS needs on both sides.
pub(crate) struct Secure {
    pub(crate) acceptor: TlsAcceptor,
    /// The authority that clients should trust.
    pub(crate) ca_pem: String,
    /// A client's certificate by it, and the key.
    pub(crate) client_pem: (String, String),
}

impl fmt::Debug for Secure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secure")
    }
}

type Authority = CertifiedIssuer<'static, KeyPair>;

impl Secure {
    /// A new authority and a server's certificate.
    pub(crate) fn new(certificate: Certificate, asks_client: bool) -> io::Result<Self> {
        let authority = authority("cos-emulator authority")?;
        let ca_pem = authority.pem();
        let ca = authority.der().clone();

        let key = KeyPair::generate().map_err(io::Error::other)?;
        let parameters = parameters(certificate)?;
        let made = match certificate {
            Certificate::SelfSigned | Certificate::SelfSignedAuthority => {
                parameters.self_signed(&key)
            }
            Certificate::UnknownAuthority => {
                parameters.signed_by(&key, &*self::authority("nobody")?)
            }
            _ => parameters.signed_by(&key, &authority),
        };
        let server = made.map_err(io::Error::other)?.der().clone();
        let client_pem = client(&authority)?;
        let acceptor = acceptor(server, &key, asks_client.then_some(ca))?;
        Ok(Self {
            acceptor,
            ca_pem,
            client_pem,
        })
    }
}

fn authority(name: &str) -> io::Result<Authority> {
    let key = KeyPair::generate().map_err(io::Error::other)?;
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    // No two have the same name, as in the world.
    let number = u32::from_le_bytes(key.public_key_raw()[1..5].try_into().unwrap_or_default());
    let name = format!("{name} {number}");
    authority.distinguished_name.push(DnType::CommonName, name);
    CertifiedIssuer::self_signed(authority, key).map_err(io::Error::other)
}

fn parameters(certificate: Certificate) -> io::Result<CertificateParams> {
    let names: Vec<String> = match certificate {
        Certificate::OtherHost => vec!["other.example".to_owned()],
        _ => NAMES.map(str::to_owned).to_vec(),
    };
    let mut parameters = CertificateParams::new(names).map_err(io::Error::other)?;
    parameters
        .distinguished_name
        .push(DnType::CommonName, "cos-emulator");
    match certificate {
        Certificate::Expired => parameters.not_after = date_time_ymd(2001, 1, 1),
        Certificate::NotYetValid => parameters.not_before = date_time_ymd(2999, 1, 1),
        Certificate::SelfSignedAuthority => {
            parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        }
        _ => {}
    }
    Ok(parameters)
}

/// A client's certificate and its key.
fn client(authority: &Authority) -> io::Result<(String, String)> {
    let key = KeyPair::generate().map_err(io::Error::other)?;
    let mut parameters = CertificateParams::default();
    parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let certificate = parameters
        .signed_by(&key, authority)
        .map_err(io::Error::other)?;
    Ok((certificate.pem(), key.serialize_pem()))
}

/// Serves with this certificate, and asks for one by `clients` where that is some authority.
fn acceptor(
    server: CertificateDer<'static>,
    key: &KeyPair,
    clients: Option<CertificateDer<'static>>,
) -> io::Result<TlsAcceptor> {
    let provider = Arc::new(default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?;
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            roots.add(authority).map_err(io::Error::other)?;
            let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider);
            builder.with_client_cert_verifier(verifier.build().map_err(io::Error::other)?)
        }
    };
    let private = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let mut config = builder
        .with_single_cert(vec![server], private)
        .map_err(io::Error::other)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
