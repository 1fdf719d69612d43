//! All entries of a listing, as an iterator.

use std::vec;

use super::Bucket;
use crate::error::Result;
use crate::op::{ListMultipartUploads, ListObjects, Object, Upload};

/// All objects of a listing; see [`Bucket::objects`].
///
/// An error ends it. Common prefixes are passed over: list without a delimiter, or page by page with
/// [`ListObjects`].
#[derive(Debug)]
pub struct Objects<'b> {
    bucket: &'b Bucket,
    next: Option<ListObjects>,
    page: vec::IntoIter<Object>,
}

impl<'b> Objects<'b> {
    pub(super) fn new(bucket: &'b Bucket, first: ListObjects) -> Self {
        Self {
            bucket,
            next: Some(first),
            page: Vec::new().into_iter(),
        }
    }

    fn turn(&mut self, request: ListObjects) -> Result<()> {
        let page = self.bucket.send(request.clone())?.output;
        self.next = page
            .next_marker
            .as_deref()
            .map(|marker| request.marker(marker));
        self.page = page.contents.into_iter();
        Ok(())
    }
}

impl Iterator for Objects<'_> {
    type Item = Result<Object>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(object) = self.page.next() {
                return Some(Ok(object));
            }
            let request = self.next.take()?;
            if let Err(error) = self.turn(request) {
                return Some(Err(error));
            }
        }
    }
}

/// All uploads of a listing; see [`Bucket::uploads`]. An error ends it.
#[derive(Debug)]
pub struct Uploads<'b> {
    bucket: &'b Bucket,
    next: Option<ListMultipartUploads>,
    page: vec::IntoIter<Upload>,
}

impl<'b> Uploads<'b> {
    pub(super) fn new(bucket: &'b Bucket, first: ListMultipartUploads) -> Self {
        Self {
            bucket,
            next: Some(first),
            page: Vec::new().into_iter(),
        }
    }

    fn turn(&mut self, request: ListMultipartUploads) -> Result<()> {
        let page = self.bucket.send(request.clone())?.output;
        self.next = page.next_key_marker.as_deref().map(|key| {
            let upload_id = page.next_upload_id_marker.as_deref().unwrap_or_default();
            request.key_marker(key).upload_id_marker(upload_id)
        });
        self.page = page.uploads.into_iter();
        Ok(())
    }
}

impl Iterator for Uploads<'_> {
    type Item = Result<Upload>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(upload) = self.page.next() {
                return Some(Ok(upload));
            }
            let request = self.next.take()?;
            if let Err(error) = self.turn(request) {
                return Some(Err(error));
            }
        }
    }
}
