//! Local files: reads and writes by position, the identity of a source, and the part file that
//! becomes a download's target only when it is whole.

use std::fs::{self, File, Metadata, OpenOptions, TryLockError};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use crate::error::{Error, ErrorKind, Result};

/// Reads at a position; the file's own position is not used.
pub(crate) fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    #[cfg(unix)]
    return std::os::unix::fs::FileExt::read_at(file, buffer, offset);
    #[cfg(windows)]
    return std::os::windows::fs::FileExt::seek_read(file, buffer, offset);
}

/// Writes all of the bytes at a position; the file's own position is not used.
pub(crate) fn write_all_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    #[cfg(unix)]
    return std::os::unix::fs::FileExt::write_all_at(file, bytes, offset);
    #[cfg(windows)]
    {
        let (mut bytes, mut offset) = (bytes, offset);
        while !bytes.is_empty() {
            let count = std::os::windows::fs::FileExt::seek_write(file, bytes, offset)?;
            if count == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            bytes = &bytes[count..];
            offset += count as u64;
        }
        Ok(())
    }
}

/// A file to send, and what it was when it was opened.
pub(crate) struct SourceFile {
    path: PathBuf,
    file: Arc<File>,
    size: u64,
    modified: Option<SystemTime>,
}

impl SourceFile {
    /// Opens a regular file. A directory, a pipe or a device is refused before it could block.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let open = || {
            must_be_file(&fs::metadata(path)?)?;
            let file = File::open(path)?;
            let metadata = file.metadata()?;
            must_be_file(&metadata)?;
            Ok((file, metadata))
        };
        let (file, metadata) = open().map_err(|e| Error::local("read", path, e))?;
        let modified = metadata.modified().ok();
        Ok(Self {
            path: path.to_owned(),
            file: Arc::new(file),
            size: metadata.len(),
            modified,
        })
    }

    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// The open file, to be read by position.
    pub(crate) fn file(&self) -> Arc<File> {
        Arc::clone(&self.file)
    }

    /// Fails with `SourceChanged` when the file, or what its path leads to, is not what it was.
    pub(crate) fn check_unchanged(&self) -> Result<()> {
        let open = self
            .file
            .metadata()
            .map_err(|e| Error::local("read", &self.path, e))?;
        let named = fs::metadata(&self.path).ok();
        let is_same = |metadata: &Metadata| {
            metadata.len() == self.size && metadata.modified().ok() == self.modified
        };
        if is_same(&open)
            && named
                .as_ref()
                .is_some_and(|n| is_same(n) && is_one_file(&open, n))
        {
            return Ok(());
        }
        let message = format!("{} changed while it was being sent", self.path.display());
        Err(Error::new(ErrorKind::SourceChanged, message))
    }
}

fn must_be_file(metadata: &Metadata) -> io::Result<()> {
    if metadata.is_file() {
        return Ok(());
    }
    let why = if metadata.is_dir() {
        "it is a directory"
    } else {
        "it is not a regular file"
    };
    Err(io::Error::new(io::ErrorKind::InvalidInput, why))
}

