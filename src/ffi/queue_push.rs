//! Tasks for a queue.

use libc::{c_char, c_void};

use super::choices::verify;
use super::client::coslink_bucket;
use super::convert::{
    Options, apply_pairs, array, coslink_pair, read_sized, required, required_path, required_text,
};
use super::copy::copy_source;
use super::copy_file::coslink_copy_file_options;
use super::copy_options::coslink_copy_source;
use super::guard;
use super::queue::coslink_queue;
use super::rows::apply_object_headers;
use super::status::{coslink_error, coslink_status};
use super::transfer::{coslink_download_file_options, coslink_upload_file_options};
use crate::error::Result;
use crate::queue::Transfer;
use crate::transfer::UploadBytes;

/// The parameters of `coslink_queue_push_bytes`. An option struct; begin with
/// `COSLINK_INIT(coslink_queue_push_bytes_options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct coslink_queue_push_bytes_options {
    /// `sizeof(coslink_queue_push_bytes_options)`; set by `COSLINK_INIT`.
    pub size: usize,
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
    /// Whether the CRC64 of the object must be known: a `coslink_verify`. 0: preferred.
    pub verify: i32,
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
}

// SAFETY: `repr(C)`, begins with its size, and all of its fields may have any bytes from C.
unsafe impl Options for coslink_queue_push_bytes_options {}

/// Adds the task that `describe` makes.
///
/// # Safety
/// The pointers are what the header asks of them.
unsafe fn push<T: Into<Transfer>>(
    queue: *const coslink_queue,
    bucket: *const coslink_bucket,
    priority: i32,
    task: *mut u64,
    error: *mut *mut coslink_error,
    describe: impl FnOnce(&coslink_bucket) -> Result<T>,
) -> coslink_status {
    // SAFETY: as promised by the caller.
    unsafe {
        guard(error, || {
            let mut unwanted = 0;
            let slot = task.as_mut().unwrap_or(&mut unwanted);
            *slot = 0;
            let queue = required(queue, "queue")?;
            let bucket = required(bucket, "bucket")?;
            let transfer = describe(bucket)?;
            let id = queue.queue.push_with(&bucket.0, transfer, priority);
            *slot = id.number();
            Ok(())
        })
    }
}

/// Adds the upload of a file, as by `coslink_upload_file`; `progress` and `hashed` of its options are
/// not called, and `keep_cancelled` says nothing. Tasks of a higher `priority` come first, those of
/// the same one in the order in which they were added, and those below 0 are the background
/// (`COSLINK_BACKGROUND`). `options` may be NULL. `*task` (NULL: not wanted) becomes the number of the
/// task; 0 after a failure.
///
/// Never blocks: nothing is sent or read yet. Any thread. Texts are copied. Fails with
/// `COSLINK_ERROR_INVALID_ARGUMENT` when an argument cannot be read; whatever else is wrong with it,
/// the task fails with. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_queue_push_upload(
    queue: *const coslink_queue,
    bucket: *const coslink_bucket,
    key: *const c_char,
    path: *const c_char,
    options: *const coslink_upload_file_options,
    priority: i32,
    task: *mut u64,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        push(queue, bucket, priority, task, error, |_| {
            let key = required_text(key, "key")?;
            let path = required_path(path, "path")?;
            read_sized(options, "options")?.describe(key, path)
        })
    }
}

/// Adds the upload of `length` bytes, at most 5 GiB, in one request. The bytes are copied, and kept as
/// long as the task is in the list. For the others see `coslink_queue_push_upload`. The output of its
/// result is that of `coslink_result_upload_file`.
///
/// Never blocks: nothing is sent yet. Any thread. Fails with `COSLINK_ERROR_INVALID_ARGUMENT` when an
/// argument cannot be read; whatever else is wrong with it, the task fails with. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_queue_push_bytes(
    queue: *const coslink_queue,
    bucket: *const coslink_bucket,
    key: *const c_char,
    data: *const c_void,
    length: usize,
    options: *const coslink_queue_push_bytes_options,
    priority: i32,
    task: *mut u64,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        push(queue, bucket, priority, task, error, |_| {
            let key = required_text(key, "key")?;
            let data = array(data.cast::<u8>(), length, "data")?;
            let options = read_sized(options, "options")?;
            let mut upload = UploadBytes::new(key, data).verify(verify(options.verify)?);
            apply_object_headers!(upload, options);
            apply_pairs!(upload, options: header(headers, header_count));
            Ok(upload)
        })
    }
}

/// Adds the download of an object into a file, as by `coslink_download_file`; `progress` and `hashed`
/// of its options are not called, and `keep_cancelled` says nothing. For the others see
/// `coslink_queue_push_upload`.
///
/// Never blocks: nothing is sent or written yet. Any thread. Texts are copied. Fails with
/// `COSLINK_ERROR_INVALID_ARGUMENT` when an argument cannot be read; whatever else is wrong with it,
/// the task fails with. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_queue_push_download(
    queue: *const coslink_queue,
    bucket: *const coslink_bucket,
    key: *const c_char,
    path: *const c_char,
    options: *const coslink_download_file_options,
    priority: i32,
    task: *mut u64,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        push(queue, bucket, priority, task, error, |_| {
            let key = required_text(key, "key")?;
            let path = required_path(path, "path")?;
            read_sized(options, "options")?.describe(key, path)
        })
    }
}

/// Adds the copy of an object to `key` of this bucket, as by `coslink_copy_file`; `progress` of its
/// options is not called, and `keep_cancelled` says nothing. For the others see
/// `coslink_queue_push_upload`.
///
/// Never blocks: nothing is sent yet. Any thread. Texts are copied. Fails with
/// `COSLINK_ERROR_INVALID_ARGUMENT` when an argument cannot be read; whatever else is wrong with it,
/// the task fails with. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_queue_push_copy(
    queue: *const coslink_queue,
    bucket: *const coslink_bucket,
    key: *const c_char,
    copy_source: *const coslink_copy_source,
    options: *const coslink_copy_file_options,
    priority: i32,
    task: *mut u64,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        push(queue, bucket, priority, task, error, |bucket| {
            let key = required_text(key, "key")?;
            let source = self::copy_source(copy_source, &bucket.0)?;
            read_sized(options, "options")?.describe(key, source)
        })
    }
}
