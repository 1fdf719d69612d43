//! What a request sends.

use libc::{c_char, c_void};

use super::callback::{CallbackReader, coslink_read_fn};
use super::convert::{Options, array, path, read_sized};
use crate::error::{Error, Result};
use crate::wire::Body;

/// The content that a request sends: bytes, a file, or what a callback gives. An option struct;
/// begin with `COSLINK_INIT(coslink_body)` and set one of `data`, `path` and `read`. With none of
/// them the content is empty.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct coslink_body {
    /// `sizeof(coslink_body)`; set by `COSLINK_INIT`.
    pub size: usize,
    /// How many bytes there are. With `path`, 0 means all from `offset` to the end of the file; a
    /// file that is shorter is refused.
    pub length: u64,
    /// `length` bytes. They are borrowed for the call, never copied, and sent again when the
    /// request is retried: do not change them before the call returns.
    pub data: *const c_void,
    /// A file. It is opened when the request is sent, and again when it is retried.
    pub path: *const c_char,
    /// Where in the file the content begins, in bytes.
    pub offset: u64,
    /// Gives exactly `length` bytes. They are sent once: a request with such a body is never
    /// retried. See `coslink_read_fn`.
    pub read: coslink_read_fn,
    /// Passed to `read`.
    pub user_data: *mut c_void,
}

// SAFETY: `repr(C)`, begins with its size, and all of its fields may have any bytes from C.
unsafe impl Options for coslink_body {}

/// # Safety
/// The pointer is NULL or keeps what the header asks of a body, until the call ends.
pub(super) unsafe fn body<'a>(given: *const coslink_body) -> Result<Body<'a>> {
    if given.is_null() {
        return Err(Error::invalid("body", "is NULL"));
    }
    // SAFETY: as promised by the caller.
    let body = unsafe { read_sized(given, "body") }?;
    // SAFETY: as promised by the caller.
    let path = unsafe { path(body.path, "body.path") }?;
    let sources = [!body.data.is_null(), path.is_some(), body.read.is_some()];
    if sources.into_iter().filter(|is_set| *is_set).count() > 1 {
        return Err(Error::invalid(
            "body",
            "sets more than one of data, path and read",
        ));
    }
    if let Some(path) = path {
        return Ok(match body.length {
            0 => Body::file_from(path, body.offset),
            length => Body::file_range(path, body.offset, length),
        });
    }
    if body.offset != 0 {
        return Err(Error::invalid("body.offset", "is for a path only"));
    }
    if let Some(callback) = body.read {
        let reader = CallbackReader {
            callback,
            user_data: body.user_data,
        };
        return Ok(Body::reader(reader, body.length));
    }
    let too_long = |_| Error::invalid("body.length", "is more than memory can hold");
    let length = usize::try_from(body.length).map_err(too_long)?;
    // SAFETY: as promised by the caller.
    Ok(Body::bytes(unsafe {
        array(body.data.cast::<u8>(), length, "body.data")
    }?))
}
