//! GET Object.

use libc::c_char;
use std::ptr;

use super::callback::Watcher;
use super::client::coslink_bucket;
use super::convert::{Out, read_sized, required, required_text};
use super::guard;
use super::object_options::coslink_get_object_options;
use super::output::coslink_get_object_output;
use super::result::coslink_result;
use super::rows::{apply_conditions, apply_free_pairs, apply_rows};
use super::sink::{Sink, given};
use super::status::{coslink_error, coslink_status};
use super::view::view;
use crate::client::Response;
use crate::error::{Error, Result};
use crate::op::types::ByteRange;
use crate::op::{GetObject, GetObjectOutput, HeadObjectOutput, Operation};

/// An object whose content has been received.
pub(super) struct Received {
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

/// Receives the content of an answer.
pub(super) fn receive(
    response: Response<GetObjectOutput>,
    sink: Sink<'_>,
    watcher: Watcher,
) -> Result<Response<Received>> {
    let Response {
        status,
        headers,
        output,
        attempts,
    } = response;
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
        attempts,
    })
}

/// A range from its first byte and its length; no length means up to the end.
pub(super) fn range(first: u64, length: u64, name: &str) -> Result<Option<ByteRange>> {
    match (first, length) {
        (0, 0) => Ok(None),
        (first, 0) => Ok(Some(ByteRange::from(first))),
        (first, length) => {
            let last = first.checked_add(length - 1);
            let last = last.ok_or_else(|| Error::invalid(name, "is too great"))?;
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
            apply_rows!(get.rows(), options:
                response_content_type response_content_language response_expires
                response_cache_control response_content_disposition response_content_encoding
                traffic_limit);
            apply_free_pairs!(get, options);
            if let Some(range) = range(options.range_first, options.range_length, "range_length")? {
                get = get.range(range);
            }
            let (callback, user_data) = (options.progress, options.user_data);
            let watcher = Watcher {
                callback,
                user_data,
            };
            let sink = Sink::of(&given!(options))?;
            slot.give_response(receive(bucket.0.send(get)?, sink, watcher)?);
            Ok(())
        })
    }
}
