//! A form with which a web page uploads by itself.

use std::time::Duration;

use super::Bucket;
use super::execute::{secret, window};
use crate::error::{Error, ErrorKind, Result};
use crate::wire::{Pairs, PostPolicy};

/// What a form needs beside the fields `key` and, as the last, `file`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PostForm {
    /// The address that the form is sent to, by POST as `multipart/form-data`.
    pub url: String,
    /// The hidden fields.
    pub fields: Pairs,
}

impl Bucket {
    /// Signs a form that whoever has it can upload with, as far as the policy allows and for as long
    /// as `valid_for`. The secret key does not leave the process.
    ///
    /// # Errors
    /// `InvalidArgument` when `valid_for` is less than a second; `Credentials` when the client is
    /// anonymous.
    pub fn sign_form(&self, policy: &PostPolicy, valid_for: Duration) -> Result<PostForm> {
        let seconds = valid_for.as_secs();
        if seconds == 0 {
            return Err(Error::invalid("valid_for", "is less than a second"));
        }
        let credentials = self.core().credentials()?;
        if credentials.is_anonymous() {
            return Err(Error::new(ErrorKind::Credentials, "nobody cannot sign"));
        }
        let now = self.core().clock.unix();
        let (token, window) = (credentials.security_token(), window(now, seconds));
        let fields = policy.sign(self.name(), secret(&credentials), token, window);
        let url = self.place().public_url(None, std::iter::empty());
        Ok(PostForm { url, fields })
    }
}