#[cfg(unix)]
fn is_one_file(a: &Metadata, b: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

#[cfg(not(unix))]
fn is_one_file(a: &Metadata, b: &Metadata) -> bool {
    a.created().ok() == b.created().ok()
}

/// The file that a download is written to, beside its target. The target is not touched before
/// [`commit`](Self::commit); without it, dropping the part file removes it.
///
/// Others may be at the same name: it is locked, and whatever is done to the name is done only while
/// it still leads to this file.
#[derive(Debug)]
pub(crate) struct PartFile {
    file: File,
    path: PathBuf,
    target: PathBuf,
    committed: bool,
}

/// What a target's name gets behind it while its bytes arrive.
const SUFFIX: &str = ".coslink-part";

/// The longest name of a file on nearly all file systems, in bytes.
const MAX_NAME: usize = 255;

/// How often the part file may be taken away by another download before it is ours.
const TRIES: usize = 20;

impl PartFile {
    /// Makes the part file `<target>.coslink-part`, empty. When the target is a symbolic link, the
    /// file that it leads to is the target.
    pub(crate) fn create(target: &Path) -> Result<Self> {
        let target = resolve(target).map_err(|e| Error::local("write", target, e))?;
        let path = beside(&target);
        let wrong = |e| Error::local("write", &path, e);
        for _ in 0..TRIES {
            let file = open_part(&path).map_err(wrong)?;
            // A file system without locks is still good for one download at a time.
            if let Err(TryLockError::WouldBlock) = file.try_lock() {
                let message = format!("another download writes to {}", path.display());
                return Err(Error::new(ErrorKind::WrongState, message));
            }
            // Another download may have made it its target, or removed it, before the lock was ours.
            if leads_to(&path, &file) {
                file.set_len(0).map_err(wrong)?;
                return Ok(Self {
                    file,
                    path,
                    target,
                    committed: false,
                });
            }
        }
        let message = format!("other downloads write to {}", path.display());
        Err(Error::new(ErrorKind::WrongState, message))
    }

    /// Sets the length in advance, so that parts can be written anywhere in it.
    pub(crate) fn set_length(&self, length: u64) -> Result<()> {
        self.file.set_len(length).map_err(|e| self.failed(e))
    }

    pub(crate) fn write_all_at(&self, bytes: &[u8], offset: u64) -> Result<()> {
        write_all_at(&self.file, bytes, offset).map_err(|e| self.failed(e))
    }

    /// Makes the part file the target: durable first, then in one step under the target's name.
    pub(crate) fn commit(mut self) -> Result<()> {
        if let Ok(metadata) = fs::metadata(&self.target) {
            // A file system that knows no permissions is no reason to fail.
            let _ = self.file.set_permissions(metadata.permissions());
        }
        self.file.sync_all().map_err(|e| self.failed(e))?;
        if !leads_to(&self.path, &self.file) {
            let message = format!("{} was replaced during the download", self.path.display());
            return Err(Error::new(ErrorKind::LocalIo, message));
        }
        let renamed = fs::rename(&self.path, &self.target);
        renamed.map_err(|e| Error::local("replace", &self.target, e))?;
        self.committed = true;
        sync_directory(&self.target);
        Ok(())
    }

    fn failed(&self, error: io::Error) -> Error {
        Error::local("write", &self.path, error)
    }
}

impl io::Write for &PartFile {
    /// Writes one block after the other.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (&self.file).write(bytes).map_err(|e| self.failed(e).into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for PartFile {
    fn drop(&mut self) {
        if !self.committed && leads_to(&self.path, &self.file) {
            // There is nobody to tell, and the target is untouched either way.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// The name of the part file of a target. Where the target's own name leaves no room for more, a
/// digest of it takes its place.
fn beside(target: &Path) -> PathBuf {
    let mut name = target.file_name().unwrap_or_default().to_owned();
    if name.len() + SUFFIX.len() > MAX_NAME {
        let mut hasher = DefaultHasher::new();
        name.hash(&mut hasher);
        name = format!("{:016x}", hasher.finish()).into();
    }
    name.push(SUFFIX);
    target.with_file_name(name)
}

/// Opens the part file, new or left by somebody. A link is not followed, and neither a directory nor
/// a pipe is opened.
fn open_part(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    match options.clone().create_new(true).open(path) {
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {
            match fs::symlink_metadata(path).map(|metadata| must_be_file(&metadata)) {
                Ok(is_file) => is_file?,
                // It is gone again; the next try makes a new one.
                Err(_) => return options.create_new(true).open(path),
            }
            options.open(path).or_else(|e| match e.kind() {
                io::ErrorKind::NotFound => options.create_new(true).open(path),
                _ => Err(e),
            })
        }
        opened => opened,
    }
}

/// Whether a name leads to this very file, and not by a link.
fn leads_to(path: &Path, file: &File) -> bool {
    match (fs::symlink_metadata(path), file.metadata()) {
        (Ok(named), Ok(open)) => named.is_file() && is_one_file(&named, &open),
        _ => false,
    }
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

/// Makes the rename durable where directories can be synced; the data itself already is.
fn sync_directory(target: &Path) {
    #[cfg(unix)]
    if let Some(parent) = target.parent() {
        let _ = File::open(parent).and_then(|directory| directory.sync_all());
    }
    #[cfg(not(unix))]
    let _ = target;
}
