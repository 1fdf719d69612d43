//! What a call that succeeded handed out.

use std::any::Any;
use std::ffi::CStr;
use std::ptr;
use std::sync::OnceLock;

use libc::{c_char, c_void};

use super::arena::Arena;
use super::convert::{Out, coslink_pair};
use super::view::View;
use super::{output, quietly};
use crate::client::Response;
use crate::wire::Pairs;

/// What a call that succeeded handed out: status, headers, and the output of its operation.
///
/// 1. Pass the address of a `coslink_result *` to an operation; NULL when it is not wanted.
/// 2. `coslink_result_<operation>` gives its output, `coslink_result_header` and the others what
///    came beside it. They never block, and what they return lives until the result is freed.
/// 3. `coslink_result_free` frees it.
///
/// It is never changed, so many threads may read it at once; free it when none does any more.
pub struct coslink_result {
    http_status: i32,
    attempts: u32,
    request_id: *const c_char,
    headers: Pairs,
    shown: OnceLock<Shown>,
    output: Box<dyn Any>,
    arena: Arena,
}

/// Headers as C reads them, made when it first asks for one, which it seldom does.
struct Shown {
    first: *const coslink_pair,
    count: usize,
    /// What `first` leads into.
    _arena: Arena,
}

impl coslink_result {
    /// The result of one request.
    pub(super) fn of<T: View>(response: Response<T>) -> Self {
        let mut arena = Arena::default();
        let (head, output) = response.split();
        let output = Box::new(output.view(&mut arena));
        Self::with(head, output, arena)
    }

    fn with(head: Response<()>, output: Box<dyn Any>, mut arena: Arena) -> Self {
        Self {
            http_status: head.status.into(),
            attempts: head.attempts,
            request_id: arena.optional(head.request_id()),
            headers: head.headers,
            shown: OnceLock::new(),
            output,
            arena,
        }
    }

    fn shown(&self) -> &Shown {
        self.shown.get_or_init(|| {
            let mut arena = Arena::default();
            Shown {
                first: arena.pairs(self.headers.iter()),
                count: self.headers.len(),
                _arena: arena,
            }
        })
    }

    /// The result of a transfer, which took any number of requests.
    pub(super) fn of_transfer<T: View>(transferred: T, request_id: Option<&str>) -> Self {
        let mut arena = Arena::default();
        let output = Box::new(transferred.view(&mut arena));
        Self::without_head(request_id, output, arena)
    }

    fn without_head(request_id: Option<&str>, output: Box<dyn Any>, mut arena: Arena) -> Self {
        Self {
            http_status: 0,
            attempts: 0,
            request_id: arena.optional(request_id),
            headers: Pairs::default(),
            shown: OnceLock::new(),
            output,
            arena,
        }
    }
}

impl Out<coslink_result> {
    /// Hands out the result of one request, if it is wanted.
    pub(super) fn give_response<T: View>(self, response: Response<T>) {
        self.give_raw(|| Box::into_raw(Box::new(coslink_result::of(response))));
    }
}

/// The output of the type, or NULL.
///
/// # Safety
/// The pointer is NULL or a result.
pub(super) unsafe fn output_of<T: 'static>(result: *const coslink_result) -> *const T {
    quietly(ptr::null(), || {
        // SAFETY: as promised by the caller.
        let result = unsafe { result.as_ref() };
        let output = result.and_then(|result| result.output.downcast_ref::<T>());
        output.map_or(ptr::null(), ptr::from_ref)
    })
}

/// The HTTP status; 0 for a transfer and for NULL.
///
/// Never blocks. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_result_http_status(result: *const coslink_result) -> i32 {
    // SAFETY: the caller keeps the rules at the top of the header.
    quietly(0, || unsafe {
        result.as_ref().map_or(0, |result| result.http_status)
    })
}

/// How many times the request was sent; 0 for NULL, and for a transfer, whose receipt counts its
/// requests.
///
/// Never blocks. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_result_attempts(result: *const coslink_result) -> u32 {
    // SAFETY: the caller keeps the rules at the top of the header.
    quietly(0, || unsafe {
        result.as_ref().map_or(0, |result| result.attempts)
    })
}

/// The `x-cos-request-id`, to be named in a support ticket; NULL when there is none.
///
/// Never blocks. Lives as long as the result. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_result_request_id(result: *const coslink_result) -> *const c_char {
    // SAFETY: the caller keeps the rules at the top of the header.
    quietly(ptr::null(), || unsafe {
        result
            .as_ref()
            .map_or(ptr::null(), |result| result.request_id)
    })
}

