//! What objects are made of.

use std::fs::File;
use std::io;
use std::net::TcpStream;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use super::kernel;
use super::sums::{Sums, crc64_of_zeros};

/// Where the bytes of an object are.
#[derive(Clone)]
enum Source {
    Bytes(Arc<[u8]>),
    /// A file that is repeated after so many bytes.
    File(Arc<File>, u64),
    /// Thrown away when they came.
    Gone,
}

/// An object or a part.
#[derive(Clone)]
pub(crate) struct Content {
    source: Source,
    /// In bytes.
    pub(crate) size: u64,
    pub(crate) sums: Sums,
}

impl Content {
    /// Bytes that are kept.
    pub(crate) fn kept(bytes: Vec<u8>, sums: Sums) -> Self {
        Self {
            size: bytes.len() as u64,
            source: Source::Bytes(bytes.into()),
            sums,
        }
    }

    /// Bytes of which only the sums are kept.
    pub(crate) fn gone(size: u64, sums: Sums) -> Self {
        Self {
            source: Source::Gone,
            size,
            sums,
        }
    }

    /// The content of a file, which must stay as it is.
    pub(crate) fn of_file(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let size = file.metadata()?.len();
        let crc64 = crc64_of(&file)?;
        Ok(Self {
            source: Source::File(Arc::new(file), size),
            size,
            sums: big_sums(crc64),
        })
    }

    /// Whether a client can have it back.
    pub(crate) fn is_there(&self) -> bool {
        !matches!(self.source, Source::Gone)
    }

    /// A part of it, in bytes.
    pub(crate) fn window(&self, offset: u64, length: u64) -> Window {
        Window {
            source: self.source.clone(),
            offset,
            length,
        }
    }
}

/// The sums of a big object: its ETag is no MD5, as for everything that was put in parts.
fn big_sums(crc64: u64) -> Sums {
    Sums {
        etag: format!("{crc64:032x}-1"),
        crc64,
    }
}

fn crc64_of(file: &File) -> io::Result<u64> {
    let (mut digest, mut piece, mut at) = (crc64fast::Digest::new(), vec![0; 1 << 20], 0);
    loop {
        match file.read_at(&mut piece, at)? {
            0 => return Ok(digest.sum64()),
            read => {
                digest.write(&piece[..read]);
                at += read as u64;
            }
        }
    }
}

/// Objects of zero bytes, of any size.
pub(crate) struct Zeros {
    file: Arc<File>,
}

impl Zeros {
    const LENGTH: u64 = 16 << 20;

    pub(crate) fn new() -> io::Result<Self> {
        let file = tempfile::tempfile()?;
        file.set_len(Self::LENGTH)?;
        Ok(Self {
            file: Arc::new(file),
        })
    }

    pub(crate) fn object(&self, size: u64) -> Content {
        let source = Source::File(self.file.clone(), Self::LENGTH);
        Content {
            source,
            size,
            sums: big_sums(crc64_of_zeros(size)),
        }
    }
}

/// A part of an object that is sent.
pub(crate) struct Window {
    source: Source,
    offset: u64,
    /// In bytes.
    pub(crate) length: u64,
}

impl Window {
    /// Of the file: where it is read, and how much at most without a turn.
    fn place(&self, at: u64, most: usize, period: u64) -> (u64, usize) {
        let place = (self.offset + at) % period;
        let most = (most as u64).min(self.length - at).min(period - place);
        (place, most as usize)
    }

    /// At most so many bytes from there on.
    pub(crate) fn read(&self, at: u64, most: usize) -> io::Result<Vec<u8>> {
        match &self.source {
            Source::Bytes(bytes) => {
                let start = (self.offset + at) as usize;
                let most = most.min((self.length - at) as usize);
                Ok(bytes[start..start + most].to_vec())
            }
            Source::File(_, 0) | Source::Gone => Ok(Vec::new()),
            Source::File(file, period) => {
                let (place, most) = self.place(at, most, *period);
                let mut piece = vec![0; most];
                file.read_exact_at(&mut piece, place)?;
                Ok(piece)
            }
        }
    }

    /// Sends at most so many bytes from there on; gives back how many.
    pub(crate) fn send_file(&self, stream: &TcpStream, at: u64, most: usize) -> io::Result<usize> {
        match &self.source {
            Source::File(file, period) => {
                let (place, most) = self.place(at, most, *period);
                kernel::send_file(stream, file, place, most)
            }
            _ => {
                let bytes = self.read(at, most)?;
                io::Write::write_all(&mut &*stream, &bytes)?;
                Ok(bytes.len())
            }
        }
    }
}
