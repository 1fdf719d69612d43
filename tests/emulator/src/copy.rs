//! Copies inside the service: whole objects, and ranges as parts.

use std::sync::Arc;

use crate::blob::Received;
use crate::bucket::OWNER_ID;
use crate::conditions::weigh_source;
use crate::crc64;
use crate::describe::{
    check_customer_key, check_source_key, check_traffic_limit, describe, echo_encryption,
    forbids_overwrite,
};
use crate::encode::{decode, hex};
use crate::inbound::broken;
use crate::multipart::{address, part_number};
use crate::object::{LARGEST_BODY, etag, is_opaque};
use crate::reply::{
    Document, Payload, Refusal, Reply, file_already_exists, invalid_argument, iso_date,
    no_such_bucket, no_such_upload, refuse,
};
use crate::request::{Place, Request, locate};
use crate::restore::check_readable;
use crate::serve::Call;
use crate::state::{Shared, seconds};
use crate::store::{Encryption, Object, Part};

/// Where a copy comes from.
struct Source {
    bucket: String,
    key: String,
    version: Option<String>,
}

fn bad_source(what: &str) -> Refusal {
    refuse(
        400,
        "InvalidCopySource",
        format!("x-cos-copy-source: {what}."),
    )
}

/// Reads `<host>/<encoded key>[?versionId=<id>]`; the key is decoded once, "+" is itself.
fn source(request: &Request, shared: &Shared) -> Result<(Source, Option<String>), Refusal> {
    let text = request
        .text("x-cos-copy-source")?
        .ok_or_else(|| bad_source("it is missing"))?;
    let (place, query) = text
        .split_once('?')
        .map_or((text, None), |(place, query)| (place, Some(query)));
    let version = match query.map(|query| query.strip_prefix("versionId=")) {
        None => None,
        Some(Some(id)) if !id.is_empty() && !id.contains('&') => Some(id.to_owned()),
        Some(_) => {
            return Err(bad_source(
                "a question mark is encoded, or begins versionId=<id>",
            ));
        }
    };
    let (host, key) = place
        .split_once('/')
        .ok_or_else(|| bad_source("it is <host>/<key>"))?;
    let path = decode(key.as_bytes())
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or_else(|| bad_source("the key is not percent-encoded UTF-8"))?;
    let host = host.to_ascii_lowercase();
    let (place, key) = locate(&host, path, &shared.hosts)?;
    match place {
        Place::Bucket { name, region, .. } if !key.is_empty() => Ok((
            Source {
                bucket: name,
                key,
                version,
            },
            region,
        )),
        _ => Err(bad_source("it names no object")),
    }
}

/// The source, when all that is asked of it holds.
fn read_source(call: &Call<'_>) -> Result<(Source, Arc<Object>), Refusal> {
    let (source, region) = source(call.request, call.shared)?;
    let buckets = call.shared.store.lock();
    let bucket = buckets
        .get(&source.bucket)
        .filter(|bucket| region.is_none_or(|region| region == bucket.region))
        .ok_or_else(no_such_bucket)?;
    let (_, object) = bucket
        .find(&source.key, source.version.as_deref())
        .map_err(|refusal| explain(refusal, &source))?;
    let object = Arc::clone(object);
    check_source_key(
        call.request,
        &object.description.encryption,
        call.shared.ssec_on_http,
    )?;
    weigh_source(call.request, &object)?;
    check_readable(&object, call.shared.time())?;
    Ok((source, object))
}

fn explain(refusal: Refusal, source: &Source) -> Refusal {
    let marker = !refusal.headers.is_empty();
    match (marker, &source.version) {
        (true, Some(_)) => refuse(
            400,
            "InvalidRequest",
            "The source of a copy may not be a delete marker.",
        ),
        (false, Some(_)) => refusal,
        (_, None) => refuse(
            404,
            "NoSuchCopySource",
            format!("The copy source {} does not exist.", source.key),
        ),
    }
}

