//! The request signature `q-sign-algorithm=sha1`, in header and query form.
//!
//! Five values follow from each other: KeyTime, SignKey, HttpString, StringToSign, Signature.
//! Everything is given as an argument, the time too, so the same arguments always sign the same.

use hmac::{Hmac, KeyInit, Mac};
use sha1::{Digest, Sha1};
use zeroize::{Zeroize, Zeroizing};

use super::{Method, Pairs, encode};

/// From when until when a signature is valid, in seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) start: u64,
    pub(crate) end: u64,
}

impl Window {
    pub(crate) fn key_time(self) -> String {
        format!("{};{}", self.start, self.end)
    }
}

/// The secret pair that signs.
#[derive(Clone, Copy)]
pub(crate) struct Secret<'a> {
    pub(crate) id: &'a str,
    pub(crate) key: &'a str,
}

/// What is signed: everything decoded, `path` with its leading slash.
#[derive(Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) method: Method,
    pub(crate) path: &'a str,
    pub(crate) query: &'a Pairs,
    pub(crate) headers: &'a Pairs,
}

/// A signature and what it covers.
pub(crate) struct Signature {
    id: String,
    key_time: String,
    header_list: String,
    param_list: String,
    signature: String,
}

/// Signs the subject: all of its query, and those of its headers that [`is_signed`].
pub(crate) fn sign(subject: Subject<'_>, secret: Secret<'_>, window: Window) -> Signature {
    let key_time = window.key_time();
    let (header_list, headers) = canonical(subject.headers.iter().filter(|(n, _)| is_signed(n)));
    let (param_list, params) = canonical(subject.query.iter());
    let http_string = http_string(subject.method, subject.path, &params, &headers);
    let string_to_sign = string_to_sign(&key_time, &http_string);
    let signature = hmac(&sign_key(secret.key, &key_time), &string_to_sign);
    Signature {
        id: secret.id.to_owned(),
        key_time,
        header_list,
        param_list,
        signature,
    }
}

/// Signs the text of a POST policy, for a form.
pub(crate) fn policy_signature(secret_key: &str, key_time: &str, policy: &str) -> String {
    let digest = encode::hex(&Sha1::digest(policy.as_bytes()));
    hmac(&sign_key(secret_key, key_time), &digest)
}

/// What stands for the secret key during a window. It signs as well as that does.
fn sign_key(secret_key: &str, key_time: &str) -> Zeroizing<String> {
    Zeroizing::new(hmac(secret_key, key_time))
}

fn http_string(method: Method, path: &str, params: &str, headers: &str) -> String {
    let method = method.as_str().to_ascii_lowercase();
    [&method, "\n", path, "\n", params, "\n", headers, "\n"].concat()
}

fn string_to_sign(key_time: &str, http_string: &str) -> String {
    let digest = encode::hex(&Sha1::digest(http_string.as_bytes()));
    ["sha1\n", key_time, "\n", &digest, "\n"].concat()
}

fn hmac(key: &str, message: &str) -> String {
    // HMAC takes keys of any length, so this cannot fail.
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(key.as_bytes()) else {
        return String::new();
    };
    mac.update(message.as_bytes());
    let mut code = mac.finalize().into_bytes();
    let text = encode::hex(&code);
    code.as_mut_slice().zeroize();
    text
}

/// The list of names (`a;b`) and the text (`a=1&b=2`), both sorted by encoded name.
fn canonical<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> (String, String) {
    let mut encoded: Vec<(String, &str)> = pairs
        .map(|(name, value)| {
            let mut name = encode::percent(name);
            name.make_ascii_lowercase();
            (name, value)
        })
        .collect();
    encoded.sort_unstable();
    let (mut list, mut text) = (String::new(), String::new());
    for (index, (name, value)) in encoded.iter().enumerate() {
        if index > 0 {
            list.push(';');
            text.push('&');
        }
        list.push_str(name);
        text.push_str(name);
        text.push('=');
        encode::push_percent(&mut text, value);
    }
    (list, text)
}

/// Whether a header is covered by the signature: all that has meaning for COS, and none that a
/// proxy may change on the way.
pub(crate) fn is_signed(name: &str) -> bool {
    const SIGNED: &[&str] = &[
        "cache-control",
        "content-disposition",
        "content-encoding",
        "content-length",
        "content-md5",
        "content-type",
        "expect",
        "expires",
        "host",
        "if-match",
        "if-modified-since",
        "if-none-match",
        "if-unmodified-since",
        "origin",
        "pic-operations",
        "range",
        "transfer-encoding",
    ];
    let is_of = |family: &str| {
        let start = name.get(..family.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(family))
    };
    let is = |signed: &&str| signed.eq_ignore_ascii_case(name);
    is_of("x-cos-") || is_of("x-ci-") || SIGNED.iter().any(is)
}

impl Signature {
    /// The value of the Authorization header.
    pub(crate) fn authorization(&self) -> String {
        let mut text = String::with_capacity(256);
        for (name, value) in self.query() {
            if !text.is_empty() {
                text.push('&');
            }
            text.push_str(name);
            text.push('=');
            text.push_str(value);
        }
        text
    }

    /// The same as query parameters, in the order of the service's documents.
    pub(crate) fn query(&self) -> [(&'static str, &str); 7] {
        [
            ("q-sign-algorithm", "sha1"),
            ("q-ak", &self.id),
            ("q-sign-time", &self.key_time),
            ("q-key-time", &self.key_time),
            ("q-header-list", &self.header_list),
            ("q-url-param-list", &self.param_list),
            ("q-signature", &self.signature),
        ]
    }
}
