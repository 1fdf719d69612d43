//! New connections.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ureq::http::Uri;
use ureq::unversioned::transport::{ConnectionDetails, Connector};

use super::errors::{self, carry};
use super::line::Line;
use super::link::{Link, Patience};
use super::proxy::{self, Kind, Proxies, Proxy};
use super::resolver::{Names, aside};
use super::socket::Socket;
use super::stop::{self, Exchange};
use super::tls::Session;
use super::tunnel::Talk;
use super::{Settings, tls};
use crate::error::{Error, ErrorKind, Result};

/// Makes connections for ureq, of which it keeps the pool.
#[derive(Debug)]
pub(super) struct Dialer {
    names: Names,
    tls: tls::Rules,
    patience: Patience,
    connect: Duration,
    resolve: Duration,
    proxies: Proxies,
    user_agent: String,
}

impl Dialer {
    /// A dialer that knows no address yet.
    pub(super) fn new(settings: &Settings) -> Result<Self> {
        Ok(Self {
            names: Names::default(),
            tls: tls::rules(&settings.trust)?,
            patience: Patience {
                read: settings.read_timeout,
                write: settings.write_timeout,
            },
            connect: settings.connect_timeout,
            resolve: settings.resolve_timeout,
            proxies: settings.proxies.clone(),
            user_agent: settings.user_agent.clone(),
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
        let proxy = self.proxies.on_the_way(host, is_secure);
        let (stream, deadline) = match proxy {
            None => self.reach(host, port, &proxy::authority(host, port), &exchange),
            Some(proxy) => {
                let whom = format!("the proxy {proxy}");
                self.reach(&proxy.host, proxy.port, &whom, &exchange)
            }
        }?;
        let socket =
            Socket::new(stream).map_err(|error| errors::lost("it was set up", host, error))?;
        let line = Line::new(socket);
        let mut link = Link::new(line, host, self.patience, exchange.clone())?;
        if let Some(proxy) = proxy {
            self.pass(proxy, link.line(), (host, port), deadline, &exchange)?;
        }
        if !is_secure {
            return Ok(link);
        }
        let session = self.secure(link.line(), host, deadline, &exchange)?;
        Ok(link.secured(session))
    }

    /// A connection to `host`, which errors call `whom`, and until when all of it must be set up.
    fn reach(
        &self,
        host: &str,
        port: u16,
        whom: &str,
        exchange: &Exchange,
    ) -> Result<(TcpStream, Instant)> {
        let addresses = self.names.look_up(host, port, self.resolve, exchange)?;
        let limit = self.connect;
        let deadline = Instant::now() + limit;
        let made = aside(limit, exchange, move || connect_any(&addresses, deadline))?;
        let stream = made
            .unwrap_or_else(|| Err(io::ErrorKind::TimedOut.into()))
            .map_err(|error| {
                self.names.forget(host, port);
                match error.kind() {
                    io::ErrorKind::TimedOut => {
                        errors::timeout("no connection was made to", whom, limit)
                    }
                    _ => errors::transport(format!("cannot connect to {whom}: {error}"))
                        .with_source(error),
                }
            })?;
        Ok((stream, deadline))
    }

    /// Makes the proxy at the other end of `line` let everything through.
    fn pass(
        &self,
        proxy: &Proxy,
        line: &mut Line,
        (host, port): (&str, u16),
        deadline: Instant,
        exchange: &Exchange,
    ) -> Result<()> {
        if proxy.kind == Kind::Https {
            let session = self.secure(line, &proxy.host, deadline, exchange)?;
            line.secure(session, &proxy.host);
        }
        let mut talk = Talk {
            line,
            proxy,
            deadline,
            limit: self.connect,
            exchange,
        };
        talk.open(host, port, &self.user_agent)
    }

    fn secure(
        &self,
        line: &mut Line,
        host: &str,
        deadline: Instant,
        exchange: &Exchange,
    ) -> Result<Session> {
        let session = Session::open(&self.tls, line, host, deadline, exchange)?;
        session.ok_or_else(|| errors::timeout("TLS was not set up with", host, self.connect))
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
