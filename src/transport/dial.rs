//! New connections.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::ClientConfig;
use ureq::http::Uri;
use ureq::unversioned::transport::{ConnectionDetails, Connector};

use super::errors::{self, carry};
use super::link::{Link, Patience};
use super::resolver::{Names, aside};
use super::socket::Socket;
use super::stop::{self, Exchange};
use super::tls::Session;
use super::{Settings, tls};
use crate::error::{Error, ErrorKind, Result};

/// Makes connections for ureq, of which it keeps the pool.
#[derive(Debug)]
pub(super) struct Dialer {
    names: Names,
    tls: Arc<ClientConfig>,
    patience: Patience,
    connect: Duration,
    resolve: Duration,
}

impl Dialer {
    /// A dialer that knows no address yet.
    pub(super) fn new(settings: &Settings) -> Result<Self> {
        Ok(Self {
            names: Names::default(),
            tls: tls::config(settings)?,
            patience: Patience {
                read: settings.read_timeout,
                write: settings.write_timeout,
            },
            connect: settings.connect_timeout,
            resolve: settings.resolve_timeout,
        })
    }

    fn dial(&self, uri: &Uri, exchange: Arc<Exchange>) -> Result<Link> {
        exchange.check()?;
        let Some(host) = uri.host() else {
            return errors::refuse("URL", "it has no host");
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let is_secure = uri.scheme_str() == Some("https");
        let port = uri.port_u16().unwrap_or(if is_secure { 443 } else { 80 });
        let addresses = self.names.look_up(host, port, self.resolve, &exchange)?;

        let late = |what| errors::timeout(what, host, self.connect);
        let deadline = Instant::now() + self.connect;
        let limit = self.connect;
        let made = aside(limit, &exchange, move || connect_any(&addresses, deadline))?;
        let stream = made
            .unwrap_or_else(|| Err(io::ErrorKind::TimedOut.into()))
            .map_err(|error| {
                self.names.forget(host, port);
                match error.kind() {
                    io::ErrorKind::TimedOut => late("no connection was made to"),
                    _ => errors::transport(format!("cannot connect to {host}:{port}: {error}"))
                        .with_source(error),
                }
            })?;
        let socket =
            Socket::new(stream).map_err(|error| errors::lost("it was set up", host, error))?;
        let link = Link::new(socket, host, self.patience, exchange.clone())?;
        if !is_secure {
            return Ok(link);
        }
        let session = Session::open(&self.tls, link.socket(), host, deadline, &exchange)?;
        Ok(link.secured(session.ok_or_else(|| late("TLS was not set up with"))?))
    }
}

impl Connector for Dialer {
    type Out = Link;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        _: Option<()>,
    ) -> std::result::Result<Option<Link>, ureq::Error> {
        let lost = || {
            carry(Error::new(
                ErrorKind::Internal,
                "a connection without an exchange",
            ))
        };
        let exchange = stop::current().ok_or_else(lost)?;
        self.dial(details.uri, exchange).map(Some).map_err(carry)
    }
}

/// Tries the addresses in order. Each but the last gets half of the time that is left.
fn connect_any(addresses: &[SocketAddr], deadline: Instant) -> io::Result<TcpStream> {
    let mut last = io::Error::from(io::ErrorKind::TimedOut);
    for (index, address) in addresses.iter().enumerate() {
        let left = deadline.saturating_duration_since(Instant::now());
        let share = if index + 1 < addresses.len() {
            left / 2
        } else {
            left
        };
        if share.is_zero() {
            break;
        }
        match TcpStream::connect_timeout(address, share) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}
