//! What bytes go over: a socket, or TLS to a proxy over one.

use std::io;
use std::net::TcpStream;
use std::sync::Arc;

use super::errors;
use super::socket::{Got, Socket, Wait};
use super::tls::{self, Session};

/// A socket, and the TLS to the proxy where there is one.
pub(super) struct Line {
    socket: Socket,
    outer: Option<Box<Outer>>,
}

struct Outer {
    session: Session,
    host: Box<str>,
    /// Encrypted and not sent, and how many bytes of the caller's that stands for.
    at: usize,
    owed: usize,
}

impl Line {
    /// A line that is nothing but the socket.
    pub(super) fn new(socket: Socket) -> Self {
        Self {
            socket,
            outer: None,
        }
    }

    /// All that is sent from here on goes through this TLS with the proxy.
    pub(super) fn secure(&mut self, session: Session, host: &str) {
        self.outer = Some(Box::new(Outer {
            session,
            host: host.into(),
            at: 0,
            owed: 0,
        }));
    }

    /// The socket itself, for the control.
    pub(super) fn stream(&self) -> &Arc<TcpStream> {
        self.socket.stream()
    }

    /// Reads what is there into `buffer`, which is not empty.
    pub(super) fn read(&mut self, buffer: &mut [u8], wait: Wait<'_>) -> io::Result<Got> {
        let Some(outer) = &mut self.outer else {
            return self.socket.read(buffer, wait);
        };
        let host = &outer.host;
        let read = |buffer: &mut [u8]| {
            let read = self.socket.read(buffer, wait);
            read.map_err(|error| errors::lost("receiving", host, error))
        };
        Ok(outer.session.fill(buffer, host, read)?)
    }

    /// Writes some of `bytes`; 0 when the socket took none for a short while. What is not written
    /// must be what is written next.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.outer {
            None => self.socket.write(bytes),
            Some(outer) => outer.write(&self.socket, bytes),
        }
    }

    /// Whether nothing, not even an end, waits to be read. What does is lost.
    pub(super) fn is_quiet(&mut self) -> bool {
        match &self.outer {
            None => self.socket.is_quiet(),
            Some(_) => matches!(self.read(&mut [0], Wait::No), Ok(Got::Blocked)),
        }
    }

    /// Whether the TLS with the proxy ended without the word that it has for that.
    pub(super) fn is_unclean(&self) -> bool {
        let outer = self.outer.as_ref();
        outer.is_some_and(|outer| outer.session.is_unclean())
    }
}

impl Outer {
    fn write(&mut self, socket: &Socket, bytes: &[u8]) -> io::Result<usize> {
        if self.owed == 0 {
            let bytes = &bytes[..bytes.len().min(tls::AT_ONCE)];
            self.session.seal(bytes)?;
            (self.at, self.owed) = (0, bytes.len());
        }
        let sealed = self.session.sealed();
        let sent = socket.write(&sealed[self.at..])?;
        self.at += sent;
        // The last byte is owed until all is sent, so that the caller comes back until then.
        let done = if self.at == sealed.len() {
            self.owed
        } else {
            sent.min(self.owed - 1)
        };
        self.owed -= done;
        Ok(done)
    }
}
