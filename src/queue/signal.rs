//! What tells an event loop of the host that an event waits.

#[cfg(unix)]
use std::io::{Read, Write};
#[cfg(unix)]
use std::os::unix::net::UnixStream;

use crate::error::Result;

/// Two sockets, the first of which has one byte to read while an event waits. Elsewhere than on Unix
/// it is nothing.
pub(super) struct Signal {
    /// None of them ever blocks, whatever the host does with its copy.
    #[cfg(unix)]
    pair: (UnixStream, UnixStream),
    is_set: bool,
}

impl Signal {
    pub(super) fn new() -> Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            pair: pair().map_err(failed)?,
            is_set: false,
        })
    }

    pub(super) fn set(&mut self) {
        if !std::mem::replace(&mut self.is_set, true) {
            #[cfg(unix)]
            let _ = self.pair.1.write(&[0]);
        }
    }

    pub(super) fn clear(&mut self) {
        if std::mem::replace(&mut self.is_set, false) {
            #[cfg(unix)]
            let _ = self.pair.0.read(&mut [0]);
        }
    }

    /// What can be waited for, as long as the queue lives.
    #[cfg(unix)]
    pub(super) fn share(&self) -> Result<UnixStream> {
        self.pair.0.try_clone().map_err(failed)
    }
}

#[cfg(unix)]
fn pair() -> std::io::Result<(UnixStream, UnixStream)> {
    let pair = UnixStream::pair()?;
    pair.0.set_nonblocking(true)?;
    pair.1.set_nonblocking(true)?;
    Ok(pair)
}

#[cfg(unix)]
fn failed(error: std::io::Error) -> crate::Error {
    let message = format!("cannot make a descriptor: {error}");
    crate::Error::new(crate::ErrorKind::LocalIo, message).with_source(error)
}
