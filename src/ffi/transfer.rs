//! Files to and from buckets.

use libc::{c_char, c_void};

use super::callback::{Watcher, coslink_progress_fn};
use super::client::coslink_bucket;
use super::convert::{
    Options, Out, apply, apply_conditions, apply_object_headers, apply_pairs, coslink_pair,
    read_sized, required, required_path, required_text,
};
use super::guard;
use super::result::coslink_result;
use super::status::{coslink_error, coslink_status};
use crate::transfer::{DownloadFile, UploadFile};

/// The parameters of `coslink_upload_file`. An option struct; begin with
/// `COSLINK_INIT(coslink_upload_file_options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct coslink_upload_file_options {
    /// `sizeof(coslink_upload_file_options)`; set by `COSLINK_INIT`.
    pub size: usize,
    /// The size of a part in bytes, 1 MiB to 5 GiB. 0: 8 MiB. It grows by itself where the file
    /// would need more than 10,000 parts.
    pub part_size: u64,
    /// Files of more bytes than this are sent in parts. 0: 8 MiB.
    pub slice_above: u64,
    /// How many parts are under way at the same time. 0, or more than the client's
    /// `parallel_requests`: as many as that.
    pub parallel: u32,
    /// From here to `metadata_count`: as in `coslink_put_object_options`.
    pub content_type: *const c_char,
    pub cache_control: *const c_char,
    pub content_disposition: *const c_char,
    pub content_encoding: *const c_char,
    pub content_language: *const c_char,
    pub expires: *const c_char,
    pub acl: *const c_char,
    pub grant_read: *const c_char,
    pub grant_read_acp: *const c_char,
    pub grant_write_acp: *const c_char,
    pub grant_full_control: *const c_char,
    pub storage_class: *const c_char,
    pub tagging: *const c_char,
    pub forbid_overwrite: i32,
    pub traffic_limit: u64,
    pub server_side_encryption: *const c_char,
    pub sse_kms_key_id: *const c_char,
    pub sse_kms_context: *const c_char,
    pub sse_customer_algorithm: *const c_char,
    pub sse_customer_key: *const c_char,
    pub sse_customer_key_md5: *const c_char,
    pub metadata: *const coslink_pair,
    pub metadata_count: usize,
    /// Any other headers of the object; those that begin with `x-cos-` are signed.
    pub headers: *const coslink_pair,
    /// How many `headers` there are.
    pub header_count: usize,
    /// Told how many bytes were sent. NULL: nobody is.
    pub progress: coslink_progress_fn,
    /// Passed to `progress`.
    pub user_data: *mut c_void,
}

// SAFETY: `repr(C)`, begins with its size, and all of its fields may have any bytes from C.
unsafe impl Options for coslink_upload_file_options {}

/// The parameters of `coslink_download_file`. An option struct; begin with
/// `COSLINK_INIT(coslink_download_file_options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct coslink_download_file_options {
    /// `sizeof(coslink_download_file_options)`; set by `COSLINK_INIT`.
    pub size: usize,
    /// The size of a range in bytes, 1 MiB to 5 GiB. 0: 8 MiB.
    pub part_size: u64,
    /// How many ranges are under way at the same time. 0, or more than the client's
    /// `parallel_requests`: as many as that.
    pub parallel: u32,
    /// The version to read. NULL: the latest.
    pub version_id: *const c_char,
    /// Only when the object has this ETag, with or without quotes; else 412
    /// (`COSLINK_ERROR_PRECONDITION`).
    pub if_match: *const c_char,
    /// Only when the object has another ETag; else 304 (`COSLINK_ERROR_PRECONDITION`).
    pub if_none_match: *const c_char,
    /// Only when the object was stored after this time, in seconds since 1970-01-01 UTC; else 304
    /// (`COSLINK_ERROR_PRECONDITION`). 0: unset.
    pub if_modified_since: i64,
    /// Only when the object was not stored after this time, in seconds since 1970-01-01 UTC; else
    /// 412 (`COSLINK_ERROR_PRECONDITION`). 0: unset.
    pub if_unmodified_since: i64,
    /// The algorithm of your own key (SSE-C) that the object was stored with.
    pub sse_customer_algorithm: *const c_char,
    /// Your own key (SSE-C): base64 of 32 bytes. Sent over https only.
    pub sse_customer_key: *const c_char,
    /// Base64 of the MD5 of your own key.
    pub sse_customer_key_md5: *const c_char,
    /// The most bits per second that COS sends on each connection: 819,200 to 838,860,800. 0: no
    /// limit.
    pub traffic_limit: u64,
    /// Told how many bytes were received. NULL: nobody is.
    pub progress: coslink_progress_fn,
    /// Passed to `progress`.
    pub user_data: *mut c_void,
}

