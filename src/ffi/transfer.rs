//! Files to and from buckets.

use libc::{c_char, c_void};
use std::path::Path;

use super::callback::{FileWatcher, coslink_progress_fn};
use super::choices::apply_choices;
use super::client::coslink_bucket;
use super::convert::{
    Options, Out, apply, apply_pairs, coslink_pair, read_sized, required, required_path,
    required_text,
};
use super::guard;
use super::result::coslink_result;
use super::rows::{apply_conditions, apply_object_headers};
use super::status::{coslink_error, coslink_status};
use crate::error::Result;
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
    /// Told how many bytes were sent. What an earlier run has sent counts as soon as it is found.
    /// NULL: nobody is.
    pub progress: coslink_progress_fn,
    /// Passed to `progress` and `hashed`.
    pub user_data: *mut c_void,
    /// How an upload in parts is continued that did not come to its end: a `coslink_resume`. 0: as
    /// the client says.
    pub resume: i32,
    /// Whether the CRC64 of the whole object must be known: a `coslink_verify`. 0: preferred.
    pub verify: i32,
    /// Non-zero: each body goes with its Content-MD5, so that COS refuses other bytes. The file is
    /// read twice.
    pub content_md5: i32,
    /// Non-zero: when a callback stops the upload, its parts stay with COS, to be continued. 0: they
    /// are deleted.
    pub keep_cancelled: i32,
    /// Told how many bytes of the file were summed up, to find what an earlier run has sent; before
    /// any are sent, and only where there is something to find. NULL: nobody is.
    pub hashed: coslink_progress_fn,
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
    /// Told how many bytes were received. What an earlier run has received counts as soon as it is
    /// found. NULL: nobody is.
    pub progress: coslink_progress_fn,
    /// Passed to `progress` and `hashed`.
    pub user_data: *mut c_void,
    /// How a download of several ranges is continued that did not come to its end: a
    /// `coslink_resume`, of which all but the journal continue nothing. 0: as the client says.
    pub resume: i32,
    /// Whether the CRC64 of the object must be known: a `coslink_verify`. 0: preferred.
    pub verify: i32,
    /// Non-zero: when a callback stops the download, what has arrived stays, to be continued. 0: it
    /// is deleted.
    pub keep_cancelled: i32,
    /// Told how many bytes of the part file were summed up, to find what an earlier run has
    /// received; before any are received, and only where there is something to find. NULL: nobody is.
    pub hashed: coslink_progress_fn,
}

// SAFETY: `repr(C)`, begins with its size, and all of its fields may have any bytes from C.
unsafe impl Options for coslink_download_file_options {}

impl coslink_upload_file_options {
    /// What they ask for, but for the callbacks.
    ///
    /// # Safety
    /// All that the pointers lead to lives, and is only read, during the call.
    pub(super) unsafe fn describe(&self, key: &str, path: &Path) -> Result<UploadFile> {
        let mut upload = UploadFile::new(key, path);
        // SAFETY: as promised by the caller.
        unsafe {
            apply!(upload, self: part_size slice_above content_md5);
            apply_object_headers!(upload, self);
            apply_pairs!(upload, self: header(headers, header_count));
            apply_choices!(upload, self);
        }
        Ok(upload)
    }
}

impl coslink_download_file_options {
    /// What they ask for, but for the callbacks.
    ///
    /// # Safety
    /// All that the pointers lead to lives, and is only read, during the call.
    pub(super) unsafe fn describe(&self, key: &str, path: &Path) -> Result<DownloadFile> {
        let mut download = DownloadFile::new(key, path);
        // SAFETY: as promised by the caller.
        unsafe {
            apply!(download, self: part_size traffic_limit);
            apply_conditions!(download, self);
            apply_choices!(download, self);
        }
        Ok(download)
    }
}

/// Uploads a file, in one request when it is small, else in parts in parallel, and returns when the
/// object is there and checked. `options` may be NULL.
///
/// An upload in parts that did not come to its end, also because the process died, is continued by
/// the same call; see `coslink_resume`, and `receipt` of the output for what was skipped. Parts on
/// the server are deleted when nothing is to be continued: with `COSLINK_RESUME_OFF`, after a stop
/// by a callback without `keep_cancelled`, and after an error that does not pass.
///
/// Blocks. Any thread; parts move on the client's threads, callbacks run on the calling one. Free
/// `*result` with `coslink_result_free`; it has no HTTP status and headers. Fails with
/// `COSLINK_ERROR_INVALID_ARGUMENT` and `COSLINK_ERROR_LOCAL_IO` before a byte is sent;
/// `COSLINK_ERROR_BUSY`, also before, when another call, of this or another process, is at the same
/// upload; `COSLINK_ERROR_SOURCE_CHANGED` when the file does not stay what it was;
/// `COSLINK_ERROR_INTEGRITY` when COS stored other bytes, or states no CRC64 where `verify` requires
/// one; `COSLINK_ERROR_CANCELLED` when a callback said stop; or with what the network and the
/// service said. Since 0.1.0.
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
            let key = required_text(key, "key")?;
            let options = read_sized(options, "options")?;
            let upload = options.describe(key, path)?;
            let watcher = FileWatcher {
                progress: options.progress,
                hashed: options.hashed,
                user_data: options.user_data,
            };
            let uploaded = bucket.0.upload_with(&upload, watcher)?;
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
/// A download of several ranges that did not come to its end, also because the process died, is
/// continued by the same call: the ranges in the part file that `<path>.coslink-journal` speaks of
/// are read and compared with the CRC64 recorded there. Both files are removed when nothing is to be
/// continued: with another `coslink_resume` than the journal, after a stop by a callback without
/// `keep_cancelled`, and after an error that does not pass.
///
/// Blocks. Any thread; ranges move on the client's threads, callbacks run on the calling one. Free
/// `*result` with `coslink_result_free`; it has no HTTP status, headers and request id. Fails with
/// `COSLINK_ERROR_LOCAL_IO` when the target cannot be written, and with `COSLINK_ERROR_BUSY` when
/// another download, of this or another process, writes to it, before a byte is sent;
/// `COSLINK_ERROR_PRECONDITION` when the object was replaced meanwhile or a condition is not met,
/// also 304; `COSLINK_ERROR_INTEGRITY` when the CRC64 differs, or COS states none where `verify`
/// requires one; `COSLINK_ERROR_CANCELLED` when a callback said stop; or with what the network and
/// the service said. Since 0.1.0.
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
            let key = required_text(key, "key")?;
            let options = read_sized(options, "options")?;
            let download = options.describe(key, path)?;
            let watcher = FileWatcher {
                progress: options.progress,
                hashed: options.hashed,
                user_data: options.user_data,
            };
            let downloaded = bucket.0.download_with(&download, watcher)?;
            slot.give(coslink_result::of_transfer(downloaded, None));
            Ok(())
        })
    }
}
