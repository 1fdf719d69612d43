//! Access control lists of objects.

use roxmltree::Node;

use crate::bucket::{OWNER_ID, OWNER_NAME, owner};
use crate::inbound::check_md5;
use crate::reply::{Document, Refusal, Reply, invalid_argument, no_such_bucket, refuse};
use crate::request::Request;
use crate::serve::Call;
use crate::store::Description;
use crate::xml::{children, content, fields, malformed, parse, root};

const ACLS: [&str; 6] = [
    "default",
    "private",
    "public-read",
    "authenticated-read",
    "bucket-owner-read",
    "bucket-owner-full-control",
];
/// Headers and what they grant.
const HEADERS: [(&str, &str); 4] = [
    ("x-cos-grant-read", "READ"),
    ("x-cos-grant-read-acp", "READ_ACP"),
    ("x-cos-grant-write-acp", "WRITE_ACP"),
    ("x-cos-grant-full-control", "FULL_CONTROL"),
];
const PERMISSIONS: [&str; 5] = ["READ", "WRITE", "READ_ACP", "WRITE_ACP", "FULL_CONTROL"];
const MOST_GRANTS: usize = 100;
const EVERYBODY: &str = "http://cam.qcloud.com/groups/global/AllUsers";
const SIGNED_IN: &str = "http://cam.qcloud.com/groups/global/AuthenticatedUsers";
const ANYONE: &str = "qcs::cam::anyone:anyone";
const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
/// 100 grants with long ids stay far below.
const LARGEST_POLICY: u64 = 256 * 1024;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Grantee {
    Id(String),
    Uri(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Grant {
    pub(crate) grantee: Grantee,
    pub(crate) permission: String,
}

/// A canned ACL and grants.
pub(crate) type Acl = (String, Vec<Grant>);

/// Reads `x-cos-acl` and `x-cos-grant-*`.
pub(crate) fn from_headers(request: &Request) -> Result<Acl, Refusal> {
    let acl = request.text("x-cos-acl")?.unwrap_or("default");
    if !ACLS.contains(&acl) {
        return Err(invalid_argument(format!("Unknown ACL {acl}.")));
    }
    let mut grants = Vec::new();
    for (name, permission) in HEADERS {
        let Some(list) = request.text(name)? else {
            continue;
        };
        for id in list.split(',') {
            grants.push(Grant {
                grantee: Grantee::Id(read_id(id).ok_or_else(|| {
                    invalid_argument(format!("{name} is not a list of id=\"...\"."))
                })?),
                permission: permission.to_owned(),
            });
        }
    }
    check_count(&grants)?;
    Ok((acl.to_owned(), grants))
}

fn read_id(grant: &str) -> Option<String> {
    let id = grant.trim().strip_prefix("id=\"")?.strip_suffix('"')?;
    (!id.is_empty() && !id.contains('"')).then(|| id.to_owned())
}

fn check_count(grants: &[Grant]) -> Result<(), Refusal> {
    if grants.len() > MOST_GRANTS {
        return Err(invalid_argument("An ACL holds up to 100 grants."));
    }
    Ok(())
}

/// Everybody may read it, unsigned.
pub(crate) fn is_public(description: &Description) -> bool {
    let everybody = |grantee: &Grantee| match grantee {
        Grantee::Uri(uri) => uri == EVERYBODY,
        Grantee::Id(id) => id == ANYONE,
    };
    description.acl == "public-read"
        || description.grants.iter().any(|grant| {
            everybody(&grant.grantee)
                && matches!(grant.permission.as_str(), "READ" | "FULL_CONTROL")
        })
}

pub(crate) async fn put(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let request = call.request;
    let body = call.body.text(LARGEST_POLICY).await?;
    check_md5(request, &md5::compute(&body).0)?;
    let named = request
        .headers
        .iter()
        .any(|(n, v)| !v.is_empty() && (n == "x-cos-acl" || n.starts_with("x-cos-grant-")));
    let (acl, grants) = match (named, body.is_empty()) {
        (true, true) => from_headers(request)?,
        (false, false) => ("private".to_owned(), read_policy(&body)?),
        (true, false) => {
            return Err(refuse(
                400,
                "InvalidRequest",
                "An ACL comes by headers or by a body, not by both.",
            ));
        }
        (false, true) => {
            return Err(refuse(
                400,
                "MissingRequestBodyError",
                "An ACL comes by headers or by a body.",
            ));
        }
    };
    let mut buckets = call.shared.store.lock();
    let bucket = buckets
        .get_mut(request.bucket())
        .ok_or_else(no_such_bucket)?;
    bucket.change(&request.key, request.filled("versionId"), |object| {
        object.description.acl = acl;
        object.description.grants = grants;
        Ok(())
    })?;
    Ok(Reply::new(200))
}

fn read_policy(body: &[u8]) -> Result<Vec<Grant>, Refusal> {
    let document = parse(body)?;
    let root = root(&document, "AccessControlPolicy")?;
    let [holder, list] = fields(root, ["Owner", "AccessControlList"])?;
    let [id, _name] = fields(holder.ok_or_else(malformed)?, ["ID", "DisplayName"])?;
    if content(id.ok_or_else(malformed)?)?.trim().is_empty() {
        return Err(malformed());
    }
    let grants = children(list.ok_or_else(malformed)?)
        .map(read_grant)
        .collect::<Result<Vec<_>, _>>()?;
    check_count(&grants)?;
    Ok(grants)
}

fn read_grant(grant: Node<'_, '_>) -> Result<Grant, Refusal> {
    if grant.tag_name().name() != "Grant" {
        return Err(malformed());
    }
    let [grantee, permission] = fields(grant, ["Grantee", "Permission"])?;
    let grantee = grantee.ok_or_else(malformed)?;
    let permission = content(permission.ok_or_else(malformed)?)?
        .trim()
        .to_owned();
    if !PERMISSIONS.contains(&permission.as_str()) {
        return Err(invalid_argument(format!(
            "Unknown permission {permission}."
        )));
    }
    let [id, uri, kind, _name] = fields(grantee, ["ID", "URI", "Type", "DisplayName"])?;
    // The Python SDK has no attributes, so it writes an element.
    let kind = grantee
        .attribute((XSI, "type"))
        .or(kind.and_then(|kind| kind.text()));
    let text = |node| -> Result<String, Refusal> {
        let text = content(node)?.trim().to_owned();
        if text.is_empty() {
            Err(malformed())
        } else {
            Ok(text)
        }
    };
    let grantee = match (id, uri, kind) {
        (Some(id), None, None | Some("CanonicalUser" | "RootAccount" | "SubAccount")) => {
            Grantee::Id(text(id)?)
        }
        (None, Some(uri), None | Some("Group")) => Grantee::Uri(text(uri)?),
        _ => return Err(malformed()),
    };
    match &grantee {
        Grantee::Uri(uri) if uri != EVERYBODY && uri != SIGNED_IN => {
            Err(invalid_argument(format!("Unknown group {uri}.")))
        }
        _ => Ok(Grant {
            grantee,
            permission,
        }),
    }
}

pub(crate) fn get(call: &Call<'_>) -> Result<Reply, Refusal> {
    let request = call.request;
    let buckets = call.shared.store.lock();
    let bucket = buckets.get(request.bucket()).ok_or_else(no_such_bucket)?;
    let (_, object) = bucket.find(&request.key, request.filled("versionId"))?;
    let described = &object.description;
    let mut xml = Document::new();
    xml.open("AccessControlPolicy");
    owner(&mut xml, "Owner", OWNER_ID);
    xml.open("AccessControlList");
    for grant in effective(described) {
        write_grant(&mut xml, &grant);
    }
    xml.close("AccessControlList");
    xml.close("AccessControlPolicy");
    let reply = Reply::xml(200, xml.finish());
    if described.acl == "default" && described.grants.is_empty() {
        return Ok(reply.with("x-cos-acl", "default"));
    }
    Ok(reply)
}

/// The grants, and those that a canned ACL stands for.
fn effective(description: &Description) -> Vec<Grant> {
    let grant = |grantee, permission: &str| Grant {
        grantee,
        permission: permission.to_owned(),
    };
    let uri = |uri: &str| Grantee::Uri(uri.to_owned());
    let holder = || Grantee::Id(OWNER_ID.to_owned());
    let mut grants = match description.acl.as_str() {
        "public-read" => vec![
            grant(holder(), "FULL_CONTROL"),
            grant(uri(EVERYBODY), "READ"),
        ],
        "authenticated-read" => vec![
            grant(holder(), "FULL_CONTROL"),
            grant(uri(SIGNED_IN), "READ"),
        ],
        // A policy says all there is to say.
        "private" if !description.grants.is_empty() => Vec::new(),
        _ => vec![grant(holder(), "FULL_CONTROL")],
    };
    grants.extend(description.grants.iter().cloned());
    grants
}

fn write_grant(xml: &mut Document, grant: &Grant) {
    let (kind, name, value) = match &grant.grantee {
        Grantee::Id(id) => ("CanonicalUser", "ID", id),
        Grantee::Uri(uri) => ("Group", "URI", uri),
    };
    xml.open("Grant");
    xml.open(&format!("Grantee xmlns:xsi=\"{XSI}\" xsi:type=\"{kind}\""));
    xml.leaf(name, value);
    if name == "ID" {
        let known = if value == OWNER_ID { OWNER_NAME } else { value };
        xml.leaf("DisplayName", known);
    }
    xml.close("Grantee");
    xml.leaf("Permission", &grant.permission);
    xml.close("Grant");
}
