//! OPTIONS Object.

use libc::c_char;

use super::client::coslink_bucket;
use super::convert::{Options, Out, coslink_pair, read_sized, required, required_text};
use super::guard;
use super::result::{coslink_result, output_of};
use super::rows::{apply_free_pairs, apply_rows};
use super::status::{coslink_error, coslink_status};
use super::view::view;
use crate::op::{OptionsObject, OptionsObjectOutput};

/// The parameters of `coslink_options_object`. An option struct; begin with
/// `COSLINK_INIT(coslink_options_object_options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct coslink_options_object_options {
    /// `sizeof(coslink_options_object_options)`; set by `COSLINK_INIT`.
    pub size: usize,
    /// The headers that the site wants to send, with commas between them.
    pub access_control_request_headers: *const c_char,
    /// Any other headers; those that begin with `x-cos-` are signed.
    pub headers: *const coslink_pair,
    /// How many `headers` there are.
    pub header_count: usize,
    /// Any other query parameters, not encoded; they are signed.
    pub query: *const coslink_pair,
    /// How many pairs of `query` there are.
    pub query_count: usize,
}

// SAFETY: `repr(C)`, begins with its size, and all of its fields may have any bytes from C.
unsafe impl Options for coslink_options_object_options {}

/// What the bucket's CORS rules say. An output struct.
#[repr(C)]
pub struct coslink_options_object_output {
    /// Non-zero when no rule allows it; the rest is then empty.
    pub forbidden: i32,
    /// Non-zero when the answer told `access_control_max_age`.
    pub has_access_control_max_age: i32,
    /// The sites that may ask, `*` for all, or NULL.
    pub access_control_allow_origin: *const c_char,
    /// The methods that are allowed, with commas between them, or NULL.
    pub access_control_allow_methods: *const c_char,
    /// The headers that may be sent, with commas between them, or NULL.
    pub access_control_allow_headers: *const c_char,
    /// The headers that the site may read, with commas between them, or NULL.
    pub access_control_expose_headers: *const c_char,
    /// For how many seconds the answer holds; see `has_access_control_max_age`.
    pub access_control_max_age: u64,
}

view! { OptionsObjectOutput => coslink_options_object_output |arena|
    forbidden access_control_allow_origin access_control_allow_methods access_control_allow_headers
    access_control_expose_headers;
    access_control_max_age {
        has_access_control_max_age: i32::from(access_control_max_age.is_some()),
        access_control_max_age: access_control_max_age.unwrap_or_default(),
    }
}

/// Asks whether a browser on the site `origin` (`https://www.qq.com`) would be allowed to make a
/// request of this `method` (`PUT`), as the browser itself does before it. A refusal by the rules is
/// an answer: see `forbidden`. `options` may be NULL.
///
/// Blocks. Any thread. Free `*result` with `coslink_result_free`. Fails with
/// `COSLINK_ERROR_INVALID_ARGUMENT` before a byte is sent, or with what the network and the service
/// said. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_options_object(
    bucket: *const coslink_bucket,
    key: *const c_char,
    origin: *const c_char,
    method: *const c_char,
    options: *const coslink_options_object_options,
    result: *mut *mut coslink_result,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            let slot = Out::new(result);
            let bucket = required(bucket, "bucket")?;
            let key = required_text(key, "key")?;
            let origin = required_text(origin, "origin")?;
            let mut ask = OptionsObject::new(key, origin, required_text(method, "method")?);
            let options = read_sized(options, "options")?;
            apply_rows!(ask.rows(), options: access_control_request_headers);
            apply_free_pairs!(ask, options);
            slot.give_response(bucket.0.send(ask)?);
            Ok(())
        })
    }
}

/// The output of `coslink_options_object`; NULL for another operation's result.
///
/// Never blocks. Lives as long as the result. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_result_options_object(
    result: *const coslink_result,
) -> *const coslink_options_object_output {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe { output_of(result) }
}
