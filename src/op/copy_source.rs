//! Where a copy comes from, and on which conditions.

use crate::error::{Error, Result};
use crate::wire::{Pairs, encode, names};

/// An object to copy from, of any bucket that the credentials may read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopySource {
    bucket: String,
    region: String,
    key: String,
    version_id: Option<String>,
}

impl CopySource {
    /// An object by its bucket's name with APPID, the bucket's region, and its key, not encoded.
    pub fn new(
        bucket: impl Into<String>,
        region: impl Into<String>,
        key: impl Into<String>,
    ) -> Self {
        Self {
            bucket: bucket.into(),
            region: region.into(),
            key: key.into(),
            version_id: None,
        }
    }

    /// This version of it.
    #[must_use]
    pub fn version_id(mut self, version_id: impl Into<String>) -> Self {
        self.version_id = Some(version_id.into()).filter(|id| !id.is_empty());
        self
    }

    pub(crate) fn bucket(&self) -> &str {
        &self.bucket
    }

    pub(crate) fn region(&self) -> &str {
        &self.region
    }

    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    pub(crate) fn version(&self) -> Option<&str> {
        self.version_id.as_deref()
    }

    /// The value of `x-cos-copy-source`: host, encoded key, version.
    pub(crate) fn spell(&self) -> Result<String> {
        let named = |e: Error| Error::invalid("copy_source", e.message());
        names::check_bucket(&self.bucket).map_err(named)?;
        names::check_region(&self.region).map_err(named)?;
        names::check_key(&self.key).map_err(named)?;
        let mut source = format!("{}.cos.{}.myqcloud.com", self.bucket, self.region);
        encode::push_path(&mut source, &self.key);
        if let Some(version_id) = &self.version_id {
            source.push_str("?versionId=");
            encode::push_percent(&mut source, version_id);
        }
        Ok(source)
    }
}

/// Adds the setters for conditions on the source, and for an SSE-C key of it, and their table
/// `SOURCE`.
macro_rules! source_conditions {
    () => {
        crate::op::params! {
            const SOURCE;
            /// Only when the source has this ETag, with or without quotes; else 412. May stand with
            /// `copy_source_if_unmodified_since` only.
            copy_source_if_match(&str) => header "x-cos-copy-source-If-Match";
            /// Only when the source has another ETag; else 412. May stand with
            /// `copy_source_if_modified_since` only.
            copy_source_if_none_match(&str) => header "x-cos-copy-source-If-None-Match";
            /// Only when the source was stored after this time; else 412. May stand with
            /// `copy_source_if_none_match` only.
            copy_source_if_modified_since(std::time::SystemTime) =>
                header "x-cos-copy-source-If-Modified-Since";
            /// Only when the source was not stored after this time; else 412. May stand with
            /// `copy_source_if_match` only.
            copy_source_if_unmodified_since(std::time::SystemTime) =>
                header "x-cos-copy-source-If-Unmodified-Since";
            /// The algorithm of the key (SSE-C) that the source was stored with.
            copy_source_sse_customer_algorithm(&str) =>
                header "x-cos-copy-source-server-side-encryption-customer-algorithm";
            /// The key (SSE-C) of the source: base64 of 32 bytes. Sent over https only.
            copy_source_sse_customer_key(&str) =>
                header "x-cos-copy-source-server-side-encryption-customer-key";
            /// Base64 of the MD5 of the source's key.
            copy_source_sse_customer_key_md5(&str) =>
                header "x-cos-copy-source-server-side-encryption-customer-key-MD5";
        }
        crate::op::rows!(source_rows of &[Self::SOURCE], headers);
    };
}
pub(crate) use source_conditions;

/// The headers of a copy: those given, the source, and ETags with quotes. Conditions that COS does
/// not take together (PUT Object - Copy, API page 10881) are refused.
pub(crate) fn copy_headers(headers: &Pairs, source: &CopySource) -> Result<Pairs> {
    let given = |name: &str| headers.get(&format!("x-cos-copy-source-{name}")).is_some();
    let (matches, unmodified) = (given("If-Match"), given("If-Unmodified-Since"));
    let (differs, modified) = (given("If-None-Match"), given("If-Modified-Since"));
    if (matches || unmodified) && (differs || modified) {
        let why = "COS takes if_match with if_unmodified_since, or if_none_match with \
                   if_modified_since, and no other pair";
        return Err(Error::invalid("copy_source_if", why));
    }
    let mut all = headers.clone();
    for name in [
        "x-cos-copy-source-If-Match",
        "x-cos-copy-source-If-None-Match",
    ] {
        let quoted = all
            .get(name)
            .map(|etag| super::types::quoted_etag(etag).into_owned());
        if let Some(quoted) = quoted {
            all.set(name, quoted);
        }
    }
    all.set("x-cos-copy-source", source.spell()?);
    Ok(all)
}
