//! The way through a proxy: CONNECT.

use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::errors;
use super::line::Line;
use super::proxy::{Kind, Login, Proxy, authority};
use super::socket::{Got, Wait};
use super::stop::Exchange;
use crate::error::{Error, ErrorKind, Result};
use crate::wire::encode;

/// The longest head of a proxy's answer, in bytes.
const MOST: usize = 16 << 10;

/// The talk with a proxy until it lets everything through.
pub(super) struct Talk<'a> {
    pub(super) line: &'a mut Line,
    pub(super) proxy: &'a Proxy,
    pub(super) deadline: Instant,
    /// How long it may take in all, for the error.
    pub(super) limit: Duration,
    pub(super) exchange: &'a Exchange,
}

impl Talk<'_> {
    /// Makes the proxy connect to this host.
    pub(super) fn open(&mut self, host: &str, port: u16, user_agent: &str) -> Result<()> {
        match self.proxy.kind {
            Kind::Http | Kind::Https => self.connect(&authority(host, port), user_agent),
            #[cfg(feature = "socks")]
            Kind::Socks => super::socks::connect(self, host, port),
        }
    }

    fn connect(&mut self, target: &str, user_agent: &str) -> Result<()> {
        let basic = self.proxy.login.as_ref().map(basic);
        let basic = basic.as_ref().map_or("", |basic| basic.as_str());
        let room = target.len() * 2 + user_agent.len() + basic.len() + 128;
        let mut head = Zeroizing::new(String::with_capacity(room));
        for piece in ["CONNECT ", target, " HTTP/1.1\r\nHost: ", target, "\r\n"] {
            head.push_str(piece);
        }
        for (name, value) in [
            ("User-Agent: ", user_agent),
            ("Proxy-Authorization: Basic ", basic),
        ] {
            if !value.is_empty() {
                head.push_str(name);
                head.push_str(value);
                head.push_str("\r\n");
            }
        }
        head.push_str("\r\n");
        self.say(head.as_bytes())?;
        let status = self.status()?;
        match status {
            200..=299 => Ok(()),
            _ => Err(self.refused(status)),
        }
    }

    /// The status of the proxy's answer, of which all of the head is taken and nothing more.
    fn status(&mut self) -> Result<u16> {
        let (mut head, mut piece) = (Vec::new(), [0; 1024]);
        loop {
            let taken = self.hear(&mut piece)?;
            head.extend_from_slice(&piece[..taken]);
            let end = head.windows(4).position(|four| four == b"\r\n\r\n");
            let status = status(&head);
            let is_http = b"HTTP/1.".iter().zip(&head).all(|(a, b)| a == b);
            match (end, status) {
                _ if !is_http || head.len() > MOST => return Err(self.odd("is not HTTP/1.1")),
                (None, _) => {}
                (_, None) => return Err(self.odd("has no status")),
                // Nothing may come from the server before the request.
                (Some(end), Some(200..=299)) if end + 4 < head.len() => {
                    return Err(self.odd("goes on after its head"));
                }
                (_, Some(status)) => return Ok(status),
            }
        }
    }

    fn refused(&self, status: u16) -> Error {
        let proxy = self.proxy;
        let why = match status {
            407 if proxy.login.is_some() => {
                format!("proxy authentication failed: {proxy} refused the user or password (407)")
            }
            407 => format!("proxy authentication is required by {proxy} (407)"),
            _ => format!("the proxy {proxy} refused to connect: it answered with {status}"),
        };
        errors::transport(why).with_retryable(status >= 500)
    }

    /// An answer that is not what the protocol allows.
    pub(super) fn odd(&self, what: &str) -> Error {
        let why = format!("the answer of the proxy {} {what}", self.proxy);
        Error::new(ErrorKind::Transport, why)
    }

    fn late(&self) -> Error {
        let whom = format!("the proxy {}", self.proxy);
        errors::timeout("no way was opened by", &whom, self.limit)
    }

    fn lost(&self, error: std::io::Error) -> Error {
        errors::lost("it was set up", &format!("the proxy {}", self.proxy), error)
    }

    /// Sends all of `bytes`.
    pub(super) fn say(&mut self, bytes: &[u8]) -> Result<()> {
        let mut sent = 0;
        while sent < bytes.len() {
            sent += self
                .line
                .write(&bytes[sent..])
                .map_err(|error| self.lost(error))?;
            self.exchange.check()?;
            if sent < bytes.len() && Instant::now() >= self.deadline {
                return Err(self.late());
            }
        }
        Ok(())
    }

    /// Waits for bytes; there is at least one.
    pub(super) fn hear(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        let wait = Wait::For(left, self.exchange);
        match self.line.read(buffer, wait) {
            Ok(Got::Bytes(bytes)) => Ok(bytes),
            Ok(Got::Blocked) => Err(self.late()),
            Ok(Got::End) => {
                self.exchange.check()?;
                let why = format!(
                    "the proxy {} closed the connection without an answer",
                    self.proxy
                );
                Err(errors::transport(why))
            }
            Err(error) => Err(self.lost(error)),
        }
    }
}

fn basic(login: &Login) -> Zeroizing<String> {
    let room = login.user.len() + login.password.len() + 1;
    let mut pair = Zeroizing::new(String::with_capacity(room));
    pair.push_str(&login.user);
    pair.push(':');
    pair.push_str(&login.password);
    Zeroizing::new(encode::base64(pair.as_bytes()))
}

fn status(head: &[u8]) -> Option<u16> {
    let text = head.strip_prefix(b"HTTP/1.")?.get(2..5)?;
    let status = std::str::from_utf8(text).ok()?.parse().ok()?;
    (100..600).contains(&status).then_some(status)
}
