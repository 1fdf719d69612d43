//! What was checked of a transfer, and what it took.

/// What was checked of a transfer, and what it took. Part of every transfer's result.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Receipt {
    /// Whether COS stated the CRC64 of the whole object, and it was that of the bytes.
    pub whole_crc64: bool,
    /// How many parts (or single bodies) COS stated the CRC64 of, and it was that of the bytes.
    pub parts_crc64: u32,
    /// Whether each body went with a Content-MD5, which COS compares before it stores anything.
    pub content_md5: bool,
    /// How many requests were sent, those that failed and were sent again included.
    pub requests: u32,
    /// Bytes of content that moved in this run, also those that moved again.
    pub moved: u64,
    /// Bytes that an earlier run had moved and that were not moved again.
    pub skipped: u64,
    /// Whether an earlier run was continued.
    pub resumed: bool,
    /// Whether the answer that the object is complete was lost, and the object was found and proven
    /// to be this one.
    pub recovered: bool,
    /// The `x-cos-request-id` of each request that began, completed or checked the transfer, in
    /// order; not of the parts.
    pub request_ids: Vec<String>,
}
