//! The functions that take options, by the name of their struct.

use std::ptr;

use libc::{c_char, c_void};

use super::block::{Pool, read};
use crate::ffi::bucket::{coslink_bucket_free, coslink_bucket_location, coslink_bucket_new};
use crate::ffi::client::{coslink_bucket, coslink_client, coslink_client_free, coslink_client_new};
use crate::ffi::delete::coslink_object_version;
use crate::ffi::multipart::coslink_completed_part;
use crate::ffi::result::{coslink_result, coslink_result_free};
use crate::ffi::status::{coslink_error, coslink_error_free, coslink_status, coslink_string_free};
use crate::ffi::{
    acl, batch, copy, copy_file, cors, delete, form, get, list, multipart, object, post, presign,
    presigned, queue, request, restore, stream, transfer, uploads,
};

/// What a call gets.
pub(super) struct Call<'p> {
    pub(super) client: *const coslink_client,
    pub(super) bucket: *const coslink_bucket,
    pub(super) key: *const c_char,
    pub(super) text: *const c_char,
    pub(super) path: *const c_char,
    pub(super) number: i32,
    pub(super) pool: &'p Pool,
    pub(super) options: *const c_void,
    pub(super) body: *const c_void,
    pub(super) source: *const c_void,
    pub(super) error: *mut *mut coslink_error,
}

pub(super) type Function = unsafe fn(&Call<'_>) -> coslink_status;

/// A call that makes a result, which is freed.
macro_rules! call {
    ($options:literal, |$call:ident, $result:ident| $function:expr) => {
        ($options, |$call: &Call<'_>| {
            let mut made: *mut coslink_result = ptr::null_mut();
            let $result = &raw mut made;
            // SAFETY: every pointer of the call is NULL or valid, and the result is freed once.
            unsafe {
                let status = $function;
                coslink_result_free(made);
                status
            }
        })
    };
}

/// An upload id that may be.
const ID: *const c_char = c"1585130821cbb7df".as_ptr();

pub(super) const CALLS: &[(&str, Function)] = &[
    ("coslink_client_options", client_new),
    ("coslink_queue_options", queue_new),
    ("coslink_presign_options", presign),
    ("coslink_upload_files_item", upload_files),
    ("coslink_download_files_item", download_files),
    call!("coslink_put_object_options", |c, r| {
        object::coslink_put_object(c.bucket, c.key, c.body.cast(), c.options.cast(), r, c.error)
    }),
    call!("coslink_head_object_options", |c, r| {
        object::coslink_head_object(c.bucket, c.key, c.options.cast(), r, c.error)
    }),
    call!(
        "coslink_get_object_options",
        |c, r| get::coslink_get_object(c.bucket, c.key, c.options.cast(), r, c.error)
    ),
    call!("coslink_delete_object_options", |c, r| {
        object::coslink_delete_object(c.bucket, c.key, c.options.cast(), r, c.error)
    }),
    call!("coslink_list_objects_options", |c, r| {
        list::coslink_list_objects(c.bucket, c.options.cast(), r, c.error)
    }),
    call!("coslink_initiate_multipart_upload_options", |c, r| {
        multipart::coslink_initiate_multipart_upload(c.bucket, c.key, c.options.cast(), r, c.error)
    }),
    call!("coslink_upload_part_options", |c, r| {
        multipart::coslink_upload_part(
            c.bucket,
            c.key,
            c.text,
            c.number as u32,
            c.body.cast(),
            c.options.cast(),
            r,
            c.error,
        )
    }),
    call!("coslink_list_parts_options", |c, r| {
        multipart::coslink_list_parts(c.bucket, c.key, c.text, c.options.cast(), r, c.error)
    }),
    call!("coslink_complete_multipart_upload_options", |c, r| {
        multipart::coslink_complete_multipart_upload(
            c.bucket,
            c.key,
            ID,
            parts(c),
            2,
            c.options.cast(),
            r,
            c.error,
        )
    }),
    call!("coslink_abort_multipart_upload_options", |c, r| {
        multipart::coslink_abort_multipart_upload(
            c.bucket,
            c.key,
            c.text,
            c.options.cast(),
            r,
            c.error,
        )
    }),
    call!("coslink_copy_object_options", |c, r| {
        copy::coslink_copy_object(
            c.bucket,
            c.key,
            c.source.cast(),
            c.options.cast(),
            r,
            c.error,
        )
    }),
    call!("coslink_upload_part_copy_options", |c, r| {
        copy::coslink_upload_part_copy(
            c.bucket,
            c.key,
            ID,
            c.number as u32,
            c.source.cast(),
            c.options.cast(),
            r,
            c.error,
        )
    }),
    call!("coslink_copy_file_options", |c, r| {
        copy_file::coslink_copy_file(
            c.bucket,
            c.key,
            c.source.cast(),
            c.options.cast(),
            r,
            c.error,
        )
    }),
    call!("coslink_delete_objects_options", |c, r| {
        delete::coslink_delete_objects(c.bucket, objects(c), 2, c.options.cast(), r, c.error)
    }),
    call!("coslink_restore_object_options", |c, r| {
        restore::coslink_restore_object(
            c.bucket,
            c.key,
            c.number as u32,
            c.text,
            c.options.cast(),
            r,
            c.error,
        )
    }),
    call!("coslink_put_object_acl_options", |c, r| {
        acl::coslink_put_object_acl(c.bucket, c.key, c.options.cast(), r, c.error)
    }),
    call!("coslink_get_object_acl_options", |c, r| {
        acl::coslink_get_object_acl(c.bucket, c.key, c.options.cast(), r, c.error)
    }),
    call!("coslink_options_object_options", |c, r| {
        cors::coslink_options_object(
            c.bucket,
            c.key,
            c.text,
            c"GET".as_ptr(),
            c.options.cast(),
            r,
            c.error,
        )
    }),
    call!("coslink_post_object_options", |c, r| {
        post::coslink_post_object(c.bucket, c.key, c.body.cast(), c.options.cast(), r, c.error)
    }),
    call!("coslink_list_multipart_uploads_options", |c, r| {
        uploads::coslink_list_multipart_uploads(c.bucket, c.options.cast(), r, c.error)
    }),
    call!("coslink_presigned_get_options", |c, r| {
        presigned::coslink_presigned_get(c.client, c.text, c.options.cast(), r, c.error)
    }),
    call!("coslink_presigned_put_options", |c, r| {
        presigned::coslink_presigned_put(
            c.client,
            c.text,
            c.body.cast(),
            c.options.cast(),
            r,
            c.error,
        )
    }),
    call!("coslink_presigned_request_options", |c, r| {
        presigned::coslink_presigned_request(
            c.client,
            c.number,
            c.text,
            c.body.cast(),
            c.options.cast(),
            r,
            c.error,
        )
    }),
    call!("coslink_sign_form_options", |c, r| form::coslink_sign_form(
        c.bucket,
        c.number as u32,
        c.options.cast(),
        r,
        c.error
    )),
    call!("coslink_request_options", |c, r| request::coslink_request(
        c.bucket,
        c.number,
        c.key,
        c.body.cast(),
        c.options.cast(),
        r,
        c.error
    )),
    call!("coslink_upload_file_options", |c, r| {
        transfer::coslink_upload_file(c.bucket, c.key, c.path, c.options.cast(), r, c.error)
    }),
    call!("coslink_download_file_options", |c, r| {
        transfer::coslink_download_file(c.bucket, c.key, c.path, c.options.cast(), r, c.error)
    }),
    call!("coslink_upload_stream_options", |c, r| {
        stream::coslink_upload_stream(
            c.bucket,
            c.key,
            Some(read),
            ptr::null_mut(),
            c.options.cast(),
            r,
            c.error,
        )
    }),
];

