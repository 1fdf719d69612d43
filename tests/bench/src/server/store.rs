//! Objects and uploads in parts.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::content::{Content, Zeros};
use super::sums::{Memo, Sums, combine, etag_of_parts};

#[derive(Default)]
struct Inner {
    objects: HashMap<String, Content>,
    uploads: HashMap<String, BTreeMap<u32, Content>>,
    next_upload: u64,
}

pub(crate) struct Store {
    inner: Mutex<Inner>,
    zeros: Zeros,
    pub(crate) memo: Memo,
}

impl Store {
    pub(crate) fn new(seeds: &[(String, PathBuf)]) -> io::Result<Self> {
        let mut inner = Inner::default();
        for (key, path) in seeds {
            inner.objects.insert(key.clone(), Content::of_file(path)?);
        }
        Ok(Self {
            inner: Mutex::new(inner),
            zeros: Zeros::new()?,
            memo: Memo::default(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn get(&self, key: &str) -> Option<Content> {
        if let Some(size) = key
            .strip_prefix("zeros/")
            .and_then(|size| size.parse().ok())
        {
            return Some(self.zeros.object(size));
        }
        self.lock().objects.get(key).cloned()
    }

    pub(crate) fn put(&self, key: &str, content: Content) {
        self.lock().objects.insert(key.to_owned(), content);
    }

    pub(crate) fn remove(&self, key: &str) {
        self.lock().objects.remove(key);
    }

    /// Begins an upload; gives back its id.
    pub(crate) fn begin(&self) -> String {
        let mut inner = self.lock();
        inner.next_upload += 1;
        let id = format!("1700000000{:032x}", inner.next_upload);
        inner.uploads.insert(id.clone(), BTreeMap::new());
        id
    }

    /// False where there is no such upload.
    pub(crate) fn put_part(&self, id: &str, number: u32, content: Content) -> bool {
        let mut inner = self.lock();
        let upload = inner.uploads.get_mut(id);
        upload.map(|parts| parts.insert(number, content)).is_some()
    }

    pub(crate) fn abort(&self, id: &str) {
        self.lock().uploads.remove(id);
    }

    /// Makes the object of all parts; None where there is no such upload or a part is missing.
    pub(crate) fn complete(&self, id: &str, key: &str, count: usize) -> Option<Sums> {
        let mut inner = self.lock();
        if count == 0 || inner.uploads.get(id)?.len() != count {
            return None;
        }
        let parts = inner.uploads.remove(id)?;
        let (mut size, mut crc64) = (0, 0);
        for part in parts.values() {
            crc64 = combine(crc64, part.sums.crc64, part.size);
            size += part.size;
        }
        let etag = etag_of_parts(parts.values().map(|part| part.sums.etag.as_str()));
        let sums = Sums { etag, crc64 };
        inner
            .objects
            .insert(key.to_owned(), Content::gone(size, sums.clone()));
        Some(sums)
    }
}
