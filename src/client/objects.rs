//! All objects of a listing, as an iterator.

use std::vec;

use super::Bucket;
use crate::error::Result;
use crate::op::{ListObjects, Object};

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
}

impl Iterator for Objects<'_> {
    type Item = Result<Object>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(object) = self.page.next() {
                return Some(Ok(object));
            }
            let request = self.next.take()?;
            let page = match self.bucket.send(request.clone()) {
                Ok(response) => response.output,
                Err(error) => return Some(Err(error)),
            };
            self.next = page
                .next_marker
                .as_deref()
                .map(|marker| request.marker(marker));
            self.page = page.contents.into_iter();
        }
    }
}
