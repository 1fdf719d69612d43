//! PUT, GET, HEAD and DELETE of one object.

use std::sync::Arc;

use data_encoding::HEXLOWER;

use crate::blob::Received;
use crate::conditions::{Range, Verdict, range, weigh};
use crate::describe::{
    check_customer_key, check_traffic_limit, describe, echo_encryption, forbids_overwrite, tell,
};
use crate::reply::{
    Payload, Refusal, Reply, file_already_exists, invalid_argument, no_such_bucket, no_such_key,
    refuse,
};
use crate::request::Framing;
use crate::serve::Call;
use crate::state::Shared;
use crate::store::{Encryption, Object};

/// The largest body of one PUT.
pub(crate) const LARGEST_BODY: u64 = 5 * 1024 * 1024 * 1024;
const OVERRIDES: [(&str, &str); 6] = [
    ("response-content-type", "Content-Type"),
    ("response-content-language", "Content-Language"),
    ("response-expires", "Expires"),
    ("response-cache-control", "Cache-Control"),
    ("response-content-disposition", "Content-Disposition"),
    ("response-content-encoding", "Content-Encoding"),
];

pub(crate) async fn put(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let request = call.request;
    let description = describe(request, call.shared.ssec_on_http)?;
    let forbids = forbids_overwrite(request)?;
    check_traffic_limit(request)?;
    check_size(request.framing())?;
    let exists = |call: &Call<'_>| {
        let buckets = call.shared.store.lock();
        let bucket = buckets.get(request.bucket()).ok_or_else(no_such_bucket)?;
        Ok::<bool, Refusal>(bucket.objects.contains_key(&request.key))
    };
    if exists(call)? && forbids {
        return Err(file_already_exists());
    }
    let needs_md5 = !is_opaque(&description.encryption, call.shared);
    let received = call
        .body
        .store(&call.shared.shelf, request, needs_md5)
        .await?;
    let etag = etag(&received, &description.encryption, call.shared);
    let reply = Reply::new(200)
        .with("ETag", &etag)
        .with("x-cos-hash-crc64ecma", received.crc64.to_string());
    let reply = echo_encryption(reply, &description.encryption);
    let object = Object {
        size: received.blob.size(),
        blob: received.blob,
        etag,
        crc64: received.crc64,
        modified: call.shared.time(),
        description,
    };
    let mut buckets = call.shared.store.lock();
    let bucket = buckets
        .get_mut(request.bucket())
        .ok_or_else(no_such_bucket)?;
    if forbids && bucket.objects.contains_key(&request.key) {
        return Err(file_already_exists());
    }
    bucket.objects.insert(request.key.clone(), Arc::new(object));
    Ok(reply)
}

/// Refuses a body that is longer than one request may carry.
pub(crate) fn check_size(framing: Framing) -> Result<(), Refusal> {
    match framing {
        Framing::Length(length) if length > LARGEST_BODY => Err(refuse(
            400,
            "EntityTooLarge",
            "Your proposed upload exceeds the maximum allowed object size.",
        )),
        _ => Ok(()),
    }
}

/// The MD5 in quotes, or something else where the service does not give the MD5.
pub(crate) fn etag(received: &Received, encryption: &Encryption, shared: &Shared) -> String {
    let bytes = if is_opaque(encryption, shared) {
        md5::compute(
            [received.crc64, shared.number()]
                .map(u64::to_be_bytes)
                .concat(),
        )
        .0
    } else {
        received.md5
    };
    format!("\"{}\"", HEXLOWER.encode(&bytes))
}

pub(crate) fn is_opaque(encryption: &Encryption, shared: &Shared) -> bool {
    shared.opaque_etags
        || matches!(
            encryption,
            Encryption::Kms { .. } | Encryption::Customer { .. }
        )
}