// SAFETY: `repr(C)`, begins with its size, and all of its fields may have any bytes from C.
unsafe impl Options for coslink_download_file_options {}

/// Uploads a file, in one request when it is small, else in parts in parallel, and returns when the
/// object is there and checked. `options` may be NULL.
///
/// Blocks. Any thread; parts move on the client's threads, `progress` runs on the calling one. Free
/// `*result` with `coslink_result_free`; it has no HTTP status and headers. Fails with
/// `COSLINK_ERROR_INVALID_ARGUMENT` and `COSLINK_ERROR_LOCAL_IO` before a byte is sent;
/// `COSLINK_ERROR_SOURCE_CHANGED` when the file does not stay what it was;
/// `COSLINK_ERROR_INTEGRITY` when COS stored other bytes; `COSLINK_ERROR_CANCELLED` when `progress`
/// said stop; or with what the network and the service said. Parts on the server are deleted when
/// the upload fails. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_upload_file(
    bucket: *const coslink_bucket,
    key: *const c_char,
    path: *const c_char,
    options: *const coslink_upload_file_options,
    result: *mut *mut coslink_result,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            let slot = Out::new(result);
            let bucket = required(bucket, "bucket")?;
            let path = required_path(path, "path")?;
            let mut upload = UploadFile::new(required_text(key, "key")?, path);
            let options = read_sized(options, "options")?;
            apply!(upload, options: part_size slice_above);
            apply_object_headers!(upload, options);
            apply_pairs!(upload, options: header(headers, header_count));
            upload = upload.parallel(options.parallel as usize);
            let (callback, user_data) = (options.progress, options.user_data);
            let uploaded = bucket.0.upload_with(
                &upload,
                Watcher {
                    callback,
                    user_data,
                },
            )?;
            let request_id = uploaded.request_id.clone();
            slot.give(coslink_result::of_transfer(uploaded, request_id.as_deref()));
            Ok(())
        })
    }
}

/// Downloads an object into a file, in ranges in parallel when it is big, and returns when the file
/// is whole, checked and durable. `options` may be NULL.
///
/// The bytes go into `<path>.coslink-part` beside the target, which replaces it in one step at the
/// very end: whatever happens before, the target stays as it was. A symbolic link is followed. Every
/// range must come from the object that was there at the beginning.
///
/// Blocks. Any thread; ranges move on the client's threads, `progress` runs on the calling one. Free
/// `*result` with `coslink_result_free`; it has no HTTP status, headers and request id. Fails with
/// `COSLINK_ERROR_LOCAL_IO` when the target cannot be written, before a byte is sent;
/// `COSLINK_ERROR_WRONG_STATE` when another download writes to the same target;
/// `COSLINK_ERROR_PRECONDITION` when the object was replaced meanwhile or a condition is not met,
/// also 304; `COSLINK_ERROR_INTEGRITY` when the CRC64 differs; `COSLINK_ERROR_CANCELLED` when
/// `progress` said stop; or with what the network and the service said. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_download_file(
    bucket: *const coslink_bucket,
    key: *const c_char,
    path: *const c_char,
    options: *const coslink_download_file_options,
    result: *mut *mut coslink_result,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            let slot = Out::new(result);
            let bucket = required(bucket, "bucket")?;
            let path = required_path(path, "path")?;
            let mut download = DownloadFile::new(required_text(key, "key")?, path);
            let options = read_sized(options, "options")?;
            apply!(download, options: part_size traffic_limit);
            apply_conditions!(download, options);
            download = download.parallel(options.parallel as usize);
            let (callback, user_data) = (options.progress, options.user_data);
            let downloaded = bucket.0.download_with(
                &download,
                Watcher {
                    callback,
                    user_data,
                },
            )?;
            slot.give(coslink_result::of_transfer(downloaded, None));
            Ok(())
        })
    }
}