fn parts(call: &Call<'_>) -> *const coslink_completed_part {
    call.pool.parts.as_ptr()
}

fn objects(call: &Call<'_>) -> *const coslink_object_version {
    call.pool.objects.as_ptr()
}

/// Makes a client and a bucket of it; nothing is sent, wherever its hosts are.
unsafe fn client_new(call: &Call<'_>) -> coslink_status {
    let (mut client, mut bucket) = (ptr::null_mut(), ptr::null_mut());
    let (mut location, mut ignored) = (ptr::null_mut(), ptr::null_mut());
    // SAFETY: every pointer of the call is NULL or valid; all that is made is freed once.
    unsafe {
        let status = coslink_client_new(call.options.cast(), &raw mut client, call.error);
        if !client.is_null() {
            let client = client.cast_const();
            coslink_bucket_new(
                client,
                c"b-1".as_ptr(),
                call.text,
                &raw mut bucket,
                &raw mut ignored,
            );
            coslink_error_free(ignored);
            coslink_bucket_location(bucket, call.key, &raw mut location, &raw mut ignored);
            coslink_string_free(location);
            coslink_error_free(ignored);
        }
        coslink_bucket_free(bucket);
        coslink_client_free(client);
        status
    }
}

unsafe fn queue_new(call: &Call<'_>) -> coslink_status {
    let mut queue = ptr::null_mut();
    // SAFETY: every pointer of the call is NULL or valid, and the queue is freed once.
    unsafe {
        let status =
            queue::coslink_queue_new(call.client, call.options.cast(), &raw mut queue, call.error);
        queue::coslink_queue_free(queue);
        status
    }
}

unsafe fn presign(call: &Call<'_>) -> coslink_status {
    let mut url = ptr::null_mut();
    let (options, seconds) = (call.options.cast(), call.number as u32);
    let (number, key) = (call.number % 8, call.key);
    // SAFETY: every pointer of the call is NULL or valid, and the text is freed once.
    unsafe {
        let url = &raw mut url;
        let status =
            presign::coslink_presign(call.bucket, number, key, seconds, options, url, call.error);
        coslink_string_free(*url);
        status
    }
}

unsafe fn upload_files(call: &Call<'_>) -> coslink_status {
    let items = [call.options.cast(), call.options.cast()];
    // SAFETY: every pointer of the call is NULL or valid.
    unsafe { batch::coslink_upload_files(call.client, items.as_ptr(), 2, ptr::null(), call.error) }
}

unsafe fn download_files(call: &Call<'_>) -> coslink_status {
    let items = [call.options.cast()];
    // SAFETY: every pointer of the call is NULL or valid.
    unsafe {
        batch::coslink_download_files(call.client, items.as_ptr(), 1, ptr::null(), call.error)
    }
}