pub(crate) fn get(call: &Call<'_>) -> Result<Reply, Refusal> {
    let request = call.request;
    check_traffic_limit(request)?;
    let object = find(call)?;
    let overrides = overrides(call)?;
    if let Some(reply) = conditional(call, &object)? {
        return Ok(reply);
    }
    let (status, from, size) = match range(request.header("range"), object.size) {
        Range::Whole => (200, 0, object.size),
        Range::Slice(from, size) => (206, from, size),
        Range::Unsatisfiable => {
            return Err(refuse(
                416,
                "InvalidRange",
                "The requested range cannot be satisfied.",
            )
            .header("Content-Range", format!("bytes */{}", object.size)));
        }
    };
    let mut reply = tell(Reply::new(status), &object).with("Accept-Ranges", "bytes");
    if status == 206 {
        let last = from + size - 1;
        reply = reply.with(
            "Content-Range",
            format!("bytes {from}-{last}/{}", object.size),
        );
    }
    for (name, value) in overrides {
        reply.set(name, value);
    }
    reply.body = Payload::Blob {
        blob: object.blob.clone(),
        from,
        size,
    };
    Ok(reply)
}

pub(crate) fn head(call: &Call<'_>) -> Result<Reply, Refusal> {
    let object = find(call)?;
    if let Some(reply) = conditional(call, &object)? {
        return Ok(reply);
    }
    let mut reply = tell(Reply::new(200), &object).with("Accept-Ranges", "bytes");
    reply.head_length = Some(object.size);
    Ok(reply)
}

pub(crate) fn delete(call: &Call<'_>) -> Result<Reply, Refusal> {
    check_version(call)?;
    let mut buckets = call.shared.store.lock();
    let bucket = buckets
        .get_mut(call.request.bucket())
        .ok_or_else(no_such_bucket)?;
    bucket.objects.remove(&call.request.key);
    Ok(Reply::new(204))
}

fn find(call: &Call<'_>) -> Result<Arc<Object>, Refusal> {
    check_version(call)?;
    let buckets = call.shared.store.lock();
    let bucket = buckets
        .get(call.request.bucket())
        .ok_or_else(no_such_bucket)?;
    bucket
        .objects
        .get(&call.request.key)
        .map(Arc::clone)
        .ok_or_else(no_such_key)
}

/// No bucket here ever had versions.
fn check_version(call: &Call<'_>) -> Result<(), Refusal> {
    match call.request.filled("versionId") {
        None | Some("null") => Ok(()),
        Some(_) => Err(refuse(
            404,
            "NoSuchVersion",
            "The specified version does not exist.",
        )),
    }
}

/// A 304 where the conditions say so. The key of an encrypted object is asked for before.
fn conditional(call: &Call<'_>, object: &Object) -> Result<Option<Reply>, Refusal> {
    check_customer_key(
        call.request,
        &object.description.encryption,
        call.shared.ssec_on_http,
    )?;
    if weigh(call.request, object)? == Verdict::Proceed {
        let archived = object.description.storage_class.ends_with("ARCHIVE");
        if archived && call.request.method == "GET" {
            return Err(refuse(
                403,
                "InvalidObjectState",
                "The operation is not valid for the object's storage class",
            ));
        }
        return Ok(None);
    }
    let mut reply = tell(Reply::new(304), object);
    reply
        .headers
        .retain(|(name, _)| !name.eq_ignore_ascii_case("content-type"));
    Ok(Some(reply))
}

fn overrides<'a>(call: &'a Call<'_>) -> Result<Vec<(&'static str, &'a str)>, Refusal> {
    let mut found = Vec::new();
    for (parameter, header) in OVERRIDES {
        let Some(value) = call.request.filled(parameter) else {
            continue;
        };
        if !call
            .request
            .signed_parameters
            .iter()
            .any(|name| name == parameter)
        {
            return Err(refuse(
                400,
                "InvalidRequest",
                format!("{parameter} works on signed requests that sign it only."),
            ));
        }
        if value.bytes().any(|byte| byte.is_ascii_control()) {
            return Err(invalid_argument(format!(
                "{parameter} holds control characters."
            )));
        }
        found.push((header, value));
    }
    Ok(found)
}
