//! The outputs of transfers, as C reads them.

use libc::c_char;

use super::output::coslink_head_object_output;
use super::view::{Field, view};
use crate::transfer::{Copied, Downloaded, Receipt, Uploaded};

/// What was checked of a transfer, and what it took. An output struct.
#[repr(C)]
pub struct coslink_receipt {
    /// Bytes of content that moved in this run, also those that moved again.
    pub moved: u64,
    /// Bytes that an earlier run had moved and that were not moved again.
    pub skipped: u64,
    /// How many requests were sent, those that failed and were sent again included.
    pub requests: u32,
    /// How many parts (or single bodies) COS stated the CRC64 of, and it was that of the bytes.
    pub parts_crc64: u32,
    /// Non-zero when COS stated the CRC64 of the whole object, and it was that of the bytes.
    pub whole_crc64: i32,
    /// Non-zero when each body went with a Content-MD5, which COS compares before it stores anything.
    pub content_md5: i32,
    /// Non-zero when an earlier run was continued.
    pub resumed: i32,
    /// Non-zero when the answer that the object is complete was lost, and the object was found and
    /// proven to be this one.
    pub recovered: i32,
    /// The `x-cos-request-id` of each request that began, completed or checked the transfer, in
    /// order; not of the parts. NULL when there is none.
    pub request_ids: *const *const c_char,
    /// How many `request_ids` there are.
    pub request_id_count: usize,
}

/// An upload that is done. An output struct.
#[repr(C)]
pub struct coslink_upload_file_output {
    /// How many bytes the object has.
    pub size: u64,
    /// CRC64 of the bytes that were sent.
    pub crc64: u64,
    /// How many parts it was sent in; 0 when it was one request.
    pub parts: u32,
    /// Non-zero when COS stated the CRC64 of the whole object, and it was the same. It does for
    /// every object that is not very old.
    pub verified: i32,
    /// The ETag, with its quotes.
    pub etag: *const c_char,
    /// The version, in a bucket with versioning, or NULL.
    pub version_id: *const c_char,
    /// The upload that the parts belonged to; NULL when it was one request.
    pub upload_id: *const c_char,
    /// The object's address, without scheme.
    pub location: *const c_char,
    /// The `x-cos-request-id` of the request that made the object, or NULL.
    pub request_id: *const c_char,
    /// What was checked, and what it took.
    pub receipt: *const coslink_receipt,
}

/// A download that is done. An output struct.
#[repr(C)]
pub struct coslink_download_file_output {
    /// How many bytes the file has.
    pub size: u64,
    /// CRC64 of the bytes that were received.
    pub crc64: u64,
    /// How many ranges it came in.
    pub parts: u32,
    /// Non-zero when COS stated the CRC64 of the object, and it was the same. It does for every
    /// object that is not very old.
    pub verified: i32,
    /// What is known of the object.
    pub head: *const coslink_head_object_output,
    /// What was checked, and what it took.
    pub receipt: *const coslink_receipt,
}

/// A copy that is done. An output struct.
#[repr(C)]
pub struct coslink_copy_file_output {
    /// How many bytes the object has.
    pub size: u64,
    /// CRC64 of the source; see `has_crc64`.
    pub crc64: u64,
    /// Non-zero when COS stated `crc64`.
    pub has_crc64: i32,
    /// How many parts it was copied in; 0 when it was one request.
    pub parts: u32,
    /// Non-zero when COS stated the CRC64 of source and copy, and they were the same.
    pub verified: i32,
    /// The ETag, as COS writes it.
    pub etag: *const c_char,
    /// The version of the copy, in a bucket with versioning, or NULL.
    pub version_id: *const c_char,
    /// The upload that the parts belonged to; NULL when it was one request.
    pub upload_id: *const c_char,
    /// The address of the copy, without scheme.
    pub location: *const c_char,
    /// The `x-cos-request-id` of the request that made the copy, or NULL.
    pub request_id: *const c_char,
    /// What was checked, and what it took. `moved` counts bytes inside the service.
    pub receipt: *const coslink_receipt,
}

view! { Receipt => coslink_receipt |arena|
    moved skipped requests parts_crc64 whole_crc64 content_md5 resumed recovered; request_ids {
        request_id_count: request_ids.len(),
        request_ids: arena.texts(&request_ids),
    }
}

impl Field for Receipt {
    type C = *const coslink_receipt;

    fn field(self, arena: &mut super::arena::Arena) -> Self::C {
        let receipt = super::view::View::view(self, arena);
        arena.keep(receipt)
    }
}

view! { Uploaded => coslink_upload_file_output |arena|
    size crc64 parts verified etag version_id upload_id location request_id receipt; {}
}

view! { Copied => coslink_copy_file_output |arena|
    size parts etag verified version_id upload_id location request_id receipt; crc64 {
        has_crc64: i32::from(crc64.is_some()),
        crc64: crc64.unwrap_or_default(),
    }
}

view! { Downloaded => coslink_download_file_output |arena| size crc64 parts verified head receipt; {} }
