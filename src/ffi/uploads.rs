//! Uploads that are neither completed nor aborted: page by page, and one by one.

use libc::c_char;

use super::client::coslink_bucket;
use super::convert::{Options, Out, coslink_pair, read_sized, required};
use super::output::coslink_owner;
use super::pages::{Pages, give_next};
use super::result::{coslink_result, output_of};
use super::rows::{apply_free_pairs, apply_rows};
use super::status::{coslink_error, coslink_status};
use super::view::{pointers, view};
use super::{guard, quietly};
use crate::error::Result;
use crate::op::{ListMultipartUploads, ListMultipartUploadsOutput, Upload};

/// The parameters of `coslink_list_multipart_uploads`. An option struct; begin with
/// `COSLINK_INIT(coslink_list_multipart_uploads_options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct coslink_list_multipart_uploads_options {
    /// `sizeof(coslink_list_multipart_uploads_options)`; set by `COSLINK_INIT`.
    pub size: usize,
    /// Only keys that begin with this. NULL: all.
    pub prefix: *const c_char,
    /// Keys with this text after the prefix are shown as one common prefix, up to and with it;
    /// nearly always `/`. NULL: none are folded.
    pub delimiter: *const c_char,
    /// How keys travel: `url` or empty for plain XML text. They arrive decoded. NULL: `url`.
    pub encoding_type: *const c_char,
    /// At most this many uploads, 1 to 1000. 0: 1000.
    pub max_uploads: u32,
    /// Only keys after this one; with `upload_id_marker`, also later uploads of this key. The
    /// `next_key_marker` of the page before. NULL: from the beginning.
    pub key_marker: *const c_char,
    /// Only uploads after this one; the `next_upload_id_marker` of the page before. Without
    /// `key_marker` COS passes it over.
    pub upload_id_marker: *const c_char,
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
unsafe impl Options for coslink_list_multipart_uploads_options {}

/// One page of a bucket's uploads. An output struct.
#[repr(C)]
pub struct coslink_list_multipart_uploads_output {
    /// The bucket, as `name-appid`.
    pub bucket: *const c_char,
    /// How keys travelled; they are decoded here.
    pub encoding_type: *const c_char,
    /// As asked for.
    pub key_marker: *const c_char,
    /// As asked for.
    pub upload_id_marker: *const c_char,
    /// Where the next page begins; NULL when this is the last one.
    pub next_key_marker: *const c_char,
    /// Where the next page begins, to be given together with the key, or NULL.
    pub next_upload_id_marker: *const c_char,
    /// As asked for.
    pub prefix: *const c_char,
    /// As asked for.
    pub delimiter: *const c_char,
    /// As asked for, or what COS used.
    pub max_uploads: u32,
    /// Non-zero when there are more uploads.
    pub is_truncated: i32,
    /// The keys that were folded into one by the delimiter.
    pub common_prefixes: *const *const c_char,
    /// How many `common_prefixes` there are.
    pub common_prefix_count: usize,
    /// The uploads.
    pub uploads: *const *const coslink_upload,
    /// How many `uploads` there are.
    pub upload_count: usize,
}

/// An upload that is neither completed nor aborted. An output struct.
#[repr(C)]
pub struct coslink_upload {
    /// The key of the object to be.
    pub key: *const c_char,
    /// What every call on this upload names.
    pub upload_id: *const c_char,
    /// The storage class of the object to be, or NULL.
    pub storage_class: *const c_char,
    /// Who began the upload, or NULL.
    pub initiator: *const coslink_owner,
    /// Who owns the parts, or NULL.
    pub owner: *const coslink_owner,
    /// When it was begun, as COS writes it.
    pub initiated: *const c_char,
    /// The same in seconds since 1970-01-01 UTC; 0 when it is not known.
    pub initiated_unix: i64,
}

view! { ListMultipartUploadsOutput => coslink_list_multipart_uploads_output |arena|
    bucket encoding_type key_marker upload_id_marker next_key_marker next_upload_id_marker prefix
    delimiter max_uploads is_truncated;
    common_prefixes uploads {
        common_prefix_count: common_prefixes.len(),
        common_prefixes: arena.texts(&common_prefixes),
        upload_count: uploads.len(),
        uploads: pointers(uploads, arena),
    }
}

