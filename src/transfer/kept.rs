//! What of a source comes along to its copy, beside the bytes.

use serde::Deserialize;

use super::ask::{Way, ask};
use crate::client::Bucket;
use crate::error::{ErrorKind, Result};
use crate::op::types::{Acl, Grantee, Permission};
use crate::op::{GetObjectAcl, GetObjectAclOutput, HeadObjectOutput, Operation};
use crate::watch::Meter;
use crate::wire::{Method, Pairs, Reply, Request, encode, xml};

/// Whether a header is kept with an object and says what its bytes are.
pub(super) fn is_metadata(name: &str) -> bool {
    const CONTENT: &[&str] = &[
        "content-type",
        "cache-control",
        "content-disposition",
        "content-encoding",
        "content-language",
        "expires",
    ];
    let name = name.to_ascii_lowercase();
    CONTENT.contains(&name.as_str()) || name.starts_with("x-cos-meta-")
}

/// The metadata of an object, as the headers that would make it.
pub(super) fn metadata(head: &HeadObjectOutput) -> Pairs {
    let content = [
        ("Content-Type", &head.content_type),
        ("Cache-Control", &head.cache_control),
        ("Content-Disposition", &head.content_disposition),
        ("Content-Encoding", &head.content_encoding),
        ("Content-Language", &head.content_language),
        ("Expires", &head.expires),
    ];
    let mut headers = Pairs::new();
    for (name, value) in content {
        if let Some(value) = value {
            headers.set(name, value.as_str());
        }
    }
    for (name, value) in &head.metadata {
        headers.set(format!("x-cos-meta-{name}"), value.as_str());
    }
    headers
}

/// Asks for the ACL of an object, as the headers that would make it.
pub(super) fn acl(
    bucket: &Bucket,
    key: &str,
    version_id: Option<&str>,
    meter: &mut Meter<'_>,
) -> Result<Pairs> {
    let mut get = GetObjectAcl::new(key);
    if let Some(version_id) = version_id {
        get = get.query("versionId", version_id);
    }
    Ok(acl_headers(&ask(bucket, get, Way::Patient, meter)?.output))
}

fn acl_headers(said: &GetObjectAclOutput) -> Pairs {
    let mut headers = Pairs::new();
    if said.acl == Acl::Default {
        return headers;
    }
    // Everybody and the signed in are what a canned ACL speaks of; grants speak of users.
    headers.set("x-cos-acl", said.acl.as_str());
    for (permission, name) in [
        (Permission::Read, "x-cos-grant-read"),
        (Permission::ReadAcp, "x-cos-grant-read-acp"),
        (Permission::WriteAcp, "x-cos-grant-write-acp"),
        (Permission::FullControl, "x-cos-grant-full-control"),
    ] {
        let granted = said
            .grants
            .iter()
            .filter(|grant| grant.permission == permission);
        let users = granted.filter_map(|grant| match &grant.grantee {
            Grantee::User(user) if user.id != said.owner.id => Some(format!("id=\"{}\"", user.id)),
            _ => None,
        });
        let users: Vec<String> = users.collect();
        if !users.is_empty() {
            headers.set(name, users.join(","));
        }
    }
    headers
}

/// Asks for the tags of an object, as `x-cos-tagging` has them; empty when it has none.
pub(super) fn tagging(
    bucket: &Bucket,
    key: &str,
    version_id: Option<&str>,
    meter: &mut Meter<'_>,
) -> Result<String> {
    let tags = GetObjectTagging {
        key: key.to_owned(),
        version_id: version_id.map(str::to_owned),
    };
    match ask(bucket, tags, Way::Patient, meter) {
        Ok(tags) => Ok(tags.output),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(error),
    }
}

/// GET Object tagging: <https://cloud.tencent.com/document/product/436/42998>
pub(super) struct GetObjectTagging {
    pub(super) key: String,
    pub(super) version_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tagging {
    #[serde(default)]
    tag_set: TagSet,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TagSet {
    #[serde(default)]
    tag: Vec<Tag>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    #[serde(default)]
    key: String,
    #[serde(default)]
    value: String,
}

impl Operation for GetObjectTagging {
    const NAME: &'static str = "GetObjectTagging";
    type Output = String;

    fn request(&self) -> Result<Request<'_>> {
        let mut query = Pairs::new();
        query.set("tagging", "");
        if let Some(version_id) = &self.version_id {
            query.set("versionId", version_id.as_str());
        }
        Ok(Request::object(Method::Get, &self.key).with_query(query))
    }

    fn read(&self, reply: Reply) -> Result<String> {
        let status = reply.status;
        let tagging: Tagging = xml::read(&reply.into_document()?, "Tagging", status)?;
        let pair = |tag: &Tag| {
            format!(
                "{}={}",
                encode::percent(&tag.key),
                encode::percent(&tag.value)
            )
        };
        let pairs: Vec<String> = tagging.tag_set.tag.iter().map(pair).collect();
        Ok(pairs.join("&"))
    }
}
