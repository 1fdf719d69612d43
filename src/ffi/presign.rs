//! URLs for somebody without credentials.

use std::borrow::Cow;

use libc::c_char;
use std::time::Duration;

use super::client::coslink_bucket;
use super::convert::{Options, Out, coslink_pair, pairs, read_sized, required, text};
use super::guard;
use super::status::{coslink_error, coslink_status};
use crate::error::{Error, ErrorKind, Result};
use crate::op::Operation;
use crate::wire::{Method, Pairs, Reply, Request};

/// An HTTP method. It is passed as `int32_t`.
#[repr(i32)]
#[derive(Clone, Copy)]
pub enum coslink_method {
    /// Read.
    COSLINK_METHOD_GET = 1,
    /// Ask for what is known.
    COSLINK_METHOD_HEAD = 2,
    /// Write.
    COSLINK_METHOD_PUT = 3,
    /// Begin or complete an upload in parts, and whatever else is no plain write.
    COSLINK_METHOD_POST = 4,
    /// Delete, or abort an upload.
    COSLINK_METHOD_DELETE = 5,
    /// Ask for the CORS rules.
    COSLINK_METHOD_OPTIONS = 6,
}

/// The parameters of `coslink_presign`. An option struct; begin with
/// `COSLINK_INIT(coslink_presign_options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct coslink_presign_options {
    /// `sizeof(coslink_presign_options)`; set by `COSLINK_INIT`.
    pub size: usize,
    /// Non-zero: the URL is for the bucket itself, such as a listing, and `key` is NULL.
    pub for_bucket: i32,
    /// Headers that the receiver must send as they are.
    pub headers: *const coslink_pair,
    /// How many `headers` there are.
    pub header_count: usize,
    /// Query parameters, not encoded, such as `response-content-disposition` or, with an empty
    /// value, `uploads`.
    pub query: *const coslink_pair,
    /// How many pairs of `query` there are.
    pub query_count: usize,
}

// SAFETY: `repr(C)`, begins with its size, and all of its fields may have any bytes from C.
unsafe impl Options for coslink_presign_options {}

/// The key, or NULL where the bucket itself is meant: a key that was forgotten must not become a call
/// on the whole bucket.
///
/// # Safety
/// `key` is NULL or a C string that lives as long as `'a`.
pub(super) unsafe fn key_or_bucket<'a>(
    key: *const c_char,
    for_bucket: i32,
) -> Result<Option<&'a str>> {
    // SAFETY: as promised by the caller.
    match (unsafe { text(key, "key") }?, for_bucket != 0) {
        (None, false) => Err(Error::invalid("key", "is NULL")),
        (Some(_), true) => Err(Error::invalid("key", "is not NULL, with for_bucket set")),
        (key, _) => Ok(key),
    }
}

/// Any request of the API that has no body to sign.
struct Presigned<'a> {
    method: Method,
    key: Option<&'a str>,
    query: Pairs,
    headers: Pairs,
}

impl Operation for Presigned<'_> {
    const NAME: &'static str = "Presign";
    type Output = ();

    fn request(&self) -> Result<Request<'_>> {
        let mut request = Request::bucket(self.method);
        request.key = self.key.map(Cow::Borrowed);
        Ok(request
            .with_query(self.query.clone())
            .with_headers(self.headers.clone()))
    }

    fn read(&self, _: Reply) -> Result<()> {
        Err(Error::new(
            ErrorKind::Internal,
            "a presigned request is not sent from here",
        ))
    }
}

pub(super) fn method(number: i32) -> Result<Method> {
    use coslink_method::*;
    let methods = [
        (COSLINK_METHOD_GET, Method::Get),
        (COSLINK_METHOD_HEAD, Method::Head),
        (COSLINK_METHOD_PUT, Method::Put),
        (COSLINK_METHOD_POST, Method::Post),
        (COSLINK_METHOD_DELETE, Method::Delete),
        (COSLINK_METHOD_OPTIONS, Method::Options),
    ];
    let found = methods
        .into_iter()
        .find(|(known, _)| *known as i32 == number);
    let found = found.map(|(_, method)| method);
    found.ok_or_else(|| Error::invalid("method", format!("{number} is no coslink_method")))
}

pub(super) fn collect(given: Vec<(&str, &str)>) -> Pairs {
    let mut pairs = Pairs::new();
    for (name, value) in given {
        pairs.set(name.to_owned(), value);
    }
    pairs
}

/// Makes a URL that carries a request out for whoever has it, for as long as `seconds`, without any
/// secret. `method` is a `coslink_method`; `options` may be NULL.
///
/// Never blocks; nothing is sent. Any thread. Free `*url` with `coslink_string_free`, and treat it
/// as a secret. Fails with `COSLINK_ERROR_INVALID_ARGUMENT`. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_presign(
    bucket: *const coslink_bucket,
    method: i32,
    key: *const c_char,
    seconds: u32,
    options: *const coslink_presign_options,
    url: *mut *mut c_char,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            let slot = Out::new(url).required("url")?;
            let bucket = required(bucket, "bucket")?;
            let options = read_sized(options, "options")?;
            let key = key_or_bucket(key, options.for_bucket)?;
            if seconds == 0 {
                return Err(Error::invalid("seconds", "is 0"));
            }
            let presigned = Presigned {
                method: self::method(method)?,
                key,
                query: collect(pairs(options.query, options.query_count, "query")?),
                headers: collect(pairs(options.headers, options.header_count, "headers")?),
            };
            let made = bucket
                .0
                .presign(&presigned, Duration::from_secs(seconds.into()))?;
            slot.give_text(made)
        })
    }
}
