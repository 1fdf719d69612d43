//! The content of an object while it arrives.

use std::fmt;
use std::io::{self, Read, Write};
use std::path::Path;

use super::get_object::GetObject;
use crate::error::{Error, ErrorKind, Result};
use crate::file::PartFile;
use crate::op::Operation;
use crate::watch::{Meter, Watch};
use crate::wire::digest::Crc64;
use crate::wire::fault;

/// The content of an object, to be read to its end.
///
/// The end comes only when as many bytes as promised have arrived and, for a whole object, when
/// their CRC64 is the one that COS states; else `read` fails with an [`Error`] inside the
/// [`io::Error`] (see [`Error::from_io`]). Dropping it early closes the connection.
pub struct ObjectBody {
    reader: Box<dyn Read + Send>,
    length: Option<u64>,
    read: u64,
    crc64: Crc64,
    expected: Option<u64>,
    ended: bool,
}

/// How much is read at a time, in bytes.
const BLOCK: u64 = 128 << 10;

impl ObjectBody {
    /// A body that promises so many bytes and this CRC64, as far as it is known.
    pub(crate) fn new(
        reader: Box<dyn Read + Send>,
        length: Option<u64>,
        expected: Option<u64>,
    ) -> Self {
        Self {
            reader,
            length,
            read: 0,
            crc64: Crc64::new(),
            expected,
            ended: false,
        }
    }

    /// How many bytes there are in all; None when the answer does not tell.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// Whether the end was reached and the CRC64 of all bytes was that of the object. False for a
    /// range and for an object whose CRC64 COS does not state; then only the length was checked.
    pub fn is_verified(&self) -> bool {
        self.ended && self.expected.is_some()
    }

    /// CRC64 of what was read so far.
    pub(crate) fn crc64(&self) -> u64 {
        self.crc64.value()
    }

    /// The whole content in memory.
    pub fn into_bytes(mut self) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let known = usize::try_from(self.length.unwrap_or_default()).unwrap_or(usize::MAX);
        bytes.try_reserve(known).map_err(|e| {
            Error::new(ErrorKind::LocalIo, format!("no memory for {known} bytes")).with_source(e)
        })?;
        self.read_to_end(&mut bytes).map_err(fault::while_reading)?;
        Ok(bytes)
    }

    /// Writes the whole content, flushes, and returns how many bytes it was.
    ///
    /// # Errors
    /// `WrongState` when some of it was read before; `LocalIo` when the writer fails. What was
    /// written before any error stays written.
    pub fn write_to(&mut self, writer: impl Write) -> Result<u64> {
        self.write_to_with(writer, ())
    }

    /// The same, while `watch` looks on.
    pub fn write_to_with(&mut self, mut writer: impl Write, mut watch: impl Watch) -> Result<u64> {
        self.check_unused()?;
        let failed = |e| {
            Error::from_io(e).unwrap_or_else(|e| {
                Error::new(ErrorKind::LocalIo, format!("the writer failed: {e}")).with_source(e)
            })
        };
        let mut meter = Meter::new(&mut watch, self.length.unwrap_or_default());
        let most = self.length.unwrap_or(BLOCK).clamp(1, BLOCK);
        let mut block = vec![0; most as usize];
        loop {
            meter.reach_or_stop(self.read)?;
            let count = self.read(&mut block).map_err(fault::while_reading)?;
            if count == 0 {
                break;
            }
            writer.write_all(&block[..count]).map_err(failed)?;
        }
        writer.flush().map_err(failed)?;
        meter.reach_or_stop(self.read)?;
        let _ = meter.finish();
        Ok(self.read)
    }

    fn check_unused(&self) -> Result<()> {
        if self.read > 0 || self.ended {
            let why = "some of the body was read before";
            return Err(Error::new(ErrorKind::WrongState, why));
        }
        Ok(())
    }

    /// Puts the whole content into a file and returns how many bytes it was. The bytes go into
    /// `<path>.coslink-part`, which replaces the file in one step when they are whole and checked;
    /// on any error the file stays as it was.
    pub fn save(&mut self, path: impl AsRef<Path>) -> Result<u64> {
        self.save_with(path, ())
    }

    /// The same, while `watch` looks on.
    pub fn save_with(&mut self, path: impl AsRef<Path>, watch: impl Watch) -> Result<u64> {
        self.check_unused()?;
        let file = PartFile::create(path.as_ref())?;
        let length = self.write_to_with(&file, watch)?;
        file.commit()?;
        Ok(length)
    }

    /// Whether this end is the one that was promised, with the bytes that were promised.
    fn check_end(&self) -> Result<()> {
        let crc64 = self.crc64.value();
        let wrong = match (self.length, self.expected) {
            (Some(length), _) if length != self.read => Error::new(
                ErrorKind::Protocol,
                format!("the answer has {} of {length} bytes", self.read),
            ),
            (_, Some(expected)) if expected != crc64 => Error::new(
                ErrorKind::Integrity,
                format!("CRC64 of the bytes received is {crc64}, the object's is {expected}"),
            ),
            _ => return Ok(()),
        };
        Err(wrong.with_operation(GetObject::NAME).with_retryable(true))
    }

    /// Reads the end that must stand behind the last byte.
    fn finish(&mut self) -> io::Result<()> {
        let more = self.reader.read(&mut [0])?;
        self.read += more as u64;
        self.check_end()?;
        self.ended = true;
        Ok(())
    }
}

impl Read for ObjectBody {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.ended || buffer.is_empty() {
            return Ok(0);
        }
        let left = self
            .length
            .map_or(u64::MAX, |length| length - self.read.min(length));
        let wanted = usize::try_from(left)
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        let count = self.reader.read(&mut buffer[..wanted])?;
        let before = (self.read, self.crc64.clone());
        self.read += count as u64;
        self.crc64.update(&buffer[..count]);
        // Checked before the last bytes are handed out: not every reader asks once more.
        if (count == 0 || Some(self.read) == self.length)
            && let Err(error) = self.finish()
        {
            // What is not handed out does not count either.
            (self.read, self.crc64) = before;
            return Err(error);
        }
        Ok(count)
    }
}

impl fmt::Debug for ObjectBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObjectBody")
            .field("length", &self.length)
            .field("read", &self.read)
            .finish_non_exhaustive()
    }
}
