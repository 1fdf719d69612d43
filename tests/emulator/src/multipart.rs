//! Multipart uploads.

use std::collections::BTreeMap;

use crate::blob::Blob;
use crate::bucket::{OWNER_ID, mixed_case, owner};
use crate::crc64::combine;
use crate::describe::{
    check_customer_key, check_traffic_limit, describe, echo_encryption, forbids_overwrite,
};
use crate::encode::{encode_path, hex};
use crate::inbound::check_md5;
use crate::list::{Spelling, page_size};
use crate::object::{check_size, etag, is_opaque};
use crate::reply::{
    Document, Payload, Refusal, Reply, file_already_exists, invalid_argument, iso_date,
    no_such_bucket, no_such_upload, refuse,
};
use crate::request::Request;
use crate::serve::Call;
use crate::state::seconds;
use crate::store::{Object, Part, Upload};
use crate::xml::{Listed, read_complete};

const SMALLEST_PART: u64 = 1024 * 1024;
const MOST_PARTS: u32 = 10_000;
/// 10 000 parts with a long ETag each stay far below.
const LARGEST_LIST: u64 = 4 * 1024 * 1024;

pub(crate) async fn initiate(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let request = call.request;
    let description = describe(request, call.shared.ssec_on_http)?;
    check_traffic_limit(request)?;
    if !call.body.text(1024).await?.is_empty() {
        return Err(refuse(
            400,
            "UnexpectedContent",
            "Initiate carries no body.",
        ));
    }
    let number = call.shared.number();
    let initiated = call.shared.time();
    let secret = md5::compute(format!("{}/{}/{number}", request.bucket(), request.key));
    let id = format!("{}{number:08x}{}", seconds(initiated), hex(&secret.0));
    let reply = echo_encryption(Reply::new(200), &description.encryption);
    let mut buckets = call.shared.store.lock();
    let bucket = buckets
        .get_mut(request.bucket())
        .ok_or_else(no_such_bucket)?;
    let upload = Upload {
        initiated,
        description,
        parts: BTreeMap::new(),
    };
    bucket
        .uploads
        .insert((request.key.clone(), id.clone()), upload);

    let mut xml = Document::new();
    xml.open("InitiateMultipartUploadResult");
    xml.leaf("Bucket", request.bucket());
    xml.leaf("Key", &request.key);
    xml.leaf("UploadId", &id);
    xml.close("InitiateMultipartUploadResult");
    let mut answer = Reply::xml(200, xml.finish());
    answer.headers.extend(reply.headers);
    Ok(answer)
}

pub(crate) async fn upload_part(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let request = call.request;
    let number = part_number(request)?;
    check_traffic_limit(request)?;
    check_size(request.framing())?;
    let address = address(call);
    let encryption = {
        let buckets = call.shared.store.lock();
        let bucket = buckets.get(request.bucket()).ok_or_else(no_such_bucket)?;
        let upload = bucket.uploads.get(&address).ok_or_else(no_such_upload)?;
        upload.description.encryption.clone()
    };
    check_customer_key(request, &encryption, call.shared.ssec_on_http)?;
    let needs_md5 = !is_opaque(&encryption, call.shared);
    let received = call
        .body
        .store(&call.shared.shelf, request, needs_md5, call.damage.store)
        .await?;
    let (blob, crc64) = call.damage.kept(&received)?;
    let part = Part {
        size: blob.size(),
        etag: etag(&received, &encryption, call.shared),
        crc64,
        modified: call.shared.time(),
        blob,
    };
    let reply = Reply::new(200)
        .with("ETag", &part.etag)
        .with("x-cos-hash-crc64ecma", received.crc64.to_string());
    let mut buckets = call.shared.store.lock();
    let bucket = buckets
        .get_mut(request.bucket())
        .ok_or_else(no_such_bucket)?;
    // It may have been aborted or completed while the body came in.
    let upload = bucket
        .uploads
        .get_mut(&address)
        .ok_or_else(no_such_upload)?;
    upload.parts.insert(number, part);
    Ok(echo_encryption(reply, &encryption))
}

pub(crate) fn part_number(request: &Request) -> Result<u32, Refusal> {
    let number = request
        .filled("partNumber")
        .and_then(|text| text.parse::<u32>().ok());
    number
        .filter(|number| (1..=MOST_PARTS).contains(number))
        .ok_or_else(|| invalid_argument("partNumber is 1 to 10000."))
}

pub(crate) fn address(call: &Call<'_>) -> (String, String) {
    let id = call.request.parameter("uploadId").unwrap_or_default();
    (call.request.key.clone(), id.to_owned())
}

