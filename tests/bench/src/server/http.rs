//! HTTP/1.1 on a blocking socket: heads of requests, their bodies, and answers.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use percent_encoding::percent_decode_str;
use rustls::{ServerConnection, StreamOwned};

use super::content::Window;
use super::kernel;
use super::pace::Pace;

/// The longest head of a request, in bytes.
const MAX_HEAD: usize = 64 << 10;
/// What is read at once, in bytes.
const BUFFER: usize = 256 << 10;
/// What the kernel is asked to throw away at once, in bytes.
const DISCARD: usize = 4 << 20;

/// A connection in the clear or over TLS.
pub(crate) enum Io {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ServerConnection, TcpStream>>),
}

impl Io {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read(buffer),
            Self::Tls(stream) => stream.read(buffer),
        }
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.write_all(bytes),
            Self::Tls(stream) => stream.write_all(bytes).and_then(|()| stream.flush()),
        }
    }
}

/// The head of a request, decoded.
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    is_http10: bool,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn parameters(&self) -> impl Iterator<Item = (&str, &str)> {
        self.query
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    fn says(&self, name: &str, word: &str) -> bool {
        let value = self.header(name).unwrap_or_default();
        value.to_ascii_lowercase().contains(word)
    }

    pub(crate) fn keeps_alive(&self) -> bool {
        match self.is_http10 {
            true => self.says("connection", "keep-alive"),
            false => !self.says("connection", "close"),
        }
    }

    pub(crate) fn expects_continue(&self) -> bool {
        self.says("expect", "100-continue")
    }

    /// The length of the body in bytes; None for one in chunks.
    pub(crate) fn length(&self) -> Option<u64> {
        if self.says("transfer-encoding", "chunked") {
            return None;
        }
        let length = self
            .header("content-length")
            .and_then(|text| text.parse().ok());
        Some(length.unwrap_or(0))
    }
}

fn parse(head: &[u8]) -> io::Result<Request> {
    let mut headers = [httparse::EMPTY_HEADER; 96];
    let mut parsed = httparse::Request::new(&mut headers);
    parsed.parse(head).map_err(invalid)?;
    let target = parsed.path.unwrap_or("/");
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decoded(name), decoded(value))
    };
    let header = |header: &httparse::Header<'_>| {
        (
            header.name.to_owned(),
            String::from_utf8_lossy(header.value).into_owned(),
        )
    };
    Ok(Request {
        method: parsed.method.unwrap_or_default().to_owned(),
        path: decoded(path),
        query: query
            .split('&')
            .filter(|text| !text.is_empty())
            .map(pair)
            .collect(),
        headers: parsed.headers.iter().map(header).collect(),
        is_http10: parsed.version == Some(0),
    })
}

fn invalid(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, error)
}

/// Takes a piece of a body; says whether the pieces that follow are wanted too.
pub(crate) type Take<'a> = dyn FnMut(&[u8]) -> bool + 'a;

/// A connection and what was read of it beyond the last request.
pub(crate) struct Connection {
    io: Io,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
}

impl Connection {
    pub(crate) fn new(io: Io) -> Self {
        Self {
            io,
            buffer: vec![0; BUFFER],
            start: 0,
            end: 0,
        }
    }

    fn fill(&mut self) -> io::Result<usize> {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
        } else if self.end == self.buffer.len() {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        let read = self.io.read(&mut self.buffer[self.end..])?;
        self.end += read;
        Ok(read)
    }

    /// What stands before the next `mark`, which is passed too; None at the end of the connection.
    fn until(&mut self, mark: &[u8]) -> io::Result<Option<std::ops::Range<usize>>> {
        let mut seen = 0;
        loop {
            let unread = &self.buffer[self.start..self.end];
            let found = unread[seen..].windows(mark.len()).position(|at| at == mark);
            if let Some(at) = found {
                let range = self.start..self.start + seen + at + mark.len();
                self.start = range.end;
                return Ok(Some(range));
            }
            seen = unread.len().saturating_sub(mark.len());
            if unread.len() > MAX_HEAD {
                return Err(invalid("the head is too long"));
            }
            match (self.fill()?, self.start == self.end) {
                (0, true) => return Ok(None),
                (0, false) => return Err(ErrorKind::UnexpectedEof.into()),
                _ => {}
            }
        }
    }

