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
                    from: 0,
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
    /// Where in the data it begins.
    from: u64,
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

    /// That many zero bytes, which take next to no memory.
    pub(crate) fn zeros(size: u64) -> Self {
        let block = Bytes::from(vec![0; BLOCK]);
        let mut blocks = Vec::new();
        let mut left = size;
        while left > 0 {
            let piece = left.min(BLOCK as u64);
            blocks.push(block.slice(..piece as usize));
            left -= piece;
        }
        Self {
            segments: vec![Segment {
                data: Arc::new(Data::Memory(blocks)),
                from: 0,
                size,
            }],
        }
    }

    /// This blob with the lowest bit of one byte inverted; the other bytes are shared.
    pub(crate) fn flipped(&self, at: u64) -> io::Result<Self> {
        let mut byte = self.slice(at, 1).bytes()?;
        byte.iter_mut().for_each(|byte| *byte ^= 1);
        let mut blob = self.slice(0, at);
        blob.segments.push(Segment {
            from: 0,
            size: byte.len() as u64,
            data: Arc::new(Data::Memory(vec![Bytes::from(byte)])),
        });
        blob.append(&self.slice(at.saturating_add(1), u64::MAX));
        Ok(blob)
    }

    /// The `length` bytes from `from`, shared with this blob.
    pub(crate) fn slice(&self, from: u64, length: u64) -> Self {
        let mut segments = Vec::new();
        let (mut skip, mut left) = (from, length);
        for segment in &self.segments {
            if skip >= segment.size {
                skip -= segment.size;
            } else if left > 0 {
                let size = left.min(segment.size - skip);
                segments.push(Segment {
                    data: Arc::clone(&segment.data),
                    from: segment.from + skip,
                    size,
                });
                skip = 0;
                left -= size;
            }
        }
        Self { segments }
    }

    /// All bytes, block by block.
    pub(crate) fn open(&self) -> Blocks {
        let segments = self.segments.clone();
        if segments
            .iter()
            .all(|segment| matches!(*segment.data, Data::Memory(_)))
        {
            return Blocks::Ready(segments.iter().flat_map(Segment::in_memory).collect());
        }
        let (give, take) = mpsc::channel(4);
        tokio::task::spawn_blocking(move || {
            for segment in segments {
                let sent = segment.read(&mut |block| give.blocking_send(Ok(block)).is_ok());
                match sent {
                    Ok(true) => {}
                    Ok(false) => return,
                    Err(error) => return drop(give.blocking_send(Err(error))),
                }
            }
        });
        Blocks::Read(take)
    }

    /// Reads everything on the calling thread.
    pub(crate) fn read(&self, mut take: impl FnMut(&[u8])) -> io::Result<()> {
        for segment in &self.segments {
            segment.read(&mut |block| {
                take(&block);
                true
            })?;
        }
        Ok(())
    }

    /// All bytes, read on the calling thread.
    pub(crate) fn bytes(&self) -> io::Result<Vec<u8>> {
        let mut all = Vec::new();
        self.read(|block| all.extend_from_slice(block))?;
        Ok(all)
    }
}

impl Segment {
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

    /// Hands over block by block until `take` wants no more: that is `false`.
    fn read(&self, take: &mut dyn FnMut(Bytes) -> bool) -> io::Result<bool> {
        let Data::File(path) = &*self.data else {
            return Ok(self.in_memory().into_iter().all(take));
        };
        let mut file = File::open(&path.0)?;
        file.seek(SeekFrom::Start(self.from))?;
        let mut left = self.size;
        while left > 0 {
            let mut block = vec![0; left.min(BLOCK as u64) as usize];
            file.read_exact(&mut block)?;
            left -= block.len() as u64;
            if !take(Bytes::from(block)) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Blocks of a blob in order.
#[derive(Debug)]
pub(crate) enum Blocks {
    Ready(VecDeque<Bytes>),
    Read(mpsc::Receiver<io::Result<Bytes>>),
}
