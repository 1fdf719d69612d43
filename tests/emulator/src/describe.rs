//! The headers that describe a new object, checked and kept; and their way back.

use std::time::SystemTime;

use data_encoding::BASE64;

use crate::acl;
use crate::encode::decode_query;
use crate::reply::{Refusal, Reply, invalid_argument, refuse};
use crate::request::Request;
use crate::restore;
use crate::store::{Description, Encryption, Object};
use crate::tagging::check_tags;

const CONTENT: [&str; 6] = [
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-type",
    "expires",
];
const CLASSES: [&str; 9] = [
    "STANDARD",
    "STANDARD_IA",
    "INTELLIGENT_TIERING",
    "ARCHIVE",
    "DEEP_ARCHIVE",
    "MAZ_STANDARD",
    "MAZ_STANDARD_IA",
    "MAZ_INTELLIGENT_TIERING",
    "MAZ_ARCHIVE",
];
const METADATA_LIMIT: usize = 2048;
const HEADER_LIMIT: usize = 4096;
const ENCRYPTION: &str = "x-cos-server-side-encryption";
const SOURCE_ENCRYPTION: &str = "x-cos-copy-source-server-side-encryption";

/// Reads the object-creation headers of PUT and Initiate.
pub(crate) fn describe(request: &Request, ssec_on_http: bool) -> Result<Description, Refusal> {
    let content = CONTENT
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), request.header(name)?.to_vec())))
        .collect();
    let storage_class = request.text("x-cos-storage-class")?.unwrap_or("STANDARD");
    if !CLASSES.contains(&storage_class) {
        return Err(invalid_argument(format!(
            "Unknown storage class {storage_class}."
        )));
    }
    let (acl, grants) = acl::from_headers(request)?;
    Ok(Description {
        content,
        metadata: metadata(request)?,
        storage_class: storage_class.to_owned(),
        encryption: encryption(request, ssec_on_http)?,
        tags: request
            .text("x-cos-tagging")?
            .map(tags)
            .transpose()?
            .unwrap_or_default(),
        acl,
        grants,
    })
}

fn metadata(request: &Request) -> Result<Vec<(String, Vec<u8>)>, Refusal> {
    let mut found = Vec::new();
    let mut total = 0;
    for (name, value) in &request.headers {
        let Some(suffix) = name.strip_prefix("x-cos-meta-") else {
            continue;
        };
        if suffix.is_empty()
            || !suffix
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
        {
            return Err(invalid_argument(format!(
                "{name}: a metadata name holds letters, digits and \"-\" only."
            )));
        }
        if name.len() + value.len() > HEADER_LIMIT {
            return Err(refuse(
                400,
                "KeyTooLong",
                "A metadata header is longer than 4 KB.",
            ));
        }
        total += suffix.len() + value.len();
        found.push((name.clone(), value.trim_ascii().to_vec()));
    }
    if total > METADATA_LIMIT {
        return Err(refuse(400, "MetadataTooLarge", "The metadata exceed 2 KB."));
    }
    Ok(found)
}

fn tags(text: &str) -> Result<Vec<(String, String)>, Refusal> {
    let invalid = |what: &str| refuse(400, "InvalidTag", format!("x-cos-tagging: {what}."));
    let mut found: Vec<(String, String)> = Vec::new();
    for piece in text.split('&') {
        let (key, value) = piece
            .split_once('=')
            .ok_or_else(|| invalid("a tag is key=value"))?;
        let side =
            |side: &str| decode_query(side.as_bytes()).and_then(|b| String::from_utf8(b).ok());
        let (Some(key), Some(value)) = (side(key), side(value)) else {
            return Err(invalid("a tag is not URL-encoded UTF-8"));
        };
        found.push((key, value));
    }
    check_tags(&found)?;
    Ok(found)
}

/// Reads the server-side encryption headers.
pub(crate) fn encryption(request: &Request, ssec_on_http: bool) -> Result<Encryption, Refusal> {
    let customer = customer_key(request, ENCRYPTION, ssec_on_http)?;
    let key_id = request
        .text(&format!("{ENCRYPTION}-cos-kms-key-id"))?
        .map(str::to_owned);
    let context = request
        .text(&format!("{ENCRYPTION}-context"))?
        .map(str::to_owned);
    match (request.text(ENCRYPTION)?, customer) {
        (None, None) if key_id.is_none() && context.is_none() => Ok(Encryption::None),
        (Some(algorithm @ ("AES256" | "SM4")), None) if key_id.is_none() && context.is_none() => {
            Ok(Encryption::Cos(algorithm.to_owned()))
        }
        (Some("cos/kms"), None) => {
            if context
                .as_ref()
                .is_some_and(|text| BASE64.decode(text.as_bytes()).is_err())
            {
                return Err(invalid_argument("The encryption context is not base64."));
            }
            Ok(Encryption::Kms { key_id, context })
        }
        (None, Some(key_md5)) if key_id.is_none() && context.is_none() => {
            Ok(Encryption::Customer { key_md5 })
        }
        _ => Err(invalid_argument(
            "The server-side encryption headers contradict each other.",
        )),
    }
}

