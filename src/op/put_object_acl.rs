//! PUT Object acl.

use serde::Serialize;

use super::types::{Acl, Grant, Grantee, Owner};
use crate::error::{Error, Result};
use crate::op::{Operation, Param};
use crate::wire::{Method, Pairs, Reply, Request, xml};

/// Sets who may do what with an object: by a canned ACL, by grants, or by a whole policy.
///
/// Source: <https://cloud.tencent.com/document/product/436/7748>
#[derive(Clone, Debug)]
pub struct PutObjectAcl {
    key: String,
    policy: Option<(Owner, Vec<Grant>)>,
    query: Pairs,
    headers: Pairs,
}

/// How many grants a policy may have (API page 7748).
const MAX_GRANTS: usize = 100;

impl PutObjectAcl {
    pub(crate) const PARAMS: &'static [&'static [Param]] = &[Self::OWN];

    /// The object's key.
    pub fn new(key: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            policy: None,
            query: Pairs::new(),
            headers: Pairs::new(),
        }
    }

    crate::op::params! {
        const OWN;
        /// A canned ACL. `Default`: as the bucket.
        acl(Acl) => header "x-cos-acl";
        /// Who may read: `id="qcs::cam::uin/100000000001:uin/100000000001"`, several with a comma
        /// between them.
        grant_read(&str) => header "x-cos-grant-read";
        /// Who may read the ACL; written as in `grant_read`.
        grant_read_acp(&str) => header "x-cos-grant-read-acp";
        /// Who may write the ACL; written as in `grant_read`.
        grant_write_acp(&str) => header "x-cos-grant-write-acp";
        /// Who may do everything; written as in `grant_read`.
        grant_full_control(&str) => header "x-cos-grant-full-control";
        /// The version that the ACL is of.
        version_id(&str) => query "versionId";
    }

    /// The whole policy: the object's owner, and at most 100 grants. COS takes it instead of a canned
    /// ACL and grants, not beside them.
    #[must_use]
    pub fn policy(mut self, owner: Owner, grants: impl IntoIterator<Item = Grant>) -> Self {
        self.policy = Some((owner, grants.into_iter().collect()));
        self
    }

    crate::op::free_pairs!();

    fn check(&self) -> Result<()> {
        let is_acl = |name: &str| name == "x-cos-acl" || name.starts_with("x-cos-grant-");
        let by_header = !self.headers.filter(is_acl).is_empty();
        match &self.policy {
            None if !by_header => Err(Error::invalid(
                "acl",
                "there is neither an ACL nor a grant nor a policy",
            )),
            Some(_) if by_header => {
                Err(Error::invalid("policy", "stands beside an ACL or a grant"))
            }
            Some((owner, _)) if owner.id.is_empty() => Err(Error::invalid("owner", "has no id")),
            Some((_, grants)) if grants.len() > MAX_GRANTS => {
                let why = format!("{} are more than {MAX_GRANTS}", grants.len());
                Err(Error::invalid("grants", why))
            }
            Some((_, grants)) => grants.iter().try_for_each(Grant::check),
            None => Ok(()),
        }
    }
}

#[derive(Serialize)]
#[serde(rename = "AccessControlPolicy", rename_all = "PascalCase")]
struct Document {
    owner: Identity,
    access_control_list: GrantList,
}

#[derive(Serialize)]
struct Identity {
    #[serde(rename = "ID")]
    id: String,
    #[serde(rename = "DisplayName", skip_serializing_if = "String::is_empty")]
    display_name: String,
}

#[derive(Serialize)]
struct GrantList {
    #[serde(rename = "Grant")]
    grants: Vec<GrantElement>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct GrantElement {
    grantee: GranteeElement,
    permission: String,
}

#[derive(Serialize)]
struct GranteeElement {
    #[serde(rename = "@xmlns:xsi")]
    namespace: &'static str,
    #[serde(rename = "@xsi:type")]
    kind: &'static str,
    #[serde(rename = "ID", skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(rename = "DisplayName", skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    #[serde(rename = "URI", skip_serializing_if = "Option::is_none")]
    uri: Option<String>,
}

impl GrantElement {
    fn of(grant: &Grant) -> Self {
        let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        let (kind, id, display_name, uri) = match &grant.grantee {
            Grantee::User(user) => (
                "CanonicalUser",
                some(&user.id),
                some(&user.display_name),
                None,
            ),
            Grantee::Group(uri) => ("Group", None, None, some(uri)),
        };
        let namespace = "http://www.w3.org/2001/XMLSchema-instance";
        Self {
            grantee: GranteeElement {
                namespace,
                kind,
                id,
                display_name,
                uri,
            },
            permission: grant.permission.as_str().to_owned(),
        }
    }
}

impl Operation for PutObjectAcl {
    const NAME: &'static str = "PutObjectAcl";
    type Output = ();

    fn request(&self) -> Result<Request<'_>> {
        self.check()?;
        let mut query = Pairs::new();
        query.set("acl", "");
        query.extend(&self.query);
        let request = Request::object(Method::Put, &self.key)
            .with_query(query)
            .with_headers(self.headers.clone());
        let Some((owner, grants)) = &self.policy else {
            return Ok(request);
        };
        let document = Document {
            owner: Identity {
                id: owner.id.clone(),
                display_name: owner.display_name.clone(),
            },
            access_control_list: GrantList {
                grants: grants.iter().map(GrantElement::of).collect(),
            },
        };
        Ok(request.with_xml(xml::write(&document)?))
    }

    fn read(&self, reply: Reply) -> Result<()> {
        reply.into_document()?;
        Ok(())
    }
}
