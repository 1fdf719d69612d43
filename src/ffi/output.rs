//! The outputs of the operations, as C reads them.

use libc::{c_char, c_void};

use super::arena::Arena;
use super::convert::coslink_pair;
use super::list::coslink_object;
use super::view::{View, pointers, view};
use crate::op::types::Owner;
use crate::op::{
    CompleteMultipartUploadOutput, DeleteObjectOutput, HeadObjectOutput,
    InitiateMultipartUploadOutput, ListObjectsOutput, ListPartsOutput, Part, PutObjectOutput,
    UploadPartOutput,
};
use crate::wire::Timestamp;

/// One page of a listing. An output struct.
#[repr(C)]
pub struct coslink_list_objects_output {
    /// The bucket, as `name-appid`.
    pub name: *const c_char,
    /// As asked for.
    pub prefix: *const c_char,
    /// As asked for.
    pub marker: *const c_char,
    /// As asked for.
    pub delimiter: *const c_char,
    /// How keys travelled; they are decoded here.
    pub encoding_type: *const c_char,
    /// Where the next page begins; NULL when this is the last one.
    pub next_marker: *const c_char,
    /// As asked for, or what COS used.
    pub max_keys: u32,
    /// Non-zero when there are more entries.
    pub is_truncated: i32,
    /// The keys that were folded into one by the delimiter.
    pub common_prefixes: *const *const c_char,
    /// How many `common_prefixes` there are.
    pub common_prefix_count: usize,
    /// The objects.
    pub contents: *const *const coslink_object,
    /// How many `contents` there are.
    pub content_count: usize,
}

/// Who owns an object or started an upload. An output struct.
#[repr(C)]
pub struct coslink_owner {
    /// `qcs::cam::uin/<OwnerUin>:uin/<SubUin>`, or the bare number.
    pub id: *const c_char,
    /// The name to show.
    pub display_name: *const c_char,
}

/// What COS says of a stored object. An output struct.
#[repr(C)]
pub struct coslink_put_object_output {
    /// The ETag, with its quotes.
    pub etag: *const c_char,
    /// CRC64 of the object, as COS computed it; see `has_crc64`.
    pub crc64: u64,
    /// CRC64 of the bytes that were sent.
    pub sent_crc64: u64,
    /// Non-zero when COS stated `crc64`.
    pub has_crc64: i32,
    /// Non-zero when `crc64` was compared with the bytes that were sent, and was the same.
    pub verified: i32,
    /// The version, in a bucket with versioning, or NULL.
    pub version_id: *const c_char,
    /// The body of the answer: empty, unless processing or a callback was asked for.
    pub body: *const c_void,
    /// How many bytes `body` has.
    pub body_length: usize,
}

/// What is known of an object. An output struct.
#[repr(C)]
pub struct coslink_head_object_output {
    /// Non-zero when a condition says that the caller's copy is still good (304); the rest may then
    /// be missing.
    pub not_modified: i32,
    /// Non-zero when COS stated `crc64`; it does not for very old objects.
    pub has_crc64: i32,
    /// CRC64 of the object.
    pub crc64: u64,
    /// The size in bytes.
    pub content_length: u64,
    /// The MIME type, or NULL.
    pub content_type: *const c_char,
    /// The ETag, with its quotes.
    pub etag: *const c_char,
    /// When the object was stored, as COS writes it, or NULL.
    pub last_modified: *const c_char,
    /// The same in seconds since 1970-01-01 UTC; 0 when it is not known.
    pub last_modified_unix: i64,
    /// The storage class, such as `STANDARD`, or NULL.
    pub storage_class: *const c_char,
    /// The tier of an object in intelligent tiering, such as `FREQUENT`, or NULL.
    pub storage_tier: *const c_char,
    /// `appendable` for an object that was written by appending; NULL for a normal one.
    pub object_type: *const c_char,
    /// The version, in a bucket with versioning, or NULL.
    pub version_id: *const c_char,
    /// As it was stored, or NULL.
    pub cache_control: *const c_char,
    /// As it was stored, or NULL.
    pub content_disposition: *const c_char,
    /// As it was stored, or NULL.
    pub content_encoding: *const c_char,
    /// As it was stored, or NULL.
    pub content_language: *const c_char,
    /// As it was stored, or NULL.
    pub expires: *const c_char,
    /// The state of a restore from the archive, as COS writes it, or NULL.
    pub restore: *const c_char,
    /// How the object is encrypted, such as `AES256`, or NULL.
    pub server_side_encryption: *const c_char,
    /// Metadata: the names after `x-cos-meta-`, in lower case.
    pub metadata: *const coslink_pair,
    /// How many pairs of `metadata` there are.
    pub metadata_count: usize,
}

