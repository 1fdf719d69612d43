//! Requests by a URL that carries its own signature, without any secret in the process.

use libc::{c_char, c_void};

use super::body::{body, coslink_body};
use super::callback::{Watcher, coslink_progress_fn, coslink_write_fn};
use super::client::coslink_client;
use super::convert::{
    Options, Out, apply_pairs, coslink_pair, pairs, read_sized, required, required_text,
};
use super::guard;
use super::presign::{collect, method};
use super::request::{Raw, optional_body};
use super::result::coslink_result;
use super::rows::apply_rows;
use super::sink::{Given, Sink, given};
use super::status::{coslink_error, coslink_status};
use super::{get, request};
use crate::client::{Presigned, Response};
use crate::error::Result;
use crate::op::{GetObject, Operation, PutObject};
use crate::wire::Pairs;

/// The parameters of `coslink_presigned_get`. An option struct; begin with
/// `COSLINK_INIT(coslink_presigned_get_options)`. The content goes to the one of
/// `buffer`, `path` and `write` that is set; with none of them into memory, to
/// `coslink_result_body`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct coslink_presigned_get_options {
    /// `sizeof(coslink_presigned_get_options)`; set by `COSLINK_INIT`.
    pub size: usize,
    /// Only when the object has this ETag, with or without quotes; else 412
    /// (`COSLINK_ERROR_PRECONDITION`).
    pub if_match: *const c_char,
    /// Only when the object has another ETag; else `not_modified`.
    pub if_none_match: *const c_char,
    /// Only when the object was stored after this time, in seconds since 1970-01-01 UTC; else
    /// `not_modified`. 0: unset.
    pub if_modified_since: i64,
    /// Only when the object was not stored after this time, in seconds since 1970-01-01 UTC; else
    /// 412 (`COSLINK_ERROR_PRECONDITION`). 0: unset.
    pub if_unmodified_since: i64,
    /// The first byte of the range to read, counted from 0.
    pub range_first: u64,
    /// How many bytes to read from `range_first` on; COS cuts what lies behind the end. 0: up to
    /// the end. Both 0: the whole object.
    pub range_length: u64,
    /// Headers; those that were signed must be among them.
    pub headers: *const coslink_pair,
    /// How many `headers` there are.
    pub header_count: usize,
    /// From here to `user_data`: as in `coslink_get_object_options`.
    pub max_memory: u64,
    pub buffer: *mut c_void,
    pub capacity: usize,
    pub path: *const c_char,
    pub write: coslink_write_fn,
    pub progress: coslink_progress_fn,
    pub user_data: *mut c_void,
}

// SAFETY: `repr(C)`, begins with its size, and all of its fields may have any bytes from C.
unsafe impl Options for coslink_presigned_get_options {}

/// The parameters of `coslink_presigned_put`. An option struct; begin with
/// `COSLINK_INIT(coslink_presigned_put_options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct coslink_presigned_put_options {
    /// `sizeof(coslink_presigned_put_options)`; set by `COSLINK_INIT`.
    pub size: usize,
    /// The MIME type, kept with the object. NULL: it follows from the name of the file that is sent,
    /// and is `application/octet-stream` for everything else.
    pub content_type: *const c_char,
    /// Headers; those that were signed must be among them.
    pub headers: *const coslink_pair,
    /// How many `headers` there are.
    pub header_count: usize,
    /// Told how many bytes of the body were sent. NULL: nobody is.
    pub progress: coslink_progress_fn,
    /// Passed to `progress`.
    pub user_data: *mut c_void,
}

// SAFETY: `repr(C)`, begins with its size, and all of its fields may have any bytes from C.
unsafe impl Options for coslink_presigned_put_options {}

/// The parameters of `coslink_presigned_request`. An option struct; begin with
/// `COSLINK_INIT(coslink_presigned_request_options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct coslink_presigned_request_options {
    /// `sizeof(coslink_presigned_request_options)`; set by `COSLINK_INIT`.
    pub size: usize,
    /// Headers; those that were signed must be among them.
    pub headers: *const coslink_pair,
    /// How many `headers` there are.
    pub header_count: usize,
    /// The most bytes that the answer may have when it goes to memory. 0: 64 MiB.
    pub max_memory: u64,
    /// Gives the answer to this function, block by block, instead of into memory of the result. See
    /// `coslink_write_fn`.
    pub write: coslink_write_fn,
    /// Told how many bytes of the body were sent. NULL: nobody is.
    pub progress: coslink_progress_fn,
    /// Passed to `write` and `progress`.
    pub user_data: *mut c_void,
}

// SAFETY: `repr(C)`, begins with its size, and all of its fields may have any bytes from C.
unsafe impl Options for coslink_presigned_request_options {}

/// Stands where an operation wants a key; the one that counts is in the URL.
const UNUSED_KEY: &str = "presigned";

