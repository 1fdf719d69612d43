//! Files that must outlive a kill: locked, written by position, renamed and made durable.
//!
//! Every system call that may fail here passes `step`, where the tests of this crate make each of
//! them fail once.

use std::fs::{self, File, OpenOptions, Permissions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::{is_one_file, must_be_file};
use crate::error::{Error, ErrorKind, Result};

/// A file that is locked for as long as it is open.
///
/// Others may be at the same name: whatever is done to the name is done only while it still leads to
/// this file.
#[derive(Debug)]
pub(crate) struct Disk {
    file: File,
    path: PathBuf,
    is_locked: bool,
}

/// How often the file may be taken away by somebody else before it is ours.
const TRIES: usize = 20;

impl Disk {
    /// Opens the file, or makes it, empty and for its owner only when `private`. A link is not
    /// followed, and neither a directory nor a pipe is opened.
    ///
    /// # Errors
    /// `Busy` when somebody else has it locked; `who` says who that would be.
    pub(crate) fn open(path: &Path, private: bool, who: &str) -> Result<Self> {
        let wrong = |e| Error::local("write", path, e);
        for _ in 0..TRIES {
            let file = open(path, private).map_err(wrong)?;
            let is_locked = match file.try_lock() {
                Ok(()) => true,
                Err(TryLockError::WouldBlock) => {
                    let message = format!("{who} writes to {}", path.display());
                    return Err(Error::new(ErrorKind::Busy, message));
                }
                // A file system without locks is still good for one of us at a time.
                Err(TryLockError::Error(_)) => false,
            };
            // Somebody may have renamed or removed it before the lock was ours.
            let disk = Self {
                file,
                path: path.to_owned(),
                is_locked,
            };
            if disk.is_named() {
                return Ok(disk);
            }
        }
        let message = format!("others write to {}", path.display());
        Err(Error::new(ErrorKind::Busy, message))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the lock is one.
    pub(crate) fn is_locked(&self) -> bool {
        self.is_locked
    }

    /// Whether its name still leads to this very file, and not by a link.
    pub(crate) fn is_named(&self) -> bool {
        match (fs::symlink_metadata(&self.path), self.file.metadata()) {
            (Ok(named), Ok(open)) => named.is_file() && is_one_file(&named, &open),
            _ => false,
        }
    }

    pub(crate) fn length(&self) -> io::Result<u64> {
        step("stat", &self.path)?;
        Ok(self.file.metadata()?.len())
    }

    pub(crate) fn set_length(&self, length: u64) -> io::Result<()> {
        step("truncate", &self.path)?;
        self.file.set_len(length)
    }

    pub(crate) fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        step("read", &self.path)?;
        super::read_at(&self.file, buffer, offset)
    }

    pub(crate) fn write_all_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        if let Err(e) = step("write", &self.path) {
            // A disk that fills up takes the first bytes of a block.
            let _ = super::write_all_at(&self.file, &bytes[..bytes.len() / 2], offset);
            return Err(e);
        }
        super::write_all_at(&self.file, bytes, offset)
    }

    pub(crate) fn set_permissions(&self, permissions: Permissions) -> io::Result<()> {
        self.file.set_permissions(permissions)
    }

    /// Makes the content durable.
    pub(crate) fn sync(&self) -> io::Result<()> {
        step("fsync", &self.path)?;
        unless_unknown(self.file.sync_all())
    }

    /// Gives the file another name, in one step and durably.
    pub(crate) fn rename(&self, target: &Path) -> io::Result<()> {
        step("rename", &self.path)?;
        fs::rename(&self.path, target)?;
        // The file has its name; a crash of the whole machine may still take it back, and there is
        // no better answer to that than to go on.
        let _ = sync_directory(target);
        Ok(())
    }

    /// Removes the name, if it still leads here. There is nobody to tell when that fails.
    pub(crate) fn remove(&self) {
        if self.is_named() && step("unlink", &self.path).is_ok() {
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn open(path: &Path, private: bool) -> io::Result<File> {
    step("open", path)?;
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    if private {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    #[cfg(not(unix))]
    let _ = private;
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

/// Makes the names in a file's directory durable, where directories can be synced.
pub(crate) fn sync_directory(of: &Path) -> io::Result<()> {
    step("fsync directory", of)?;
    #[cfg(unix)]
    if let Some(parent) = of.parent() {
        let directory = match File::open(parent) {
            // Who may write to a directory need not be allowed to read it.
            Err(e) if e.kind() == io::ErrorKind::PermissionDenied => return Ok(()),
            opened => opened?,
        };
        return unless_unknown(directory.sync_all());
    }
    Ok(())
}

/// A file system that cannot make anything durable is no reason to fail.
fn unless_unknown(synced: io::Result<()>) -> io::Result<()> {
    match synced {
        Err(e) if [io::ErrorKind::Unsupported, io::ErrorKind::InvalidInput].contains(&e.kind()) => {
            Ok(())
        }
        synced => synced,
    }
}

#[cfg(not(test))]
fn step(_: &str, _: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
pub(crate) use faults::{Script, step};

#[cfg(test)]
mod faults {
    use std::io;
    use std::path::{Path, PathBuf};
    use std::sync::{Arc, Mutex};

    /// Makes one system call below a directory fail.
    pub(crate) struct Script {
        below: PathBuf,
        state: Mutex<(usize, Vec<String>)>,
        fail_at: Option<usize>,
        kind: io::ErrorKind,
    }

    static SCRIPTS: Mutex<Vec<Arc<Script>>> = Mutex::new(Vec::new());

    impl Script {
        /// Counts the calls from 0 and fails that one, until it is ended.
        pub(crate) fn begin(
            below: &Path,
            fail_at: Option<usize>,
            kind: io::ErrorKind,
        ) -> Arc<Self> {
            let script = Arc::new(Self {
                below: below.to_owned(),
                state: Mutex::default(),
                fail_at,
                kind,
            });
            SCRIPTS.lock().unwrap().push(Arc::clone(&script));
            script
        }

        /// Ends it; what was called, in order.
        pub(crate) fn end(self: Arc<Self>) -> Vec<String> {
            let mut scripts = SCRIPTS.lock().unwrap();
            scripts.retain(|script| !Arc::ptr_eq(script, &self));
            self.state.lock().unwrap().1.clone()
        }
    }

    pub(crate) fn step(call: &str, path: &Path) -> io::Result<()> {
        for script in SCRIPTS.lock().unwrap().iter() {
            if !path.starts_with(&script.below) {
                continue;
            }
            let mut state = script.state.lock().unwrap();
            let number = state.0;
            state.0 += 1;
            let extension = path.extension().unwrap_or_default().to_string_lossy();
            state.1.push(format!("{call} {extension}"));
            if script.fail_at == Some(number) {
                return Err(io::Error::new(script.kind, "a fault of the test"));
            }
        }
        Ok(())
    }
}
