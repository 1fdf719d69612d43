//! Uploads that nobody came back for.

use std::time::Duration;

use crate::client::Bucket;
use crate::error::{Error, ErrorKind, Result};
use crate::op::{AbortMultipartUpload, ListMultipartUploads, Upload};

impl Bucket {
    /// Aborts every upload whose key begins with `prefix` and which was begun longer ago than that,
    /// and returns those. Their parts, which are billed, are deleted; an upload that is under way
    /// fails. An empty prefix is the whole bucket.
    ///
    /// # Errors
    /// The first one that the service reports; what was aborted before stays so.
    pub fn abort_uploads(&self, prefix: &str, older_than: Duration) -> Result<Vec<Upload>> {
        let now = self.core().clock.unix();
        let before = now.saturating_sub(older_than.as_secs()).cast_signed();
        let first = ListMultipartUploads::new()
            .prefix(prefix)
            .encoding_type("url");
        let mut aborted = Vec::new();
        for upload in self.uploads(first) {
            let upload = upload?;
            // Of an upload without a date nobody knows that it is old.
            if upload.initiated.unix().is_none_or(|begun| begun > before) {
                continue;
            }
            let gone = |error: &Error| error.kind() == ErrorKind::NotFound;
            match self.send(AbortMultipartUpload::new(&upload.key, &upload.upload_id)) {
                Err(error) if !gone(&error) => return Err(error),
                _ => aborted.push(upload),
            }
        }
        Ok(aborted)
    }
}
