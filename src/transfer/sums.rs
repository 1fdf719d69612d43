//! Sums over bytes of local files.

use std::ops::Range;

use crate::error::{Error, ErrorKind, Result};
use crate::file::{self, SourceFile};
use crate::wire::digest::{Crc64, RunningMd5};

/// How much is read at once, in bytes.
const BLOCK: u64 = file::BLOCK as u64;

/// MD5 and CRC64 of some bytes.
pub(super) struct Sums {
    pub(super) md5: RunningMd5,
    pub(super) crc64: Crc64,
}

/// Sums up a range of a source. `passed` is told how many more bytes were read, and may stop it.
pub(super) fn of_source(
    source: &SourceFile,
    range: Range<u64>,
    passed: &mut dyn FnMut(u64) -> Result<()>,
) -> Result<Sums> {
    let mut sums = Sums {
        md5: RunningMd5::new(),
        crc64: Crc64::new(),
    };
    let file = source.file();
    let mut read = |block: &mut [u8], at| {
        file::read_at(&file, block, at).map_err(|e| Error::local("read", source.path(), e))
    };
    each_block(range, &mut read, &mut |block| {
        sums.md5.update(block);
        sums.crc64.update(block);
        passed(block.len() as u64)
    })?;
    Ok(sums)
}

/// Hands out the blocks of a range, all of it.
pub(super) fn each_block(
    range: Range<u64>,
    read: &mut dyn FnMut(&mut [u8], u64) -> Result<usize>,
    take: &mut dyn FnMut(&[u8]) -> Result<()>,
) -> Result<()> {
    let mut block = vec![0; BLOCK.min(range.end - range.start) as usize];
    let mut at = range.start;
    while at < range.end {
        let wanted = BLOCK.min(range.end - at) as usize;
        let count = read(&mut block[..wanted], at)?;
        if count == 0 {
            let message = format!("the file ends at {at} and not at {}", range.end);
            return Err(Error::new(ErrorKind::SourceChanged, message));
        }
        take(&block[..count])?;
        at += count as u64;
    }
    Ok(())
}
