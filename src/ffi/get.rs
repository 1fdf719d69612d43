//! GET Object, and where its content goes.

use libc::c_char;
use std::io::{self, Write};
use std::path::Path;
use std::ptr;

use super::callback::{CallbackWriter, Watcher};
use super::client::coslink_bucket;
use super::convert::{
    Out, apply, apply_conditions, apply_free_pairs, path, read_sized, required, required_text,
};
use super::guard;
use super::object_options::coslink_get_object_options;
use super::output::coslink_get_object_output;
use super::result::coslink_result;
use super::status::{coslink_error, coslink_status};
use super::view::view;
use crate::client::{Bucket, Response};
use crate::error::{Error, ErrorKind, Result};
use crate::op::types::ByteRange;
use crate::op::{GetObject, GetObjectOutput, HeadObjectOutput, ObjectBody, Operation};

/// The most bytes that go to memory when the caller does not say.
const MAX_MEMORY: u64 = 64 << 20;

/// Where the content goes.
enum Sink<'a> {
    Memory { most: u64 },
    Buffer(Buffer),
    File(&'a Path),
    Callback(CallbackWriter),
}

impl<'a> Sink<'a> {
    /// # Safety
    /// The pointers of the options keep what the header asks of them, until the call ends.
    unsafe fn of(options: &coslink_get_object_options) -> Result<Self> {
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
    fn receive(self, body: &mut ObjectBody, watcher: Watcher) -> Result<(u64, Option<Vec<u8>>)> {
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
struct Buffer {
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

/// An object whose content has been received.
struct Received {
    not_modified: bool,
    verified: bool,
    head: HeadObjectOutput,
    object_size: Option<u64>,
    body_length: u64,
    memory: Option<Vec<u8>>,
}

view! { Received => coslink_get_object_output |arena|
    not_modified verified head body_length; object_size memory {
        has_object_size: i32::from(object_size.is_some()),
        object_size: object_size.unwrap_or_default(),
        body: memory.map_or(ptr::null(), |bytes| arena.keep_body(bytes)),
    }
}

fn get(
    bucket: &Bucket,
    get: GetObject,
    sink: Sink<'_>,
    watcher: Watcher,
) -> Result<Response<Received>> {
    let Response {
        status,
        headers,
        output,
    } = bucket.send(get)?;
    let GetObjectOutput {
        not_modified,
        head,
        object_size,
        mut body,
    } = output;
    // A copy that is still good is not replaced by nothing.
    let received = match not_modified {
        true => Ok((0, None)),
        false => sink.receive(&mut body, watcher),
    };
    let (body_length, memory) = received.map_err(|error| {
        let sent = error.attempts().max(1);
        let request_id = headers.get("x-cos-request-id");
        error
            .with_operation(GetObject::NAME)
            .with_attempts(sent)
            .with_request(status, request_id)
    })?;
    let verified = body.is_verified();
    let output = Received {
        not_modified,
        verified,
        head,
        object_size,
        body_length,
        memory,
    };
    Ok(Response {
        status,
        headers,
        output,
    })
}

/// A range from its first byte and its length; no length means up to the end.
fn range(first: u64, length: u64) -> Result<Option<ByteRange>> {
    match (first, length) {
        (0, 0) => Ok(None),
        (first, 0) => Ok(Some(ByteRange::from(first))),
        (first, length) => {
            let last = first.checked_add(length - 1);
            let last = last.ok_or_else(|| Error::invalid("range_length", "is too great"))?;
            Ok(Some(ByteRange::new(first, last)))
        }
    }
}

/// Reads an object, or a range of it, and checks it. Where the content goes, `options` say (NULL:
/// into memory, at most 64 MiB). To put a big object into a file, `coslink_download_file` is faster.
///
/// The request is retried until its content begins to arrive, not after.
///
/// Blocks. Any thread. Free `*result` with `coslink_result_free`. Fails with
/// `COSLINK_ERROR_INVALID_ARGUMENT` also when the content is longer than the place for it, before
/// any of it is read; with `COSLINK_ERROR_INTEGRITY` when the CRC64 differs;
/// `COSLINK_ERROR_CALLBACK` when `write` said stop; or with what the network and the service said.
/// Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_get_object(
    bucket: *const coslink_bucket,
    key: *const c_char,
    options: *const coslink_get_object_options,
    result: *mut *mut coslink_result,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            let slot = Out::new(result);
            let bucket = required(bucket, "bucket")?;
            let mut get = GetObject::new(required_text(key, "key")?);
            let options = read_sized(options, "options")?;
            apply_conditions!(get, options);
            apply!(get, options:
                response_content_type response_content_language response_expires
                response_cache_control response_content_disposition response_content_encoding
                traffic_limit);
            apply_free_pairs!(get, options);
            if let Some(range) = range(options.range_first, options.range_length)? {
                get = get.range(range);
            }
            let (callback, user_data) = (options.progress, options.user_data);
            let watcher = Watcher {
                callback,
                user_data,
            };
            slot.give_response(self::get(&bucket.0, get, Sink::of(&options)?, watcher)?);
            Ok(())
        })
    }
}