/// True for `Replaced`.
fn directive(request: &Request, name: &str) -> Result<bool, Refusal> {
    match request.text(name)? {
        None | Some("Copy") => Ok(false),
        Some("Replaced") => Ok(true),
        Some(_) => Err(invalid_argument(format!("{name} is Copy or Replaced."))),
    }
}

pub(crate) async fn object(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let (request, shared) = (call.request, call.shared);
    let mut description = describe(request, shared.ssec_on_http)?;
    let forbids = forbids_overwrite(request)?;
    check_traffic_limit(request)?;
    let replaces = directive(request, "x-cos-metadata-directive")?;
    let replaces_tags = directive(request, "x-cos-tagging-directive")?;
    let (from, source) = read_source(call)?;
    let itself =
        from.bucket == request.bucket() && from.key == request.key && from.version.is_none();
    if itself && !replaces {
        return Err(refuse(
            400,
            "InvalidRequest",
            "A copy onto itself needs x-cos-metadata-directive: Replaced.",
        ));
    }
    if source.size > LARGEST_BODY {
        return Err(refuse(
            400,
            "InvalidRequest",
            "The copy source is larger than 5 GB; it can be copied by parts.",
        ));
    }
    if !replaces {
        description.content.clone_from(&source.description.content);
        description
            .metadata
            .clone_from(&source.description.metadata);
    }
    if !replaces_tags {
        description.tags.clone_from(&source.description.tags);
    }
    let mut copy = Object {
        blob: source.blob.clone(),
        size: source.size,
        etag: copied_etag(&source, &description.encryption, shared),
        crc64: source.crc64,
        modified: shared.time(),
        description,
        restored: None,
    };
    if let Some(at) = call.damage.copy_flip {
        let made = digest(&source, 0, source.size, false, Some(at)).await?;
        // One that is not the source's is opaque, and may stay.
        if copy.etag == source.etag {
            copy.etag = etag(&made, &copy.description.encryption, shared);
        }
        (copy.blob, copy.crc64) = (made.blob, made.crc64);
    }
    let mut result = Copied::new("CopyObjectResult", &copy.etag, copy.crc64);
    result.modified = iso_date(seconds(copy.modified)).replace(".000", "");
    let encryption = copy.description.encryption.clone();
    let mut buckets = shared.store.lock();
    let bucket = buckets
        .get_mut(request.bucket())
        .ok_or_else(no_such_bucket)?;
    if forbids && !bucket.ever_versioned() && bucket.current(&request.key).is_some() {
        return Err(file_already_exists());
    }
    result.version = bucket.store(&request.key, copy, shared);
    Ok(echo_encryption(result.reply(), &encryption))
}

/// The MD5 stays where it is one; otherwise the ETag is a new one that says nothing.
fn copied_etag(source: &Object, target: &Encryption, shared: &Shared) -> String {
    let is_md5 = !source.etag.contains('-') && !is_opaque(&source.description.encryption, shared);
    if is_md5 && !is_opaque(target, shared) {
        return source.etag.clone();
    }
    let secret = format!("{OWNER_ID}/{}/{}", source.crc64, shared.number());
    format!("\"{}\"", hex(&md5::compute(secret).0))
}

pub(crate) async fn part(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let (request, shared) = (call.request, call.shared);
    let number = part_number(request)?;
    check_traffic_limit(request)?;
    let address = address(call);
    let encryption = {
        let buckets = shared.store.lock();
        let bucket = buckets.get(request.bucket()).ok_or_else(no_such_bucket)?;
        let upload = bucket.uploads.get(&address).ok_or_else(no_such_upload)?;
        upload.description.encryption.clone()
    };
    check_customer_key(request, &encryption, shared.ssec_on_http)?;
    let (_, source) = read_source(call)?;
    let (from, size) = source_range(request, source.size)?;
    if size > LARGEST_BODY {
        return Err(refuse(
            400,
            "InvalidRequest",
            "A part is up to 5 GB; x-cos-copy-source-range can name less.",
        ));
    }
    let opaque = is_opaque(&encryption, shared);
    let received = digest(&source, from, size, opaque, call.damage.copy_flip).await?;
    let part = Part {
        size,
        etag: etag(&received, &encryption, shared),
        crc64: received.crc64,
        modified: shared.time(),
        blob: received.blob,
    };
    let mut result = Copied::new("CopyPartResult", &part.etag, part.crc64);
    result.modified = iso_date(seconds(part.modified)).replace(".000Z", "");
    let mut buckets = shared.store.lock();
    let bucket = buckets
        .get_mut(request.bucket())
        .ok_or_else(no_such_bucket)?;
    // It may have been aborted or completed meanwhile.
    let upload = bucket
        .uploads
        .get_mut(&address)
        .ok_or_else(no_such_upload)?;
    upload.parts.insert(number, part);
    Ok(echo_encryption(result.reply(), &encryption))
}

