//! Where the content of an answer goes.

use libc::{c_char, c_void};
use std::io::{self, Write};
use std::path::Path;
use std::ptr;

use super::callback::{CallbackWriter, Watcher, coslink_write_fn};
use super::convert::path;
use crate::error::{Error, ErrorKind, Result};
use crate::op::ObjectBody;

/// The most bytes that go to memory when the caller does not say.
const MAX_MEMORY: u64 = 64 << 20;

/// Where the content goes.
pub(super) enum Sink<'a> {
    Memory { most: u64 },
    Buffer(Buffer),
    File(&'a Path),
    Callback(CallbackWriter),
}

/// The fields of an option struct that say it.
pub(super) struct Given {
    pub(super) max_memory: u64,
    pub(super) buffer: *mut c_void,
    pub(super) capacity: usize,
    pub(super) path: *const c_char,
    pub(super) write: coslink_write_fn,
    pub(super) user_data: *mut c_void,
}

impl Given {
    /// Those of an answer that goes into memory or to a function.
    pub(super) fn answer(max_memory: u64, write: coslink_write_fn, user_data: *mut c_void) -> Self {
        Self {
            max_memory,
            buffer: ptr::null_mut(),
            capacity: 0,
            path: ptr::null(),
            write,
            user_data,
        }
    }
}

/// Takes these fields from options that have all of them.
macro_rules! given {
    ($options:ident) => {
        $crate::ffi::sink::Given {
            max_memory: $options.max_memory,
            buffer: $options.buffer,
            capacity: $options.capacity,
            path: $options.path,
            write: $options.write,
            user_data: $options.user_data,
        }
    };
}
pub(super) use given;

impl<'a> Sink<'a> {
    /// # Safety
    /// The pointers keep what the header asks of them, until the call ends.
    pub(super) unsafe fn of(options: &Given) -> Result<Self> {
        // SAFETY: as promised by the caller.
        let path: Option<&'a Path> = unsafe { path(options.path, "path") }?;
        let sinks = [
            !options.buffer.is_null(),
            path.is_some(),
            options.write.is_some(),
        ];
        if sinks.into_iter().filter(|is_set| *is_set).count() > 1 {
            let why = "sets more than one of buffer, path and write";
            return Err(Error::invalid("options", why));
        }
        if options.buffer.is_null() && options.capacity != 0 {
            let why = format!("is NULL, with a capacity of {}", options.capacity);
            return Err(Error::invalid("buffer", why));
        }
        Ok(if let Some(path) = path {
            Self::File(path)
        } else if let Some(callback) = options.write {
            Self::Callback(CallbackWriter {
                callback,
                user_data: options.user_data,
            })
        } else if !options.buffer.is_null() {
            let (at, room) = (options.buffer.cast(), options.capacity);
            Self::Buffer(Buffer {
                at,
                room,
                capacity: options.capacity,
            })
        } else {
            Self::Memory {
                most: Some(options.max_memory)
                    .filter(|m| *m != 0)
                    .unwrap_or(MAX_MEMORY),
            }
        })
    }

    /// Reads the content to its end; returns how many bytes it was, and those that went to memory.
    pub(super) fn receive(
        self,
        body: &mut ObjectBody,
        watcher: Watcher,
    ) -> Result<(u64, Option<Vec<u8>>)> {
        match self {
            Self::Memory { most } => {
                check_length(body, "max_memory", most)?;
                let mut memory = Memory {
                    bytes: Vec::new(),
                    most,
                };
                memory.reserve(body.length().unwrap_or_default())?;
                let length = body.write_to_with(&mut memory, watcher)?;
                Ok((length, Some(memory.bytes)))
            }
            Self::Buffer(buffer) => {
                check_length(body, "capacity", buffer.room as u64)?;
                Ok((body.write_to_with(buffer, watcher)?, None))
            }
            Self::File(path) => Ok((body.save_with(path, watcher)?, None)),
            Self::Callback(writer) => Ok((body.write_to_with(writer, watcher)?, None)),
        }
    }
}

/// Refuses content that is known to be too long, before any of it is read.
fn check_length(body: &ObjectBody, name: &str, most: u64) -> Result<()> {
    match body.length() {
        Some(length) if length > most => Err(too_long(name, most, length)),
        _ => Ok(()),
    }
}

fn too_long(name: &str, most: u64, length: u64) -> Error {
    Error::invalid(
        name,
        format!("{most} bytes are too few for the content, which has {length}"),
    )
}

/// Memory with a bound.
struct Memory {
    bytes: Vec<u8>,
    most: u64,
}

impl Memory {
    fn reserve(&mut self, count: u64) -> Result<()> {
        let failed = || Error::new(ErrorKind::LocalIo, format!("no memory for {count} bytes"));
        let count = usize::try_from(count).map_err(|_| failed())?;
        self.bytes
            .try_reserve(count)
            .map_err(|e| failed().with_source(e))
    }
}

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = (self.bytes.len() + bytes.len()) as u64;
        if length > self.most {
            return Err(too_long("max_memory", self.most, length).into());
        }
        self.reserve(bytes.len() as u64)?;
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The caller's buffer: where the next byte goes, and how many still fit.
pub(super) struct Buffer {
    at: *mut u8,
    room: usize,
    capacity: usize,
}

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() > self.room {
            let length = self.capacity - self.room + bytes.len();
            return Err(too_long("capacity", self.capacity as u64, length as u64).into());
        }
        // SAFETY: the caller gave `capacity` writable bytes, of which `room` are left, and they do
        // not overlap with memory of the library.
        unsafe {
            ptr::copy_nonoverlapping(bytes.as_ptr(), self.at, bytes.len());
            self.at = self.at.add(bytes.len());
        }
        self.room -= bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
