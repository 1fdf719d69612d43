//! The two bodies of an exchange: the one that is sent and the one that comes back.

use std::io::{self, Read};
use std::sync::Arc;

use super::errors;
use super::stop::Exchange;
use crate::error::{Error, ErrorKind, Result};

/// How much of an answer that nobody wants is taken to save its connection, in bytes.
const WORTH_TAKING: u64 = 64 << 10;

/// The body of a request, exactly as long as promised.
///
/// ureq asks for bytes until it has the promised length, whatever comes: an end before that must
/// be an error, and once nothing is sent any more it gets bytes that mean nothing.
pub(super) struct Outbound<'a> {
    reader: &'a mut dyn Read,
    length: u64,
    left: u64,
    exchange: &'a Exchange,
}

impl<'a> Outbound<'a> {
    /// The body of `length` bytes that `reader` yields.
    pub(super) fn new(reader: &'a mut dyn Read, length: u64, exchange: &'a Exchange) -> Self {
        Self {
            reader,
            length,
            left: length,
            exchange,
        }
    }
}

impl Read for Outbound<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.exchange.check()?;
        let most = self.left.min(buffer.len() as u64) as usize;
        if self.exchange.has_given_up() {
            self.left -= most as u64;
            return Ok(most);
        }
        let taken = loop {
            match self.reader.read(&mut buffer[..most]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Ok(taken) => break taken.min(most),
                Err(error) => return Err(unreadable(error).into()),
            }
        };
        if taken == 0 && most > 0 {
            let (length, had) = (self.length, self.length - self.left);
            let why = format!("the body ended after {had} of {length} bytes");
            return Err(Error::new(ErrorKind::SourceChanged, why).into());
        }
        self.left -= taken as u64;
        Ok(taken)
    }
}

/// The failure of the caller's reader, as it is where it is coslink's already.
fn unreadable(error: io::Error) -> Error {
    Error::from_io(error).unwrap_or_else(|error| {
        Error::new(ErrorKind::LocalIo, format!("cannot read the body: {error}")).with_source(error)
    })
}

/// The body of an answer. It fails where the answer ends early, and gives its connection back as
/// soon as the last byte is read.
pub(super) struct Inbound {
    reader: Option<ureq::BodyReader<'static>>,
    exchange: Arc<Exchange>,
    length: Option<u64>,
    had: u64,
    failed: Option<(ErrorKind, String, bool)>,
}

impl Inbound {
    /// The body of an answer that promises `length` bytes, or does not say how many they are.
    pub(super) fn new(body: ureq::Body, length: Option<u64>, exchange: Arc<Exchange>) -> Self {
        Self {
            reader: Some(body.into_reader()),
            exchange,
            length,
            had: 0,
            failed: None,
        }
    }

    fn try_read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        if let Some((kind, message, retryable)) = &self.failed {
            return Err(Error::new(*kind, message.as_str()).with_retryable(*retryable));
        }
        if buffer.is_empty() {
            return Ok(0);
        }
        let Some(mut reader) = self.reader.take() else {
            return Ok(0);
        };
        self.exchange.check()?;
        let taken = loop {
            match reader.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        let taken = taken.map_err(|e| errors::from_body(e, &self.exchange, || self.short()))?;
        self.had += taken as u64;
        if taken == 0 {
            self.check_end()?;
        } else if self.length == Some(self.had) {
            // ureq gives the connection back only when it is asked once more.
            let _ = reader.read(&mut [0]);
        } else {
            self.reader = Some(reader);
        }
        Ok(taken)
    }

    /// Whether an end here is the end of the answer.
    fn check_end(&self) -> Result<()> {
        if self.length.is_some_and(|length| self.had < length) {
            return Err(self.short());
        }
        if self.exchange.is_stopped() {
            return Err(self.exchange.reason());
        }
        if self.exchange.is_unclean() {
            return Err(errors::transport(
                "TLS ended within the answer, without its close_notify",
            ));
        }
        Ok(())
    }

    fn short(&self) -> Error {
        let had = self.had;
        errors::transport(match self.length {
            Some(length) => format!("the answer ended after {had} of {length} bytes"),
            None => format!("the answer ended after {had} bytes, before its end"),
        })
    }

    /// Takes the rest when all of it is here already, so that the connection can be used again.
    fn finish(&mut self) {
        let left = self.length.map_or(0, |length| length - self.had);
        if left == 0 || left > WORTH_TAKING || self.exchange.is_stopped() {
            return;
        }
        self.exchange.hurry();
        let mut scratch = [0; 4096];
        while self.reader.is_some() && self.try_read(&mut scratch).is_ok() {}
    }
}

impl Read for Inbound {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.try_read(buffer).map_err(|error| {
            let message = error.message().to_owned();
            self.failed = Some((error.kind(), message, error.is_retryable()));
            error.into()
        })
    }
}

impl Drop for Inbound {
    fn drop(&mut self) {
        if self.reader.is_some() {
            self.finish();
        }
    }
}
