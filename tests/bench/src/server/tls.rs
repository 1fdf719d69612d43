//! A certificate made at start, by an authority made at start.

use std::io;
use std::net::TcpStream;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::crypto::ring::default_provider;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::http::Io;

/// What TLS needs, and the authority's certificate in PEM.
pub(crate) fn certify(names: Vec<String>) -> io::Result<(Arc<ServerConfig>, String)> {
    let mut parameters = CertificateParams::default();
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    parameters
        .distinguished_name
        .push(DnType::CommonName, "coslink-bench authority");
    let key = KeyPair::generate().map_err(io::Error::other)?;
    let authority = CertifiedIssuer::self_signed(parameters, key).map_err(io::Error::other)?;

    let key = KeyPair::generate().map_err(io::Error::other)?;
    let mut parameters = CertificateParams::new(names).map_err(io::Error::other)?;
    parameters
        .distinguished_name
        .push(DnType::CommonName, "coslink-bench server");
    let server = parameters
        .signed_by(&key, &authority)
        .map_err(io::Error::other)?;
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_no_client_auth()
        .with_single_cert(vec![server.der().clone()], key)
        .map_err(io::Error::other)?;
    Ok((Arc::new(config), authority.pem()))
}

pub(crate) fn accept(config: &Arc<ServerConfig>, stream: TcpStream) -> io::Result<Io> {
    let connection = ServerConnection::new(config.clone()).map_err(io::Error::other)?;
    Ok(Io::Tls(Box::new(StreamOwned::new(connection, stream))))
}