pub(crate) fn list_parts(call: &Call<'_>) -> Result<Reply, Refusal> {
    let request = call.request;
    let spelling = Spelling::of(request)?;
    let limit = page_size(request, "max-parts", 1000)?;
    let marker = match request.filled("part-number-marker").map(str::parse::<u32>) {
        None => 0,
        Some(Ok(marker)) => marker,
        Some(Err(_)) => return Err(invalid_argument("part-number-marker is a number.")),
    };
    let address = address(call);
    let buckets = call.shared.store.lock();
    let bucket = buckets.get(request.bucket()).ok_or_else(no_such_bucket)?;
    let upload = bucket.uploads.get(&address).ok_or_else(no_such_upload)?;
    let mut later = upload
        .parts
        .iter()
        .filter(|(number, _)| **number > marker)
        .peekable();
    let listed: Vec<(&u32, &Part)> = later.by_ref().take(limit).collect();
    let truncated = later.peek().is_some();

    let mut xml = Document::new();
    xml.open("ListPartsResult");
    xml.leaf("Bucket", request.bucket());
    match spelling {
        Spelling::Url => xml.leaf("EncodingType", spelling.name()),
        Spelling::Plain => xml.leaf("Encoding-type", ""),
    }
    xml.leaf("Key", &spelling.write(&request.key));
    xml.leaf("UploadId", &address.1);
    owner(&mut xml, "Owner", OWNER_ID);
    xml.leaf("PartNumberMarker", &marker.to_string());
    owner(&mut xml, "Initiator", OWNER_ID);
    for (number, part) in &listed {
        xml.open("Part");
        xml.leaf("PartNumber", &number.to_string());
        xml.leaf("LastModified", &iso_date(seconds(part.modified)));
        xml.leaf("ETag", &part.etag);
        xml.leaf("Size", &part.size.to_string());
        xml.close("Part");
    }
    if let Some((number, _)) = listed.last().filter(|_| truncated) {
        xml.leaf("NextPartNumberMarker", &number.to_string());
    }
    xml.leaf(
        "StorageClass",
        &mixed_case(&upload.description.storage_class),
    );
    xml.leaf("MaxParts", &limit.to_string());
    xml.leaf("IsTruncated", &truncated.to_string());
    xml.close("ListPartsResult");
    Ok(Reply::xml(200, xml.finish()))
}

pub(crate) async fn complete(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let request = call.request;
    let forbids = forbids_overwrite(request)?;
    let body = call.body.text(LARGEST_LIST).await?;
    check_md5(request, &md5::compute(&body).0)?;
    let listed = read_complete(&body)?;
    let address = address(call);
    let mut buckets = call.shared.store.lock();
    let bucket = buckets
        .get_mut(request.bucket())
        .ok_or_else(no_such_bucket)?;
    let upload = bucket.uploads.get(&address).ok_or_else(no_such_upload)?;
    if forbids && !bucket.ever_versioned() && bucket.current(&request.key).is_some() {
        return Err(file_already_exists());
    }
    let object = join(upload, &listed, call)?;
    let reply = answer(call, &object);
    bucket.uploads.remove(&address);
    Ok(match bucket.store(&address.0, object, call.shared) {
        Some(version) => reply.with("x-cos-version-id", version),
        None => reply,
    })
}

fn join(upload: &Upload, listed: &[Listed], call: &Call<'_>) -> Result<Object, Refusal> {
    if listed.windows(2).any(|two| two[0].number >= two[1].number) {
        return Err(refuse(
            400,
            "InvalidPartOrder",
            "The list of parts was not in ascending order.",
        ));
    }
    let missing = || {
        refuse(
            400,
            "InvalidPart",
            "One or more of the specified parts could not be found.",
        )
    };
    let mut parts = Vec::with_capacity(listed.len());
    for (expected, line) in (1..).zip(listed) {
        // Numbers without gaps, from 1.
        let part = upload
            .parts
            .get(&line.number)
            .filter(|_| line.number == expected);
        let same = |part: &&Part| part.etag.trim_matches('"') == line.etag;
        parts.push(part.filter(same).ok_or_else(missing)?);
    }
    let but_last = parts.split_last().map_or(&[][..], |(_, rest)| rest);
    if but_last.iter().any(|part| part.size < SMALLEST_PART) {
        return Err(refuse(
            400,
            "EntityTooSmall",
            "Your proposed upload is smaller than the minimum allowed object size.",
        ));
    }
    if let Some(join) = call.damage.join {
        join.apply(&mut parts);
    }
    let mut blob = Blob::default();
    let (mut size, mut crc64, mut digests) = (0, 0, Vec::new());
    for part in parts {
        blob.append(&part.blob);
        size += part.size;
        crc64 = combine(crc64, part.crc64, part.size);
        digests.extend_from_slice(part.etag.as_bytes());
    }
    // Opaque on purpose: neither the MD5 of the bytes nor the MD5 of the parts' MD5s.
    digests.extend_from_slice(&call.shared.number().to_be_bytes());
    Ok(Object {
        blob,
        size,
        etag: format!("\"{}-{}\"", hex(&md5::compute(&digests).0), listed.len()),
        crc64,
        modified: call.shared.time(),
        description: upload.description.clone(),
        restored: None,
    })
}

fn answer(call: &Call<'_>, object: &Object) -> Reply {
    let request = call.request;
    let mut xml = Document::new();
    xml.open(
        "CompleteMultipartUploadResult xmlns=\"http://www.qcloud.com/document/product/436/7751\"",
    );
    xml.leaf(
        "Location",
        &format!(
            "http://{}/{}",
            request.host,
            encode_path(request.key.as_bytes())
        ),
    );
    xml.leaf("Bucket", request.bucket());
    xml.leaf("Key", &request.key);
    xml.leaf("ETag", &object.etag);
    xml.close("CompleteMultipartUploadResult");
    let mut reply = Reply::new(200)
        .with("Content-Type", "application/xml")
        .with("x-cos-hash-crc64ecma", object.crc64.to_string());
    reply.body = Payload::Trickle {
        blanks: 0,
        text: xml.finish().into_bytes(),
    };
    echo_encryption(reply, &object.description.encryption)
}

pub(crate) fn abort(call: &Call<'_>) -> Result<Reply, Refusal> {
    let mut buckets = call.shared.store.lock();
    let bucket = buckets
        .get_mut(call.request.bucket())
        .ok_or_else(no_such_bucket)?;
    bucket
        .uploads
        .remove(&address(call))
        .ok_or_else(no_such_upload)?;
    Ok(Reply::new(204))
}
