//! Versions of objects: what is kept under one key, and which of it a request means.

use std::collections::btree_map::Range;
use std::ops::Bound;
use std::sync::Arc;
use std::time::SystemTime;

use crate::reply::{Refusal, no_such_key, refuse};
use crate::state::Shared;
use crate::store::{Bucket, Object};

/// The id of what is written while no versions are kept.
pub(crate) const NULL: &str = "null";

/// Overwritten content beyond this size is not worth the room that it takes.
const LARGEST_OVERWRITTEN: u64 = 64 * 1024 * 1024;

/// Whether a bucket keeps versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Versioning {
    #[default]
    Never,
    Enabled,
    Suspended,
}

/// An object under its version id, or a delete marker.
#[derive(Debug, Clone)]
pub(crate) struct Version {
    pub(crate) id: String,
    pub(crate) modified: SystemTime,
    /// None is a delete marker.
    pub(crate) object: Option<Arc<Object>>,
}

/// What a DELETE did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Removal {
    /// The version that is gone, or the marker that was made.
    pub(crate) version: Option<String>,
    /// A delete marker was made or removed.
    pub(crate) marker: bool,
}

pub(crate) fn no_such_version() -> Refusal {
    refuse(
        404,
        "NoSuchVersion",
        "The specified version does not exist.",
    )
}

fn is_marker() -> Refusal {
    no_such_key().header("x-cos-delete-marker", "true")
}

/// Looks like the service's: the base64 of a number that falls, so that later ids sort first.
pub(crate) fn fresh_id(shared: &Shared) -> String {
    let falling = u64::MAX - shared.number();
    data_encoding::BASE64_NOPAD.encode(falling.to_string().as_bytes())
}

impl Bucket {
    pub(crate) fn ever_versioned(&self) -> bool {
        self.versioning != Versioning::Never
    }

    /// The object that a request without a version gets.
    pub(crate) fn current(&self, key: &str) -> Option<&Arc<Object>> {
        self.keys.get(key)?.first()?.object.as_ref()
    }

    /// The current objects from a key on.
    pub(crate) fn objects_from(&self, start: Bound<String>) -> Objects<'_> {
        Objects(self.keys.range((start, Bound::Unbounded)))
    }

    /// The version that is meant: the current one without an id.
    pub(crate) fn find(
        &self,
        key: &str,
        id: Option<&str>,
    ) -> Result<(&Version, &Arc<Object>), Refusal> {
        let versions = self.keys.get(key).map_or(&[][..], Vec::as_slice);
        let version = match id {
            None => versions.first().ok_or_else(no_such_key)?,
            Some(id) => versions
                .iter()
                .find(|version| version.id == id)
                .ok_or_else(no_such_version)?,
        };
        let object = version.object.as_ref().ok_or_else(is_marker)?;
        Ok((version, object))
    }

    /// Changes an object in place; its time and its bytes stay.
    pub(crate) fn change<T>(
        &mut self,
        key: &str,
        id: Option<&str>,
        change: impl FnOnce(&mut Object) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let found = self.find(key, id)?.0.id.clone();
        let version = self
            .keys
            .get_mut(key)
            .and_then(|versions| versions.iter_mut().find(|version| version.id == found));
        let object = version.and_then(|version| version.object.as_mut());
        change(Arc::make_mut(object.ok_or_else(no_such_key)?))
    }

    /// Puts an object; the version id is told where there is one to tell.
    pub(crate) fn store(&mut self, key: &str, object: Object, shared: &Shared) -> Option<String> {
        let modified = object.modified;
        self.add(key, Some(Arc::new(object)), modified, shared)
    }

    fn add(
        &mut self,
        key: &str,
        object: Option<Arc<Object>>,
        modified: SystemTime,
        shared: &Shared,
    ) -> Option<String> {
        let versions = self.keys.entry(key.to_owned()).or_default();
        let before = versions.first().and_then(|version| version.object.as_ref());
        if let Some(before) = before {
            self.overwritten.remove(key);
            if before.size <= LARGEST_OVERWRITTEN {
                self.overwritten.insert(key.to_owned(), before.blob.clone());
            }
        }
        let enabled = self.versioning == Versioning::Enabled;
        let id = if enabled {
            fresh_id(shared)
        } else {
            versions.retain(|version| version.id != NULL);
            NULL.to_owned()
        };
        let version = Version {
            id: id.clone(),
            modified,
            object,
        };
        versions.insert(0, version);
        enabled.then_some(id)
    }

    /// Deletes a version for good, or what is current: by a marker where versions are kept.
    pub(crate) fn remove(
        &mut self,
        key: &str,
        id: Option<&str>,
        shared: &Shared,
    ) -> Result<Removal, Refusal> {
        let Some(id) = id else {
            if !self.ever_versioned() {
                self.forget(key);
                return Ok(Removal::default());
            }
            let made = self.add(key, None, shared.time(), shared);
            return Ok(Removal {
                version: made.or_else(|| Some(NULL.to_owned())),
                marker: true,
            });
        };
        let versions = self.keys.get_mut(key).ok_or_else(no_such_version)?;
        let at = versions
            .iter()
            .position(|version| version.id == id)
            .ok_or_else(no_such_version)?;
        let removed = versions.remove(at);
        if versions.is_empty() {
            self.forget(key);
        }
        Ok(Removal {
            version: self.ever_versioned().then_some(removed.id),
            marker: removed.object.is_none(),
        })
    }

    fn forget(&mut self, key: &str) {
        self.keys.remove(key);
        self.overwritten.remove(key);
    }
}

/// Current objects in the order of their keys.
#[derive(Debug)]
pub(crate) struct Objects<'a>(Range<'a, String, Vec<Version>>);

impl<'a> Iterator for Objects<'a> {
    type Item = (&'a String, &'a Arc<Object>);

    fn next(&mut self) -> Option<Self::Item> {
        self.0
            .find_map(|(key, versions)| Some((key, versions.first()?.object.as_ref()?)))
    }
}
