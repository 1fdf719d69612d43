//! Listings: page by page, and object by object.

use libc::c_char;

use super::client::coslink_bucket;
use super::convert::{Options, Out, coslink_pair, read_sized, required};
use super::output::coslink_owner;
use super::pages::{Pages, give_next};
use super::result::coslink_result;
use super::rows::{apply_free_pairs, apply_rows};
use super::status::{coslink_error, coslink_status};
use super::view::view;
use super::{guard, quietly};
use crate::error::Result;
use crate::op::{ListObjects, Object};

/// The parameters of `coslink_list_objects`. An option struct; begin with
/// `COSLINK_INIT(coslink_list_objects_options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct coslink_list_objects_options {
    /// `sizeof(coslink_list_objects_options)`; set by `COSLINK_INIT`.
    pub size: usize,
    /// Only keys that begin with this. NULL: all.
    pub prefix: *const c_char,
    /// Keys with this text after the prefix are shown as one common prefix, up to and with it;
    /// nearly always `/`. NULL: none are folded.
    pub delimiter: *const c_char,
    /// Only keys after this one; the `next_marker` of the page before. NULL: from the beginning.
    pub marker: *const c_char,
    /// How keys travel: `url` or empty for plain XML text. They arrive decoded. NULL: `url`.
    pub encoding_type: *const c_char,
    /// At most this many entries, 1 to 1000, keys and common prefixes together. 0: 1000.
    pub max_keys: u32,
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
unsafe impl Options for coslink_list_objects_options {}

/// An entry of a listing. An output struct.
#[repr(C)]
pub struct coslink_object {
    /// The key.
    pub key: *const c_char,
    /// When the object was stored, as COS writes it.
    pub last_modified: *const c_char,
    /// The same in seconds since 1970-01-01 UTC; 0 when it is not known.
    pub last_modified_unix: i64,
    /// The ETag, as COS writes it, nearly always with quotes.
    pub etag: *const c_char,
    /// The size in bytes.
    pub size: u64,
    /// Who owns the object, or NULL.
    pub owner: *const coslink_owner,
    /// The storage class, or NULL.
    pub storage_class: *const c_char,
    /// The tier of an object in intelligent tiering, or NULL.
    pub storage_tier: *const c_char,
    /// The state of a restore, `ONGOING`, `DONE` or `FAILED`, or NULL.
    pub restore_status: *const c_char,
}

view! { Object => coslink_object |arena|
    key etag size owner storage_class storage_tier restore_status; last_modified {
        last_modified: arena.text(last_modified.as_str()),
        last_modified_unix: last_modified.unix().unwrap_or_default(),
    }
}

/// # Safety
/// The pointer is NULL or keeps what the header asks of options.
unsafe fn list_objects(given: *const coslink_list_objects_options) -> Result<ListObjects> {
    // SAFETY: as promised by the caller.
    unsafe {
        let options = read_sized(given, "options")?;
        let mut list = ListObjects::new();
        apply_rows!(list.rows(), options: prefix delimiter marker max_keys encoding_type);
        apply_free_pairs!(list, options);
        Ok(list)
    }
}

/// Lists one page of a bucket's objects, in the byte order of their keys. `coslink_objects_new` goes
/// over all pages. `options` may be NULL.
///
/// Blocks. Any thread. Free `*result` with `coslink_result_free`. Fails with
/// `COSLINK_ERROR_INVALID_ARGUMENT` before a byte is sent, or with what the network and the service
/// said. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_list_objects(
    bucket: *const coslink_bucket,
    options: *const coslink_list_objects_options,
    result: *mut *mut coslink_result,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            let slot = Out::new(result);
            let bucket = required(bucket, "bucket")?;
            slot.give_response(bucket.0.send(list_objects(options)?)?);
            Ok(())
        })
    }
}

/// All objects of a listing, one after the other, whatever the number of pages. Common prefixes are
/// passed over: list without a delimiter, or page by page.
///
/// 1. `coslink_objects_new` begins; nothing is sent.
/// 2. `coslink_objects_next` gives the next object, until there is none.
/// 3. `coslink_objects_free` ends, at any time.
///
/// One thread at a time. It keeps its bucket alive.
pub struct coslink_objects(Pages<ListObjects>);

/// Begins to go over a listing, with the page that `options` (may be NULL) describes.
///
/// Never blocks. Any thread. The options are copied. Free `*objects` with `coslink_objects_free`.
/// Fails with `COSLINK_ERROR_INVALID_ARGUMENT`. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_objects_new(
    bucket: *const coslink_bucket,
    options: *const coslink_list_objects_options,
    objects: *mut *mut coslink_objects,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            let slot = Out::new(objects).required("objects")?;
            let bucket = required(bucket, "bucket")?.0.clone();
            slot.give(coslink_objects(Pages::new(bucket, list_objects(options)?)));
            Ok(())
        })
    }
}

/// Gives the next object in `*object`; NULL there, with success, when there are no more.
///
/// Blocks at the beginning of each page. One thread at a time for one listing. The object is the
/// listing's and lives until the following call with it. Fails as `coslink_list_objects`; `*object`
/// is NULL then, and the following call asks for the same page again. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_objects_next(
    objects: *mut coslink_objects,
    object: *mut *const coslink_object,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            give_next((objects, "objects"), (object, "object"), |objects| {
                objects.0.next()
            })
        })
    }
}

/// Ends going over a listing. NULL is fine.
///
/// Blocks as `coslink_bucket_free` does when it was the last handle of its client. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_objects_free(objects: *mut coslink_objects) {
    quietly((), || {
        if !objects.is_null() {
            // SAFETY: it came from `coslink_objects_new` and is freed once, as the header says.
            drop(unsafe { Box::from_raw(objects) });
        }
    });
}
