//! Buckets: the service's list, PUT, HEAD, DELETE, and the two listings.

use std::collections::BTreeMap;
use std::ops::Bound;

use crate::inbound::check_md5;
use crate::list::{Line, Spelling, Step, page_size, walk};
use crate::reply::{Document, Refusal, Reply, iso_date, no_such_bucket, refuse};
use crate::request::{Place, Request};
use crate::restore::{Stage, stage};
use crate::serve::Call;
use crate::state::seconds;
use crate::store::{Bucket, Upload};
use crate::versions::Objects;

/// Everything belongs to this account.
pub(crate) const OWNER_ID: &str = "qcs::cam::uin/100000000001:uin/100000000001";
pub(crate) const OWNER_NAME: &str = "100000000001";

pub(crate) fn service(call: &Call<'_>) -> Result<Reply, Refusal> {
    let request = call.request;
    let limit = page_size(request, "max-keys", 2000)?;
    let marker = request.filled("marker").unwrap_or("");
    let Place::Service { region } = &request.place else {
        return Err(no_such_bucket());
    };
    let region = region.as_deref().or(request.filled("region"));
    let buckets = call.shared.store.lock();
    let mut found = buckets
        .iter()
        .filter(|(name, bucket)| {
            name.as_str() > marker && region.is_none_or(|region| region == bucket.region)
        })
        .peekable();
    let mut xml = Document::new();
    xml.open("ListAllMyBucketsResult");
    owner(&mut xml, "Owner", OWNER_ID);
    let mut last = "";
    let mut listed = Document::default();
    for (name, bucket) in found.by_ref().take(limit) {
        listed.open("Bucket");
        listed.leaf("Name", name);
        listed.leaf("Location", &bucket.region);
        listed.leaf(
            "CreationDate",
            &iso_date(seconds(bucket.created)).replace(".000", ""),
        );
        listed.leaf("BucketType", "cos");
        listed.close("Bucket");
        last = name;
    }
    let truncated = found.peek().is_some();
    if request.parameter("marker").is_some() || request.parameter("max-keys").is_some() {
        xml.leaf("Marker", marker);
        xml.leaf("IsTruncated", &truncated.to_string());
        xml.leaf("NextMarker", if truncated { last } else { "" });
    }
    xml.open("Buckets");
    xml.append(listed);
    xml.close("Buckets");
    xml.close("ListAllMyBucketsResult");
    Ok(Reply::xml(200, xml.finish()))
}

pub(crate) async fn put(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let body = call.body.text(64 * 1024).await?;
    if !body.is_empty() {
        return Err(refuse(
            501,
            "NotImplemented",
            "CreateBucketConfiguration is not implemented.",
        ));
    }
    let Place::Bucket { name, region, .. } = &call.request.place else {
        return Err(no_such_bucket());
    };
    check_name(name)?;
    let region = region.as_deref().unwrap_or(&call.shared.region);
    let mut buckets = call.shared.store.lock();
    if buckets.contains_key(name) {
        return Err(refuse(
            409,
            "BucketAlreadyOwnedByYou",
            "The bucket you tried to create already exists and you own it.",
        ));
    }
    buckets.insert(name.clone(), Bucket::new(region, call.shared.time()));
    Ok(Reply::new(200))
}

fn check_name(name: &str) -> Result<(), Refusal> {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let good = match name.rsplit_once('-') {
        Some((own, account)) => {
            name.bytes().all(allowed)
                && !own.is_empty()
                && !own.starts_with('-')
                && !own.ends_with('-')
                && !account.is_empty()
                && account.bytes().all(|b| b.is_ascii_digit())
        }
        None => false,
    };
    if good {
        Ok(())
    } else {
        Err(refuse(
            400,
            "InvalidBucketName",
            "The bucket name is not valid.",
        ))
    }
}

pub(crate) fn head(call: &Call<'_>) -> Result<Reply, Refusal> {
    let buckets = call.shared.store.lock();
    let bucket = buckets
        .get(call.request.bucket())
        .ok_or_else(no_such_bucket)?;
    Ok(Reply::new(200).with("x-cos-bucket-region", &bucket.region))
}

