//! Who may do what with an object.

use libc::c_char;
use std::ptr;

use super::arena::Arena;
use super::client::coslink_bucket;
use super::convert::{
    Options, Out, array, coslink_pair, read_sized, required, required_text, text,
};
use super::guard;
use super::output::coslink_owner;
use super::result::{coslink_result, output_of};
use super::rows::{apply_free_pairs, apply_rows};
use super::status::{coslink_error, coslink_status};
use super::view::view;
use crate::error::{Error, Result};
use crate::op::types::{Grant, Grantee, Owner, Permission};
use crate::op::{GetObjectAcl, GetObjectAclOutput, PutObjectAcl};

/// A right of a user or a group. Frozen: it never grows, so that arrays of it are possible.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct coslink_grant {
    /// The user, `qcs::cam::uin/<OwnerUin>:uin/<SubUin>`; NULL for a group.
    pub id: *const c_char,
    /// The user's name to show, or NULL.
    pub display_name: *const c_char,
    /// The group, such as `http://cam.qcloud.com/groups/global/AllUsers`; NULL for a user.
    pub uri: *const c_char,
    /// `READ`, `WRITE`, `READ_ACP`, `WRITE_ACP` or `FULL_CONTROL`.
    pub permission: *const c_char,
}

/// The parameters of `coslink_put_object_acl`. An option struct; begin with
/// `COSLINK_INIT(coslink_put_object_acl_options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct coslink_put_object_acl_options {
    /// `sizeof(coslink_put_object_acl_options)`; set by `COSLINK_INIT`.
    pub size: usize,
    /// A canned ACL, such as `private` or `public-read`. `default`: as the bucket. NULL: none.
    pub acl: *const c_char,
    /// Who may read: `id="qcs::cam::uin/100000000001:uin/100000000001"`, several with a comma
    /// between them.
    pub grant_read: *const c_char,
    /// Who may read the ACL; written as in `grant_read`.
    pub grant_read_acp: *const c_char,
    /// Who may write the ACL; written as in `grant_read`.
    pub grant_write_acp: *const c_char,
    /// Who may do everything; written as in `grant_read`.
    pub grant_full_control: *const c_char,
    /// A whole policy, instead of the fields above: the object's owner.
    pub owner_id: *const c_char,
    /// The owner's name to show, or NULL.
    pub owner_display_name: *const c_char,
    /// The grants of the policy, at most 100.
    pub grants: *const coslink_grant,
    /// How many `grants` there are.
    pub grant_count: usize,
    /// The version that the ACL is of. NULL: the latest.
    pub version_id: *const c_char,
    /// Any other headers; those that begin with `x-cos-` are signed.
    pub headers: *const coslink_pair,
    /// How many `headers` there are.
    pub header_count: usize,
    /// Any other query parameters, not encoded; they are signed.
    pub query: *const coslink_pair,
    /// How many pairs of `query` there are.
    pub query_count: usize,
}

// SAFETY: `repr(C)`, begins with its size, and all of its fields may have any bytes from C.
unsafe impl Options for coslink_put_object_acl_options {}

/// The parameters of `coslink_get_object_acl`. An option struct; begin with
/// `COSLINK_INIT(coslink_get_object_acl_options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct coslink_get_object_acl_options {
    /// `sizeof(coslink_get_object_acl_options)`; set by `COSLINK_INIT`.
    pub size: usize,
    /// The version whose ACL it is. NULL: the latest.
    pub version_id: *const c_char,
    /// Any other headers; those that begin with `x-cos-` are signed.
    pub headers: *const coslink_pair,
    /// How many `headers` there are.
    pub header_count: usize,
    /// Any other query parameters, not encoded; they are signed.
    pub query: *const coslink_pair,
    /// How many pairs of `query` there are.
    pub query_count: usize,
}

// SAFETY: `repr(C)`, begins with its size, and all of its fields may have any bytes from C.
unsafe impl Options for coslink_get_object_acl_options {}

/// Who may do what with an object. An output struct.
#[repr(C)]
pub struct coslink_get_object_acl_output {
    /// The canned ACL that the grants amount to: `default` when COS says that the bucket's applies,
    /// else by what everybody may do.
    pub acl: *const c_char,
    /// The object's owner.
    pub owner: *const coslink_owner,
    /// The grants; a right of the owner need not be among them.
    pub grants: *const coslink_grant,
    /// How many `grants` there are.
    pub grant_count: usize,
}

view! { GetObjectAclOutput => coslink_get_object_acl_output |arena| ; acl owner grants {
        acl: arena.text(acl.as_str()),
        owner: {
            let owner = owner.view(arena);
            arena.keep(owner)
        },
        grant_count: grants.len(),
        grants: {
            let grants = grants.iter().map(|grant| view_grant(grant, arena)).collect();
            arena.array(grants)
        },
    }
}