/// # Safety
/// The pointers are NULL or keep what the header asks of them.
unsafe fn presigned(client: *const coslink_client, url: *const c_char) -> Result<Presigned> {
    // SAFETY: as promised by the caller.
    let (client, url) = unsafe { (required(client, "client")?, required_text(url, "url")?) };
    client.0.presigned(url)
}

/// Sends an operation, while the watcher looks on.
fn send<O: Operation>(
    presigned: &Presigned,
    operation: O,
    watcher: Watcher,
) -> Result<Response<O::Output>> {
    match watcher.callback {
        Some(_) => presigned.send_with(operation, watcher),
        None => presigned.send(operation),
    }
}

/// Reads the object of a URL that somebody signed for GET, and checks it as `coslink_get_object` does.
/// The client's credentials are not used; an `anonymous` client is enough. `options` may be NULL.
///
/// Blocks. Any thread. The URL appears in no error. Free `*result`, whose output
/// `coslink_result_get_object` gives, with `coslink_result_free`. Fails as `coslink_get_object`;
/// with `COSLINK_ERROR_DENIED` when the URL is no longer valid or was signed for something else.
/// Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_presigned_get(
    client: *const coslink_client,
    url: *const c_char,
    options: *const coslink_presigned_get_options,
    result: *mut *mut coslink_result,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            let slot = Out::new(result);
            let presigned = presigned(client, url)?;
            let mut get = GetObject::new(UNUSED_KEY);
            let options = read_sized(options, "options")?;
            apply_rows!(get.rows(), options: if_match if_none_match if_modified_since if_unmodified_since);
            apply_pairs!(get, options: header(headers, header_count));
            let (first, length) = (options.range_first, options.range_length);
            if let Some(range) = get::range(first, length, "range_length")? {
                get = get.range(range);
            }
            let (callback, user_data) = (options.progress, options.user_data);
            let watcher = Watcher {
                callback,
                user_data,
            };
            let sink = Sink::of(&given!(options))?;
            slot.give_response(get::receive(presigned.send(get)?, sink, watcher)?);
            Ok(())
        })
    }
}

/// Puts a whole object to a URL that somebody signed for PUT, and checks it as `coslink_put_object`
/// does. The client's credentials are not used; an `anonymous` client is enough. `options` may be
/// NULL.
///
/// Blocks. Any thread. The URL appears in no error. Free `*result`, whose output
/// `coslink_result_put_object` gives, with `coslink_result_free`. Fails as `coslink_put_object`; with
/// `COSLINK_ERROR_DENIED` when the URL is no longer valid or was signed for something else. Since
/// 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_presigned_put(
    client: *const coslink_client,
    url: *const c_char,
    body: *const coslink_body,
    options: *const coslink_presigned_put_options,
    result: *mut *mut coslink_result,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            let slot = Out::new(result);
            let presigned = presigned(client, url)?;
            let mut put = PutObject::new(UNUSED_KEY, self::body(body)?);
            let options = read_sized(options, "options")?;
            apply_rows!(put.rows(), options: content_type);
            apply_pairs!(put, options: header(headers, header_count));
            let (callback, user_data) = (options.progress, options.user_data);
            let watcher = Watcher {
                callback,
                user_data,
            };
            slot.give_response(send(&presigned, put, watcher)?);
            Ok(())
        })
    }
}

/// Sends any other request by a URL that somebody signed for `method`, a `coslink_method`; HEAD and
/// DELETE of an object, a part of an upload. The client's credentials are not used; an `anonymous`
/// client is enough. `body` (NULL: none) is for PUT and POST; `options` may be NULL.
///
/// Blocks. Any thread. The URL appears in no error. Free `*result`, whose output
/// `coslink_result_request` gives, with `coslink_result_free`. Fails as `coslink_request`; with
/// `COSLINK_ERROR_DENIED` when the URL is no longer valid or was signed for something else. Since
/// 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_presigned_request(
    client: *const coslink_client,
    method: i32,
    url: *const c_char,
    body: *const coslink_body,
    options: *const coslink_presigned_request_options,
    result: *mut *mut coslink_result,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            let slot = Out::new(result);
            let method = self::method(method)?;
            let presigned = presigned(client, url)?;
            let options = read_sized(options, "options")?;
            let raw = Raw {
                method,
                key: None,
                query: Pairs::new(),
                headers: collect(pairs(options.headers, options.header_count, "headers")?),
                body: optional_body(body)?,
                xml: false,
            };
            let (callback, user_data) = (options.progress, options.user_data);
            let watcher = Watcher {
                callback,
                user_data,
            };
            let sink = Sink::of(&Given::answer(options.max_memory, options.write, user_data))?;
            let response = send(&presigned, raw, watcher)?;
            slot.give_response(request::receive(response, sink)?);
            Ok(())
        })
    }
}
