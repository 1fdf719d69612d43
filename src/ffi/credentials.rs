//! Who signs.

use libc::c_char;

use super::client::{coslink_client_options, only_one};
use super::convert::{path, text};
use crate::credentials::Credentials;
use crate::error::Result;

/// # Safety
/// The texts are NULL or live during the call.
pub(super) unsafe fn pair(
    id: *const c_char,
    key: *const c_char,
    token: *const c_char,
) -> Result<Credentials> {
    // SAFETY: as promised by the caller. A text that is missing is as unusable as an empty one.
    let [id, key, token] = unsafe {
        [
            text(id, "secret_id")?,
            text(key, "secret_key")?,
            text(token, "security_token")?,
        ]
    }
    .map(Option::unwrap_or_default);
    Ok(Credentials::new(id, key).token(token))
}

/// What the options say: one of the pair, nobody, the environment and a file.
///
/// # Safety
/// The texts of the options live during the call.
pub(super) unsafe fn given(options: &coslink_client_options) -> Result<Credentials> {
    // SAFETY: as promised by the caller.
    let file = unsafe { path(options.credentials_file, "credentials_file") }?;
    let (id, key) = (options.secret_id, options.secret_key);
    let token = options.security_token;
    let halves = [
        ("secret_id", id),
        ("secret_key", key),
        ("security_token", token),
    ];
    let half = halves.into_iter().find(|(_, text)| !text.is_null());
    only_one(&[
        half.map_or(("secret_id", false), |(name, _)| (name, true)),
        ("anonymous", options.anonymous != 0),
        ("credentials_from_env", options.credentials_from_env != 0),
        ("credentials_file", file.is_some()),
    ])?;
    if options.anonymous != 0 {
        return Ok(Credentials::anonymous());
    }
    if options.credentials_from_env != 0 {
        return Credentials::from_env();
    }
    match file {
        Some(file) => Credentials::from_file(file),
        // SAFETY: as promised by the caller.
        None => unsafe { pair(id, key, token) },
    }
}
