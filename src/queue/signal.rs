//! What tells an event loop of the host that an event waits.

#[cfg(unix)]
use std::io::{PipeReader, PipeWriter, Read, Write};

use crate::error::{Error, ErrorKind, Result};

/// A pipe that has one byte in it while an event waits. Elsewhere than on Unix it is nothing.
pub(super) struct Signal {
    #[cfg(unix)]
    pipe: (PipeReader, PipeWriter),
    is_set: bool,
}

impl Signal {
    pub(super) fn new() -> Result<Self> {
        let failed = |e: std::io::Error| {
            Error::new(ErrorKind::LocalIo, format!("cannot make a pipe: {e}")).with_source(e)
        };
        #[cfg(unix)]
        let pipe = std::io::pipe().map_err(failed)?;
        #[cfg(not(unix))]
        let _ = failed;
        Ok(Self {
            #[cfg(unix)]
            pipe,
            is_set: false,
        })
    }

    pub(super) fn set(&mut self) {
        if !std::mem::replace(&mut self.is_set, true) {
            #[cfg(unix)]
            // An empty pipe takes a byte at once.
            let _ = self.pipe.1.write(&[0]);
        }
    }

    pub(super) fn clear(&mut self) {
        if std::mem::replace(&mut self.is_set, false) {
            #[cfg(unix)]
            // The byte is there, so that this does not wait.
            let _ = self.pipe.0.read(&mut [0]);
        }
    }

    /// What can be waited for, as long as the queue lives.
    #[cfg(unix)]
    pub(super) fn share(&self) -> Result<PipeReader> {
        self.pipe.0.try_clone().map_err(|e| {
            Error::new(ErrorKind::LocalIo, format!("cannot share a pipe: {e}")).with_source(e)
        })
    }
}