/// The MD5 of the customer's key, when one was sent.
fn customer_key(
    request: &Request,
    prefix: &str,
    ssec_on_http: bool,
) -> Result<Option<String>, Refusal> {
    let get = |part: &str| request.text(&format!("{prefix}-customer-{part}"));
    let (algorithm, key, key_md5) = (get("algorithm")?, get("key")?, get("key-md5")?);
    if algorithm.is_none() && key.is_none() && key_md5.is_none() {
        return Ok(None);
    }
    let invalid = |what: &str| refuse(400, "SsecDecryptHeaderInvalid", format!("SSE-C: {what}."));
    if !request.secure && !ssec_on_http {
        return Err(refuse(
            400,
            "InvalidRequest",
            "SSE-C keys are taken over HTTPS only.",
        ));
    }
    let (Some(algorithm), Some(key), Some(key_md5)) = (algorithm, key, key_md5) else {
        return Err(invalid("algorithm, key and key MD5 come together"));
    };
    if algorithm != "AES256" {
        return Err(invalid("the algorithm is AES256"));
    }
    match BASE64.decode(key.as_bytes()) {
        Ok(raw) if raw.len() == 32 => {
            if BASE64.encode(&md5::compute(&raw).0) == key_md5 {
                Ok(Some(key_md5.to_owned()))
            } else {
                Err(invalid("the key MD5 is another one"))
            }
        }
        _ => Err(invalid("the key is not the base64 of 32 bytes")),
    }
}

/// Checks that the customer's key comes along where it is needed, and only there.
pub(crate) fn check_customer_key(
    request: &Request,
    kept: &Encryption,
    ssec_on_http: bool,
) -> Result<(), Refusal> {
    match_customer_key(kept, customer_key(request, ENCRYPTION, ssec_on_http)?)
}

/// As [`check_customer_key`] for the source of a copy.
pub(crate) fn check_source_key(
    request: &Request,
    kept: &Encryption,
    ssec_on_http: bool,
) -> Result<(), Refusal> {
    match_customer_key(
        kept,
        customer_key(request, SOURCE_ENCRYPTION, ssec_on_http)?,
    )
}

fn match_customer_key(kept: &Encryption, sent: Option<String>) -> Result<(), Refusal> {
    match (kept, sent) {
        (Encryption::Customer { key_md5 }, Some(sent)) if *key_md5 == sent => Ok(()),
        (Encryption::Customer { .. }, Some(_)) => {
            Err(refuse(403, "AccessDenied", "The SSE-C key is another one."))
        }
        (Encryption::Customer { .. }, None) => Err(refuse(
            400,
            "SSEContentNotSupported",
            "The object is encrypted with a customer's key, which was not sent.",
        )),
        (_, Some(_)) => Err(refuse(
            400,
            "SsecDecryptHeaderInvalid",
            "The object is not encrypted with a customer's key.",
        )),
        (_, None) => Ok(()),
    }
}

/// Adds the headers that tell the encryption.
pub(crate) fn echo_encryption(mut reply: Reply, encryption: &Encryption) -> Reply {
    match encryption {
        Encryption::None => reply,
        Encryption::Cos(algorithm) => reply.with(ENCRYPTION, algorithm),
        Encryption::Kms { key_id, context } => {
            reply = reply.with(ENCRYPTION, "cos/kms");
            if let Some(id) = key_id {
                reply = reply.with(&format!("{ENCRYPTION}-cos-kms-key-id"), id);
            }
            match context {
                Some(context) => reply.with(&format!("{ENCRYPTION}-context"), context),
                None => reply,
            }
        }
        Encryption::Customer { key_md5 } => reply
            .with(&format!("{ENCRYPTION}-customer-algorithm"), "AES256")
            .with(&format!("{ENCRYPTION}-customer-key-MD5"), key_md5),
    }
}

/// `content-type` as `Content-Type`.
fn title_case(name: &str) -> String {
    let mut start = true;
    name.chars()
        .map(|c| {
            let cased = if start { c.to_ascii_uppercase() } else { c };
            start = c == '-';
            cased
        })
        .collect()
}

/// Adds what HEAD and GET tell about an object besides its length.
pub(crate) fn tell(mut reply: Reply, object: &Object, now: SystemTime) -> Reply {
    let described = &object.description;
    reply = reply
        .with("ETag", &object.etag)
        .with("Last-Modified", httpdate::fmt_http_date(object.modified))
        .with("x-cos-hash-crc64ecma", object.crc64.to_string());
    if !described
        .content
        .iter()
        .any(|(name, _)| name == "content-type")
    {
        reply = reply.with("Content-Type", "application/octet-stream");
    }
    for (name, value) in &described.content {
        reply = reply.with(&title_case(name), value);
    }
    for (name, value) in &described.metadata {
        reply = reply.with(name, value);
    }
    if described.storage_class != "STANDARD" {
        reply = reply.with("x-cos-storage-class", &described.storage_class);
    }
    if described.storage_class.ends_with("INTELLIGENT_TIERING") {
        reply = reply.with("x-cos-storage-tier", "FREQUENT");
    }
    if !described.tags.is_empty() {
        reply = reply.with("x-cos-tagging-count", described.tags.len().to_string());
    }
    echo_encryption(restore::tell(reply, object, now), &described.encryption)
}

/// Checks `x-cos-traffic-limit` as header or parameter.
pub(crate) fn check_traffic_limit(request: &Request) -> Result<(), Refusal> {
    let name = "x-cos-traffic-limit";
    let Some(limit) = request.text(name)?.or(request.filled(name)) else {
        return Ok(());
    };
    match limit.parse::<u64>() {
        Ok(819_200..=838_860_800) => Ok(()),
        _ => Err(invalid_argument(
            "x-cos-traffic-limit is 819200 to 838860800 bit/s.",
        )),
    }
}

/// Reads `x-cos-forbid-overwrite`.
pub(crate) fn forbids_overwrite(request: &Request) -> Result<bool, Refusal> {
    match request.text("x-cos-forbid-overwrite")? {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(invalid_argument("x-cos-forbid-overwrite is true or false.")),
    }
}