fn view_grant(grant: &Grant, arena: &mut Arena) -> coslink_grant {
    let (id, display_name, uri) = match &grant.grantee {
        Grantee::User(user) => (
            arena.text(&user.id),
            arena.text(&user.display_name),
            ptr::null(),
        ),
        Grantee::Group(uri) => (ptr::null(), ptr::null(), arena.text(uri)),
    };
    coslink_grant {
        id,
        display_name,
        uri,
        permission: arena.text(grant.permission.as_str()),
    }
}

/// # Safety
/// The pointer leads to `count` grants that live during the call.
unsafe fn grants(given: *const coslink_grant, count: usize) -> Result<Vec<Grant>> {
    // SAFETY: as promised by the caller.
    let grants = unsafe { array(given, count, "grants") }?;
    let grant = |(index, grant): (usize, &coslink_grant)| {
        let name = |field| format!("grants[{index}].{field}");
        // SAFETY: as promised by the caller.
        let [id, display_name, uri] = unsafe {
            [
                text(grant.id, &name("id"))?,
                text(grant.display_name, &name("display_name"))?,
                text(grant.uri, &name("uri"))?,
            ]
        };
        // SAFETY: as promised by the caller.
        let permission = unsafe { required_text(grant.permission, &name("permission")) }?;
        let grantee = match (id, uri) {
            (Some(id), None) => Grantee::User(owner(id, display_name)),
            (None, Some(uri)) => Grantee::Group(uri.to_owned()),
            (None, None) => return Err(Error::invalid(&name("id"), "is NULL, as is uri")),
            (Some(_), Some(_)) => return Err(Error::invalid(&name("uri"), "stands beside an id")),
        };
        Ok(Grant::new(grantee, Permission::from(permission)))
    };
    grants.iter().enumerate().map(grant).collect()
}

fn owner(id: &str, display_name: Option<&str>) -> Owner {
    let mut owner = Owner::new(id);
    owner.display_name = display_name.unwrap_or_default().to_owned();
    owner
}

/// The owner and the grants of a policy, if there is one.
///
/// # Safety
/// The pointers of the options keep what the header asks of them.
unsafe fn policy(options: &coslink_put_object_acl_options) -> Result<Option<(Owner, Vec<Grant>)>> {
    // SAFETY: as promised by the caller.
    unsafe {
        let id = text(options.owner_id, "owner_id")?;
        let display_name = text(options.owner_display_name, "owner_display_name")?;
        let grants = grants(options.grants, options.grant_count)?;
        match id {
            Some(id) => Ok(Some((owner(id, display_name), grants))),
            None if display_name.is_none() && grants.is_empty() => Ok(None),
            None => Err(Error::invalid("owner_id", "is NULL, with a policy")),
        }
    }
}

/// Sets who may do what with an object: by a canned ACL, by grants, or by a whole policy, one of which
/// `options` must have. What was set before is gone. Its result has no output.
///
/// Blocks. Any thread. Free `*result` with `coslink_result_free`. Fails with
/// `COSLINK_ERROR_INVALID_ARGUMENT` before a byte is sent, or with what the network and the service
/// said. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_put_object_acl(
    bucket: *const coslink_bucket,
    key: *const c_char,
    options: *const coslink_put_object_acl_options,
    result: *mut *mut coslink_result,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            let slot = Out::new(result);
            let bucket = required(bucket, "bucket")?;
            let mut put = PutObjectAcl::new(required_text(key, "key")?);
            let options = read_sized(required(options, "options")?, "options")?;
            apply_rows!(put.rows(), options:
                acl grant_read grant_read_acp grant_write_acp grant_full_control version_id);
            if let Some((owner, grants)) = policy(&options)? {
                put = put.policy(owner, grants);
            }
            apply_free_pairs!(put, options);
            slot.give_response(bucket.0.send(put)?);
            Ok(())
        })
    }
}

/// Asks who may do what with an object. `options` may be NULL.
///
/// Blocks. Any thread. Free `*result` with `coslink_result_free`. Fails with
/// `COSLINK_ERROR_INVALID_ARGUMENT` before a byte is sent, or with what the network and the service
/// said. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_get_object_acl(
    bucket: *const coslink_bucket,
    key: *const c_char,
    options: *const coslink_get_object_acl_options,
    result: *mut *mut coslink_result,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            let slot = Out::new(result);
            let bucket = required(bucket, "bucket")?;
            let mut get = GetObjectAcl::new(required_text(key, "key")?);
            let options = read_sized(options, "options")?;
            apply_rows!(get.rows(), options: version_id);
            apply_free_pairs!(get, options);
            slot.give_response(bucket.0.send(get)?);
            Ok(())
        })
    }
}

/// The output of `coslink_get_object_acl`; NULL for another operation's result.
///
/// Never blocks. Lives as long as the result. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_result_get_object_acl(
    result: *const coslink_result,
) -> *const coslink_get_object_acl_output {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe { output_of(result) }
}
