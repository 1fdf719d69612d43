//! POST Object: uploads by HTML forms.

use crate::auth::{FormSignature, verify_form};
use crate::describe::{check_traffic_limit, describe, forbids_overwrite};
use crate::encode::{encode, encode_path};
use crate::form::{Fields, Form, malformed_form};
use crate::inbound::{broken, check_md5};
use crate::object::{LARGEST_BODY, etag, keep};
use crate::policy::Policy;
use crate::reply::{Document, Payload, Refusal, Reply, invalid_argument, refuse};
use crate::request::{Request, check_key};
use crate::serve::{Call, explain};
use crate::state::seconds;
use crate::store::Object;

/// Fields that are headers of PUT Object under the same name.
const HEADERS: [&str; 8] = [
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-md5",
    "content-type",
    "expires",
    "x-cos-storage-class",
];
const PREFIXES: [&str; 4] = [
    "x-cos-meta-",
    "x-cos-grant-",
    "x-cos-server-side-encryption",
    "x-cos-traffic-limit",
];

pub(crate) async fn post(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let (request, shared) = (call.request, call.shared);
    let mut form = Form::new(call.body, request)?;
    let fields = form.fields().await?;
    let key = fields
        .get("key")
        .filter(|key| !key.is_empty())
        .ok_or_else(|| {
            refuse(
                400,
                "UserKeyMustBeSpecified",
                "The bucket POST must contain the specified field name: key.",
            )
        })?
        .replace("${filename}", &fields.file_name);
    check_key(&key)?;
    let (least, most) = authorize(call.shared, request, &fields, &key)?;
    let upload = as_upload(request, &fields, key)?;
    let description = describe(&upload, shared.ssec_on_http)?;
    check_traffic_limit(&upload)?;
    let forbids = forbids_overwrite(&upload)?;
    let answer = Answer::of(&fields)?;

    let sink = shared.shelf.sink(false).map_err(broken)?;
    let received = form.file(sink, most).await?;
    if received.blob.size() < least {
        return Err(refuse(
            400,
            "EntityTooSmall",
            "Your proposed upload is smaller than the minimum allowed object size.",
        ));
    }
    check_md5(&upload, &received.md5)?;
    let object = Object {
        size: received.blob.size(),
        etag: etag(&received, &description.encryption, shared),
        crc64: received.crc64,
        modified: shared.time(),
        blob: received.blob,
        description,
        restored: None,
    };
    let etag = object.etag.clone();
    let reply = keep(shared, &upload, object, forbids)?;
    Ok(answer.give(reply, &upload, &etag))
}

/// Checks policy and signature; gives the least and the largest size of the file.
fn authorize(
    shared: &crate::state::Shared,
    request: &Request,
    fields: &Fields,
    key: &str,
) -> Result<(u64, u64), Refusal> {
    let now = seconds(shared.time());
    let Some(policy) = fields.get("policy") else {
        if request.signed {
            return Ok((0, LARGEST_BODY));
        }
        return Err(refuse(403, "AccessDenied", "Access Denied."));
    };
    let policy = Policy::read(policy)?;
    let field = |name: &str| fields.get(name).unwrap_or("");
    let signature = FormSignature {
        policy: &policy.text,
        algorithm: field("q-sign-algorithm"),
        id: field("q-ak"),
        key_time: field("q-key-time"),
        signature: field("q-signature"),
        token: fields.get("x-cos-security-token"),
    };
    verify_form(&signature, &shared.account, now).map_err(|failure| explain(failure, now))?;
    policy.check(fields, request.bucket(), key, now)?;
    Ok(policy.sizes(LARGEST_BODY))
}

/// The PUT that says the same as the form.
fn as_upload(request: &Request, fields: &Fields, key: String) -> Result<Request, Refusal> {
    let mut headers = Vec::new();
    for (name, value) in &fields.values {
        let header = match name.as_str() {
            "acl" => "x-cos-acl",
            "x-cos-security-token" => continue,
            name if HEADERS.contains(&name) => name,
            name if PREFIXES.iter().any(|prefix| name.starts_with(prefix)) => name,
            name if name.starts_with("x-cos-") || name == "pic-operations" => {
                return Err(refuse(
                    501,
                    "NotImplemented",
                    format!("PostObject does not know the field {name}."),
                ));
            }
            _ => continue,
        };
        if value.bytes().any(|byte| byte.is_ascii_control()) {
            return Err(malformed_form(
                "a field that becomes a header holds control characters",
            ));
        }
        headers.push((header.to_owned(), value.clone().into_bytes()));
    }
    Ok(Request {
        headers,
        query: Vec::new(),
        key,
        ..request.clone()
    })
}

/// What the form wants to be answered.
enum Answer {
    Status(u16),
    Redirect(String),
}

impl Answer {
    fn of(fields: &Fields) -> Result<Self, Refusal> {
        match fields.get("success_action_redirect") {
            Some(url) if url.starts_with("http://") || url.starts_with("https://") => {
                return Ok(Self::Redirect(url.to_owned()));
            }
            Some(url) if !url.is_empty() => {
                return Err(invalid_argument("success_action_redirect is no URL."));
            }
            _ => {}
        }
        Ok(Self::Status(match fields.get("success_action_status") {
            Some("200") => 200,
            Some("201") => 201,
            _ => 204,
        }))
    }

    fn give(self, mut reply: Reply, upload: &Request, etag: &str) -> Reply {
        let scheme = if upload.secure { "https" } else { "http" };
        let path = encode_path(upload.key.as_bytes());
        let location = format!("{scheme}://{}/{path}", upload.host);
        match self {
            Self::Redirect(url) => {
                let mark = if url.contains('?') { '&' } else { '?' };
                let url = format!(
                    "{url}{mark}bucket={}&key={}&etag={}",
                    encode(upload.bucket().as_bytes()),
                    encode(upload.key.as_bytes()),
                    encode(etag.as_bytes())
                );
                reply.status = 303;
                reply.with("Location", url)
            }
            Self::Status(status) => {
                reply.status = status;
                if status == 201 {
                    reply.body = Payload::Text(document(upload, &location, etag));
                    reply = reply.with("Content-Type", "application/xml");
                }
                reply.with("Location", location)
            }
        }
    }
}

fn document(upload: &Request, location: &str, etag: &str) -> Vec<u8> {
    let mut xml = Document::new();
    xml.open("PostResponse");
    xml.leaf("Location", location);
    xml.leaf("Bucket", upload.bucket());
    xml.leaf("Key", &upload.key);
    xml.leaf("ETag", etag);
    xml.close("PostResponse");
    xml.finish().into_bytes()
}
