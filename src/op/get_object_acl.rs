//! GET Object acl.

use super::types::{Acl, Grant, Grantee, Owner, Permission};
use crate::error::{Error, ErrorKind, Result};
use crate::op::{Operation, Param};
use crate::wire::xml::Cursor;
use crate::wire::{Method, Pairs, Reply, Request};

/// Asks who may do what with an object.
///
/// Source: <https://cloud.tencent.com/document/product/436/7744>
#[derive(Clone, Debug)]
pub struct GetObjectAcl {
    key: String,
    query: Pairs,
    headers: Pairs,
}

impl GetObjectAcl {
    pub(crate) const PARAMS: &'static [&'static [Param]] = &[Self::OWN];

    /// The object's key.
    pub fn new(key: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            query: Pairs::new(),
            headers: Pairs::new(),
        }
    }

    crate::op::params! {
        const OWN;
        /// The version whose ACL it is.
        version_id(&str) => query "versionId";
    }

    crate::op::free_pairs!();
}

/// Who may do what with an object.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct GetObjectAclOutput {
    /// The canned ACL that the grants amount to: `Default` when COS says that the bucket's applies,
    /// else by what everybody may do.
    pub acl: Acl,
    /// The object's owner.
    pub owner: Owner,
    /// The grants; a right of the owner need not be among them.
    pub grants: Vec<Grant>,
}

impl Operation for GetObjectAcl {
    const NAME: &'static str = "GetObjectAcl";
    type Output = GetObjectAclOutput;

    fn request(&self) -> Result<Request<'_>> {
        let mut query = Pairs::new();
        query.set("acl", "");
        query.extend(&self.query);
        Ok(Request::object(Method::Get, &self.key)
            .with_query(query)
            .with_headers(self.headers.clone()))
    }

    fn read(&self, reply: Reply) -> Result<GetObjectAclOutput> {
        let status = reply.status;
        let inherited = reply.header("x-cos-acl") == Some("default");
        let document = reply.into_document()?;
        let mut xml = Cursor::open(&document, "AccessControlPolicy", status)?;
        let (mut owner, mut grants) = (None, Vec::new());
        while let Some(name) = xml.child()? {
            match name {
                "Owner" => owner = Some(Owner::read(&mut xml)?),
                "AccessControlList" => {
                    while let Some(name) = xml.child()? {
                        match name {
                            "Grant" => grants.push(read_grant(&mut xml)?),
                            _ => xml.skip()?,
                        }
                    }
                }
                _ => xml.skip()?,
            }
        }
        let missing = || Error::new(ErrorKind::Protocol, "the policy has no Owner");
        let acl = if inherited {
            Acl::Default
        } else {
            canned(&grants)
        };
        Ok(GetObjectAclOutput {
            acl,
            owner: owner.ok_or_else(missing)?,
            grants,
        })
    }
}

/// The canned ACL that says the same about everybody.
fn canned(grants: &[Grant]) -> Acl {
    let may = |who: fn(&Grantee) -> bool, what: &Permission| {
        let all = &Permission::FullControl;
        let holds = |grant: &Grant| grant.permission == *what || grant.permission == *all;
        grants
            .iter()
            .any(|grant| who(&grant.grantee) && holds(grant))
    };
    let everybody_reads = may(Grantee::is_everybody, &Permission::Read);
    match everybody_reads {
        true if may(Grantee::is_everybody, &Permission::Write) => Acl::PublicReadWrite,
        true => Acl::PublicRead,
        false if may(Grantee::is_signed_in, &Permission::Read) => Acl::AuthenticatedRead,
        false => Acl::Private,
    }
}

fn read_grant(xml: &mut Cursor<'_>) -> Result<Grant> {
    let (mut grantee, mut permission) = (None, None);
    while let Some(name) = xml.child()? {
        match name {
            "Grantee" => grantee = Some(read_grantee(xml)?),
            "Permission" => permission = Some(Permission::from(xml.text()?.as_str())),
            _ => xml.skip()?,
        }
    }
    let missing = || {
        Error::new(
            ErrorKind::Protocol,
            "a grant has no Grantee or no Permission",
        )
    };
    Ok(Grant {
        grantee: grantee.ok_or_else(missing)?,
        permission: permission.ok_or_else(missing)?,
    })
}

/// A grantee is a group when it has a URI, whatever its type says.
fn read_grantee(xml: &mut Cursor<'_>) -> Result<Grantee> {
    let (mut user, mut uri) = (Owner::default(), None);
    while let Some(name) = xml.child()? {
        match name {
            "ID" => user.id = xml.text()?,
            "DisplayName" => user.display_name = xml.text()?,
            "URI" => uri = Some(xml.text()?),
            _ => xml.skip()?,
        }
    }
    Ok(uri.map_or(Grantee::User(user), Grantee::Group))
}