/// An object that was read. An output struct.
#[repr(C)]
pub struct coslink_get_object_output {
    /// Non-zero when a condition says that the caller's copy is still good (304). There is no body
    /// then, and neither buffer nor file nor callback was touched.
    pub not_modified: i32,
    /// Non-zero when the CRC64 of all bytes was that of the object. 0 for a range and for an object
    /// whose CRC64 COS does not state; then only the length was checked.
    pub verified: i32,
    /// What the headers say of the object; its `content_length` is that of the body.
    pub head: *const coslink_head_object_output,
    /// The size of the whole object, also when a range was asked for; see `has_object_size`.
    pub object_size: u64,
    /// Non-zero when the answer told `object_size`.
    pub has_object_size: i32,
    /// The content, when it was read into memory; NULL when it went elsewhere.
    pub body: *const c_void,
    /// How many bytes were received, wherever they went.
    pub body_length: u64,
}

/// What was deleted. An output struct.
#[repr(C)]
pub struct coslink_delete_object_output {
    /// The version that was deleted, or the delete marker that was made, or NULL.
    pub version_id: *const c_char,
    /// Non-zero when a delete marker was made or deleted.
    pub delete_marker: i32,
}

/// The upload that was begun. An output struct.
#[repr(C)]
pub struct coslink_initiate_multipart_upload_output {
    /// The bucket, as `name-appid`.
    pub bucket: *const c_char,
    /// The object's key, as COS writes it.
    pub key: *const c_char,
    /// What every later call on this upload names.
    pub upload_id: *const c_char,
}

/// What COS says of a stored part. An output struct.
#[repr(C)]
pub struct coslink_upload_part_output {
    /// The ETag, with its quotes.
    pub etag: *const c_char,
    /// CRC64 of the part, as COS computed it; see `has_crc64`.
    pub crc64: u64,
    /// CRC64 of the bytes that were sent.
    pub sent_crc64: u64,
    /// Non-zero when COS stated `crc64`.
    pub has_crc64: i32,
    /// Non-zero when `crc64` was compared with the bytes that were sent, and was the same.
    pub verified: i32,
}

/// One page of an upload's parts. An output struct.
#[repr(C)]
pub struct coslink_list_parts_output {
    /// The bucket, as `name-appid`.
    pub bucket: *const c_char,
    /// How the key travelled; it is decoded here.
    pub encoding_type: *const c_char,
    /// The object's key.
    pub key: *const c_char,
    /// The upload.
    pub upload_id: *const c_char,
    /// Who began the upload, or NULL.
    pub initiator: *const coslink_owner,
    /// Who owns the parts, or NULL.
    pub owner: *const coslink_owner,
    /// The storage class of the object to be, or NULL.
    pub storage_class: *const c_char,
    /// As asked for.
    pub part_number_marker: u32,
    /// As asked for, or what COS used.
    pub max_parts: u32,
    /// Where the next page begins; 0 when this is the last one.
    pub next_part_number_marker: u32,
    /// Non-zero when there are more parts.
    pub is_truncated: i32,
    /// The parts.
    pub parts: *const *const coslink_part,
    /// How many `parts` there are.
    pub part_count: usize,
}

