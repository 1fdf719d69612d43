//! Uploads that nobody came back for.

use libc::c_char;
use std::time::Duration;

use super::arena::Arena;
use super::client::coslink_bucket;
use super::convert::{Out, required, text};
use super::guard;
use super::result::{coslink_result, output_of};
use super::status::{coslink_error, coslink_status};
use super::uploads::coslink_upload;
use super::view::{View, pointers};
use crate::op::Upload;

/// The uploads that were aborted. An output struct.
#[repr(C)]
pub struct coslink_abort_uploads_output {
    /// The uploads, as they were listed before.
    pub uploads: *const *const coslink_upload,
    /// How many `uploads` there are.
    pub upload_count: usize,
}

impl View for Vec<Upload> {
    type C = coslink_abort_uploads_output;

    fn view(self, arena: &mut Arena) -> Self::C {
        coslink_abort_uploads_output {
            upload_count: self.len(),
            uploads: pointers(self, arena),
        }
    }
}

/// Aborts every upload whose key begins with `prefix` (NULL or empty: those of the whole bucket) and
/// which was begun `older_than_seconds` ago or earlier. Their parts, which are billed, are deleted;
/// an upload that is under way fails, and one that is to be continued begins anew.
///
/// An error ends the work; what was aborted before stays so.
///
/// Blocks. Any thread. Free `*result` with `coslink_result_free`; it has no HTTP status, headers and
/// request id. Fails with `COSLINK_ERROR_INVALID_ARGUMENT` before a byte is sent, or with what the
/// network and the service said. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_abort_uploads(
    bucket: *const coslink_bucket,
    prefix: *const c_char,
    older_than_seconds: u64,
    result: *mut *mut coslink_result,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            let slot = Out::new(result);
            let bucket = required(bucket, "bucket")?;
            let prefix = text(prefix, "prefix")?.unwrap_or_default();
            let older_than = Duration::from_secs(older_than_seconds);
            let aborted = bucket.0.abort_uploads(prefix, older_than)?;
            slot.give(coslink_result::of_transfer(aborted, None));
            Ok(())
        })
    }
}

/// The output of `coslink_abort_uploads`; NULL for another operation's result.
///
/// Never blocks. Lives as long as the result. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_result_abort_uploads(
    result: *const coslink_result,
) -> *const coslink_abort_uploads_output {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe { output_of(result) }
}