/// First byte and number of bytes of `bytes=first-last`; everything without that header.
fn source_range(request: &Request, size: u64) -> Result<(u64, u64), Refusal> {
    let Some(text) = request.text("x-cos-copy-source-range")? else {
        return Ok((0, size));
    };
    let number = |text: &str| -> Option<u64> {
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| text.parse().unwrap_or(u64::MAX))
    };
    let ends = text
        .strip_prefix("bytes=")
        .and_then(|range| range.split_once('-'))
        .and_then(|(first, last)| Some((number(first)?, number(last)?)));
    match ends {
        Some((first, last)) if first <= last && last < size => Ok((first, last - first + 1)),
        Some((first, last)) if first <= last => Err(refuse(
            416,
            "InvalidRange",
            "The range of the copy source ends beyond it.",
        )),
        _ => Err(invalid_argument(
            "x-cos-copy-source-range is bytes=first-last.",
        )),
    }
}

/// The bytes of a copy with their digests, one byte damaged where a fault says so. A digest that
/// nobody needs is not computed: a whole object's CRC is known, and an opaque ETag needs no MD5.
async fn digest(
    source: &Arc<Object>,
    from: u64,
    size: u64,
    opaque: bool,
    flip: Option<u64>,
) -> Result<Received, Refusal> {
    let mut blob = source.blob.slice(from, size);
    let mut known = (size == source.size).then_some(source.crc64);
    if let Some(at) = flip {
        blob = blob.flipped(at).map_err(broken)?;
        known = None;
    }
    if let (Some(crc64), true) = (known, opaque) {
        return Ok(Received {
            blob,
            md5: [0; 16],
            crc64,
            sha1: None,
        });
    }
    let digested = tokio::task::spawn_blocking(move || {
        let (mut md5, mut crc) = (md5::Context::new(), crc64::digest());
        blob.read(|block| {
            crc.update(block);
            if !opaque {
                md5.consume(block);
            }
        })?;
        Ok(Received {
            blob,
            md5: md5.finalize().0,
            crc64: crc.finalize(),
            sha1: None,
        })
    });
    digested
        .await
        .map_err(std::io::Error::other)
        .and_then(|outcome| outcome)
        .map_err(broken)
}

/// What a copy answers.
struct Copied {
    element: &'static str,
    etag: String,
    crc64: u64,
    modified: String,
    version: Option<String>,
}

impl Copied {
    fn new(element: &'static str, etag: &str, crc64: u64) -> Self {
        Self {
            element,
            etag: etag.to_owned(),
            crc64,
            modified: String::new(),
            version: None,
        }
    }

    fn reply(self) -> Reply {
        let mut xml = Document::new();
        xml.open(self.element);
        xml.raw("ETag", &self.etag);
        xml.leaf("CRC64", &self.crc64.to_string());
        xml.leaf("LastModified", &self.modified);
        if let Some(version) = &self.version {
            xml.leaf("VersionId", version);
        }
        xml.close(self.element);
        let mut reply = Reply::new(200).with("Content-Type", "application/xml");
        if let Some(version) = &self.version {
            reply = reply.with("x-cos-version-id", version);
        }
        reply.body = Payload::Trickle {
            blanks: 0,
            text: xml.finish().into_bytes(),
        };
        reply
    }
}
