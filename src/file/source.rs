//! A file to send.

use std::fs::{self, File, Metadata};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use super::{is_one_file, must_be_file};
use crate::error::{Error, ErrorKind, Result};

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

    /// What tells this state of the file from any other: where it is stored, size and times.
    pub(crate) fn identity(&self) -> Result<String> {
        let failed = |e| Error::local("read", &self.path, e);
        let metadata = self.file.metadata().map_err(failed)?;
        let since = |time: SystemTime| match time.duration_since(UNIX_EPOCH) {
            Ok(after) => format!("{}", after.as_nanos()),
            Err(before) => format!("-{}", before.duration().as_nanos()),
        };
        let modified = self.modified.map_or("?".to_owned(), since);
        Ok(format!("{} {modified} {}", self.size, place(&metadata)))
    }

    /// The path from the root, so that it is the same from every working directory.
    pub(crate) fn absolute_path(&self) -> Result<PathBuf> {
        std::path::absolute(&self.path).map_err(|e| Error::local("read", &self.path, e))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
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

#[cfg(unix)]
fn place(metadata: &Metadata) -> String {
    use std::os::unix::fs::MetadataExt;
    // A time of writing can be set back, that of the last change of any kind cannot.
    let (seconds, nanoseconds) = (metadata.ctime(), metadata.ctime_nsec());
    format!(
        "{} {} {seconds} {nanoseconds}",
        metadata.dev(),
        metadata.ino()
    )
}

#[cfg(not(unix))]
fn place(metadata: &Metadata) -> String {
    format!("{:?}", metadata.created().ok())
}