pub(crate) fn delete(call: &Call<'_>) -> Result<Reply, Refusal> {
    let mut buckets = call.shared.store.lock();
    let bucket = buckets
        .get(call.request.bucket())
        .ok_or_else(no_such_bucket)?;
    if !bucket.keys.is_empty() || !bucket.uploads.is_empty() {
        return Err(refuse(
            409,
            "BucketNotEmpty",
            "The bucket you tried to delete is not empty.",
        ));
    }
    buckets.remove(call.request.bucket());
    Ok(Reply::new(204))
}

pub(crate) fn list(call: &Call<'_>) -> Result<Reply, Refusal> {
    let request = call.request;
    let spelling = Spelling::of(request)?;
    let limit = page_size(request, "max-keys", 1000)?;
    let prefix = request.filled("prefix").unwrap_or("");
    let delimiter = request.filled("delimiter").unwrap_or("");
    let marker = request.filled("marker").unwrap_or("");
    let buckets = call.shared.store.lock();
    let bucket = buckets.get(request.bucket()).ok_or_else(no_such_bucket)?;
    let from = |key: &str, open: bool| {
        let key = key.to_owned();
        let start = if open {
            Bound::Excluded(key)
        } else {
            Bound::Included(key)
        };
        bucket.objects_from(start)
    };
    let mut range: Objects<'_> = if marker >= prefix && !marker.is_empty() {
        from(marker, true)
    } else {
        from(prefix, false)
    };
    let page = walk(prefix, delimiter, limit, marker, |step| {
        if let Step::Beyond(common) = step {
            // No key that begins so is left out: none sorts after this one.
            range = from(&format!("{common}{}", char::MAX), true);
        }
        range
            .next()
            .map(|(key, object)| (key.clone(), (key.as_str(), object)))
    });

    let mut xml = Document::new();
    xml.open("ListBucketResult");
    xml.leaf("Name", request.bucket());
    if spelling == Spelling::Url {
        xml.leaf("EncodingType", spelling.name());
    }
    xml.leaf("Prefix", &spelling.write(prefix));
    xml.leaf("Marker", &spelling.write(marker));
    xml.leaf("MaxKeys", &limit.to_string());
    if !delimiter.is_empty() {
        xml.leaf("Delimiter", &spelling.write(delimiter));
    }
    xml.leaf("IsTruncated", &page.truncated.to_string());
    if page.truncated {
        let last = match page.lines.last() {
            Some(Line::Prefix(common)) => common,
            Some(Line::Entry((key, _))) => *key,
            None => "",
        };
        xml.leaf("NextMarker", &spelling.write(last));
    }
    prefixes(&mut xml, &page.lines, spelling);
    for line in &page.lines {
        let Line::Entry((key, object)) = line else {
            continue;
        };
        xml.open("Contents");
        xml.leaf("Key", &spelling.write(key));
        xml.leaf("LastModified", &iso_date(seconds(object.modified)));
        xml.leaf("ETag", &object.etag);
        xml.leaf("Size", &object.size.to_string());
        owner(&mut xml, "Owner", OWNER_NAME);
        xml.leaf("StorageClass", &object.description.storage_class);
        if object
            .description
            .storage_class
            .ends_with("INTELLIGENT_TIERING")
        {
            xml.leaf("StorageTier", "FREQUENT");
        }
        match stage(object, call.shared.time()) {
            Stage::Ongoing => xml.leaf("RestoreStatus", "ONGOING"),
            Stage::Readable => xml.leaf("RestoreStatus", "DONE"),
            Stage::Plain | Stage::Archived => {}
        }
        xml.close("Contents");
    }
    xml.close("ListBucketResult");
    Ok(Reply::xml(200, xml.finish()).with("x-cos-bucket-region", &bucket.region))
}

