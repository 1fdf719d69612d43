//! The switch for versions, and their listing.

use std::collections::BTreeMap;
use std::ops::Bound;

use crate::bucket::{OWNER_ID, owner, prefixes};
use crate::inbound::check_md5;
use crate::list::{Line, Spelling, Step, page_size, walk};
use crate::reply::{Document, Refusal, Reply, invalid_argument, iso_date, no_such_bucket};
use crate::serve::Call;
use crate::state::seconds;
use crate::store::Bucket;
use crate::versions::{Version, Versioning};
use crate::xml::{content, fields, malformed, parse, root};

pub(crate) async fn put(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let body = call.body.text(64 * 1024).await?;
    check_md5(call.request, &md5::compute(&body).0)?;
    let document = parse(&body)?;
    let [status] = fields(root(&document, "VersioningConfiguration")?, ["Status"])?;
    let versioning = match content(status.ok_or_else(malformed)?)?.trim() {
        "Enabled" => Versioning::Enabled,
        "Suspended" => Versioning::Suspended,
        _ => return Err(malformed()),
    };
    let mut buckets = call.shared.store.lock();
    let bucket = buckets
        .get_mut(call.request.bucket())
        .ok_or_else(no_such_bucket)?;
    bucket.versioning = versioning;
    Ok(Reply::new(200))
}

pub(crate) fn get(call: &Call<'_>) -> Result<Reply, Refusal> {
    let buckets = call.shared.store.lock();
    let bucket = buckets
        .get(call.request.bucket())
        .ok_or_else(no_such_bucket)?;
    let mut xml = Document::new();
    xml.open("VersioningConfiguration");
    match bucket.versioning {
        Versioning::Never => {}
        Versioning::Enabled => xml.leaf("Status", "Enabled"),
        Versioning::Suspended => xml.leaf("Status", "Suspended"),
    }
    xml.close("VersioningConfiguration");
    Ok(Reply::xml(200, xml.finish()))
}

/// A version, its key, and whether it is the key's newest.
type Entry<'a> = (&'a str, &'a Version, bool);

/// All versions after a place: those of one key after an id, or none of that key without one.
fn after<'a>(
    bucket: &'a Bucket,
    key: &'a str,
    id: &str,
) -> Result<impl Iterator<Item = Entry<'a>>, Refusal> {
    let keys: &BTreeMap<String, Vec<Version>> = &bucket.keys;
    let skip = match keys.get(key) {
        Some(versions) if !id.is_empty() => {
            let at = versions.iter().position(|version| version.id == id);
            at.ok_or_else(|| invalid_argument("version-id-marker names no version of key-marker."))?
                + 1
        }
        // The version may have been deleted together with its key between two pages.
        _ => usize::MAX,
    };
    Ok(keys
        .range::<str, _>((Bound::Included(key), Bound::Unbounded))
        .flat_map(move |(name, versions)| {
            let skip = if name == key { skip } else { 0 };
            let numbered = versions.iter().enumerate().skip(skip);
            numbered.map(move |(at, version)| (name.as_str(), version, at == 0))
        }))
}

pub(crate) fn list(call: &Call<'_>) -> Result<Reply, Refusal> {
    let request = call.request;
    let spelling = Spelling::of(request)?;
    let limit = page_size(request, "max-keys", 1000)?;
    let filled = |name: &str| request.filled(name).unwrap_or("");
    let (prefix, delimiter) = (filled("prefix"), filled("delimiter"));
    let (key_marker, id_marker) = (filled("key-marker"), filled("version-id-marker"));
    let buckets = call.shared.store.lock();
    let bucket = buckets.get(request.bucket()).ok_or_else(no_such_bucket)?;
    let mut later = after(bucket, key_marker, id_marker)?;
    let page = walk(prefix, delimiter, limit, key_marker, |step| {
        let found = later.find(|(key, ..)| {
            let beyond = match step {
                Step::Next => true,
                Step::Beyond(common) => !key.starts_with(common),
            };
            beyond && key.starts_with(prefix)
        });
        found.map(|entry| (entry.0.to_owned(), entry))
    });

    let mut xml = Document::new();
    xml.open("ListVersionsResult");
    xml.leaf("Name", request.bucket());
    if spelling == Spelling::Url {
        xml.leaf("EncodingType", spelling.name());
    }
    xml.leaf("Prefix", &spelling.write(prefix));
    xml.leaf("KeyMarker", &spelling.write(key_marker));
    xml.leaf("VersionIdMarker", id_marker);
    xml.leaf("MaxKeys", &limit.to_string());
    if !delimiter.is_empty() {
        xml.leaf("Delimiter", &spelling.write(delimiter));
    }
    xml.leaf("IsTruncated", &page.truncated.to_string());
    if page.truncated {
        let (key, id) = match page.lines.last() {
            Some(Line::Prefix(common)) => (common.as_str(), ""),
            Some(Line::Entry((key, version, _))) => (*key, version.id.as_str()),
            None => ("", ""),
        };
        xml.leaf("NextKeyMarker", &spelling.write(key));
        xml.leaf("NextVersionIdMarker", id);
    }
    prefixes(&mut xml, &page.lines, spelling);
    for line in &page.lines {
        if let Line::Entry(entry) = line {
            write(&mut xml, entry, bucket, spelling);
        }
    }
    xml.close("ListVersionsResult");
    Ok(Reply::xml(200, xml.finish()))
}

fn write(
    xml: &mut Document,
    (key, version, latest): &Entry<'_>,
    bucket: &Bucket,
    spelling: Spelling,
) {
    let element = match version.object {
        Some(_) => "Version",
        None => "DeleteMarker",
    };
    xml.open(element);
    xml.leaf("Key", &spelling.write(key));
    let id = if bucket.ever_versioned() {
        version.id.as_str()
    } else {
        ""
    };
    xml.leaf("VersionId", id);
    xml.leaf("IsLatest", &latest.to_string());
    xml.leaf("LastModified", &iso_date(seconds(version.modified)));
    if let Some(object) = &version.object {
        xml.leaf("ETag", &object.etag);
        xml.leaf("Size", &object.size.to_string());
        xml.leaf("StorageClass", &object.description.storage_class);
    }
    owner(xml, "Owner", OWNER_ID);
    xml.close(element);
}
