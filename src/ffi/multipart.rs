//! Uploads in parts, step by step.

use libc::c_char;

use super::body::{body, coslink_body};
use super::callback::Watcher;
use super::client::coslink_bucket;
use super::convert::{Out, array, read_sized, required, required_text};
use super::guard;
use super::multipart_options::{
    coslink_abort_multipart_upload_options, coslink_complete_multipart_upload_options,
    coslink_initiate_multipart_upload_options, coslink_list_parts_options,
    coslink_upload_part_options,
};
use super::object::send_watched;
use super::result::coslink_result;
use super::rows::{apply_free_pairs, apply_object_headers, apply_rows};
use super::status::{coslink_error, coslink_status};
use crate::error::Result;
use crate::op::{
    AbortMultipartUpload, CompleteMultipartUpload, CompletedPart, InitiateMultipartUpload,
    ListParts, UploadPart,
};

/// A part that becomes a piece of the object. Frozen: it never grows, so that arrays of it are
/// possible.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct coslink_completed_part {
    /// From 1 to 10,000.
    pub part_number: u32,
    /// The ETag that the part's upload returned, with or without quotes.
    pub etag: *const c_char,
}

/// Begins an upload in parts. The headers given here become those of the object. `options` may be
/// NULL. `coslink_upload_file` does all of this for a file.
///
/// Parts that are never completed nor aborted are kept, and billed, until a lifecycle rule of the
/// bucket removes them. Each call begins another upload, also for the same key.
///
/// Blocks. Any thread. Free `*result` with `coslink_result_free`. Fails with
/// `COSLINK_ERROR_INVALID_ARGUMENT` before a byte is sent, or with what the network and the service
/// said. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_initiate_multipart_upload(
    bucket: *const coslink_bucket,
    key: *const c_char,
    options: *const coslink_initiate_multipart_upload_options,
    result: *mut *mut coslink_result,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            let slot = Out::new(result);
            let bucket = required(bucket, "bucket")?;
            let mut initiate = InitiateMultipartUpload::new(required_text(key, "key")?);
            let options = read_sized(options, "options")?;
            apply_object_headers!(initiate, options);
            apply_free_pairs!(initiate, options);
            slot.give_response(bucket.0.send(initiate)?);
            Ok(())
        })
    }
}

/// Sends one part of an upload, of 1 MiB to 5 GiB; only the last may be smaller. Its number is 1 to
/// 10,000; a part of the same number is replaced. Keep the ETag for
/// `coslink_complete_multipart_upload`. `options` may be NULL.
///
/// Blocks. Any thread, also at once for several parts of an upload. Free `*result` with
/// `coslink_result_free`. Fails with `COSLINK_ERROR_INVALID_ARGUMENT` before a byte is sent,
/// `COSLINK_ERROR_INTEGRITY` when COS stored other bytes, or with what the network and the service
/// said. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_upload_part(
    bucket: *const coslink_bucket,
    key: *const c_char,
    upload_id: *const c_char,
    part_number: u32,
    body: *const coslink_body,
    options: *const coslink_upload_part_options,
    result: *mut *mut coslink_result,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            let slot = Out::new(result);
            let bucket = required(bucket, "bucket")?;
            let key = required_text(key, "key")?;
            let upload_id = required_text(upload_id, "upload_id")?;
            let mut part = UploadPart::new(key, upload_id, part_number, self::body(body)?);
            let options = read_sized(options, "options")?;
            apply_rows!(part.rows(), options: content_md5 expect traffic_limit sse_customer_algorithm
                sse_customer_key sse_customer_key_md5);
            apply_free_pairs!(part, options);
            let (callback, user_data) = (options.progress, options.user_data);
            let response = send_watched(
                &bucket.0,
                part,
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

/// Lists one page of the parts that an upload has, by ascending number. `options` may be NULL.
///
/// Blocks. Any thread. Free `*result` with `coslink_result_free`. Fails with
/// `COSLINK_ERROR_INVALID_ARGUMENT` before a byte is sent, or with what the network and the service
/// said. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_list_parts(
    bucket: *const coslink_bucket,
    key: *const c_char,
    upload_id: *const c_char,
    options: *const coslink_list_parts_options,
    result: *mut *mut coslink_result,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            let slot = Out::new(result);
            let bucket = required(bucket, "bucket")?;
            let key = required_text(key, "key")?;
            let mut list = ListParts::new(key, required_text(upload_id, "upload_id")?);
            let options = read_sized(options, "options")?;
            apply_rows!(list.rows(), options: max_parts part_number_marker encoding_type);
            apply_free_pairs!(list, options);
            slot.give_response(bucket.0.send(list)?);
            Ok(())
        })
    }
}

/// # Safety
/// The pointer leads to `count` parts that live during the call.
unsafe fn completed_parts(
    parts: *const coslink_completed_part,
    count: usize,
) -> Result<Vec<CompletedPart>> {
    // SAFETY: as promised by the caller.
    let parts = unsafe { array(parts, count, "parts") }?;
    let part = |(index, part): (usize, &coslink_completed_part)| {
        // SAFETY: as promised by the caller.
        let etag = unsafe { required_text(part.etag, &format!("parts[{index}].etag")) };
        Ok(CompletedPart::new(part.part_number, etag?))
    };
    parts.iter().enumerate().map(part).collect()
}

/// Makes an object of the parts of an upload, which are given by ascending number. `options` may be
/// NULL.
///
/// COS answers at once and then sends blanks for as long as it works, which can be minutes. The call
/// returns when the result is known: an error that comes after a 200 is an error here.
///
/// Blocks. Any thread. Free `*result` with `coslink_result_free`. Fails with
/// `COSLINK_ERROR_INVALID_ARGUMENT` before a byte is sent, or with what the network and the service
/// said. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_complete_multipart_upload(
    bucket: *const coslink_bucket,
    key: *const c_char,
    upload_id: *const c_char,
    parts: *const coslink_completed_part,
    part_count: usize,
    options: *const coslink_complete_multipart_upload_options,
    result: *mut *mut coslink_result,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            let slot = Out::new(result);
            let bucket = required(bucket, "bucket")?;
            let key = required_text(key, "key")?;
            let upload_id = required_text(upload_id, "upload_id")?;
            let parts = completed_parts(parts, part_count)?;
            let mut complete = CompleteMultipartUpload::new(key, upload_id, parts);
            let options = read_sized(options, "options")?;
            apply_rows!(complete.rows(), options: forbid_overwrite pic_operations);
            apply_free_pairs!(complete, options);
            slot.give_response(bucket.0.send(complete)?);
            Ok(())
        })
    }
}

/// Ends an upload and deletes its parts. An upload that does not exist (any more) is
/// `COSLINK_ERROR_NOT_FOUND` with the code `NoSuchUpload`. `options` may be NULL. Its result has no
/// output.
///
/// Blocks. Any thread. Free `*result` with `coslink_result_free`. Fails with
/// `COSLINK_ERROR_INVALID_ARGUMENT` before a byte is sent, or with what the network and the service
/// said. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_abort_multipart_upload(
    bucket: *const coslink_bucket,
    key: *const c_char,
    upload_id: *const c_char,
    options: *const coslink_abort_multipart_upload_options,
    result: *mut *mut coslink_result,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            let slot = Out::new(result);
            let bucket = required(bucket, "bucket")?;
            let key = required_text(key, "key")?;
            let mut abort = AbortMultipartUpload::new(key, required_text(upload_id, "upload_id")?);
            let options = read_sized(options, "options")?;
            apply_free_pairs!(abort, options);
            slot.give_response(bucket.0.send(abort)?);
            Ok(())
        })
    }
}
