//! The file that a download is written to, beside its target.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::disk::Disk;
use super::{must_be_file, read_at};
use crate::error::{Error, ErrorKind, Result};

/// The file that a download is written to, beside its target. The target is not touched before
/// [`commit`](Self::commit); without it, dropping the part file removes it, unless it is
/// [kept](Self::keep).
#[derive(Debug)]
pub(crate) struct PartFile {
    disk: Disk,
    target: PathBuf,
    /// Where `Write` goes on.
    position: AtomicU64,
    stays: AtomicBool,
}

/// What a target's name gets behind it while its bytes arrive, and for the record of them.
const PART: &str = ".coslink-part";
const JOURNAL: &str = ".coslink-journal";

/// The longest name of a file on nearly all file systems, in bytes.
const MAX_NAME: usize = 255;

impl PartFile {
    /// Makes the part file `<target>.coslink-part`, empty. When the target is a symbolic link, the
    /// file that it leads to is the target.
    pub(crate) fn create(target: &Path) -> Result<Self> {
        let part = Self::open(target)?;
        part.set_length(0)?;
        Ok(part)
    }

    /// The same, with what an earlier download left in it.
    pub(crate) fn open(target: &Path) -> Result<Self> {
        let target = resolve(target).map_err(|e| Error::local("write", target, e))?;
        let disk = Disk::open(&beside(&target, PART), false, "another download")?;
        Ok(Self {
            disk,
            target,
            position: AtomicU64::new(0),
            stays: AtomicBool::new(false),
        })
    }

    /// The path of the record of what has arrived.
    pub(crate) fn journal_path(&self) -> PathBuf {
        beside(&self.target, JOURNAL)
    }

    pub(crate) fn length(&self) -> Result<u64> {
        self.disk.length().map_err(|e| self.failed(e))
    }

    /// The target, when it has this length: an earlier download may have made it.
    pub(crate) fn target_of(&self, length: u64) -> Option<File> {
        let target = File::open(&self.target).ok()?;
        let metadata = target.metadata().ok()?;
        (metadata.is_file() && metadata.len() == length).then_some(target)
    }

    pub(crate) fn read_target(&self, target: &File, buffer: &mut [u8], at: u64) -> Result<usize> {
        read_at(target, buffer, at).map_err(|e| Error::local("read", &self.target, e))
    }

    /// Whether nobody else can write to it; a file system without locks cannot tell.
    pub(crate) fn is_locked(&self) -> bool {
        self.disk.is_locked()
    }

    /// Sets the length in advance, so that parts can be written anywhere in it.
    pub(crate) fn set_length(&self, length: u64) -> Result<()> {
        self.disk.set_length(length).map_err(|e| self.failed(e))
    }

    pub(crate) fn read_at(&self, buffer: &mut [u8], offset: u64) -> Result<usize> {
        self.disk
            .read_at(buffer, offset)
            .map_err(|e| Error::local("read", self.disk.path(), e))
    }

    pub(crate) fn write_all_at(&self, bytes: &[u8], offset: u64) -> Result<()> {
        self.disk
            .write_all_at(bytes, offset)
            .map_err(|e| self.failed(e))
    }

    /// Leaves the part file where it is, for a later download to go on with.
    pub(crate) fn keep(&self) {
        self.stays.store(true, Ordering::Relaxed);
    }

    /// Makes the part file the target: durable first, then in one step under the target's name.
    pub(crate) fn commit(&self) -> Result<()> {
        self.sync()?;
        self.rename()
    }

    /// Makes what was written durable. After a failure nothing of it can be relied on.
    pub(crate) fn sync(&self) -> Result<()> {
        if let Ok(metadata) = fs::metadata(&self.target) {
            // A file system that knows no permissions is no reason to fail.
            let _ = self.disk.set_permissions(metadata.permissions());
        }
        self.disk.sync().map_err(|e| self.failed(e))
    }

    /// Gives the part file the name of the target. From then on it is no part file any more, and
    /// dropping it removes nothing.
    pub(crate) fn rename(&self) -> Result<()> {
        if !self.disk.is_named() {
            let path = self.disk.path().display();
            let message = format!("{path} was replaced during the download");
            return Err(Error::new(ErrorKind::LocalIo, message));
        }
        let renamed = self.disk.rename(&self.target);
        renamed.map_err(|e| Error::local("replace", &self.target, e))
    }

    fn failed(&self, error: io::Error) -> Error {
        Error::local("write", self.disk.path(), error)
    }
}

impl io::Write for &PartFile {
    /// Writes one block after the other.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = bytes.len() as u64;
        let at = self.position.fetch_add(count, Ordering::Relaxed);
        self.write_all_at(bytes, at)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for PartFile {
    fn drop(&mut self) {
        if !self.stays.load(Ordering::Relaxed) {
            self.disk.remove();
        }
    }
}

/// The name of a file beside a target. Where the target's own name leaves no room for more, a digest
/// of it takes its place.
fn beside(target: &Path, suffix: &str) -> PathBuf {
    let mut name = target.file_name().unwrap_or_default().to_owned();
    if name.len() + suffix.len().max(JOURNAL.len()) > MAX_NAME {
        let mut hasher = DefaultHasher::new();
        name.hash(&mut hasher);
        name = format!("{:016x}", hasher.finish()).into();
    }
    name.push(suffix);
    target.with_file_name(name)
}

/// How many links a target may lie behind.
const MAX_LINKS: usize = 16;

/// The path that is written to in the end; refuses what cannot be replaced by a file. It is absolute,
/// so that it stays the same when the process changes its directory.
fn resolve(target: &Path) -> io::Result<PathBuf> {
    let mut path = std::path::absolute(target)?;
    for _ in 0..MAX_LINKS {
        if path.file_name().is_none() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "it names no file",
            ));
        }
        match fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.is_symlink() => {
                let leads = fs::read_link(&path)?;
                path = path.parent().unwrap_or(Path::new("/")).join(leads);
            }
            Ok(metadata) => {
                must_be_file(&metadata)?;
                if metadata.permissions().readonly() {
                    return Err(io::ErrorKind::PermissionDenied.into());
                }
                return Ok(path);
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(path),
            Err(e) => return Err(e),
        }
    }
    Err(io::Error::new(
        io::ErrorKind::InvalidInput,
        "it lies behind too many links",
    ))
}
