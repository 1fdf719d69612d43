//! How a call ended: the number to branch on, and what there is to say of a failure.

use std::ffi::CString;

use libc::c_char;

use super::arena::Arena;
use super::convert::{Out, coslink_pair};
use super::quietly;
use crate::error::{Error, ErrorKind, Result};

/// How a call ended. Zero is success; the numbers never change, and new ones may appear in any
/// version, so let a `switch` have a `default`.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum coslink_status {
    /// Success.
    COSLINK_OK = 0,
    /// An argument cannot be used; the message names it. No byte was sent, unless it is the place
    /// for the content of an object that turns out to be too small.
    COSLINK_ERROR_INVALID_ARGUMENT = 1,
    /// There are no usable credentials. No byte was sent.
    COSLINK_ERROR_CREDENTIALS = 2,
    /// A local file could not be opened, read, written or renamed.
    COSLINK_ERROR_LOCAL_IO = 3,
    /// The connection could not be made, broke, or was not secure.
    COSLINK_ERROR_TRANSPORT = 4,
    /// The name lookup, the connection or the data did not move in time.
    COSLINK_ERROR_TIMEOUT = 5,
    /// The service refused the credentials, the signature or the permission (401, 403).
    COSLINK_ERROR_DENIED = 6,
    /// The bucket, object, version or upload does not exist (404).
    COSLINK_ERROR_NOT_FOUND = 7,
    /// A condition of the request was not met (304 where it is no answer, 409, 412, 416).
    COSLINK_ERROR_PRECONDITION = 8,
    /// The service asks for fewer requests (429, 503 `SlowDown`).
    COSLINK_ERROR_THROTTLED = 9,
    /// Any other error answer of the service.
    COSLINK_ERROR_SERVICE = 10,
    /// The answer is not what the protocol allows: cut short, malformed, or for another request.
    COSLINK_ERROR_PROTOCOL = 11,
    /// Length, Content-MD5 or CRC64 of the data differ from what was promised.
    COSLINK_ERROR_INTEGRITY = 12,
    /// A progress callback, or one that is told of finished files, said stop; or the task of a queue
    /// was cancelled.
    COSLINK_ERROR_CANCELLED = 13,
    /// The object of the call is not in a state that allows it.
    COSLINK_ERROR_WRONG_STATE = 14,
    /// A read or write callback said stop, or did what it must not.
    COSLINK_ERROR_CALLBACK = 15,
    /// A bug in coslink. Please report it.
    COSLINK_ERROR_INTERNAL = 16,
    /// The local file changed while it was being sent.
    COSLINK_ERROR_SOURCE_CHANGED = 17,
    /// Another transfer, of this or another process, is at the same file.
    COSLINK_ERROR_BUSY = 18,
}

/// Pairs each kind with its constant. A kind that is missing here does not compile.
macro_rules! statuses {
    ($($kind:ident = $constant:ident,)*) => {
        impl From<ErrorKind> for coslink_status {
            fn from(kind: ErrorKind) -> Self {
                match kind {
                    $(ErrorKind::$kind => Self::$constant,)*
                }
            }
        }

        fn name(status: i32) -> Option<&'static str> {
            const OK: i32 = coslink_status::COSLINK_OK as i32;
            $(const $constant: i32 = coslink_status::$constant as i32;)*
            match status {
                OK => Some("COSLINK_OK\0"),
                $($constant => Some(concat!(stringify!($constant), "\0")),)*
                _ => None,
            }
        }
    };
}

statuses! {
    InvalidArgument = COSLINK_ERROR_INVALID_ARGUMENT,
    Credentials = COSLINK_ERROR_CREDENTIALS,
    LocalIo = COSLINK_ERROR_LOCAL_IO,
    Transport = COSLINK_ERROR_TRANSPORT,
    Timeout = COSLINK_ERROR_TIMEOUT,
    Denied = COSLINK_ERROR_DENIED,
    NotFound = COSLINK_ERROR_NOT_FOUND,
    Precondition = COSLINK_ERROR_PRECONDITION,
    Throttled = COSLINK_ERROR_THROTTLED,
    Service = COSLINK_ERROR_SERVICE,
    Protocol = COSLINK_ERROR_PROTOCOL,
    Integrity = COSLINK_ERROR_INTEGRITY,
    Cancelled = COSLINK_ERROR_CANCELLED,
    WrongState = COSLINK_ERROR_WRONG_STATE,
    Callback = COSLINK_ERROR_CALLBACK,
    Internal = COSLINK_ERROR_INTERNAL,
    SourceChanged = COSLINK_ERROR_SOURCE_CHANGED,
    Busy = COSLINK_ERROR_BUSY,
}

