//! POST Object restore.

use libc::c_char;

use super::client::coslink_bucket;
use super::convert::{Options, Out, coslink_pair, read_sized, required, required_text};
use super::guard;
use super::result::{coslink_result, output_of};
use super::rows::{apply_free_pairs, apply_rows};
use super::status::{coslink_error, coslink_status};
use super::view::view;
use crate::error::Error;
use crate::op::types::Tier;
use crate::op::{RestoreObject, RestoreObjectOutput};

/// The parameters of `coslink_restore_object`. An option struct; begin with
/// `COSLINK_INIT(coslink_restore_object_options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct coslink_restore_object_options {
    /// `sizeof(coslink_restore_object_options)`; set by `COSLINK_INIT`.
    pub size: usize,
    /// The version to restore. NULL: the latest.
    pub version_id: *const c_char,
    /// Non-zero, and `days` 0: for an object of intelligent tiering, which is moved back for good.
    pub omit_days: i32,
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
unsafe impl Options for coslink_restore_object_options {}

/// What COS began. An output struct.
#[repr(C)]
pub struct coslink_restore_object_output {
    /// Non-zero when the restore was begun (202); 0 when a readable copy only lasts longer now
    /// (200).
    pub begun: i32,
}

view! { RestoreObjectOutput => coslink_restore_object_output |arena| begun; {} }

/// Makes an archived object readable for some days. `tier` says how fast: `Expedited` (minutes, not
/// from the deep archive), `Standard` or `Bulk` (hours). `options` may be NULL.
///
/// The call only begins it: `coslink_head_object` tells the state in `restore`. While COS works,
/// another call is 409 `RestoreAlreadyInProgress`; an object that is not archived is 405
/// `RestoreNonArchiveObject`. The request is sent again only when the service turned it away for its
/// rate.
///
/// Blocks. Any thread. Free `*result` with `coslink_result_free`. Fails with
/// `COSLINK_ERROR_INVALID_ARGUMENT` before a byte is sent, or with what the network and the service
/// said. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_restore_object(
    bucket: *const coslink_bucket,
    key: *const c_char,
    days: u32,
    tier: *const c_char,
    options: *const coslink_restore_object_options,
    result: *mut *mut coslink_result,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            let slot = Out::new(result);
            let bucket = required(bucket, "bucket")?;
            let key = required_text(key, "key")?;
            let tier = Tier::from(required_text(tier, "tier")?);
            let options = read_sized(options, "options")?;
            let mut restore = match (days, options.omit_days != 0) {
                (days, false) => RestoreObject::new(key, days, tier),
                (0, true) => RestoreObject::from_tiering(key, tier),
                (days, true) => {
                    let why = format!("is {days}, with omit_days set");
                    return Err(Error::invalid("days", why));
                }
            };
            apply_rows!(restore.rows(), options: version_id);
            apply_free_pairs!(restore, options);
            slot.give_response(bucket.0.send(restore)?);
            Ok(())
        })
    }
}

/// The output of `coslink_restore_object`; NULL for another operation's result.
///
/// Never blocks. Lives as long as the result. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_result_restore_object(
    result: *const coslink_result,
) -> *const coslink_restore_object_output {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe { output_of(result) }
}