/// A part that COS has. An output struct.
#[repr(C)]
pub struct coslink_part {
    /// When it was stored, as COS writes it.
    pub last_modified: *const c_char,
    /// The same in seconds since 1970-01-01 UTC; 0 when it is not known.
    pub last_modified_unix: i64,
    /// The ETag, as COS writes it.
    pub etag: *const c_char,
    /// The size in bytes.
    pub size: u64,
    /// From 1 to 10,000.
    pub part_number: u32,
}

/// The object that was made. An output struct.
#[repr(C)]
pub struct coslink_complete_multipart_upload_output {
    /// The object's address.
    pub location: *const c_char,
    /// The bucket, as `name-appid`.
    pub bucket: *const c_char,
    /// The object's key, as COS writes it.
    pub key: *const c_char,
    /// The ETag, with its quotes: `"<32 hex digits>-<number of parts>"`, which is no MD5.
    pub etag: *const c_char,
    /// CRC64 of the whole object; see `has_crc64`.
    pub crc64: u64,
    /// Non-zero when COS stated `crc64`; it may not know it yet when it begins to answer.
    pub has_crc64: i32,
    /// The version, in a bucket with versioning, or NULL.
    pub version_id: *const c_char,
}

view! { ListObjectsOutput => coslink_list_objects_output |arena|
    name prefix marker delimiter encoding_type next_marker max_keys is_truncated;
    common_prefixes contents {
        common_prefix_count: common_prefixes.len(),
        common_prefixes: arena.texts(&common_prefixes),
        content_count: contents.len(),
        contents: pointers(contents, arena),
    }
}

view! { PutObjectOutput => coslink_put_object_output |arena|
    etag sent_crc64 verified version_id; crc64 body {
        has_crc64: i32::from(crc64.is_some()),
        crc64: crc64.unwrap_or_default(),
        body_length: body.len(),
        body: arena.keep_body(body),
    }
}

view! { HeadObjectOutput => coslink_head_object_output |arena|
    not_modified content_length content_type etag storage_class storage_tier object_type
    version_id cache_control content_disposition content_encoding content_language expires restore
    server_side_encryption;
    crc64 last_modified metadata {
        has_crc64: i32::from(crc64.is_some()),
        crc64: crc64.unwrap_or_default(),
        last_modified: arena.optional(last_modified.as_ref().map(Timestamp::as_str)),
        last_modified_unix: last_modified.as_ref().and_then(Timestamp::unix).unwrap_or_default(),
        metadata: arena.pairs(metadata.iter().map(|(n, v)| (n.as_str(), v.as_str()))),
        metadata_count: metadata.len(),
    }
}

view! { DeleteObjectOutput => coslink_delete_object_output |arena| version_id delete_marker; {} }

view! { InitiateMultipartUploadOutput => coslink_initiate_multipart_upload_output |arena|
    bucket key upload_id; {}
}

view! { UploadPartOutput => coslink_upload_part_output |arena|
    etag sent_crc64 verified; crc64 {
        has_crc64: i32::from(crc64.is_some()),
        crc64: crc64.unwrap_or_default(),
    }
}

view! { ListPartsOutput => coslink_list_parts_output |arena|
    bucket encoding_type key upload_id initiator owner storage_class part_number_marker max_parts
    is_truncated;
    next_part_number_marker parts {
        next_part_number_marker: next_part_number_marker.unwrap_or_default(),
        part_count: parts.len(),
        parts: pointers(parts, arena),
    }
}

view! { Part => coslink_part |arena| part_number etag size; last_modified {
        last_modified: arena.text(last_modified.as_str()),
        last_modified_unix: last_modified.unix().unwrap_or_default(),
    }
}

view! { CompleteMultipartUploadOutput => coslink_complete_multipart_upload_output |arena|
    location bucket key etag version_id; crc64 {
        has_crc64: i32::from(crc64.is_some()),
        crc64: crc64.unwrap_or_default(),
    }
}

impl View for &Owner {
    type C = coslink_owner;

    fn view(self, arena: &mut Arena) -> coslink_owner {
        let Owner { id, display_name } = self;
        coslink_owner {
            id: arena.text(id),
            display_name: arena.text(display_name),
        }
    }
}
