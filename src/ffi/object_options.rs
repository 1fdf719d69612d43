//! The options of the operations on whole objects.

use libc::{c_char, c_void};

use super::callback::{coslink_progress_fn, coslink_write_fn};
use super::convert::{Options, coslink_pair};

/// The parameters of `coslink_put_object`. An option struct; begin with
/// `COSLINK_INIT(coslink_put_object_options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct coslink_put_object_options {
    /// `sizeof(coslink_put_object_options)`; set by `COSLINK_INIT`.
    pub size: usize,
    /// The MIME type, kept with the object. NULL: it follows from the name of the file that is sent,
    /// and is `application/octet-stream` for everything else.
    pub content_type: *const c_char,
    /// How caches may keep the object; kept with it.
    pub cache_control: *const c_char,
    /// The file name that a browser offers; kept with the object.
    pub content_disposition: *const c_char,
    /// The encoding that the bytes already have, such as `gzip`; kept with the object. coslink
    /// neither encodes nor decodes.
    pub content_encoding: *const c_char,
    /// The language of the content; kept with the object.
    pub content_language: *const c_char,
    /// When caches must ask again; kept with the object as it is given.
    pub expires: *const c_char,
    /// The canned ACL, such as `private` or `public-read`. NULL or `default`: as the bucket.
    pub acl: *const c_char,
    /// Who may read: `id="qcs::cam::uin/100000000001:uin/100000000001"`, several with a comma
    /// between them.
    pub grant_read: *const c_char,
    /// Who may read the ACL; written as in `grant_read`.
    pub grant_read_acp: *const c_char,
    /// Who may write the ACL; written as in `grant_read`.
    pub grant_write_acp: *const c_char,
    /// Who may do everything; written as in `grant_read`.
    pub grant_full_control: *const c_char,
    /// The storage class, such as `STANDARD_IA`. NULL: `STANDARD`.
    pub storage_class: *const c_char,
    /// Tags as `key1=value1&key2=value2`, keys and values percent-encoded, at most 10.
    pub tagging: *const c_char,
    /// Non-zero: fail with 409 `FileAlreadyExists` when the object exists. Without effect in a
    /// bucket that ever had versioning.
    pub forbid_overwrite: i32,
    /// The most bits per second that COS takes: 819,200 to 838,860,800. 0: no limit.
    pub traffic_limit: u64,
    /// Encryption by the service: `AES256` or `SM4` (SSE-COS), `cos/kms` (SSE-KMS).
    pub server_side_encryption: *const c_char,
    /// The KMS key to encrypt with.
    pub sse_kms_key_id: *const c_char,
    /// The KMS encryption context: base64 of a JSON object.
    pub sse_kms_context: *const c_char,
    /// The algorithm of your own key (SSE-C): `AES256`.
    pub sse_customer_algorithm: *const c_char,
    /// Your own key (SSE-C): base64 of 32 bytes. Sent over https only.
    pub sse_customer_key: *const c_char,
    /// Base64 of the MD5 of your own key.
    pub sse_customer_key_md5: *const c_char,
    /// Metadata, `x-cos-meta-<name>`. Names are letters, digits and `-`; names and values together
    /// are at most 2 KiB.
    pub metadata: *const coslink_pair,
    /// How many pairs of `metadata` there are.
    pub metadata_count: usize,
    /// Base64 of the MD5 of the content; COS refuses other content with 400 `BadDigest`.
    pub content_md5: *const c_char,
    /// `100-continue`: wait for COS's word, for at most a second, before the content is sent.
    pub expect: *const c_char,
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
unsafe impl Options for coslink_put_object_options {}

