//! Requests that have no function of their own.

use std::borrow::Cow;
use std::str;

use libc::{c_char, c_void};
use std::ptr;

use super::body::{body, coslink_body};
use super::callback::{Watcher, coslink_progress_fn, coslink_write_fn};
use super::client::coslink_bucket;
use super::convert::{Options, Out, coslink_pair, pairs, read_sized, required};
use super::guard;
use super::object::send_watched;
use super::presign::{collect, key_or_bucket, method};
use super::result::{coslink_result, output_of};
use super::sink::{Given, Sink};
use super::status::{coslink_error, coslink_status};
use super::view::view;
use crate::client::Response;
use crate::error::{Error, Result};
use crate::op::{ObjectBody, Operation};
use crate::wire::body::Kind;
use crate::wire::{Body, Method, Pairs, Reply, Request};

/// The parameters of `coslink_request`. An option struct; begin with
/// `COSLINK_INIT(coslink_request_options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct coslink_request_options {
    /// `sizeof(coslink_request_options)`; set by `COSLINK_INIT`.
    pub size: usize,
    /// Non-zero: the request is for the bucket itself (or the service, see
    /// `coslink_bucket_new_service`), and `key` is NULL.
    pub for_bucket: i32,
    /// Query parameters, not encoded; they are signed. A sub-resource such as `versioning` has an
    /// empty value.
    pub query: *const coslink_pair,
    /// How many pairs of `query` there are.
    pub query_count: usize,
    /// Headers; those that begin with `x-cos-` are signed.
    pub headers: *const coslink_pair,
    /// How many `headers` there are.
    pub header_count: usize,
    /// Non-zero: the body, which must be `data`, is an XML document. The Content-Type and the
    /// Content-MD5 that COS demands for it are set.
    pub xml: i32,
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
unsafe impl Options for coslink_request_options {}

/// An answer as it came. An output struct.
#[repr(C)]
pub struct coslink_request_output {
    /// The body of the answer, when it was read into memory; NULL when it went to `write`. No NUL
    /// stands behind it.
    pub body: *const c_void,
    /// How many bytes were received, wherever they went.
    pub body_length: u64,
}

/// Any request.
pub(super) struct Raw<'a> {
    pub(super) method: Method,
    pub(super) key: Option<&'a str>,
    pub(super) query: Pairs,
    pub(super) headers: Pairs,
    pub(super) body: Body<'a>,
    pub(super) xml: bool,
}

impl Operation for Raw<'_> {
    const NAME: &'static str = "Request";
    type Output = ObjectBody;

    fn request(&self) -> Result<Request<'_>> {
        let mut request = Request::bucket(self.method)
            .with_query(self.query.clone())
            .with_headers(self.headers.clone());
        request.key = self.key.map(Cow::Borrowed);
        if !self.xml {
            return Ok(request.with_body(self.body.reborrow()));
        }
        let Kind::Bytes(document) = &self.body.kind else {
            return Err(Error::invalid("body", "is not in memory, with xml set"));
        };
        let document =
            str::from_utf8(document).map_err(|_| Error::invalid("body", "is not UTF-8"))?;
        Ok(request.with_xml(document.to_owned()))
    }

    /// What a POST does twice is not known, and a forbidden overwrite fails the second time.
    fn is_idempotent(&self) -> bool {
        let forbids = self.headers.get("x-cos-forbid-overwrite") == Some("true");
        self.method != Method::Post && !forbids
    }

    fn read(&self, reply: Reply) -> Result<ObjectBody> {
        // A Content-Length may be that of what a HEAD does not send; a short body is an error anyway.
        Ok(ObjectBody::new(reply.body, None, None))
    }
}

/// An answer that has been received.
pub(super) struct Answered {
    body_length: u64,
    memory: Option<Vec<u8>>,
}

view! { Answered => coslink_request_output |arena| body_length; memory {
        body: memory.map_or(ptr::null(), |bytes| arena.keep_body(bytes)),
    }
}

/// Receives the body of an answer, into memory or by a callback.
pub(super) fn receive(
    response: Response<ObjectBody>,
    sink: Sink<'_>,
) -> Result<Response<Answered>> {
    let Response {
        status,
        headers,
        mut output,
        attempts,
    } = response;
    let nobody = Watcher {
        callback: None,
        user_data: ptr::null_mut(),
    };
    let received = sink.receive(&mut output, nobody).map_err(|error| {
        let sent = error.attempts().max(1);
        error
            .with_operation(Raw::NAME)
            .with_attempts(sent)
            .with_request(status, headers.get("x-cos-request-id"))
    });
    let (body_length, memory) = received?;
    Ok(Response {
        status,
        headers,
        output: Answered {
            body_length,
            memory,
        },
        attempts,
    })
}

/// The body of a request that may have none.
///
/// # Safety
/// As for [`body`].
pub(super) unsafe fn optional_body<'a>(given: *const coslink_body) -> Result<Body<'a>> {
    match given.is_null() {
        true => Ok(Body::empty()),
        // SAFETY: as promised by the caller.
        false => unsafe { body(given) },
    }
}

/// Sends a signed request of any kind, for what has no function of its own. `method` is a
/// `coslink_method`; `key` is NULL only with `options->for_bucket` set, so that a forgotten one never
/// becomes a call on the bucket; `body` (NULL: none) is for PUT and POST; `options` may be NULL.
///
/// Success is any status of 200 to 299. The answer goes into memory, to `coslink_result_request` and
/// `coslink_result_body`, or to `write`; its content is not looked at, neither for an error document
/// nor for a CRC64. The request is retried until its answer begins to arrive; a POST, and a request
/// with `x-cos-forbid-overwrite`, only when the service turned it away for its rate.
///
/// Blocks. Any thread. Free `*result` with `coslink_result_free`. Fails with
/// `COSLINK_ERROR_INVALID_ARGUMENT` before a byte is sent, or when the answer is longer than
/// `max_memory`; `COSLINK_ERROR_CALLBACK` when `write` said stop; `COSLINK_ERROR_CANCELLED` when
/// `progress` said stop; or with what the network and the service said. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_request(
    bucket: *const coslink_bucket,
    method: i32,
    key: *const c_char,
    body: *const coslink_body,
    options: *const coslink_request_options,
    result: *mut *mut coslink_result,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            let slot = Out::new(result);
            let bucket = required(bucket, "bucket")?;
            let options = read_sized(options, "options")?;
            let raw = Raw {
                method: self::method(method)?,
                key: key_or_bucket(key, options.for_bucket)?,
                query: collect(pairs(options.query, options.query_count, "query")?),
                headers: collect(pairs(options.headers, options.header_count, "headers")?),
                body: optional_body(body)?,
                xml: options.xml != 0,
            };
            let (callback, user_data) = (options.progress, options.user_data);
            let watcher = Watcher {
                callback,
                user_data,
            };
            let sink = Sink::of(&Given::answer(options.max_memory, options.write, user_data))?;
            let response = send_watched(&bucket.0, raw, watcher)?;
            slot.give_response(receive(response, sink)?);
            Ok(())
        })
    }
}

/// The output of `coslink_request` and of `coslink_presigned_request`; NULL for another operation's
/// result.
///
/// Never blocks. Lives as long as the result. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_result_request(
    result: *const coslink_result,
) -> *const coslink_request_output {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe { output_of(result) }
}
