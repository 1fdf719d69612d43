//! The options of the copies inside the service, and what they copy.

use libc::c_char;

use super::convert::{Options, coslink_pair};

/// An object to copy from, of any bucket that the credentials may read. An option struct; begin with
/// `COSLINK_INIT(coslink_copy_source)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct coslink_copy_source {
    /// `sizeof(coslink_copy_source)`; set by `COSLINK_INIT`.
    pub size: usize,
    /// The bucket, with APPID. NULL: the one that is copied to.
    pub bucket: *const c_char,
    /// The region of `bucket`. NULL: the one that is copied to.
    pub region: *const c_char,
    /// Required. The key, not encoded.
    pub key: *const c_char,
    /// The version. NULL: the latest.
    pub version_id: *const c_char,
}

// SAFETY: `repr(C)`, begins with its size, and all of its fields may have any bytes from C.
unsafe impl Options for coslink_copy_source {}

/// The parameters of `coslink_copy_object`. An option struct; begin with
/// `COSLINK_INIT(coslink_copy_object_options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct coslink_copy_object_options {
    /// `sizeof(coslink_copy_object_options)`; set by `COSLINK_INIT`.
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
    /// Who may write the copy; written as in `grant_read`.
    pub grant_write: *const c_char,
    /// `Replaced`: the headers and metadata above are those of the copy, and all others are gone.
    /// NULL or `Copy`: those of the source come along.
    pub metadata_directive: *const c_char,
    /// `Replaced`: the tags are those of `tagging`. NULL or `Copy`: those of the source.
    pub tagging_directive: *const c_char,
    /// Only when the source has this ETag, with or without quotes; else 412
    /// (`COSLINK_ERROR_PRECONDITION`). May stand with `copy_source_if_unmodified_since` only.
    pub copy_source_if_match: *const c_char,
    /// Only when the source has another ETag; else 412 (`COSLINK_ERROR_PRECONDITION`). May stand
    /// with `copy_source_if_modified_since` only.
    pub copy_source_if_none_match: *const c_char,
    /// Only when the source was stored after this time, in seconds since 1970-01-01 UTC; else 412
    /// (`COSLINK_ERROR_PRECONDITION`). May stand with `copy_source_if_none_match` only. 0: unset.
    pub copy_source_if_modified_since: i64,
    /// Only when the source was not stored after this time, in seconds since 1970-01-01 UTC; else
    /// 412 (`COSLINK_ERROR_PRECONDITION`). May stand with `copy_source_if_match` only. 0: unset.
    pub copy_source_if_unmodified_since: i64,
    /// The algorithm of the key (SSE-C) that the source was stored with.
    pub copy_source_sse_customer_algorithm: *const c_char,
    /// The key (SSE-C) of the source: base64 of 32 bytes. Sent over https only.
    pub copy_source_sse_customer_key: *const c_char,
    /// Base64 of the MD5 of the source's key.
    pub copy_source_sse_customer_key_md5: *const c_char,
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
unsafe impl Options for coslink_copy_object_options {}

/// The parameters of `coslink_upload_part_copy`. An option struct; begin with
/// `COSLINK_INIT(coslink_upload_part_copy_options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct coslink_upload_part_copy_options {
    /// `sizeof(coslink_upload_part_copy_options)`; set by `COSLINK_INIT`.
    pub size: usize,
    /// The first byte of the source to copy, counted from 0.
    pub copy_source_range_first: u64,
    /// How many bytes to copy from `copy_source_range_first` on. Both 0: all of the source.
    pub copy_source_range_length: u64,
    /// Only when the source has this ETag, with or without quotes; else 412
    /// (`COSLINK_ERROR_PRECONDITION`). May stand with `copy_source_if_unmodified_since` only.
    pub copy_source_if_match: *const c_char,
    /// Only when the source has another ETag; else 412 (`COSLINK_ERROR_PRECONDITION`). May stand
    /// with `copy_source_if_modified_since` only.
    pub copy_source_if_none_match: *const c_char,
    /// Only when the source was stored after this time, in seconds since 1970-01-01 UTC; else 412
    /// (`COSLINK_ERROR_PRECONDITION`). May stand with `copy_source_if_none_match` only. 0: unset.
    pub copy_source_if_modified_since: i64,
    /// Only when the source was not stored after this time, in seconds since 1970-01-01 UTC; else
    /// 412 (`COSLINK_ERROR_PRECONDITION`). May stand with `copy_source_if_match` only. 0: unset.
    pub copy_source_if_unmodified_since: i64,
    /// The algorithm of the key (SSE-C) that the source was stored with.
    pub copy_source_sse_customer_algorithm: *const c_char,
    /// The key (SSE-C) of the source: base64 of 32 bytes. Sent over https only.
    pub copy_source_sse_customer_key: *const c_char,
    /// Base64 of the MD5 of the source's key.
    pub copy_source_sse_customer_key_md5: *const c_char,
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
}

// SAFETY: `repr(C)`, begins with its size, and all of its fields may have any bytes from C.
unsafe impl Options for coslink_upload_part_copy_options {}
