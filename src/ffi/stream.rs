//! Bytes of unknown length into a bucket.

use libc::{c_char, c_void};

use super::callback::{CallbackReader, Watcher, coslink_progress_fn, coslink_read_fn};
use super::choices::verify;
use super::client::coslink_bucket;
use super::convert::{
    Options, Out, apply, apply_pairs, coslink_pair, read_sized, required, required_text,
};
use super::guard;
use super::result::coslink_result;
use super::rows::apply_object_headers;
use super::status::{coslink_error, coslink_status};
use crate::error::Error;
use crate::transfer::UploadStream;

/// The parameters of `coslink_upload_stream`. An option struct; begin with
/// `COSLINK_INIT(coslink_upload_stream_options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct coslink_upload_stream_options {
    /// `sizeof(coslink_upload_stream_options)`; set by `COSLINK_INIT`.
    pub size: usize,
    /// The size of a part in bytes, 1 MiB to 5 GiB. 0: 8 MiB. It doubles after each 1000 parts up to
    /// 64 MiB, so that up to some 430 GiB find room in 10,000 parts.
    pub part_size: u64,
    /// How many parts are in memory and under way at the same time; one more is being read. 0: 4.
    pub parallel: u32,
    /// Whether the CRC64 of the whole object must be known: a `coslink_verify`. 0: preferred.
    pub verify: i32,
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
    /// Told how many bytes were sent; `total` is what was read so far. NULL: nobody is.
    pub progress: coslink_progress_fn,
    /// Passed to `progress`.
    pub user_data: *mut c_void,
}

// SAFETY: `repr(C)`, begins with its size, and all of its fields may have any bytes from C.
unsafe impl Options for coslink_upload_stream_options {}

/// Uploads everything that `read` gives until it returns 0, in one request when that is little, else
/// in parts in parallel, and returns when the object is there and checked. `user_data` is passed to
/// `read`. `options` may be NULL.
///
/// Blocks. Any thread; parts move on the client's threads, `read` and `progress` run on the calling
/// one. Free `*result`, whose output `coslink_result_upload_file` gives, with `coslink_result_free`;
/// it has no HTTP status and headers. Fails with `COSLINK_ERROR_INVALID_ARGUMENT` before a byte is
/// sent; `COSLINK_ERROR_CALLBACK` when `read` said stop; `COSLINK_ERROR_INTEGRITY` when COS stored
/// other bytes, or states no CRC64 where `verify` requires one; `COSLINK_ERROR_CANCELLED` when
/// `progress` said stop; or with what the network and the service said. Parts on the server are
/// deleted when the upload fails. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_upload_stream(
    bucket: *const coslink_bucket,
    key: *const c_char,
    read: coslink_read_fn,
    user_data: *mut c_void,
    options: *const coslink_upload_stream_options,
    result: *mut *mut coslink_result,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            let slot = Out::new(result);
            let bucket = required(bucket, "bucket")?;
            let mut upload = UploadStream::new(required_text(key, "key")?);
            let callback = read.ok_or_else(|| Error::invalid("read", "is NULL"))?;
            let reader = CallbackReader {
                callback,
                user_data,
            };
            let options = read_sized(options, "options")?;
            apply!(upload, options: part_size);
            apply_object_headers!(upload, options);
            apply_pairs!(upload, options: header(headers, header_count));
            upload = upload
                .parallel(options.parallel as usize)
                .verify(verify(options.verify)?);
            let (callback, user_data) = (options.progress, options.user_data);
            let watcher = Watcher {
                callback,
                user_data,
            };
            let uploaded = bucket.0.upload_stream_with(&upload, reader, watcher)?;
            let request_id = uploaded.request_id.clone();
            slot.give(coslink_result::of_transfer(uploaded, request_id.as_deref()));
            Ok(())
        })
    }
}
