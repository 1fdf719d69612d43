//! A certificate authority for one run.

use std::io;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

const NAMES: [&str; 4] = [
    "localhost",
    "127.0.0.1",
    "*.cos.ap-guangzhou.myqcloud.com",
    "examplebucket-1250000000.cos.ap-guangzhou.myqcloud.com",
];

/// The acceptor and the PEM of the authority that its certificate is signed by.
pub(crate) fn acceptor() -> io::Result<(TlsAcceptor, String)> {
    let authority_key = KeyPair::generate().map_err(io::Error::other)?;
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    authority
        .distinguished_name
        .push(DnType::CommonName, "cos-emulator authority");
    let pem = authority
        .self_signed(&authority_key)
        .map_err(io::Error::other)?
        .pem();
    let issuer = Issuer::new(authority, authority_key);

    let key = KeyPair::generate().map_err(io::Error::other)?;
    let names: Vec<String> = NAMES.map(str::to_owned).to_vec();
    let mut parameters = CertificateParams::new(names).map_err(io::Error::other)?;
    parameters
        .distinguished_name
        .push(DnType::CommonName, "cos-emulator");
    let certificate = parameters
        .signed_by(&key, &issuer)
        .map_err(io::Error::other)?;

    let private = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)
        .map_err(io::Error::other)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok((TlsAcceptor::from(Arc::new(config)), pem))
}
