//! PUT, HEAD and DELETE Object.

use libc::c_char;

use super::body::{body, coslink_body};
use super::callback::Watcher;
use super::client::coslink_bucket;
use super::convert::{Out, read_sized, required, required_text};
use super::guard;
use super::object_options::{
    coslink_delete_object_options, coslink_head_object_options, coslink_put_object_options,
};
use super::result::coslink_result;
use super::rows::{apply_conditions, apply_free_pairs, apply_object_headers, apply_rows};
use super::status::{coslink_error, coslink_status};
use crate::client::{Bucket, Response};
use crate::error::Result;
use crate::op::{DeleteObject, HeadObject, Operation, PutObject};

/// Sends an operation with a body, while the watcher looks on.
pub(super) fn send_watched<O: Operation>(
    bucket: &Bucket,
    operation: O,
    watcher: Watcher,
) -> Result<Response<O::Output>> {
    match watcher.callback {
        Some(_) => bucket.send_with(operation, watcher),
        None => bucket.send(operation),
    }
}

/// Puts a whole object, of at most 5 GiB, in one request. An object of that key is replaced. Bigger
/// or slower data goes better with `coslink_upload_file`, which sends parts in parallel. The key has
/// 1 to 850 bytes; `options` may be NULL.
///
/// Blocks. Any thread. Free `*result` with `coslink_result_free`. Fails with
/// `COSLINK_ERROR_INVALID_ARGUMENT` before a byte is sent, `COSLINK_ERROR_INTEGRITY` when COS stored
/// other bytes, or with what the network and the service said. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_put_object(
    bucket: *const coslink_bucket,
    key: *const c_char,
    body: *const coslink_body,
    options: *const coslink_put_object_options,
    result: *mut *mut coslink_result,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            let slot = Out::new(result);
            let bucket = required(bucket, "bucket")?;
            let mut put = PutObject::new(required_text(key, "key")?, self::body(body)?);
            let options = read_sized(options, "options")?;
            apply_object_headers!(put, options);
            apply_rows!(put.rows(), options: content_md5 expect pic_operations);
            apply_free_pairs!(put, options);
            let (callback, user_data) = (options.progress, options.user_data);
            let response = send_watched(
                &bucket.0,
                put,
                Watcher {
                    callback,
                    user_data,
                },
            )?;
            slot.give_response(response);
            Ok(())
        })
    }
}

/// Asks for what is known of an object, without its content. `options` may be NULL.
///
/// Blocks. Any thread. Free `*result` with `coslink_result_free`. Fails with
/// `COSLINK_ERROR_NOT_FOUND`, which has no code since a HEAD answer has no body, or with what else
/// the network and the service said. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_head_object(
    bucket: *const coslink_bucket,
    key: *const c_char,
    options: *const coslink_head_object_options,
    result: *mut *mut coslink_result,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            let slot = Out::new(result);
            let bucket = required(bucket, "bucket")?;
            let mut head = HeadObject::new(required_text(key, "key")?);
            let options = read_sized(options, "options")?;
            apply_conditions!(head, options);
            apply_free_pairs!(head, options);
            slot.give_response(bucket.0.send(head)?);
            Ok(())
        })
    }
}

/// Deletes an object, or one version of it. An object that does not exist counts as deleted. In a
/// bucket with versioning and without a version given, COS puts a delete marker in front. `options`
/// may be NULL.
///
/// Blocks. Any thread. Free `*result` with `coslink_result_free`. Fails with
/// `COSLINK_ERROR_INVALID_ARGUMENT` before a byte is sent, or with what the network and the service
/// said. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_delete_object(
    bucket: *const coslink_bucket,
    key: *const c_char,
    options: *const coslink_delete_object_options,
    result: *mut *mut coslink_result,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            let slot = Out::new(result);
            let bucket = required(bucket, "bucket")?;
            let mut delete = DeleteObject::new(required_text(key, "key")?);
            let options = read_sized(options, "options")?;
            apply_rows!(delete.rows(), options: version_id);
            apply_free_pairs!(delete, options);
            slot.give_response(bucket.0.send(delete)?);
            Ok(())
        })
    }
}
