//! The headers that a new object is given, whichever operation creates it.

use std::path::Path;

use crate::wire::Pairs;

/// Sets the Content-Type that a file's name suggests, unless there is one.
pub(crate) fn guess_content_type(headers: &mut Pairs, path: &Path) {
    if headers.get("Content-Type").is_some() {
        return;
    }
    if let Some(kind) = mime_guess::from_path(path).first_raw() {
        headers.set("Content-Type", kind);
    }
}

/// Adds the setters for an object's headers and metadata, and their table `OBJECT_HEADERS`.
macro_rules! object_headers {
    () => {
        crate::op::params! {
            #[allow(dead_code)] const OBJECT_HEADERS;
            /// The MIME type, kept with the object. When unset, it follows from the name of the file
            /// that is sent, and is `application/octet-stream` for everything else.
            content_type(&str) => header "Content-Type";
            /// How caches may keep the object; kept with it.
            cache_control(&str) => header "Cache-Control";
            /// The file name that a browser offers; kept with the object.
            content_disposition(&str) => header "Content-Disposition";
            /// The encoding that the bytes already have, such as `gzip`; kept with the object.
            /// coslink neither encodes nor decodes.
            content_encoding(&str) => header "Content-Encoding";
            /// The language of the content; kept with the object.
            content_language(&str) => header "Content-Language";
            /// When caches must ask again; kept with the object as it is given.
            expires(&str) => header "Expires";
            /// The canned ACL. Unset or `Default`: as the bucket.
            acl(crate::op::types::Acl) => header "x-cos-acl";
            /// Who may read: `id="qcs::cam::uin/100000000001:uin/100000000001"`, several with a
            /// comma between them.
            grant_read(&str) => header "x-cos-grant-read";
            /// Who may read the ACL; written as in `grant_read`.
            grant_read_acp(&str) => header "x-cos-grant-read-acp";
            /// Who may write the ACL; written as in `grant_read`.
            grant_write_acp(&str) => header "x-cos-grant-write-acp";
            /// Who may do everything; written as in `grant_read`.
            grant_full_control(&str) => header "x-cos-grant-full-control";
            /// The storage class. Unset: `Standard`.
            storage_class(crate::op::types::StorageClass) => header "x-cos-storage-class";
            /// Tags as `key1=value1&key2=value2`, keys and values percent-encoded, at most 10.
            tagging(&str) => header "x-cos-tagging";
            /// True: fail with 409 `FileAlreadyExists` when the object exists. Without effect in a
            /// bucket that ever had versioning.
            forbid_overwrite(bool) => header "x-cos-forbid-overwrite";
            /// The most bits per second that COS takes: 819,200 to 838,860,800.
            traffic_limit(u64) => header "x-cos-traffic-limit" in 819_200..=838_860_800;
            /// Encryption by the service: `AES256` or `SM4` (SSE-COS), `cos/kms` (SSE-KMS).
            server_side_encryption(&str) => header "x-cos-server-side-encryption";
            /// The KMS key to encrypt with.
            sse_kms_key_id(&str) => header "x-cos-server-side-encryption-cos-kms-key-id";
            /// The KMS encryption context: base64 of a JSON object.
            sse_kms_context(&str) => header "x-cos-server-side-encryption-context";
            /// The algorithm of your own key (SSE-C): `AES256`.
            sse_customer_algorithm(&str) =>
                header "x-cos-server-side-encryption-customer-algorithm";
            /// Your own key (SSE-C): base64 of 32 bytes. Sent over https only.
            sse_customer_key(&str) => header "x-cos-server-side-encryption-customer-key";
            /// Base64 of the MD5 of your own key.
            sse_customer_key_md5(&str) => header "x-cos-server-side-encryption-customer-key-MD5";
        }
        crate::op::rows!(object_rows of &[Self::OBJECT_HEADERS], headers);

        /// One piece of metadata, `x-cos-meta-<name>`. Names are letters, digits and `-`; names and
        /// values together are at most 2 KiB (PUT Object, API page 7749).
        #[must_use]
        pub fn meta(mut self, name: &str, value: impl Into<String>) -> Self {
            self.headers.set(format!("x-cos-meta-{name}"), value);
            self
        }
    };
}
pub(crate) use object_headers;
