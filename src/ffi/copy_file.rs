//! Objects of any size into others, inside the service.

use libc::{c_char, c_void};

use super::callback::{Watcher, coslink_progress_fn};
use super::choices::apply_choices;
use super::client::coslink_bucket;
use super::convert::{
    Options, Out, apply, apply_pairs, coslink_pair, read_sized, required, required_text,
};
use super::copy::{apply_source_conditions, copy_source};
use super::copy_options::coslink_copy_source;
use super::guard;
use super::result::{coslink_result, output_of};
use super::rows::apply_object_headers;
use super::status::{coslink_error, coslink_status};
use super::transfer_output::coslink_copy_file_output;
use crate::error::Result;
use crate::op::copy_source::CopySource;
use crate::transfer::CopyFile;

/// The parameters of `coslink_copy_file`. An option struct; begin with
/// `COSLINK_INIT(coslink_copy_file_options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct coslink_copy_file_options {
    /// `sizeof(coslink_copy_file_options)`; set by `COSLINK_INIT`.
    pub size: usize,
    /// The size of a part in bytes, 1 MiB to 5 GiB. 0: 32 MiB. It grows by itself where the object
    /// would need more than 10,000 parts.
    pub part_size: u64,
    /// Objects of more bytes than this are copied in parts. 0, or more than that: 5 GiB, the most
    /// that COS copies in one request.
    pub slice_above: u64,
    /// How many parts are under way at the same time. 0, or more than the client's
    /// `parallel_requests`: as many as that.
    pub parallel: u32,
    /// How a copy in parts is continued that did not come to its end: a `coslink_resume`, of which
    /// all but the journal continue nothing. 0: as the client says.
    pub resume: i32,
    /// Whether the CRC64 of source and copy must be known: a `coslink_verify`. 0: preferred.
    pub verify: i32,
    /// Non-zero: when `progress` stops the copy, its parts stay with COS, to be continued. 0: they
    /// are deleted.
    pub keep_cancelled: i32,
    /// Non-zero: the copy gets the ACL of the source, where none is given here. It takes the
    /// permission to read that.
    pub keep_acl: i32,
    /// From here to `metadata_count`: as in `coslink_put_object_options`. What is NULL or 0 here and
    /// describes the content comes along from the source, as the tags do.
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
    /// `Replaced`: no metadata comes along from the source. NULL or `Copy`: it does.
    pub metadata_directive: *const c_char,
    /// `Replaced`: no tags come along from the source. NULL or `Copy`: they do.
    pub tagging_directive: *const c_char,
    /// From here to `copy_source_sse_customer_key_md5`: as in `coslink_copy_object_options`.
    pub copy_source_if_match: *const c_char,
    pub copy_source_if_none_match: *const c_char,
    pub copy_source_if_modified_since: i64,
    pub copy_source_if_unmodified_since: i64,
    pub copy_source_sse_customer_algorithm: *const c_char,
    pub copy_source_sse_customer_key: *const c_char,
    pub copy_source_sse_customer_key_md5: *const c_char,
    /// Any other headers of the object; those that begin with `x-cos-` are signed.
    pub headers: *const coslink_pair,
    /// How many `headers` there are.
    pub header_count: usize,
    /// Told how many bytes were copied. What an earlier run has copied counts as soon as it is found.
    /// NULL: nobody is.
    pub progress: coslink_progress_fn,
    /// Passed to `progress`.
    pub user_data: *mut c_void,
}

// SAFETY: `repr(C)`, begins with its size, and all of its fields may have any bytes from C.
unsafe impl Options for coslink_copy_file_options {}

impl coslink_copy_file_options {
    /// What they ask for, but for the callback.
    ///
    /// # Safety
    /// All that the pointers lead to lives, and is only read, during the call.
    pub(super) unsafe fn describe(&self, key: &str, source: CopySource) -> Result<CopyFile> {
        let mut copy = CopyFile::new(key, source);
        // SAFETY: as promised by the caller.
        unsafe {
            apply!(copy, self: part_size slice_above keep_acl);
            apply_choices!(copy, self);
            apply_object_headers!(copy, self);
            apply_source_conditions!(copy, self);
            apply!(copy, self: metadata_directive tagging_directive);
            apply_pairs!(copy, self: header(headers, header_count));
        }
        Ok(copy)
    }
}

/// Copies an object of any size, bucket and region inside the service to `key`, in one request when
/// it is small, else in parts in parallel, and returns when the copy is there and checked. No byte
/// passes through this machine. `options` may be NULL.
///
/// Content headers, metadata and tags of the source come along; those that are given here take their
/// place. Storage class, encryption and ACL do not come along: unset they are the default. Every part
/// must come from the object that was there at the beginning.
///
/// A copy in parts that did not come to its end, also because the process died, is continued by the
/// same call; see `coslink_resume`, and `receipt` of the output for what was skipped. Parts of the
/// copy are deleted when nothing is to be continued: with `COSLINK_RESUME_OFF`, after a stop by
/// `progress` without `keep_cancelled`, and after an error that does not pass.
///
/// Blocks. Any thread; parts are asked for on the client's threads, `progress` runs on the calling
/// one. Free `*result` with `coslink_result_free`; it has no HTTP status and headers. Fails with
/// `COSLINK_ERROR_INVALID_ARGUMENT` before a byte is sent; `COSLINK_ERROR_BUSY` when another call, of
/// this or another process, is at the same copy, before a byte is copied; `COSLINK_ERROR_LOCAL_IO`
/// when the client's `journal` cannot be written; `COSLINK_ERROR_PRECONDITION` when a condition on
/// the source is not met or it was replaced meanwhile; `COSLINK_ERROR_INTEGRITY` when the CRC64
/// differs, or COS states none where `verify` requires one; `COSLINK_ERROR_CANCELLED` when `progress`
/// said stop; or with what the network and the service said. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_copy_file(
    bucket: *const coslink_bucket,
    key: *const c_char,
    copy_source: *const coslink_copy_source,
    options: *const coslink_copy_file_options,
    result: *mut *mut coslink_result,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            let slot = Out::new(result);
            let bucket = required(bucket, "bucket")?;
            let key = required_text(key, "key")?;
            let source = self::copy_source(copy_source, &bucket.0)?;
            let options = read_sized(options, "options")?;
            let copy = options.describe(key, source)?;
            let (callback, user_data) = (options.progress, options.user_data);
            let watcher = Watcher {
                callback,
                user_data,
            };
            let copied = bucket.0.copy_with(&copy, watcher)?;
            let request_id = copied.request_id.clone();
            slot.give(coslink_result::of_transfer(copied, request_id.as_deref()));
            Ok(())
        })
    }
}

/// The output of `coslink_copy_file`; NULL for another operation's result.
///
/// Never blocks. Lives as long as the result. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_result_copy_file(
    result: *const coslink_result,
) -> *const coslink_copy_file_output {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe { output_of(result) }
}
