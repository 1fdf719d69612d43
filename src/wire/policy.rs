//! The policy of a form that uploads: what the holder of the form may do, as signed JSON.

use super::encode::{self, push_json};
use super::sign::{self, Secret, Window};
use super::{Pairs, time};

/// What a form may upload. Everything that the form sends beside the file must be allowed here.
///
/// ```
/// use coslink::PostPolicy;
/// let policy = PostPolicy::new()
///     .starts_with("key", "uploads/")
///     .equals("acl", "default")
///     .content_length(1, 10 << 20);
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct PostPolicy {
    conditions: Vec<Condition>,
}

#[derive(Clone, Debug)]
enum Condition {
    Equals(String, String),
    StartsWith(String, String),
    Length(u64, u64),
}

impl PostPolicy {
    /// A policy that allows any key.
    pub fn new() -> Self {
        Self::default()
    }

    /// The field must have exactly this value; it becomes a field of the form.
    pub fn equals(mut self, field: impl Into<String>, value: impl Into<String>) -> Self {
        self.conditions
            .push(Condition::Equals(field.into(), value.into()));
        self
    }

    /// The field must begin with this; an empty text allows any value.
    pub fn starts_with(mut self, field: impl Into<String>, value: impl Into<String>) -> Self {
        self.conditions
            .push(Condition::StartsWith(field.into(), value.into()));
        self
    }

    /// The file must have at least and at most as many bytes.
    pub fn content_length(mut self, least: u64, most: u64) -> Self {
        self.conditions.push(Condition::Length(least, most));
        self
    }

    /// The policy as text, for this bucket and signature.
    fn text(&self, bucket: &str, id: &str, window: Window) -> String {
        let mut text = String::from("{\"expiration\":");
        push_json(&mut text, &time::iso_date(window.end));
        text.push_str(",\"conditions\":[");
        push_object(&mut text, "bucket", bucket);
        for condition in &self.conditions {
            text.push(',');
            match condition {
                Condition::Equals(field, value) => push_object(&mut text, field, value),
                Condition::StartsWith(field, value) => {
                    text.push_str("[\"starts-with\",");
                    push_json(&mut text, &format!("${field}"));
                    text.push(',');
                    push_json(&mut text, value);
                    text.push(']');
                }
                Condition::Length(least, most) => {
                    text.push_str(&format!("[\"content-length-range\",{least},{most}]"));
                }
            }
        }
        let signed = [
            ("q-sign-algorithm", "sha1"),
            ("q-ak", id),
            ("q-sign-time", &window.key_time()),
        ];
        for (name, value) in signed {
            text.push(',');
            push_object(&mut text, name, value);
        }
        text.push_str("]}");
        text
    }

    /// The fields that the form needs beside `key` and `file`.
    pub(crate) fn sign(
        &self,
        bucket: &str,
        secret: Secret<'_>,
        token: Option<&str>,
        window: Window,
    ) -> Pairs {
        let text = self.text(bucket, secret.id, window);
        let key_time = window.key_time();
        let signature = sign::policy_signature(secret.key, &key_time, &text);
        let mut fields = Pairs::new();
        for condition in &self.conditions {
            if let Condition::Equals(field, value) = condition {
                fields.set(field.clone(), value.as_str());
            }
        }
        fields.set("policy", encode::base64(text.as_bytes()));
        fields.set("q-sign-algorithm", "sha1");
        fields.set("q-ak", secret.id);
        fields.set("q-key-time", key_time.as_str());
        fields.set("q-sign-time", key_time);
        fields.set("q-signature", signature);
        if let Some(token) = token {
            fields.set("x-cos-security-token", token);
        }
        fields
    }
}

fn push_object(text: &mut String, name: &str, value: &str) {
    text.push('{');
    push_json(text, name);
    text.push(':');
    push_json(text, value);
    text.push('}');
}
