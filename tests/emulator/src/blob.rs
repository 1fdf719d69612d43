//! Bytes of objects and parts: taken in once, then shared and never changed.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use crc::{Digest, Table};
use ring::digest;
use tokio::sync::mpsc;

use crate::crc64;

/// How much is read, and kept together in memory, at a time.
const BLOCK: usize = 256 * 1024;

/// Where bytes go.
#[derive(Debug)]
pub(crate) struct Shelf {
    directory: Option<PathBuf>,
    next: AtomicU64,
}

impl Shelf {
    pub(crate) fn new(directory: Option<PathBuf>) -> Self {
        Self {
            directory,
            next: AtomicU64::new(0),
        }
    }

    pub(crate) fn sink(&self, with_sha1: bool) -> io::Result<Sink> {
        let target = match &self.directory {
            None => Target::Memory(Vec::new(), Vec::new()),
            Some(directory) => {
                let number = self.next.fetch_add(1, Ordering::Relaxed);
                let path = directory.join(format!("segment-{}-{number}", std::process::id()));
                Target::File(File::create_new(&path)?, Remaining(path))
            }
        };
        Ok(Sink {
            target,
            size: 0,
            md5: Some(md5::Context::new()),
            crc: crc64::digest(),
            sha1: with_sha1.then(|| digest::Context::new(&digest::SHA1_FOR_LEGACY_USE_ONLY)),
        })
    }
}

/// A file that goes when nobody needs it any more.
#[derive(Debug)]
struct Remaining(PathBuf);

impl Drop for Remaining {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

enum Target {
    Memory(Vec<Bytes>, Vec<u8>),
    File(File, Remaining),
}

/// Takes one body and digests it on the way.
pub(crate) struct Sink {
    target: Target,
    size: u64,
    /// Absent while somebody else computes it.
    md5: Option<md5::Context>,
    crc: Digest<'static, u64, Table<16>>,
    sha1: Option<digest::Context>,
}

/// A body that has come in completely.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) blob: Blob,
    pub(crate) md5: [u8; 16],
    pub(crate) crc64: u64,
    pub(crate) sha1: Option<Vec<u8>>,
}

impl Sink {
    /// Hands the MD5 over to the caller, who brings it back by [`Sink::set_md5`].
    pub(crate) fn take_md5(&mut self) -> Option<md5::Context> {
        self.md5.take()
    }

    pub(crate) fn set_md5(&mut self, md5: Option<md5::Context>) {
        self.md5 = md5;
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.size += bytes.len() as u64;
        if let Some(md5) = &mut self.md5 {
            md5.consume(bytes);
        }
        self.crc.update(bytes);
        if let Some(sha1) = &mut self.sha1 {
            sha1.update(bytes);
        }
        match &mut self.target {
            Target::File(file, _) => file.write_all(bytes),
            Target::Memory(blocks, open) => {
                open.extend_from_slice(bytes);
                if open.len() >= BLOCK {
                    blocks.push(Bytes::from(std::mem::take(open)));
                }
                Ok(())
            }
        }
    }

    pub(crate) fn finish(self) -> Received {
        let data = match self.target {
            Target::File(_, path) => Data::File(path),
            Target::Memory(mut blocks, open) => {
                if !open.is_empty() {
                    blocks.push(Bytes::from(open));
                }
                Data::Memory(blocks)
            }
        };
        Received {
            blob: Blob {
                segments: vec![Segment {
                    data: Arc::new(data),
                    size: self.size,
                }],
            },
            md5: self.md5.unwrap_or_default().finalize().0,
            crc64: self.crc.finalize(),
            sha1: self.sha1.map(|sha1| sha1.finish().as_ref().to_vec()),
        }
    }
}

#[derive(Debug)]
enum Data {
    Memory(Vec<Bytes>),
    File(Remaining),
}

#[derive(Debug, Clone)]
struct Segment {
    data: Arc<Data>,
    size: u64,
}

/// A sequence of segments. Cloning and joining copy no bytes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Blob {
    segments: Vec<Segment>,
}

impl Blob {
    pub(crate) fn size(&self) -> u64 {
        self.segments.iter().map(|segment| segment.size).sum()
    }

    pub(crate) fn append(&mut self, other: &Blob) {
        self.segments.extend(other.segments.iter().cloned());
    }

    /// The `length` bytes from `from`, block by block.
    pub(crate) fn open(&self, from: u64, length: u64) -> Blocks {
        let mut slices = Vec::new();
        let (mut skip, mut left) = (from, length);
        for segment in &self.segments {
            if skip >= segment.size {
                skip -= segment.size;
            } else if left > 0 {
                let size = left.min(segment.size - skip);
                slices.push(Slice {
                    data: Arc::clone(&segment.data),
                    from: skip,
                    size,
                });
                skip = 0;
                left -= size;
            }
        }
        if slices
            .iter()
            .all(|slice| matches!(*slice.data, Data::Memory(_)))
        {
            return Blocks::Ready(slices.iter().flat_map(Slice::in_memory).collect());
        }
        let (give, take) = mpsc::channel(4);
        tokio::task::spawn_blocking(move || {
            for slice in slices {
                if slice.send(&give).is_err() {
                    return;
                }
            }
        });
        Blocks::Read(take)
    }

    /// All bytes, read on the calling thread.
    pub(crate) fn bytes(&self) -> io::Result<Vec<u8>> {
        let mut all = Vec::new();
        for segment in &self.segments {
            match &*segment.data {
                Data::Memory(blocks) => blocks.iter().for_each(|b| all.extend_from_slice(b)),
                Data::File(path) => all.extend(std::fs::read(&path.0)?),
            }
        }
        Ok(all)
    }
}

struct Slice {
    data: Arc<Data>,
    from: u64,
    size: u64,
}

/// Why a reading thread stops early: nobody listens, or the error was passed on.
struct Stopped;

impl Slice {
    fn in_memory(&self) -> Vec<Bytes> {
        let Data::Memory(blocks) = &*self.data else {
            return Vec::new();
        };
        let (mut skip, mut left) = (self.from, self.size);
        let mut slices = Vec::new();
        for block in blocks {
            let size = block.len() as u64;
            if skip >= size {
                skip -= size;
            } else if left > 0 {
                let take = left.min(size - skip);
                slices.push(block.slice(skip as usize..(skip + take) as usize));
                skip = 0;
                left -= take;
            }
        }
        slices
    }

    fn send(&self, give: &mpsc::Sender<io::Result<Bytes>>) -> Result<(), Stopped> {
        let pass = |item| give.blocking_send(item).map_err(|_| Stopped);
        let Data::File(path) = &*self.data else {
            return self
                .in_memory()
                .into_iter()
                .try_for_each(|block| pass(Ok(block)));
        };
        let opened = File::open(&path.0).and_then(|mut file| {
            file.seek(SeekFrom::Start(self.from))?;
            Ok(file)
        });
        let mut file = match opened {
            Ok(file) => file,
            Err(error) => return pass(Err(error)).and(Err(Stopped)),
        };
        let mut left = self.size;
        while left > 0 {
            let mut block = vec![0; left.min(BLOCK as u64) as usize];
            if let Err(error) = file.read_exact(&mut block) {
                return pass(Err(error)).and(Err(Stopped));
            }
            left -= block.len() as u64;
            pass(Ok(Bytes::from(block)))?;
        }
        Ok(())
    }
}

/// Blocks of a blob in order.
#[derive(Debug)]
pub(crate) enum Blocks {
    Ready(VecDeque<Bytes>),
    Read(mpsc::Receiver<io::Result<Bytes>>),
}