/// The value of the first header of this name, in any mixture of cases; NULL when there is none.
///
/// Never blocks. Lives as long as the result. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_result_header(
    result: *const coslink_result,
    name: *const c_char,
) -> *const c_char {
    // SAFETY: the caller keeps the rules at the top of the header; headers and their texts are the
    // result's own.
    quietly(ptr::null(), || unsafe {
        let (Some(result), false) = (result.as_ref(), name.is_null()) else {
            return ptr::null();
        };
        let name = CStr::from_ptr(name).to_bytes();
        let shown = result.shown();
        let mut pairs = (0..shown.count).map(|index| &*shown.first.add(index));
        let found = pairs.find(|p| CStr::from_ptr(p.name).to_bytes().eq_ignore_ascii_case(name));
        found.map_or(ptr::null(), |pair| pair.value)
    })
}

/// All headers in order; `*count` (NULL: not wanted) becomes how many there are.
///
/// Never blocks. Lives as long as the result. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_result_headers(
    result: *const coslink_result,
    count: *mut usize,
) -> *const coslink_pair {
    // SAFETY: the caller keeps the rules at the top of the header.
    quietly(ptr::null(), || unsafe {
        let (headers, length) = result.as_ref().map_or((ptr::null(), 0), |result| {
            let shown = result.shown();
            (shown.first, shown.count)
        });
        if let Some(count) = count.as_mut() {
            *count = length;
        }
        headers
    })
}

/// The bytes of the answer, and in `*length` (NULL: not wanted) how many there are. NULL when they
/// went elsewhere, and for an operation whose answer is an output. No NUL stands behind them.
///
/// Never blocks. Lives as long as the result. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_result_body(
    result: *const coslink_result,
    length: *mut usize,
) -> *const c_void {
    // SAFETY: the caller keeps the rules at the top of the header.
    quietly(ptr::null(), || unsafe {
        let body = result.as_ref().and_then(|result| result.arena.body());
        let (bytes, count) = body.unwrap_or((ptr::null(), 0));
        if let Some(length) = length.as_mut() {
            *length = count;
        }
        bytes
    })
}

/// Frees a result and everything that was reached through it. NULL is fine.
///
/// Never blocks. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_result_free(result: *mut coslink_result) {
    quietly((), || {
        if !result.is_null() {
            // SAFETY: it came out of a call and is freed once, as the header says.
            drop(unsafe { Box::from_raw(result) });
        }
    });
}

/// The output of `coslink_list_objects`; NULL for another operation's result.
///
/// Never blocks. Lives as long as the result. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_result_list_objects(
    result: *const coslink_result,
) -> *const output::coslink_list_objects_output {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe { output_of(result) }
}

/// The output of `coslink_put_object`; NULL for another operation's result.
///
/// Never blocks. Lives as long as the result. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_result_put_object(
    result: *const coslink_result,
) -> *const output::coslink_put_object_output {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe { output_of(result) }
}

/// The output of `coslink_head_object`; NULL for another operation's result.
///
/// Never blocks. Lives as long as the result. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_result_head_object(
    result: *const coslink_result,
) -> *const output::coslink_head_object_output {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe { output_of(result) }
}

/// The output of `coslink_get_object`; NULL for another operation's result.
///
/// Never blocks. Lives as long as the result. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_result_get_object(
    result: *const coslink_result,
) -> *const output::coslink_get_object_output {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe { output_of(result) }
}

/// The output of `coslink_delete_object`; NULL for another operation's result.
///
/// Never blocks. Lives as long as the result. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_result_delete_object(
    result: *const coslink_result,
) -> *const output::coslink_delete_object_output {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe { output_of(result) }
}

/// The output of `coslink_initiate_multipart_upload`; NULL for another operation's result.
///
/// Never blocks. Lives as long as the result. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_result_initiate_multipart_upload(
    result: *const coslink_result,
) -> *const output::coslink_initiate_multipart_upload_output {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe { output_of(result) }
}

/// The output of `coslink_upload_part`; NULL for another operation's result.
///
/// Never blocks. Lives as long as the result. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_result_upload_part(
    result: *const coslink_result,
) -> *const output::coslink_upload_part_output {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe { output_of(result) }
}

/// The output of `coslink_list_parts`; NULL for another operation's result.
///
/// Never blocks. Lives as long as the result. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_result_list_parts(
    result: *const coslink_result,
) -> *const output::coslink_list_parts_output {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe { output_of(result) }
}

/// The output of `coslink_complete_multipart_upload`; NULL for another operation's result.
///
/// Never blocks. Lives as long as the result. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_result_complete_multipart_upload(
    result: *const coslink_result,
) -> *const output::coslink_complete_multipart_upload_output {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe { output_of(result) }
}

/// The output of `coslink_upload_file`; NULL for another operation's result.
///
/// Never blocks. Lives as long as the result. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_result_upload_file(
    result: *const coslink_result,
) -> *const super::transfer_output::coslink_upload_file_output {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe { output_of(result) }
}

/// The output of `coslink_download_file`; NULL for another operation's result.
///
/// Never blocks. Lives as long as the result. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_result_download_file(
    result: *const coslink_result,
) -> *const super::transfer_output::coslink_download_file_output {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe { output_of(result) }
}
