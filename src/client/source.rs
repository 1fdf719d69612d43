//! The bytes of a body while they are sent: read, counted and summed up in one go.

use std::fs::File;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::error::{Error, ErrorKind, Result};
use crate::file::{self, SourceFile};
use crate::wire::body::{Body, Kind};
use crate::wire::digest::Crc64;

/// Told after each block how many bytes of the attempt have been taken so far.
pub(crate) type Moved<'m> = &'m mut dyn FnMut(u64) -> ControlFlow<()>;

/// Reads exactly as many bytes as were promised; fewer are an error, more are left.
pub(crate) struct Source<'a, 'm> {
    from: From<'a>,
    before: &'a [u8],
    after: &'a [u8],
    /// Of the content, without what stands around it.
    length: u64,
    taken: u64,
    crc64: Crc64,
    /// How much is read at once.
    piece: usize,
    moved: Moved<'m>,
    /// Waits until so many bytes may be sent.
    pass: &'m mut dyn FnMut(u64),
}

/// The first piece, in bytes, and the least that pieces shrink to while a limit makes them wait:
/// a connection on which nothing moves for long is closed by the service.
const FIRST_PIECE: usize = 64 << 10;
const LEAST_PIECE: usize = 16 << 10;
/// The wait after which the next piece is smaller.
const LONG_WAIT: Duration = Duration::from_millis(100);

enum From<'a> {
    Bytes(&'a [u8]),
    File(Arc<File>, u64),
    Reader(Box<dyn Read + Send>),
}

/// How many bytes the content of a body has, without using it up.
pub(crate) fn length(body: &Body<'_>) -> Result<u64> {
    match &body.kind {
        Kind::Bytes(bytes) => Ok(bytes.len() as u64),
        Kind::Open { length, .. } | Kind::Reader { length, .. } => Ok(*length),
        Kind::File {
            length: Some(length),
            ..
        } => Ok(*length),
        Kind::File {
            path,
            offset,
            length: None,
        } => Ok(SourceFile::open(path)?.size().saturating_sub(*offset)),
    }
}

impl<'a, 'm> Source<'a, 'm> {
    /// Opens what the body describes.
    pub(crate) fn open(
        body: &'a Body<'_>,
        moved: Moved<'m>,
        pass: &'m mut dyn FnMut(u64),
    ) -> Result<Self> {
        let (from, length) = content(body)?;
        let frame = body.frame.as_deref();
        Ok(Self {
            from,
            before: frame.map_or(&[], |frame| &frame.before),
            after: frame.map_or(&[], |frame| &frame.after),
            length,
            taken: 0,
            crc64: Crc64::new(),
            piece: FIRST_PIECE,
            moved,
            pass,
        })
    }

    /// How many bytes are sent, in all.
    pub(crate) fn length(&self) -> u64 {
        self.before.len() as u64 + self.length + self.after.len() as u64
    }

    /// CRC64 of the content; None while some of it is still to be read.
    pub(crate) fn crc64(&self) -> Option<u64> {
        (self.taken == self.length).then(|| self.crc64.value())
    }

    fn fill(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.from {
            From::Bytes(bytes) => bytes.read(buffer),
            From::File(file, offset) => file::read_at(file, buffer, *offset + self.taken),
            From::Reader(reader) => reader.read(buffer),
        }
    }

    fn failed(&self, error: io::Error) -> Error {
        let kind = match self.from {
            From::Reader(_) => ErrorKind::Callback,
            _ => ErrorKind::LocalIo,
        };
        Error::from_io(error).unwrap_or_else(|e| {
            Error::new(kind, format!("reading what is sent failed: {e}")).with_source(e)
        })
    }

    fn read_content(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = loop {
            match self.fill(buffer) {
                Ok(count) => break count,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(self.failed(e).into()),
            }
        };
        if count > buffer.len() {
            let why = "the reader says that it read more than it was asked for";
            return Err(Error::new(ErrorKind::Callback, why).into());
        }
        if count == 0 {
            let (taken, length) = (self.taken, self.length);
            let message = format!("the source ended after {taken} of {length} bytes");
            return Err(Error::new(ErrorKind::SourceChanged, message).into());
        }
        self.crc64.update(&buffer[..count]);
        self.taken += count as u64;
        let begun = Instant::now();
        (self.pass)(count as u64);
        if (self.moved)(self.taken).is_break() {
            return Err(Error::new(ErrorKind::Cancelled, "the caller said stop").into());
        }
        self.piece = match begun.elapsed() < LONG_WAIT {
            true => self.piece.saturating_mul(2),
            false => (self.piece / 2).max(LEAST_PIECE),
        };
        Ok(count)
    }
}

/// What the content is read from, and how long it is.
fn content<'a>(body: &'a Body<'_>) -> Result<(From<'a>, u64)> {
    match &body.kind {
        Kind::Bytes(bytes) => Ok((From::Bytes(bytes), bytes.len() as u64)),
        Kind::Open {
            file,
            offset,
            length,
        } => Ok((From::File(Arc::clone(file), *offset), *length)),
        Kind::File {
            path,
            offset,
            length,
        } => {
            let source = SourceFile::open(path)?;
            let rest = source.size().checked_sub(*offset);
            let fits = rest.filter(|rest| length.is_none_or(|length| length <= *rest));
            let Some(rest) = fits else {
                let why = format!("{} has only {} bytes", path.display(), source.size());
                return Err(Error::invalid("body", why));
            };
            let length = length.unwrap_or(rest);
            Ok((From::File(source.file(), *offset), length))
        }
        Kind::Reader { reader, length } => {
            let taken = reader.lock().ok().and_then(|mut reader| reader.take());
            let gone = || Error::new(ErrorKind::WrongState, "the reader was used before");
            Ok((From::Reader(taken.ok_or_else(gone)?), *length))
        }
    }
}

impl Read for Source<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.before.is_empty() {
            return self.before.read(buffer);
        }
        let left = usize::try_from(self.length - self.taken).unwrap_or(usize::MAX);
        match left.min(buffer.len()).min(self.piece) {
            0 if left > 0 => Ok(0),
            0 => self.after.read(buffer),
            wanted => self.read_content(&mut buffer[..wanted]),
        }
    }
}
