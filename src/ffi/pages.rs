//! Listings entry by entry, whatever the number of pages.

use std::ptr;

use super::arena::Arena;
use super::view::View;
use crate::client::Bucket;
use crate::error::{Error, Result};
use crate::op::{ListMultipartUploads, ListObjects, Object, Upload};

/// A request for a page, which leads to the request for the next one.
pub(super) trait Listing: Sized {
    type Entry: View;

    /// The entries of this page, and the page behind it.
    fn turn(&self, bucket: &Bucket) -> Result<(Vec<Self::Entry>, Option<Self>)>;
}

impl Listing for ListObjects {
    type Entry = Object;

    fn turn(&self, bucket: &Bucket) -> Result<(Vec<Object>, Option<Self>)> {
        let page = bucket.send(self.clone())?.output;
        let next = page.next_marker.as_deref();
        let next = next.map(|marker| self.clone().marker(marker));
        Ok((page.contents, next))
    }
}

impl Listing for ListMultipartUploads {
    type Entry = Upload;

    fn turn(&self, bucket: &Bucket) -> Result<(Vec<Upload>, Option<Self>)> {
        let page = bucket.send(self.clone())?.output;
        let upload_id = page.next_upload_id_marker.as_deref().unwrap_or_default();
        let next = page.next_key_marker.as_deref();
        let next = next.map(|key| self.clone().key_marker(key).upload_id_marker(upload_id));
        Ok((page.uploads, next))
    }
}

/// What is still to come of a listing.
pub(super) struct Pages<L: Listing> {
    bucket: Bucket,
    next: Option<L>,
    /// The entries of this page that are still to come.
    entries: std::vec::IntoIter<L::Entry>,
    /// The entry that was handed out last, and what it leads into.
    current: Option<<L::Entry as View>::C>,
    arena: Arena,
}

impl<L: Listing> Pages<L> {
    pub(super) fn new(bucket: Bucket, first: L) -> Self {
        Self {
            bucket,
            next: Some(first),
            entries: Vec::new().into_iter(),
            current: None,
            arena: Arena::default(),
        }
    }

    /// The next entry; NULL behind the last one. After an error the same page is asked for again.
    pub(super) fn next(&mut self) -> Result<*const <L::Entry as View>::C> {
        self.current = None;
        loop {
            if let Some(entry) = self.entries.next() {
                self.arena.clear();
                return Ok(self.current.insert(entry.view(&mut self.arena)));
            }
            let Some(request) = &self.next else {
                return Ok(ptr::null());
            };
            let (entries, next) = request.turn(&self.bucket)?;
            self.next = next;
            self.entries = entries.into_iter();
        }
    }
}

/// Hands the next entry out, which is NULL until there is one.
///
/// # Safety
/// The slot is NULL or can be written; so is the listing.
pub(super) unsafe fn give_next<C, P>(
    (listing, listing_name): (*mut P, &str),
    (slot, slot_name): (*mut *const C, &str),
    next: impl FnOnce(&mut P) -> Result<*const C>,
) -> Result<()> {
    // SAFETY: as promised by the caller.
    let slot = unsafe { slot.as_mut() }.ok_or_else(|| Error::invalid(slot_name, "is NULL"))?;
    *slot = ptr::null();
    // SAFETY: as promised by the caller.
    let listing = unsafe { listing.as_mut() };
    *slot = next(listing.ok_or_else(|| Error::invalid(listing_name, "is NULL"))?)?;
    Ok(())
}
