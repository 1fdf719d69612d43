//! Who signs: a secret id and key, and the token of temporary ones.

use std::fmt;

use crate::error::{Error, ErrorKind, Result};

/// A secret id and key, with a token when they are temporary.
///
/// `Debug` shows the id only.
#[derive(Clone)]
pub struct Credentials {
    id: String,
    key: String,
    token: Option<String>,
}

impl Credentials {
    /// The pair that the console or the STS service hands out.
    pub fn new(secret_id: impl Into<String>, secret_key: impl Into<String>) -> Self {
        Self {
            id: secret_id.into(),
            key: secret_key.into(),
            token: None,
        }
    }

    /// The same with the token of temporary credentials.
    #[must_use]
    pub fn token(mut self, security_token: impl Into<String>) -> Self {
        self.token = Some(security_token.into()).filter(|token| !token.is_empty());
        self
    }

    /// Reads `COS_SECRET_ID`, `COS_SECRET_KEY` and, when it is set, `COS_SECURITY_TOKEN`.
    ///
    /// # Errors
    /// `Credentials` when one of the first two is missing, empty or not UTF-8.
    pub fn from_env() -> Result<Self> {
        let read = |name: &str| {
            let value = std::env::var(name).ok().filter(|value| !value.is_empty());
            value.ok_or_else(|| Error::new(ErrorKind::Credentials, format!("{name} is not set")))
        };
        let credentials = Self::new(read("COS_SECRET_ID")?, read("COS_SECRET_KEY")?);
        Ok(credentials.token(std::env::var("COS_SECURITY_TOKEN").unwrap_or_default()))
    }

    /// The secret id, which is not secret.
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    pub(crate) fn security_token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Refuses what no service can have handed out, before it ends up in a header.
    pub(crate) fn check(&self) -> Result<()> {
        let fields = [
            ("secret_id", Some(&self.id)),
            ("secret_key", Some(&self.key)),
        ];
        for (name, value) in fields
            .into_iter()
            .chain([("security_token", self.token.as_ref())])
        {
            let Some(value) = value else { continue };
            let bad = |why: &str| Err(Error::new(ErrorKind::Credentials, format!("{name} {why}")));
            if value.is_empty() {
                return bad("is empty");
            }
            if value.bytes().any(|byte| !byte.is_ascii_graphic()) {
                return bad("has a space, a control or a non-ASCII character");
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_secret() {
        let shown = format!("{:?}", Credentials::new("ID", "KEYKEY").token("TOKEN"));
        assert!(shown.contains("ID") && !shown.contains("KEYKEY") && !shown.contains("TOKEN"));
    }

    #[test]
    fn unusable_secrets_are_named() {
        let rows = [
            (Credentials::new("", "key"), "secret_id is empty"),
            (Credentials::new("id", "key\n"), "secret_key has a space"),
            (
                Credentials::new("id", "key").token("a b"),
                "security_token has a space",
            ),
        ];
        for (credentials, expected) in rows {
            let error = credentials.check().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Credentials);
            assert!(error.message().starts_with(expected), "{error}");
        }
    }
}
