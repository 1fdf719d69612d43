//! The options of the operations on uploads in parts.

use libc::{c_char, c_void};

use super::callback::coslink_progress_fn;
use super::convert::{Options, coslink_pair};

/// The parameters of `coslink_initiate_multipart_upload`. An option struct; begin with
/// `COSLINK_INIT(coslink_initiate_multipart_upload_options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct coslink_initiate_multipart_upload_options {
    /// `sizeof(coslink_initiate_multipart_upload_options)`; set by `COSLINK_INIT`.
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
    pub traffic_limit: u64,
    pub server_side_encryption: *const c_char,
    pub sse_kms_key_id: *const c_char,
    pub sse_kms_context: *const c_char,
    pub sse_customer_algorithm: *const c_char,
    pub sse_customer_key: *const c_char,
    pub sse_customer_key_md5: *const c_char,
    pub metadata: *const coslink_pair,
    pub metadata_count: usize,
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
unsafe impl Options for coslink_initiate_multipart_upload_options {}

/// The parameters of `coslink_upload_part`. An option struct; begin with
/// `COSLINK_INIT(coslink_upload_part_options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct coslink_upload_part_options {
    /// `sizeof(coslink_upload_part_options)`; set by `COSLINK_INIT`.
    pub size: usize,
    /// Base64 of the MD5 of the content; COS refuses other content with 400 `BadDigest`.
    pub content_md5: *const c_char,
    /// `100-continue`: wait for COS's word, for at most a second, before the content is sent.
    pub expect: *const c_char,
    /// The most bits per second that COS takes: 819,200 to 838,860,800. 0: no limit.
    pub traffic_limit: u64,
    /// The algorithm of your own key (SSE-C), as it was given at the beginning of the upload.
    pub sse_customer_algorithm: *const c_char,
    /// Your own key (SSE-C): base64 of 32 bytes. Sent over https only.
    pub sse_customer_key: *const c_char,
    /// Base64 of the MD5 of your own key.
    pub sse_customer_key_md5: *const c_char,
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
unsafe impl Options for coslink_upload_part_options {}

/// The parameters of `coslink_list_parts`. An option struct; begin with
/// `COSLINK_INIT(coslink_list_parts_options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct coslink_list_parts_options {
    /// `sizeof(coslink_list_parts_options)`; set by `COSLINK_INIT`.
    pub size: usize,
    /// How the key travels: `url`, or NULL for plain XML text. It arrives decoded.
    pub encoding_type: *const c_char,
    /// At most this many parts, 1 to 1000. 0: 1000.
    pub max_parts: u32,
    /// Only parts after this number; the `next_part_number_marker` of the page before. 0: from the
    /// beginning.
    pub part_number_marker: u32,
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
unsafe impl Options for coslink_list_parts_options {}

/// The parameters of `coslink_complete_multipart_upload`. An option struct; begin with
/// `COSLINK_INIT(coslink_complete_multipart_upload_options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct coslink_complete_multipart_upload_options {
    /// `sizeof(coslink_complete_multipart_upload_options)`; set by `COSLINK_INIT`.
    pub size: usize,
    /// Image processing while storing, as JSON.
    pub pic_operations: *const c_char,
    /// Non-zero: fail with 409 `FileAlreadyExists` when the object exists. Without effect in a
    /// bucket that ever had versioning.
    pub forbid_overwrite: i32,
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
unsafe impl Options for coslink_complete_multipart_upload_options {}

/// The parameters of `coslink_abort_multipart_upload`. An option struct; begin with
/// `COSLINK_INIT(coslink_abort_multipart_upload_options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct coslink_abort_multipart_upload_options {
    /// `sizeof(coslink_abort_multipart_upload_options)`; set by `COSLINK_INIT`.
    pub size: usize,
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
unsafe impl Options for coslink_abort_multipart_upload_options {}
