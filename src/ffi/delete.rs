//! Many objects to delete.

use libc::c_char;

use super::client::coslink_bucket;
use super::convert::{
    Options, Out, apply, array, coslink_pair, read_sized, required, required_text, text,
};
use super::guard;
use super::result::{coslink_result, output_of};
use super::rows::apply_free_pairs;
use super::status::{coslink_error, coslink_status};
use super::view::{pointers, view};
use crate::error::Result;
use crate::op::{DeleteFailure, DeleteObjects, DeleteObjectsOutput, DeletedObject, ObjectVersion};

/// An object, or one version of it. Frozen: it never grows, so that arrays of it are possible.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct coslink_object_version {
    /// The key.
    pub key: *const c_char,
    /// The version. NULL: the object itself.
    pub version_id: *const c_char,
}

/// The parameters of `coslink_delete_objects`. An option struct; begin with
/// `COSLINK_INIT(coslink_delete_objects_options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct coslink_delete_objects_options {
    /// `sizeof(coslink_delete_objects_options)`; set by `COSLINK_INIT`.
    pub size: usize,
    /// Non-zero: COS answers with the objects that it could not delete only, and what it deleted is
    /// not checked one by one.
    pub quiet: i32,
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
unsafe impl Options for coslink_delete_objects_options {}

/// What became of each object. An output struct.
#[repr(C)]
pub struct coslink_delete_objects_output {
    /// The objects that are gone; empty when `quiet` was set.
    pub deleted: *const *const coslink_deleted_object,
    /// How many `deleted` there are.
    pub deleted_count: usize,
    /// The objects that could not be deleted.
    pub errors: *const *const coslink_delete_failure,
    /// How many `errors` there are.
    pub error_count: usize,
}

/// An object that is gone. An output struct.
#[repr(C)]
pub struct coslink_deleted_object {
    /// The key.
    pub key: *const c_char,
    /// The version that was asked for, or NULL.
    pub version_id: *const c_char,
    /// Non-zero when a delete marker was made, or deleted.
    pub delete_marker: i32,
    /// The version of the delete marker, or NULL.
    pub delete_marker_version_id: *const c_char,
}

/// An object that could not be deleted. An output struct.
#[repr(C)]
pub struct coslink_delete_failure {
    /// The key.
    pub key: *const c_char,
    /// The version that was asked for, or NULL.
    pub version_id: *const c_char,
    /// COS's code, such as `AccessDenied`.
    pub code: *const c_char,
    /// The reason in words.
    pub message: *const c_char,
}

view! { DeleteObjectsOutput => coslink_delete_objects_output |arena| ; deleted errors {
        deleted_count: deleted.len(),
        deleted: pointers(deleted, arena),
        error_count: errors.len(),
        errors: pointers(errors, arena),
    }
}

view! { DeletedObject => coslink_deleted_object |arena|
    key version_id delete_marker delete_marker_version_id; {}
}

view! { DeleteFailure => coslink_delete_failure |arena| key version_id code message; {} }

/// # Safety
/// The pointer leads to `count` objects that live during the call.
unsafe fn object_versions(
    objects: *const coslink_object_version,
    count: usize,
) -> Result<Vec<ObjectVersion>> {
    // SAFETY: as promised by the caller.
    let objects = unsafe { array(objects, count, "objects") }?;
    let object = |(index, object): (usize, &coslink_object_version)| {
        let name = |field| format!("objects[{index}].{field}");
        // SAFETY: as promised by the caller.
        let (key, version_id) = unsafe {
            (
                required_text(object.key, &name("key"))?,
                text(object.version_id, &name("version_id"))?,
            )
        };
        Ok(ObjectVersion::new(key, version_id.unwrap_or_default()))
    };
    objects.iter().enumerate().map(object).collect()
}

/// Deletes 1 to 1000 objects in one request; `coslink_bucket_delete_objects` takes any number. Objects
/// that do not exist count as deleted. `options` may be NULL.
///
/// Success says that COS tried: look at `errors` for the objects that it could not delete.
///
/// Blocks. Any thread. Free `*result` with `coslink_result_free`. Fails with
/// `COSLINK_ERROR_INVALID_ARGUMENT` before a byte is sent, or with what the network and the service
/// said. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_delete_objects(
    bucket: *const coslink_bucket,
    objects: *const coslink_object_version,
    object_count: usize,
    options: *const coslink_delete_objects_options,
    result: *mut *mut coslink_result,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            let slot = Out::new(result);
            let bucket = required(bucket, "bucket")?;
            let mut delete = DeleteObjects::new(object_versions(objects, object_count)?);
            let options = read_sized(options, "options")?;
            apply!(delete, options: quiet);
            apply_free_pairs!(delete, options);
            slot.give_response(bucket.0.send(delete)?);
            Ok(())
        })
    }
}

/// Deletes any number of objects, 1000 with each request. Objects that do not exist count as deleted.
///
/// Success says that COS tried: look at `errors` for the objects that it could not delete. An error
/// of a request ends the work; what was deleted before stays deleted.
///
/// Blocks. Any thread. Free `*result`, whose output `coslink_result_delete_objects` gives, with
/// `coslink_result_free`; it has no HTTP status, headers and request id. Fails with
/// `COSLINK_ERROR_INVALID_ARGUMENT` before a byte is sent, or with what the network and the service
/// said. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_bucket_delete_objects(
    bucket: *const coslink_bucket,
    objects: *const coslink_object_version,
    object_count: usize,
    result: *mut *mut coslink_result,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            let slot = Out::new(result);
            let bucket = required(bucket, "bucket")?;
            let objects = object_versions(objects, object_count)?;
            let output = bucket.0.delete_objects(objects)?;
            slot.give(coslink_result::of_transfer(output, None));
            Ok(())
        })
    }
}

/// The output of `coslink_delete_objects` and of `coslink_bucket_delete_objects`; NULL for another
/// operation's result.
///
/// Never blocks. Lives as long as the result. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_result_delete_objects(
    result: *const coslink_result,
) -> *const coslink_delete_objects_output {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe { output_of(result) }
}
