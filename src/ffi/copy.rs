//! Copies inside the service.

use libc::c_char;

use super::client::coslink_bucket;
use super::convert::{Out, read_sized, required, required_text, text};
use super::copy_options::{
    coslink_copy_object_options, coslink_copy_source, coslink_upload_part_copy_options,
};
use super::get::range;
use super::guard;
use super::result::{coslink_result, output_of};
use super::rows::{apply_free_pairs, apply_object_headers, apply_rows};
use super::status::{coslink_error, coslink_status};
use super::view::view;
use crate::client::Bucket;
use crate::error::{Error, Result};
use crate::op::copy_source::CopySource;
use crate::op::{CopyObject, CopyObjectOutput, UploadPartCopy, UploadPartCopyOutput};

/// The copy that was made. An output struct.
#[repr(C)]
pub struct coslink_copy_object_output {
    /// The ETag, as COS writes it.
    pub etag: *const c_char,
    /// CRC64 of the object; see `has_crc64`.
    pub crc64: u64,
    /// Non-zero when COS stated `crc64`.
    pub has_crc64: i32,
    /// When the copy was stored, as COS writes it.
    pub last_modified: *const c_char,
    /// The same in seconds since 1970-01-01 UTC; 0 when it is not known.
    pub last_modified_unix: i64,
    /// The version of the copy, in a bucket with versioning, or NULL.
    pub version_id: *const c_char,
}

/// What COS says of a copied part. An output struct.
#[repr(C)]
pub struct coslink_upload_part_copy_output {
    /// The ETag, as COS writes it.
    pub etag: *const c_char,
    /// CRC64 of the part; see `has_crc64`.
    pub crc64: u64,
    /// Non-zero when COS stated `crc64`.
    pub has_crc64: i32,
    /// When the part was stored, as COS writes it.
    pub last_modified: *const c_char,
    /// The same in seconds since 1970-01-01 UTC; 0 when it is not known.
    pub last_modified_unix: i64,
}

view! { CopyObjectOutput => coslink_copy_object_output |arena| etag version_id; crc64 last_modified {
        has_crc64: i32::from(crc64.is_some()),
        crc64: crc64.unwrap_or_default(),
        last_modified: arena.text(last_modified.as_str()),
        last_modified_unix: last_modified.unix().unwrap_or_default(),
    }
}

view! { UploadPartCopyOutput => coslink_upload_part_copy_output |arena| etag; crc64 last_modified {
        has_crc64: i32::from(crc64.is_some()),
        crc64: crc64.unwrap_or_default(),
        last_modified: arena.text(last_modified.as_str()),
        last_modified_unix: last_modified.unix().unwrap_or_default(),
    }
}

/// What is copied into this bucket.
///
/// # Safety
/// The pointer is NULL or keeps what the header asks of options.
pub(super) unsafe fn copy_source(
    given: *const coslink_copy_source,
    target: &Bucket,
) -> Result<CopySource> {
    // SAFETY: as promised by the caller.
    unsafe {
        required(given, "copy_source")?;
        let source = read_sized(given, "copy_source")?;
        let bucket = text(source.bucket, "copy_source.bucket")?;
        let region = text(source.region, "copy_source.region")?;
        if bucket.is_none() && region.is_some() {
            return Err(Error::invalid("copy_source.region", "is for a bucket only"));
        }
        let made = CopySource::new(
            bucket.unwrap_or(target.name()),
            region.unwrap_or(target.region()),
            required_text(source.key, "copy_source.key")?,
        );
        let version_id = text(source.version_id, "copy_source.version_id")?;
        Ok(made.version_id(version_id.unwrap_or_default()))
    }
}

/// The conditions on the source.
macro_rules! apply_source_conditions {
    ($operation:ident, $options:ident) => {
        $crate::ffi::rows::apply_rows!($operation.source_rows(), $options:
            copy_source_if_match copy_source_if_none_match copy_source_if_modified_since
            copy_source_if_unmodified_since copy_source_sse_customer_algorithm
            copy_source_sse_customer_key copy_source_sse_customer_key_md5);
    };
}
pub(super) use apply_source_conditions;