    /// The next request; None when the client is done.
    pub(crate) fn request(&mut self) -> io::Result<Option<Request>> {
        match self.until(b"\r\n\r\n")? {
            Some(head) => parse(&self.buffer[head]).map(Some),
            None => Ok(None),
        }
    }

    /// Hands over a body of known length; what is not wanted is thrown away where that costs least.
    pub(crate) fn body(
        &mut self,
        length: u64,
        pace: &mut Pace,
        count: &AtomicU64,
        take: &mut Take<'_>,
    ) -> io::Result<()> {
        let (mut left, mut wanted) = (length, true);
        while left > 0 {
            let most = usize::try_from(left).unwrap_or(usize::MAX);
            let moved = match (&self.io, wanted || self.start < self.end) {
                (Io::Plain(stream), false) => {
                    kernel::discard(stream, pace.piece(most.min(DISCARD)))?
                }
                _ => {
                    if self.start == self.end {
                        self.read_some(pace.piece(most))?;
                    }
                    let piece = self.start..self.end.min(self.start.saturating_add(most));
                    self.start = piece.end;
                    wanted = wanted && take(&self.buffer[piece.clone()]);
                    piece.len()
                }
            };
            if moved == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            left -= moved as u64;
            count.fetch_add(moved as u64, Relaxed);
            pace.moved(moved);
        }
        Ok(())
    }

    fn read_some(&mut self, most: usize) -> io::Result<()> {
        let most = most.min(self.buffer.len());
        (self.start, self.end) = (0, 0);
        self.end = self.io.read(&mut self.buffer[..most])?;
        Ok(())
    }

    /// Hands over a body in chunks.
    pub(crate) fn chunked(
        &mut self,
        pace: &mut Pace,
        count: &AtomicU64,
        take: &mut Take<'_>,
    ) -> io::Result<()> {
        loop {
            let line = self.line()?;
            let digits = line.split(';').next().unwrap_or_default().trim();
            let size = u64::from_str_radix(digits, 16).map_err(invalid)?;
            if size == 0 {
                while !self.line()?.is_empty() {}
                return Ok(());
            }
            self.body(size, pace, count, take)?;
            self.line()?;
        }
    }

    fn line(&mut self) -> io::Result<String> {
        let line = self.until(b"\r\n")?.ok_or(ErrorKind::UnexpectedEof)?;
        Ok(String::from_utf8_lossy(&self.buffer[line])
            .trim_end()
            .to_owned())
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.io.write_all(bytes)
    }

    /// Sends a head, and the bytes of the window after it.
    pub(crate) fn send_with(
        &mut self,
        mut head: Vec<u8>,
        window: &Window,
        pace: &mut Pace,
        count: &AtomicU64,
    ) -> io::Result<()> {
        // The first bytes travel with the head, so that small objects are one packet.
        let first = window.read(0, pace.piece(64 << 10))?;
        head.extend_from_slice(&first);
        self.send(&head)?;
        let mut moved = first.len();
        let mut at = 0;
        loop {
            at += moved as u64;
            count.fetch_add(moved as u64, Relaxed);
            pace.moved(moved);
            let left = window.length - at;
            if left == 0 {
                return Ok(());
            }
            let most = pace.piece(usize::try_from(left).unwrap_or(usize::MAX).min(1 << 20));
            moved = match &mut self.io {
                Io::Plain(stream) => window.send_file(stream, at, most)?,
                Io::Tls(stream) => {
                    let piece = window.read(at, most.min(BUFFER))?;
                    stream.write_all(&piece)?;
                    stream.flush()?;
                    piece.len()
                }
            };
            if moved == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
        }
    }
}
