//! Which names, keys, headers and query parameters cannot be meant.

use super::Pairs;
use crate::error::{Error, Result};

/// The longest key in bytes (object overview, API page 13324).
const MAX_KEY: usize = 850;

pub(crate) fn check_bucket(name: &str) -> Result<()> {
    let wrong = |why: &str| Err(Error::invalid("bucket", format!("{name:?} {why}")));
    let is_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if !name.bytes().all(is_name) {
        return wrong("has other characters than a-z, 0-9 and -");
    }
    let Some((label, appid)) = name.rsplit_once('-') else {
        return wrong("does not end in -<APPID>");
    };
    if appid.is_empty() || !appid.bytes().all(|byte| byte.is_ascii_digit()) {
        return wrong("does not end in -<APPID>");
    }
    if label.is_empty() || label.starts_with('-') || label.ends_with('-') {
        return wrong("begins or ends its name with -");
    }
    Ok(())
}

pub(crate) fn check_region(region: &str) -> Result<()> {
    let is_region = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if region.is_empty() || !region.bytes().all(is_region) {
        let why = format!("{region:?} is no region; one looks like ap-guangzhou");
        return Err(Error::invalid("region", why));
    }
    Ok(())
}

/// Refuses keys that would become a call on the bucket, or that COS does not take.
pub(crate) fn check_key(key: &str) -> Result<()> {
    let wrong = |why: String| Err(Error::invalid("key", why));
    if key.is_empty() {
        return wrong("is empty".to_owned());
    }
    if key.len() > MAX_KEY {
        return wrong(format!(
            "has {} bytes; COS takes at most {MAX_KEY}",
            key.len()
        ));
    }
    if key.bytes().all(|byte| matches!(byte, b'.' | b'/')) {
        return wrong(format!("{key:?} has only dots and slashes"));
    }
    let bad = |c: char| matches!(c, '\0' | '\r' | '\n' | '\u{18}'..='\u{1b}');
    match key.chars().find(|c| bad(*c)) {
        Some(c) => wrong(format!(
            "{key:?} has the character {c:?}, which COS does not take"
        )),
        None => Ok(()),
    }
}

/// Headers that coslink sets itself.
const RESERVED_HEADERS: &[&str] = &[
    "authorization",
    "connection",
    "content-length",
    "host",
    "transfer-encoding",
];

/// The most that names and values of metadata may have in bytes (PUT Object, API page 7749).
const MAX_METADATA: usize = 2048;

/// Refuses headers that would break out of their line, or that coslink sets itself.
pub(crate) fn check_headers(headers: &Pairs) -> Result<()> {
    let mut metadata = 0;
    for (name, value) in headers.iter() {
        let wrong = |why: &str| Err(Error::invalid("header", format!("{name:?} {why}")));
        let is_token =
            |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if name.is_empty() || !name.bytes().all(is_token) {
            return wrong("is no header name");
        }
        if value.chars().any(|c| c.is_control() && c != '\t') {
            return wrong("has a control character in its value");
        }
        if value.trim().len() != value.len() {
            return wrong("has white space around its value");
        }
        let lower = name.to_ascii_lowercase();
        if RESERVED_HEADERS.contains(&lower.as_str()) {
            return wrong("is set by coslink");
        }
        if let Some(suffix) = lower.strip_prefix("x-cos-meta-") {
            let is_meta = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
            if suffix.is_empty() || !suffix.bytes().all(is_meta) {
                return wrong("has other characters than letters, digits and -");
            }
            metadata += suffix.len() + value.len();
        }
    }
    if metadata > MAX_METADATA {
        let why = format!("{metadata} bytes of names and values; COS takes {MAX_METADATA}");
        return Err(Error::invalid("metadata", why));
    }
    Ok(())
}

/// Refuses query parameters that would be taken for the signature.
pub(crate) fn check_query(query: &Pairs) -> Result<()> {
    const SIGNATURE: &[&str] = &[
        "q-sign-algorithm",
        "q-ak",
        "q-sign-time",
        "q-key-time",
        "q-header-list",
        "q-url-param-list",
        "q-signature",
        "sign",
    ];
    match query
        .iter()
        .find(|(name, _)| SIGNATURE.iter().any(|s| s.eq_ignore_ascii_case(name)))
    {
        Some((name, _)) => Err(Error::invalid(
            "query",
            format!("{name:?} is set by coslink"),
        )),
        None if query.iter().any(|(name, _)| name.is_empty()) => {
            Err(Error::invalid("query", "a name is empty"))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[track_caller]
    fn refused<T>(result: Result<T>, parameter: &str) {
        let error = result.err().expect("must be refused");
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        assert!(error.message().starts_with(parameter), "{error}");
    }

    #[test]
    fn keys_that_cannot_be_are_refused() {
        let long = "k".repeat(851);
        for key in [
            "", "/", ".", "..", "//", "./..", "a\rb", "a\nb", "a\0b", "a\u{1b}", &long,
        ] {
            refused(check_key(key), "key");
        }
        for key in ["a", "/a", "a/", "...a", " ", "a\tb", &long[..850]] {
            assert!(check_key(key).is_ok(), "{key:?}");
        }
    }

    #[test]
    fn headers_cannot_break_out_of_their_line() {
        let rows = [
            ("x-cos-meta-a", "b\r\nHost: evil", "header"),
            ("x-cos-meta-a", "b\nc", "header"),
            ("x-cos-meta-a\r\nHost", "b", "header"),
            ("x-cos-meta-a_b", "c", "header"),
            ("x-cos-meta-", "c", "header"),
            ("x-cos-meta-a", " c", "header"),
            ("Host", "evil", "header"),
            ("authorization", "x", "header"),
            ("a b", "c", "header"),
            ("", "c", "header"),
            ("x-cos-meta-a", &"m".repeat(2048), "metadata"),
        ];
        for (name, value, parameter) in rows {
            let mut headers = Pairs::new();
            headers.set(name.to_owned(), value);
            refused(check_headers(&headers), parameter);
        }
        let mut headers = Pairs::new();
        headers.set("x-cos-meta-name", "腾讯云");
        assert!(check_headers(&headers).is_ok());
    }
}
