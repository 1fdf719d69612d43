//! HTTP/1.1 as far as the floor needs it.

use std::fs::File;
use std::io::{Error, ErrorKind, Read, Result, Write};
use std::net::TcpStream;
use std::os::unix::fs::FileExt;

/// What is read or written at once, in bytes.
const BUFFER: usize = 256 << 10;

/// What the head of an answer says.
pub(super) struct Head {
    /// Content-Length, in bytes.
    pub(super) length: u64,
    etag: String,
}

/// A connection, and what was read beyond the last head.
pub(super) struct Connection {
    stream: TcpStream,
    host: String,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
}

impl Connection {
    pub(super) fn open(host: &str) -> Result<Self> {
        let stream = TcpStream::connect(host)?;
        stream.set_nodelay(true)?;
        let buffer = vec![0; BUFFER];
        Ok(Self {
            stream,
            host: host.to_owned(),
            buffer,
            start: 0,
            end: 0,
        })
    }

    fn begin(&self, method: &str, target: &str, headers: &str, length: u64) -> String {
        let host = &self.host;
        format!(
            "{method} {target} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\n{headers}\r\n"
        )
    }

    /// Sends a request with a small body, and reads the head of the answer.
    pub(super) fn ask(
        &mut self,
        method: &str,
        target: &str,
        headers: &str,
        body: &[u8],
    ) -> Result<Head> {
        let mut request = self
            .begin(method, target, headers, body.len() as u64)
            .into_bytes();
        request.extend_from_slice(body);
        self.stream.write_all(&request)?;
        self.head()
    }

    /// Sends a part of a file through the buffer; gives back the ETag.
    pub(super) fn send_file(
        &mut self,
        method: &str,
        target: &str,
        file: &File,
        offset: u64,
        length: u64,
    ) -> Result<String> {
        let request = self.begin(method, target, "", length);
        self.stream.write_all(request.as_bytes())?;
        let mut at = 0;
        while at < length {
            let most = (length - at).min(BUFFER as u64) as usize;
            let read = file.read_at(&mut self.buffer[..most], offset + at)?;
            if read == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            self.stream.write_all(&self.buffer[..read])?;
            at += read as u64;
        }
        self.head().map(|head| head.etag)
    }

    fn head(&mut self) -> Result<Head> {
        (self.start, self.end) = (0, 0);
        let length = loop {
            let read = &self.buffer[..self.end];
            if let Some(at) = read.windows(4).position(|mark| mark == b"\r\n\r\n") {
                break at + 4;
            }
            self.fill()?;
        };
        self.start = length;
        let text = String::from_utf8_lossy(&self.buffer[..length]);
        let value = |name: &str| {
            let mut lines = text.lines().filter_map(|line| line.split_once(": "));
            let found = lines.find(|(other, _)| other.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.to_owned()).unwrap_or_default()
        };
        match text.get(9..10) {
            Some("2") => Ok(Head {
                length: value("content-length").parse().unwrap_or(0),
                etag: value("etag"),
            }),
            _ => Err(Error::other(text.into_owned())),
        }
    }

    fn fill(&mut self) -> Result<()> {
        let read = self.stream.read(&mut self.buffer[self.end..])?;
        if read == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        self.end += read;
        Ok(())
    }

    /// Hands over the body of an answer.
    pub(super) fn body(
        &mut self,
        length: u64,
        mut take: impl FnMut(&[u8]) -> Result<()>,
    ) -> Result<()> {
        let mut left = length;
        while left > 0 {
            if self.start == self.end {
                (self.start, self.end) = (0, 0);
                self.fill()?;
            }
            let most = left.min((self.end - self.start) as u64) as usize;
            take(&self.buffer[self.start..self.start + most])?;
            self.start += most;
            left -= most as u64;
        }
        Ok(())
    }

    /// The body of an answer as text.
    pub(super) fn text(&mut self, length: u64) -> Result<String> {
        let mut text = Vec::with_capacity(length as usize);
        self.body(length, |piece| {
            text.extend_from_slice(piece);
            Ok(())
        })?;
        String::from_utf8(text).map_err(Error::other)
    }
}