/// Copies an object of at most 5 GiB inside the service to `key`, in one request. `coslink_copy_file`
/// copies bigger ones too, in parts, and checks them. `options` may be NULL.
///
/// Metadata comes along unless `metadata_directive` is `Replaced`. Storage class, ACL and encryption
/// never come along: unset they are the default. To change the headers of an object, copy it onto
/// itself with `Replaced`.
///
/// COS may answer at once and then send blanks for as long as it works. The call returns when the
/// result is known: an error that comes after a 200 is an error here.
///
/// Blocks. Any thread. Free `*result` with `coslink_result_free`. Fails with
/// `COSLINK_ERROR_INVALID_ARGUMENT` before a byte is sent, `COSLINK_ERROR_PRECONDITION` when a
/// condition on the source is not met, or with what the network and the service said. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_copy_object(
    bucket: *const coslink_bucket,
    key: *const c_char,
    copy_source: *const coslink_copy_source,
    options: *const coslink_copy_object_options,
    result: *mut *mut coslink_result,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            let slot = Out::new(result);
            let bucket = required(bucket, "bucket")?;
            let key = required_text(key, "key")?;
            let mut copy = CopyObject::new(key, self::copy_source(copy_source, &bucket.0)?);
            let options = read_sized(options, "options")?;
            apply_object_headers!(copy, options);
            apply_source_conditions!(copy, options);
            apply_rows!(copy.rows(), options: grant_write metadata_directive tagging_directive);
            apply_free_pairs!(copy, options);
            slot.give_response(bucket.0.send(copy)?);
            Ok(())
        })
    }
}

/// Makes a part of an upload from an object, or from a range of it, of 1 MiB to 5 GiB; only the last
/// part may be smaller. Keep the ETag for `coslink_complete_multipart_upload`. `options` may be NULL.
///
/// An error that comes after a 200 is an error here.
///
/// Blocks. Any thread, also at once for several parts of an upload. Free `*result` with
/// `coslink_result_free`. Fails with `COSLINK_ERROR_INVALID_ARGUMENT` before a byte is sent,
/// `COSLINK_ERROR_PRECONDITION` when a condition on the source is not met, or with what the network
/// and the service said. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_upload_part_copy(
    bucket: *const coslink_bucket,
    key: *const c_char,
    upload_id: *const c_char,
    part_number: u32,
    copy_source: *const coslink_copy_source,
    options: *const coslink_upload_part_copy_options,
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
            let source = self::copy_source(copy_source, &bucket.0)?;
            let mut copy = UploadPartCopy::new(key, upload_id, part_number, source);
            let options = read_sized(options, "options")?;
            let (first, length) = (
                options.copy_source_range_first,
                options.copy_source_range_length,
            );
            if let Some(range) = range(first, length, "copy_source_range_length")? {
                copy = copy.copy_source_range(range);
            }
            apply_source_conditions!(copy, options);
            apply_rows!(copy.rows(), options: sse_customer_algorithm sse_customer_key sse_customer_key_md5);
            apply_free_pairs!(copy, options);
            slot.give_response(bucket.0.send(copy)?);
            Ok(())
        })
    }
}

/// The output of `coslink_copy_object`; NULL for another operation's result.
///
/// Never blocks. Lives as long as the result. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_result_copy_object(
    result: *const coslink_result,
) -> *const coslink_copy_object_output {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe { output_of(result) }
}

/// The output of `coslink_upload_part_copy`; NULL for another operation's result.
///
/// Never blocks. Lives as long as the result. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_result_upload_part_copy(
    result: *const coslink_result,
) -> *const coslink_upload_part_copy_output {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe { output_of(result) }
}