/// The name of a status, such as `"COSLINK_ERROR_NOT_FOUND"`; `"unknown"` for a number that this
/// version does not have.
///
/// Never blocks. Any thread. The text is the library's and lives for ever. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn coslink_status_name(status: i32) -> *const c_char {
    name(status).unwrap_or("unknown\0").as_ptr().cast()
}

/// Why a call failed. An output struct: it belongs to whoever called, who frees it with
/// `coslink_error_free`; its texts live as long as it does.
///
/// Texts are one line and never hold a secret or a signed URL. Branch on `status`, show `text`, and
/// keep `request_id` for a support ticket.
#[repr(C)]
pub struct coslink_error {
    /// What the call returned.
    pub status: coslink_status,
    /// The HTTP status; 0 when the service did not answer.
    pub http_status: i32,
    /// How many times the request was sent; 0 when no byte left.
    pub attempts: u32,
    /// Non-zero when the same call may succeed a moment later.
    pub retryable: i32,
    /// All but the headers in one line. Never NULL.
    pub text: *const c_char,
    /// What went wrong, without the kind and the operation. Never NULL.
    pub message: *const c_char,
    /// The operation, as COS names it (`PutObject`); empty when none was under way. Never NULL.
    pub operation: *const c_char,
    /// The service's own code, such as `NoSuchKey`. NULL without an error document, as for HEAD.
    pub code: *const c_char,
    /// The address of the bucket or object, as the service names it, or NULL.
    pub resource: *const c_char,
    /// The `x-cos-request-id` of the answer, or NULL.
    pub request_id: *const c_char,
    /// The `x-cos-trace-id` of the answer, or NULL.
    pub trace_id: *const c_char,
    /// The headers of the answer, in order; NULL when the service did not answer.
    pub headers: *const coslink_pair,
    /// How many `headers` there are.
    pub header_count: usize,
}

/// The error with what its texts lie in.
#[repr(C)]
struct Kept {
    // First, so that a pointer to the whole is one to the view.
    view: coslink_error,
    arena: Arena,
}

impl coslink_error {
    /// An error for C, to be freed with `coslink_error_free`.
    pub(super) fn raw(error: &Error) -> *mut Self {
        let mut arena = Arena::default();
        let headers = error.headers();
        let view = Self {
            status: error.kind().into(),
            http_status: error.status().map_or(0, i32::from),
            attempts: error.attempts(),
            retryable: i32::from(error.is_retryable()),
            text: arena.text(&error.to_string()),
            message: arena.text(error.message()),
            operation: arena.text(error.operation()),
            code: arena.optional(error.code()),
            resource: arena.optional(error.resource()),
            request_id: arena.optional(error.request_id()),
            trace_id: arena.optional(error.trace_id()),
            headers: arena.pairs(headers.iter().map(|(name, value)| (&**name, &**value))),
            header_count: headers.len(),
        };
        Box::into_raw(Box::new(Kept { view, arena })).cast()
    }
}

/// Frees an error. NULL is fine.
///
/// Never blocks. One thread at a time for one error. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_error_free(error: *mut coslink_error) {
    quietly((), || {
        if !error.is_null() {
            // SAFETY: it came from `coslink_error::raw` and is freed once, as the header says.
            drop(unsafe { Box::from_raw(error.cast::<Kept>()) });
        }
    });
}

impl Out<c_char> {
    /// Hands out a text, to be freed with `coslink_string_free`.
    pub(super) fn give_text(self, text: String) -> Result<()> {
        let text = CString::new(text).map_err(|e| {
            Error::new(ErrorKind::Internal, "a text for C has a NUL").with_source(e)
        })?;
        self.give_raw(|| text.into_raw());
        Ok(())
    }
}

/// Frees a text that a call handed out through a `char **`. NULL is fine.
///
/// Never blocks. Any thread. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_string_free(string: *mut c_char) {
    quietly((), || {
        if !string.is_null() {
            // SAFETY: it came from `CString::into_raw`, is unchanged in length, and is freed once.
            drop(unsafe { CString::from_raw(string) });
        }
    });
}

#[cfg(test)]
mod tests {
    use std::ffi::CStr;

    use super::*;

    #[test]
    fn statuses_are_the_numbers_of_the_kinds_and_have_names() {
        for kind in ErrorKind::ALL {
            let status = coslink_status::from(*kind) as i32;
            assert_eq!(status, *kind as i32, "{kind}");
            // SAFETY: the name is a static text with its NUL.
            let name = unsafe { CStr::from_ptr(coslink_status_name(status)) }.to_string_lossy();
            let words = name.trim_start_matches("COSLINK_ERROR_").to_lowercase();
            assert_eq!(words.replace('_', ""), format!("{kind:?}").to_lowercase());
        }
        for unknown in [-1, 19, i32::MAX] {
            // SAFETY: as above.
            let name = unsafe { CStr::from_ptr(coslink_status_name(unknown)) };
            assert_eq!(name, c"unknown");
        }
    }
}