/// The parameters of `coslink_head_object`. An option struct; begin with
/// `COSLINK_INIT(coslink_head_object_options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct coslink_head_object_options {
    /// `sizeof(coslink_head_object_options)`; set by `COSLINK_INIT`.
    pub size: usize,
    /// The version to read. NULL: the latest.
    pub version_id: *const c_char,
    /// Only when the object has this ETag, with or without quotes; else 412
    /// (`COSLINK_ERROR_PRECONDITION`).
    pub if_match: *const c_char,
    /// Only when the object has another ETag; else `not_modified`.
    pub if_none_match: *const c_char,
    /// Only when the object was stored after this time, in seconds since 1970-01-01 UTC; else
    /// `not_modified`. 0: unset.
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
unsafe impl Options for coslink_head_object_options {}

/// The parameters of `coslink_get_object`. An option struct; begin with
/// `COSLINK_INIT(coslink_get_object_options)`. The content goes to the one of `buffer`, `path` and
/// `write` that is set; with none of them into memory, to `coslink_result_body`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct coslink_get_object_options {
    /// `sizeof(coslink_get_object_options)`; set by `COSLINK_INIT`.
    pub size: usize,
    /// The version to read. NULL: the latest.
    pub version_id: *const c_char,
    /// Only when the object has this ETag, with or without quotes; else 412
    /// (`COSLINK_ERROR_PRECONDITION`).
    pub if_match: *const c_char,
    /// Only when the object has another ETag; else `not_modified`.
    pub if_none_match: *const c_char,
    /// Only when the object was stored after this time, in seconds since 1970-01-01 UTC; else
    /// `not_modified`. 0: unset.
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
    /// The Content-Type that the answer shall have.
    pub response_content_type: *const c_char,
    /// The Content-Language that the answer shall have.
    pub response_content_language: *const c_char,
    /// The Expires that the answer shall have.
    pub response_expires: *const c_char,
    /// The Cache-Control that the answer shall have.
    pub response_cache_control: *const c_char,
    /// The Content-Disposition that the answer shall have.
    pub response_content_disposition: *const c_char,
    /// The Content-Encoding that the answer shall have.
    pub response_content_encoding: *const c_char,
    /// The most bits per second that COS sends: 819,200 to 838,860,800. 0: no limit.
    pub traffic_limit: u64,
    /// The first byte of the range to read, counted from 0.
    pub range_first: u64,
    /// How many bytes to read from `range_first` on; COS cuts what lies behind the end. 0: up to
    /// the end. Both 0: the whole object.
    pub range_length: u64,
    /// Any other headers; those that begin with `x-cos-` are signed.
    pub headers: *const coslink_pair,
    /// How many `headers` there are.
    pub header_count: usize,
    /// Any other query parameters, not encoded; they are signed.
    pub query: *const coslink_pair,
    /// How many pairs of `query` there are.
    pub query_count: usize,
    /// The most bytes that the content may have when it goes to memory. 0: 64 MiB.
    pub max_memory: u64,
    /// Puts the content here, instead of into memory of the result. No byte behind `capacity` is
    /// touched; on an error, the bytes before it may be.
    pub buffer: *mut c_void,
    /// How many bytes `buffer` has room for.
    pub capacity: usize,
    /// Puts the content into this file. The bytes go into `<path>.coslink-part`, which replaces the
    /// file in one step when they are whole and checked; on any error the file stays as it was.
    pub path: *const c_char,
    /// Gives the content to this function, block by block. See `coslink_write_fn`.
    pub write: coslink_write_fn,
    /// Told how many bytes were received. NULL: nobody is.
    pub progress: coslink_progress_fn,
    /// Passed to `write` and `progress`.
    pub user_data: *mut c_void,
}

// SAFETY: `repr(C)`, begins with its size, and all of its fields may have any bytes from C.
unsafe impl Options for coslink_get_object_options {}

/// The parameters of `coslink_delete_object`. An option struct; begin with
/// `COSLINK_INIT(coslink_delete_object_options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct coslink_delete_object_options {
    /// `sizeof(coslink_delete_object_options)`; set by `COSLINK_INIT`.
    pub size: usize,
    /// The version, or the delete marker, to delete for ever. NULL: the object.
    pub version_id: *const c_char,
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
unsafe impl Options for coslink_delete_object_options {}
