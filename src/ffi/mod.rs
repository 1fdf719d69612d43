//! The C library. `include/coslink.h` is made from this module; its first comment holds the
//! conventions, and this is how they are kept:
//!
//! * Every exported function is a plain item, so that cbindgen sees it, and its body runs in
//!   [`guard`] or [`quietly`]: a panic becomes a status and never reaches C.
//! * What C passes in goes through `convert`: NULL, bad UTF-8 and sizes are checked there, and the
//!   error names the parameter. Options are copied out of the caller's struct first.
//! * What C reads is built once, when a call succeeds or fails, as plain structs whose pointers lead
//!   into the [`Arena`](arena::Arena) of the handle.
//! * Callbacks are wrapped in `callback`; they are reached only from the calling thread, because the
//!   Rust API promises the same of `Watch`, of reader bodies and of writers.

#![allow(unsafe_code)]
// C has its own style of names, and reaches these items by symbol, not by path.
#![allow(non_camel_case_types, unreachable_pub)]

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::error::{Error, ErrorKind, Result};

mod acl;
mod arena;
mod batch;
mod body;
mod bucket;
mod callback;
mod choices;
mod client;
mod convert;
mod copy;
mod copy_file;
mod copy_options;
mod cors;
mod credentials;
mod delete;
mod form;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzz;
mod get;
mod leftovers;
mod list;
mod log;
mod multipart;
mod multipart_options;
mod network;
mod object;
mod object_options;
mod output;
mod pages;
mod post;
mod presign;
mod presigned;
mod queue;
mod queue_event;
mod queue_push;
mod queue_task;
mod request;
mod restore;
mod result;
mod rows;
mod sink;
mod status;
mod stream;
mod transfer;
mod transfer_output;
mod uploads;
mod version;
mod view;

use convert::Out;
use status::{coslink_error, coslink_status};

/// Runs the body of a fallible function. Its error, or a panic, goes to `*error` and becomes the
/// status.
///
/// # Safety
/// `error` is NULL or can be written.
unsafe fn guard(
    error: *mut *mut coslink_error,
    body: impl FnOnce() -> Result<()>,
) -> coslink_status {
    let mut body = Some(body);
    let twice = || Err(Error::new(ErrorKind::Internal, "a body that ran before"));
    // SAFETY: as promised by the caller.
    unsafe { guard_any(error, &mut || body.take().map_or_else(twice, |body| body())) }
}

/// The same for all functions, so that there is this once.
///
/// # Safety
/// As for [`guard`].
unsafe fn guard_any(
    error: *mut *mut coslink_error,
    body: &mut dyn FnMut() -> Result<()>,
) -> coslink_status {
    // SAFETY: as promised by the caller.
    let slot = unsafe { Out::new(error) };
    // Nothing that a panic could leave half done is reached again: shared state is behind locks
    // that outlive a panic, and everything else belongs to the call.
    let outcome = catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().copied();
        let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        let message = format!("panicked: {}", text.unwrap_or("without a text"));
        Err(Error::new(ErrorKind::Internal, message))
    });
    match outcome {
        Ok(()) => coslink_status::COSLINK_OK,
        Err(e) => {
            slot.give_raw(|| coslink_error::raw(&e));
            e.kind().into()
        }
    }
}

/// Runs the body of a function that cannot fail; after a panic it returns `otherwise`.
fn quietly<T>(otherwise: T, body: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or(otherwise)
}

#[cfg(test)]
mod tests {
    use std::ptr;

    use super::*;

    #[test]
    fn a_panic_becomes_an_error_that_can_be_freed() {
        let mut error = ptr::dangling_mut();
        // SAFETY: the slot is a local; the error is read before it is freed, once.
        unsafe {
            let status = guard(&raw mut error, || panic!("on purpose"));
            assert_eq!(status as i32, ErrorKind::Internal as i32);
            let message = std::ffi::CStr::from_ptr((*error).message);
            assert_eq!(message.to_str(), Ok("panicked: on purpose"));
            status::coslink_error_free(error);
        }
        assert_eq!(quietly(7, || panic!("on purpose")), 7);
    }

    #[test]
    fn success_clears_the_error() {
        let mut error = ptr::dangling_mut();
        // SAFETY: the slot is a local.
        let status = unsafe { guard(&raw mut error, || Ok(())) };
        assert_eq!(status as i32, 0);
        assert!(error.is_null());
    }
}