pub(crate) fn list_uploads(call: &Call<'_>) -> Result<Reply, Refusal> {
    let request = call.request;
    let spelling = Spelling::of(request)?;
    let limit = page_size(request, "max-uploads", 1000)?;
    let prefix = request.filled("prefix").unwrap_or("");
    let delimiter = request.filled("delimiter").unwrap_or("");
    let key_marker = request.filled("key-marker").unwrap_or("");
    // Without a key it says nothing.
    let id_marker = request
        .filled("upload-id-marker")
        .filter(|_| !key_marker.is_empty())
        .unwrap_or("");
    let buckets = call.shared.store.lock();
    let bucket = buckets.get(request.bucket()).ok_or_else(no_such_bucket)?;
    let uploads: &BTreeMap<(String, String), Upload> = &bucket.uploads;
    let mut range = uploads.range((Bound::Unbounded::<(String, String)>, Bound::Unbounded));
    let page = walk(prefix, delimiter, limit, key_marker, |step| {
        range
            .find(|((key, id), _)| {
                let later = match key.as_str().cmp(key_marker) {
                    std::cmp::Ordering::Less => false,
                    std::cmp::Ordering::Equal => !id_marker.is_empty() && id.as_str() > id_marker,
                    std::cmp::Ordering::Greater => true,
                };
                let beyond = match step {
                    Step::Next => true,
                    Step::Beyond(common) => !key.starts_with(common),
                };
                later && beyond && key.starts_with(prefix)
            })
            .map(|(name, upload)| (name.0.clone(), (name, upload)))
    });

    let mut xml = Document::new();
    xml.open("ListMultipartUploadsResult");
    xml.leaf("Bucket", request.bucket());
    match spelling {
        Spelling::Url => xml.leaf("EncodingType", spelling.name()),
        Spelling::Plain => xml.leaf("Encoding-Type", ""),
    }
    xml.leaf("KeyMarker", &spelling.write(key_marker));
    xml.leaf("UploadIdMarker", id_marker);
    if page.truncated {
        let (key, id) = match page.lines.last() {
            Some(Line::Prefix(common)) => (common.as_str(), ""),
            Some(Line::Entry(((key, id), _))) => (key.as_str(), id.as_str()),
            None => ("", ""),
        };
        xml.leaf("NextKeyMarker", &spelling.write(key));
        xml.leaf("NextUploadIdMarker", id);
    }
    xml.leaf("MaxUploads", &limit.to_string());
    xml.leaf("Prefix", &spelling.write(prefix));
    xml.leaf("Delimiter", &spelling.write(delimiter));
    xml.leaf("IsTruncated", &page.truncated.to_string());
    prefixes(&mut xml, &page.lines, spelling);
    for line in &page.lines {
        let Line::Entry(((key, id), upload)) = line else {
            continue;
        };
        xml.open("Upload");
        xml.leaf("Key", &spelling.write(key));
        xml.leaf("UploadId", id);
        xml.leaf(
            "StorageClass",
            &mixed_case(&upload.description.storage_class),
        );
        owner(&mut xml, "Initiator", OWNER_ID);
        owner(&mut xml, "Owner", OWNER_ID);
        xml.leaf("Initiated", &iso_date(seconds(upload.initiated)));
        xml.close("Upload");
    }
    xml.close("ListMultipartUploadsResult");
    Ok(Reply::xml(200, xml.finish()))
}

pub(crate) fn prefixes<T>(xml: &mut Document, lines: &[Line<T>], spelling: Spelling) {
    for line in lines {
        if let Line::Prefix(common) = line {
            xml.open("CommonPrefixes");
            xml.leaf("Prefix", &spelling.write(common));
            xml.close("CommonPrefixes");
        }
    }
}

/// Refuses a body without Content-MD5, and one with another.
pub(crate) fn require_md5(request: &Request, body: &[u8]) -> Result<(), Refusal> {
    if request.header("content-md5").is_none() {
        return Err(refuse(
            400,
            "MissingContentMD5",
            "This request needs the header Content-MD5.",
        ));
    }
    check_md5(request, &md5::compute(body).0)
}

pub(crate) fn owner(xml: &mut Document, element: &str, id: &str) {
    xml.open(element);
    xml.leaf("ID", id);
    xml.leaf("DisplayName", OWNER_NAME);
    xml.close(element);
}

/// `STANDARD_IA` as `Standard_IA`: how the lists of parts and uploads spell a class.
pub(crate) fn mixed_case(class: &str) -> String {
    class
        .split('_')
        .map(|word| match word {
            "IA" | "MAZ" => word.to_owned(),
            word => {
                let (first, rest) = word.split_at(word.len().min(1));
                format!("{first}{}", rest.to_ascii_lowercase())
            }
        })
        .collect::<Vec<_>>()
        .join("_")
}
