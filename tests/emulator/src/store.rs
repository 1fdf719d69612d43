//! What is kept: buckets, objects, uploads. All names are ordered by their UTF-8 bytes.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use crate::acl::Grant;
use crate::blob::Blob;
use crate::cors::CorsRule;
use crate::restore::Restored;
use crate::versions::{Version, Versioning};

/// Server-side encryption as asked for when an object or upload was made.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Encryption {
    #[default]
    None,
    /// `x-cos-server-side-encryption: AES256` or `SM4`.
    Cos(String),
    Kms {
        key_id: Option<String>,
        context: Option<String>,
    },
    /// The base64 MD5 of the customer's key; the key itself is not kept.
    Customer { key_md5: String },
}

/// What the creating request said about an object besides its bytes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Description {
    /// `Content-Type` and the like: lower-case names, values as they came.
    pub(crate) content: Vec<(String, Vec<u8>)>,
    /// `x-cos-meta-*`: full lower-case names, values as they came.
    pub(crate) metadata: Vec<(String, Vec<u8>)>,
    pub(crate) storage_class: String,
    pub(crate) encryption: Encryption,
    pub(crate) tags: Vec<(String, String)>,
    /// As sent; `default` is inherited from the bucket.
    pub(crate) acl: String,
    pub(crate) grants: Vec<Grant>,
}

#[derive(Debug, Clone)]
pub(crate) struct Object {
    pub(crate) blob: Blob,
    pub(crate) size: u64,
    /// With its quotes.
    pub(crate) etag: String,
    pub(crate) crc64: u64,
    pub(crate) modified: SystemTime,
    pub(crate) description: Description,
    /// The readable copy of an archived object.
    pub(crate) restored: Option<Restored>,
}

#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) blob: Blob,
    pub(crate) size: u64,
    pub(crate) etag: String,
    pub(crate) crc64: u64,
    pub(crate) modified: SystemTime,
}

#[derive(Debug, Clone)]
pub(crate) struct Upload {
    pub(crate) initiated: SystemTime,
    pub(crate) description: Description,
    pub(crate) parts: BTreeMap<u32, Part>,
}

#[derive(Debug)]
pub(crate) struct Bucket {
    pub(crate) region: String,
    pub(crate) created: SystemTime,
    pub(crate) versioning: Versioning,
    /// Reachable by the accelerate host.
    pub(crate) accelerated: bool,
    pub(crate) cors: Vec<CorsRule>,
    /// By key, the newest first; never an empty list.
    pub(crate) keys: BTreeMap<String, Vec<Version>>,
    /// By key: what the last PUT or delete marker took the place of, unless it was large.
    pub(crate) overwritten: BTreeMap<String, Blob>,
    /// By key and upload id.
    pub(crate) uploads: BTreeMap<(String, String), Upload>,
}

impl Bucket {
    pub(crate) fn new(region: &str, created: SystemTime) -> Self {
        Self {
            region: region.to_owned(),
            created,
            versioning: Versioning::Never,
            accelerated: false,
            cors: Vec::new(),
            keys: BTreeMap::new(),
            overwritten: BTreeMap::new(),
            uploads: BTreeMap::new(),
        }
    }
}

pub(crate) type Buckets = BTreeMap<String, Bucket>;

#[derive(Debug, Default)]
pub(crate) struct Store(Mutex<Buckets>);

impl Store {
    pub(crate) fn lock(&self) -> MutexGuard<'_, Buckets> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
