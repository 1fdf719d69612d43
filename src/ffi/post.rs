//! POST Object.

use libc::{c_char, c_void};

use super::body::{body, coslink_body};
use super::callback::{Watcher, coslink_progress_fn};
use super::client::coslink_bucket;
use super::convert::{Options, Out, coslink_pair, read_sized, required, required_text, text};
use super::guard;
use super::object::send_watched;
use super::result::{coslink_result, output_of};
use super::rows::{apply_free_pairs, apply_object_headers, apply_rows};
use super::status::{coslink_error, coslink_status};
use super::view::view;
use crate::op::{PostObject, PostObjectOutput};

/// The parameters of `coslink_post_object`. An option struct; begin with
/// `COSLINK_INIT(coslink_post_object_options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct coslink_post_object_options {
    /// `sizeof(coslink_post_object_options)`; set by `COSLINK_INIT`.
    pub size: usize,
    /// The name of the file, for `${filename}` in the key. NULL: `file`.
    pub file_name: *const c_char,
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
    /// Base64 of the MD5 of the content; COS refuses other content with 400 `BadDigest`.
    pub content_md5: *const c_char,
    /// The status of success: 200, 201 (with a document) or 204. 0: 204.
    pub success_action_status: u32,
    /// Where to send the browser after success: the answer is 303 with this address.
    pub success_action_redirect: *const c_char,
    /// Image processing while storing, as JSON.
    pub pic_operations: *const c_char,
    /// Any other headers; those that begin with `x-cos-` are signed.
    pub headers: *const coslink_pair,
    /// How many `headers` there are.
    pub header_count: usize,
    /// Any other query parameters, not encoded; they are signed.
    pub query: *const coslink_pair,
    /// How many pairs of `query` there are.
    pub query_count: usize,
    /// Told how many bytes of the body were sent. NULL: nobody is.
    pub progress: coslink_progress_fn,
    /// Passed to `progress`.
    pub user_data: *mut c_void,
}

// SAFETY: `repr(C)`, begins with its size, and all of its fields may have any bytes from C.
unsafe impl Options for coslink_post_object_options {}

/// What COS says of an object that a form put. An output struct.
#[repr(C)]
pub struct coslink_post_object_output {
    /// The ETag, with its quotes.
    pub etag: *const c_char,
    /// CRC64 of the object, as COS computed it; see `has_crc64`.
    pub crc64: u64,
    /// CRC64 of the content that was sent.
    pub sent_crc64: u64,
    /// Non-zero when COS stated `crc64`.
    pub has_crc64: i32,
    /// Non-zero when `crc64` was compared with the bytes that were sent, and was the same.
    pub verified: i32,
    /// The object's address, or that of the redirect, or NULL.
    pub location: *const c_char,
    /// The key, with the file's name in it; NULL unless the status is 201.
    pub key: *const c_char,
    /// The bucket, as `name-appid`; NULL unless the status is 201.
    pub bucket: *const c_char,
    /// The version, in a bucket with versioning, or NULL.
    pub version_id: *const c_char,
}

view! { PostObjectOutput => coslink_post_object_output |arena|
    etag sent_crc64 verified location key bucket version_id; crc64 {
        has_crc64: i32::from(crc64.is_some()),
        crc64: crc64.unwrap_or_default(),
    }
}

/// Puts a whole object, of at most 5 GiB, as the form of a web page does; `coslink_put_object` does
/// the same with less. In the key, `${filename}` stands for the file's name. For a page that uploads
/// by itself, see `coslink_sign_form`. `options` may be NULL.
///
/// Blocks. Any thread. Free `*result` with `coslink_result_free`. Fails with
/// `COSLINK_ERROR_INVALID_ARGUMENT` before a byte is sent, `COSLINK_ERROR_INTEGRITY` when COS stored
/// other bytes, or with what the network and the service said. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_post_object(
    bucket: *const coslink_bucket,
    key: *const c_char,
    body: *const coslink_body,
    options: *const coslink_post_object_options,
    result: *mut *mut coslink_result,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            let slot = Out::new(result);
            let bucket = required(bucket, "bucket")?;
            let mut post = PostObject::new(required_text(key, "key")?, self::body(body)?);
            let options = read_sized(options, "options")?;
            if let Some(name) = text(options.file_name, "file_name")? {
                post = post.file_name(name);
            }
            apply_object_headers!(post, options);
            apply_rows!(post.rows(), options:
                content_md5 success_action_status success_action_redirect pic_operations);
            apply_free_pairs!(post, options);
            let (callback, user_data) = (options.progress, options.user_data);
            let watcher = Watcher {
                callback,
                user_data,
            };
            slot.give_response(send_watched(&bucket.0, post, watcher)?);
            Ok(())
        })
    }
}

/// The output of `coslink_post_object`; NULL for another operation's result.
///
/// Never blocks. Lives as long as the result. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_result_post_object(
    result: *const coslink_result,
) -> *const coslink_post_object_output {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe { output_of(result) }
}
