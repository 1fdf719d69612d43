//! The bytes of a body while they are sent: read, counted and summed up in one go.

use std::fs::File;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result};
use crate::file::{self, SourceFile};
use crate::wire::body::{Body, Kind};
use crate::wire::digest::Crc64;

/// Told after each block how many bytes of the attempt have been taken so far.
pub(crate) type Moved<'m> = &'m mut dyn FnMut(u64) -> ControlFlow<()>;

/// Reads exactly as many bytes as were promised; fewer are an error, more are left.
pub(crate) struct Source<'a, 'm> {
    from: From<'a>,
    length: u64,
    taken: u64,
    crc64: Crc64,
    moved: Moved<'m>,
}

enum From<'a> {
    Bytes(&'a [u8]),
    File(Arc<File>, u64),
    Reader(Box<dyn Read + Send>),
}

/// How many bytes a body has, without using it up.
pub(crate) fn length(body: &Body<'_>) -> Result<u64> {
    match &body.0 {
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
    pub(crate) fn open(body: &'a Body<'_>, moved: Moved<'m>) -> Result<Self> {
        let (from, length) = match &body.0 {
            Kind::Bytes(bytes) => (From::Bytes(bytes), bytes.len() as u64),
            Kind::Open {
                file,
                offset,
                length,
            } => (From::File(Arc::clone(file), *offset), *length),
            Kind::File {
                path,
                offset,
                length,
            } => {
                let source = SourceFile::open(path)?;
                let rest = source.size().saturating_sub(*offset);
                let length = length.unwrap_or(rest);
                if length > rest {
                    let why = format!("{} has only {rest} bytes from there", path.display());
                    return Err(Error::invalid("body", why));
                }
                (From::File(source.file(), *offset), length)
            }
            Kind::Reader { reader, length } => {
                let taken = reader.lock().ok().and_then(|mut reader| reader.take());
                let gone = || Error::new(ErrorKind::WrongState, "the reader was used before");
                (From::Reader(taken.ok_or_else(gone)?), *length)
            }
        };
        Ok(Self {
            from,
            length,
            taken: 0,
            crc64: Crc64::new(),
            moved,
        })
    }

    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// CRC64 of all bytes; None while some are still to be read.
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
}

impl Read for Source<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.length - self.taken).unwrap_or(usize::MAX);
        let wanted = left.min(buffer.len());
        if wanted == 0 {
            return Ok(0);
        }
        let count = loop {
            match self.fill(&mut buffer[..wanted]) {
                Ok(count) => break count,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(self.failed(e).into()),
            }
        };
        if count == 0 {
            let (taken, length) = (self.taken, self.length);
            let message = format!("the source ended after {taken} of {length} bytes");
            return Err(Error::new(ErrorKind::SourceChanged, message).into());
        }
        self.crc64.update(&buffer[..count]);
        self.taken += count as u64;
        if (self.moved)(self.taken).is_break() {
            return Err(Error::new(ErrorKind::Cancelled, "the caller said stop").into());
        }
        Ok(count)
    }
}
