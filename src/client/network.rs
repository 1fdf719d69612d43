//! The settings of the way to a server: proxies, and who is believed.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::ClientBuilder;
use crate::error::{Error, Result};
use crate::transport::proxy::{Proxies, Proxy};
use crate::transport::tls;
use crate::transport::trust::{Identity, Trust};

/// What a builder knows of the way to a server.
#[derive(Debug, Default)]
pub(super) struct Network {
    proxy: Option<std::result::Result<Proxy, &'static str>>,
    proxy_from_env: bool,
    no_proxy: Option<String>,
    ca_file: Option<PathBuf>,
    ca_pem: Option<Vec<u8>>,
    #[cfg(feature = "native-roots")]
    native_roots: bool,
    certificate: Option<(PathBuf, PathBuf)>,
    any_certificate: bool,
}

impl ClientBuilder {
    /// Goes through this proxy, `http://[user:password@]host:port`, or `https://…` for one that is
    /// itself spoken to over TLS, by the same rules as the service. User and password are
    /// percent-encoded. With the feature `socks` also `socks5://…`; names are then looked up by the
    /// proxy. No proxy when unset. Without a port it is 1080, or 443 with https.
    ///
    /// Every connection is a tunnel (`CONNECT`), those in the clear, too: the proxy must allow it to
    /// the port in question. A proxy that cannot be reached or refuses is a `Transport` error; the
    /// way through it is part of [`connect_timeout`](Self::connect_timeout).
    pub fn proxy(mut self, url: impl AsRef<str>) -> Self {
        self.set.network.proxy = Some(Proxy::parse(url.as_ref()));
        self
    }

    /// Hosts that are reached without a proxy, as curl has it: a list with commas of domains, which
    /// stand for all names below them, too, and of IP addresses; `*` is everything. It takes the place
    /// of that of the environment. None when unset.
    pub fn no_proxy(mut self, list: impl Into<String>) -> Self {
        self.set.network.no_proxy = Some(list.into());
        self
    }

    /// Takes the proxies from the environment, when the client is built: `https_proxy` or
    /// `HTTPS_PROXY`, `http_proxy` in lower case only, for both `all_proxy` or `ALL_PROXY`, and
    /// `no_proxy` or `NO_PROXY`. Without this call the environment is not looked at; a
    /// [`proxy`](Self::proxy) takes the place of all of it.
    pub fn proxy_from_env(mut self) -> Self {
        self.set.network.proxy_from_env = true;
        self
    }

    /// Trusts only the certificate authorities in this PEM file, instead of Mozilla's list.
    pub fn ca_file(mut self, path: impl AsRef<Path>) -> Self {
        self.set.network.ca_file = Some(path.as_ref().to_owned());
        self
    }

    /// Trusts only these certificate authorities, in PEM, instead of Mozilla's list; beside those of
    /// [`ca_file`](Self::ca_file) when both are set.
    pub fn ca_pem(mut self, certificates: impl Into<Vec<u8>>) -> Self {
        self.set.network.ca_pem = Some(certificates.into());
        self
    }

    /// Trusts the certificate authorities that the system trusts, instead of Mozilla's list; they are
    /// read when the client is built. Beside those of [`ca_file`](Self::ca_file) and
    /// [`ca_pem`](Self::ca_pem) when these are set.
    #[cfg(feature = "native-roots")]
    pub fn native_roots(mut self) -> Self {
        self.set.network.native_roots = true;
        self
    }

    /// Shows this certificate to servers that ask who connects: two PEM files, of the certificate with
    /// its chain, and of its private key (PKCS#8, PKCS#1 or SEC1, not encrypted). They are read when
    /// the client is built. None when unset.
    pub fn client_certificate(mut self, cert: impl AsRef<Path>, key: impl AsRef<Path>) -> Self {
        let pair = (cert.as_ref().to_owned(), key.as_ref().to_owned());
        self.set.network.certificate = Some(pair);
        self
    }

    /// DANGER: accepts every certificate, of everybody, for every host. Whoever is on the way can then
    /// read and change all that is sent, signatures and tokens included. For tests against a server of
    /// one's own only; a private authority is for [`ca_file`](Self::ca_file).
    pub fn danger_accept_any_certificate(mut self) -> Self {
        self.set.network.any_certificate = true;
        self
    }
}

impl Network {
    /// What connections go through.
    pub(super) fn proxies(&self) -> Result<Proxies> {
        let proxies = match &self.proxy {
            Some(Ok(proxy)) => Proxies::all(proxy.clone()),
            Some(Err(why)) => return Err(Error::invalid("proxy", why)),
            None if self.proxy_from_env => Proxies::from_env(|name| env::var(name).ok())?,
            None => Proxies::default(),
        };
        if proxies.has_secure() {
            let from_env = self.proxy.is_none();
            tls::needed_by(if from_env { "proxy_from_env" } else { "proxy" })?;
        }
        Ok(match &self.no_proxy {
            Some(list) => proxies.except(list),
            None => proxies,
        })
    }

    /// Who is believed.
    pub(super) fn trust(&self) -> Result<Trust> {
        for (name, is_set) in [
            ("ca_file", self.ca_file.is_some()),
            ("ca_pem", self.ca_pem.is_some()),
            ("client_certificate", self.certificate.is_some()),
            ("danger_accept_any_certificate", self.any_certificate),
        ] {
            if is_set {
                tls::needed_by(name)?;
            }
        }
        let mut authorities = Vec::new();
        if let Some(path) = &self.ca_file {
            authorities.push(("ca_file", read(path)?));
        }
        if let Some(pem) = &self.ca_pem {
            authorities.push(("ca_pem", pem.clone()));
        }
        let identity = match &self.certificate {
            None => None,
            Some((certificates, key)) => Some(Identity {
                certificates: read(certificates)?,
                key: Zeroizing::new(read(key)?),
            }),
        };
        Ok(Trust {
            authorities,
            #[cfg(feature = "native-roots")]
            native: self.native_roots,
            identity,
            anyone: self.any_certificate,
        })
    }
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|error| Error::local("read", path, error))
}