view! { Upload => coslink_upload |arena|
    key upload_id storage_class initiator owner; initiated {
        initiated: arena.text(initiated.as_str()),
        initiated_unix: initiated.unix().unwrap_or_default(),
    }
}

/// # Safety
/// The pointer is NULL or keeps what the header asks of options.
unsafe fn list_uploads(
    given: *const coslink_list_multipart_uploads_options,
) -> Result<ListMultipartUploads> {
    // SAFETY: as promised by the caller.
    unsafe {
        let options = read_sized(given, "options")?;
        let mut list = ListMultipartUploads::new();
        apply_rows!(list.rows(), options:
            prefix delimiter encoding_type max_uploads key_marker upload_id_marker);
        apply_free_pairs!(list, options);
        Ok(list)
    }
}

/// Lists one page of a bucket's uploads that are neither completed nor aborted, by key.
/// `coslink_uploads_new` goes over all pages. A prefix finds more than one key: compare `key` where
/// one is meant. `options` may be NULL.
///
/// Blocks. Any thread. Free `*result` with `coslink_result_free`. Fails with
/// `COSLINK_ERROR_INVALID_ARGUMENT` before a byte is sent, or with what the network and the service
/// said. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_list_multipart_uploads(
    bucket: *const coslink_bucket,
    options: *const coslink_list_multipart_uploads_options,
    result: *mut *mut coslink_result,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            let slot = Out::new(result);
            let bucket = required(bucket, "bucket")?;
            slot.give_response(bucket.0.send(list_uploads(options)?)?);
            Ok(())
        })
    }
}

/// The output of `coslink_list_multipart_uploads`; NULL for another operation's result.
///
/// Never blocks. Lives as long as the result. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_result_list_multipart_uploads(
    result: *const coslink_result,
) -> *const coslink_list_multipart_uploads_output {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe { output_of(result) }
}

/// All uploads of a listing, one after the other, whatever the number of pages. Common prefixes are
/// passed over: list without a delimiter, or page by page.
///
/// 1. `coslink_uploads_new` begins; nothing is sent.
/// 2. `coslink_uploads_next` gives the next upload, until there is none.
/// 3. `coslink_uploads_free` ends, at any time.
///
/// One thread at a time. It keeps its bucket alive.
pub struct coslink_uploads(Pages<ListMultipartUploads>);

/// Begins to go over a bucket's uploads, with the page that `options` (may be NULL) describes.
///
/// Never blocks. Any thread. The options are copied. Free `*uploads` with `coslink_uploads_free`.
/// Fails with `COSLINK_ERROR_INVALID_ARGUMENT`. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_uploads_new(
    bucket: *const coslink_bucket,
    options: *const coslink_list_multipart_uploads_options,
    uploads: *mut *mut coslink_uploads,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            let slot = Out::new(uploads).required("uploads")?;
            let bucket = required(bucket, "bucket")?.0.clone();
            slot.give(coslink_uploads(Pages::new(bucket, list_uploads(options)?)));
            Ok(())
        })
    }
}

/// Gives the next upload in `*upload`; NULL there, with success, when there are no more.
///
/// Blocks at the beginning of each page. One thread at a time for one listing. The upload is the
/// listing's and lives until the following call with it. Fails as `coslink_list_multipart_uploads`;
/// `*upload` is NULL then, and the following call asks for the same page again. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_uploads_next(
    uploads: *mut coslink_uploads,
    upload: *mut *const coslink_upload,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            give_next((uploads, "uploads"), (upload, "upload"), |uploads| {
                uploads.0.next()
            })
        })
    }
}

/// Ends going over a bucket's uploads. NULL is fine.
///
/// Blocks as `coslink_bucket_free` does when it was the last handle of its client. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_uploads_free(uploads: *mut coslink_uploads) {
    quietly((), || {
        if !uploads.is_null() {
            // SAFETY: it came from `coslink_uploads_new` and is freed once, as the header says.
            drop(unsafe { Box::from_raw(uploads) });
        }
    });
}
