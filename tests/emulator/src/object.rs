//! PUT, GET, HEAD and DELETE of one object.

use std::sync::Arc;

use data_encoding::HEXLOWER;

use crate::blob::{Blob, Received};
use crate::conditions::{Range, Verdict, range, weigh};
use crate::describe::{
    check_customer_key, check_traffic_limit, describe, echo_encryption, forbids_overwrite, tell,
};
use crate::reply::{
    Payload, Refusal, Reply, file_already_exists, invalid_argument, no_such_bucket, refuse,
};
use crate::request::{Framing, Request};
use crate::restore::check_readable;
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
        let exists = bucket.current(&request.key).is_some();
        Ok::<bool, Refusal>(exists && !bucket.ever_versioned())
    };
    if exists(call)? && forbids {
        return Err(file_already_exists());
    }
    let needs_md5 = !is_opaque(&description.encryption, call.shared);
    let received = call
        .body
        .store(&call.shared.shelf, request, needs_md5, call.damage.store)
        .await?;
    let (blob, crc64) = call.damage.kept(&received)?;
    let object = Object {
        size: blob.size(),
        blob,
        etag: etag(&received, &description.encryption, call.shared),
        crc64,
        modified: call.shared.time(),
        description,
        restored: None,
    };
    let mut reply = keep(call.shared, request, object, forbids)?;
    reply.set("x-cos-hash-crc64ecma", received.crc64.to_string());
    Ok(reply)
}

/// Puts an object into its bucket, and answers.
pub(crate) fn keep(
    shared: &Shared,
    request: &Request,
    object: Object,
    forbids: bool,
) -> Result<Reply, Refusal> {
    let reply = Reply::new(200)
        .with("ETag", &object.etag)
        .with("x-cos-hash-crc64ecma", object.crc64.to_string());
    let mut reply = echo_encryption(reply, &object.description.encryption);
    let mut buckets = shared.store.lock();
    let bucket = buckets
        .get_mut(request.bucket())
        .ok_or_else(no_such_bucket)?;
    if forbids && !bucket.ever_versioned() && bucket.current(&request.key).is_some() {
        return Err(file_already_exists());
    }
    if let Some(version) = bucket.store(&request.key, object, shared) {
        reply = reply.with("x-cos-version-id", version);
    }
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
    let found = find(call)?;
    let object = &found.object;
    let overrides = overrides(call)?;
    if let Some(reply) = conditional(call, &found)? {
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
    let mut reply = found
        .tell(Reply::new(status), call)
        .with("Accept-Ranges", "bytes");
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
    let previous = found.previous.as_ref();
    let seen = call
        .damage
        .seen(&object.blob, previous, (from, size), status == 206);
    reply.body = Payload::Blob(seen);
    Ok(reply)
}

pub(crate) fn head(call: &Call<'_>) -> Result<Reply, Refusal> {
    let found = find(call)?;
    if let Some(reply) = conditional(call, &found)? {
        return Ok(reply);
    }
    let mut reply = found
        .tell(Reply::new(200), call)
        .with("Accept-Ranges", "bytes");
    reply.head_length = Some(found.object.size);
    Ok(reply)
}

pub(crate) fn delete(call: &Call<'_>) -> Result<Reply, Refusal> {
    let request = call.request;
    let mut buckets = call.shared.store.lock();
    let bucket = buckets
        .get_mut(request.bucket())
        .ok_or_else(no_such_bucket)?;
    let removal = bucket.remove(&request.key, request.filled("versionId"), call.shared)?;
    let mut reply = Reply::new(204);
    if let Some(version) = &removal.version {
        reply = reply.with("x-cos-version-id", version);
    }
    if removal.marker {
        reply = reply.with("x-cos-delete-marker", "true");
    }
    Ok(reply)
}

/// The version that a request reads.
struct Found {
    object: Arc<Object>,
    /// Told where versions are or were kept.
    version: Option<String>,
    /// What the key held before.
    previous: Option<Blob>,
}

impl Found {
    fn tell(&self, reply: Reply, call: &Call<'_>) -> Reply {
        let reply = tell(reply, &self.object, call.shared.time());
        match &self.version {
            Some(version) => reply.with("x-cos-version-id", version),
            None => reply,
        }
    }
}

fn find(call: &Call<'_>) -> Result<Found, Refusal> {
    let request = call.request;
    let buckets = call.shared.store.lock();
    let bucket = buckets.get(request.bucket()).ok_or_else(no_such_bucket)?;
    let (version, object) = bucket.find(&request.key, request.filled("versionId"))?;
    Ok(Found {
        object: Arc::clone(object),
        version: bucket.ever_versioned().then(|| version.id.clone()),
        previous: bucket.overwritten.get(&request.key).cloned(),
    })
}

/// A 304 where the conditions say so. The key of an encrypted object is asked for before.
fn conditional(call: &Call<'_>, found: &Found) -> Result<Option<Reply>, Refusal> {
    let object = &found.object;
    check_customer_key(
        call.request,
        &object.description.encryption,
        call.shared.ssec_on_http,
    )?;
    if weigh(call.request, object)? == Verdict::Proceed {
        if call.request.method == "GET" {
            check_readable(object, call.shared.time())?;
        }
        return Ok(None);
    }
    let mut reply = found.tell(Reply::new(304), call);
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
