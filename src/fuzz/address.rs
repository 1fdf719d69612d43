//! What a caller or a file says: addresses, names, times, policies and settings.

use crate::credentials::Credentials;
use crate::endpoint::{Endpoint, Place, Site};
use crate::error::{Error, ErrorKind, Result};
use crate::op::copy_source::CopySource;
use crate::wire::sign::{Secret, Window};
use crate::wire::{Pairs, PostPolicy, Timestamp, encode, names, time};

/// A text, which is taken for each of them, as a whole and line by line.
pub fn parsers(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    settings(&text);
    encodings(&text);
    policy(&text);
    let lines: Vec<&str> = text.lines().take(20).collect();
    for line in std::iter::once(&*text).chain(lines.iter().copied()) {
        addresses(line);
        times(line);
    }
    if let [bucket, region, key, ..] = lines[..] {
        places(bucket, region, key);
    }
    let mut pairs = Pairs::new();
    for line in lines {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        pairs.push(name.to_owned(), value);
    }
    if kept(names::check_headers(&pairs)).is_some() {
        let is_plain = |text: &str| !text.contains(['\r', '\n', '\0']);
        assert!(
            pairs
                .iter()
                .all(|(name, value)| is_plain(name) && is_plain(value))
        );
    }
    kept(names::check_query(&pairs));
}

/// What an argument is refused with names it, on one line.
fn kept<T>(result: Result<T>) -> Option<T> {
    let check = |error: &Error| {
        assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{error}");
        assert!(!error.message().chars().any(char::is_control), "{error:?}");
    };
    result.inspect_err(check).ok()
}

/// What may stand in a URL, a Host header and a request line.
fn is_plain(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'#')
}

fn addresses(text: &str) {
    let bucket = |endpoint: &Endpoint| {
        let place = kept(Place::new(endpoint, "b-1", "r"))?;
        let url = place.url(Some("k"), &Pairs::new());
        assert!(is_plain(&url) && url.ends_with("/k"), "{url}");
        let host = place.host();
        assert!(is_plain(host) && !host.contains(['/', '@', '?']), "{host}");
        Some(url)
    };
    if let Some(endpoint) = kept(Endpoint::default().connect_to(text)) {
        let url = bucket(&endpoint).unwrap_or_default();
        let (scheme, rest) = text.split_once("://").unwrap_or_default();
        let authority = rest.trim_end_matches('/').to_ascii_lowercase();
        assert_eq!(url, format!("{scheme}://{authority}/k"));
    }
    if let Some(endpoint) = kept(Endpoint::default().site(Site::Domain(text.to_owned()))) {
        bucket(&endpoint);
        bucket(&endpoint.path_style(true));
    }
    let elsewhere = Endpoint::default().connect_to("http://127.0.0.1:1");
    for endpoint in [Ok(Endpoint::default()), elsewhere].into_iter().flatten() {
        if let Some((url, host)) = kept(endpoint.given_url(text)) {
            assert!(is_plain(&url) && is_plain(&host), "{url}");
            assert!(!host.contains(['/', '@', '?']), "{host}");
            let (_, rest) = text.split_once("://").unwrap_or_default();
            assert!(url.ends_with(&rest[host.len()..]), "{url} is not {text}");
        }
    }
}

fn places(bucket: &str, region: &str, key: &str) {
    kept(names::check_key(key));
    for endpoint in [Endpoint::default(), Endpoint::default().path_style(true)] {
        kept(Place::service(&endpoint, Some(region)));
        let Some(place) = kept(Place::new(&endpoint, bucket, region)) else {
            continue;
        };
        for place in [place.backup(), Some(place)].into_iter().flatten() {
            assert!(is_plain(&place.url(Some(key), &Pairs::new())));
            assert!(is_plain(&place.location(key)));
        }
    }
    let source = CopySource::new(bucket, region, key).version_id(bucket);
    if let Some(spelled) = kept(source.spell()) {
        assert!(is_plain(&spelled), "{spelled}");
    }
}

fn times(text: &str) {
    let stamp = Timestamp::new(text);
    assert_eq!(stamp.as_str(), text);
    let Some(unix) = stamp.unix() else {
        return;
    };
    assert!((-62_200_000_000..253_500_000_000).contains(&unix), "{unix}");
    let Ok(since) = u64::try_from(unix) else {
        return;
    };
    // A day such as the 31st of December of 9999, second 60, is the first of a year of five digits.
    if since < 253_402_300_800 {
        assert_eq!(time::parse(&time::http_date(since)), Some(unix));
        assert_eq!(time::parse(&time::iso_date(since)), Some(unix));
    }
}

fn settings(text: &str) {
    if let Ok(credentials) = Credentials::parse(text) {
        assert!(!credentials.id().is_empty() && !credentials.key().is_empty());
        assert!(text.contains(credentials.id()) && text.contains(credentials.key()));
        if let Err(error) = credentials.check() {
            assert_eq!(error.kind(), ErrorKind::Credentials);
            // The secret key must not be told by the error.
            assert!(error.message().len() < 100, "{error}");
        }
    }
}

fn encodings(text: &str) {
    assert_eq!(
        encode::unpercent(&encode::percent(text)).as_deref(),
        Some(text)
    );
    encode::unpercent(text);
    let mut path = String::new();
    encode::push_path(&mut path, text);
    assert_eq!(encode::unpercent(&path), Some(format!("/{text}")));
}

/// A policy is JSON of one line, whatever the fields are.
fn policy(text: &str) {
    let mut policy = PostPolicy::new().content_length(0, u64::MAX);
    for line in text.lines().take(20) {
        policy = match line.split_once('=') {
            Some((field, value)) => policy.equals(field, value),
            None => policy.starts_with(line, text),
        };
    }
    let window = Window {
        start: 0,
        end: u64::MAX,
    };
    let fields = policy.sign(
        "b-1",
        Secret {
            id: "id",
            key: "key",
        },
        None,
        window,
    );
    let mut json = String::new();
    encode::push_json(&mut json, text);
    assert!(!json.chars().any(|c| c < ' '));
    assert_eq!(unescaped(&json).as_deref(), Some(text));
    let policy = fields.get("policy").unwrap_or_default();
    assert!(is_plain(policy) && policy.len().is_multiple_of(4));
}

/// The text of a JSON string with the escapes that coslink uses.
fn unescaped(json: &str) -> Option<String> {
    let mut chars = json.strip_prefix('"')?.strip_suffix('"')?.chars();
    let mut text = String::new();
    while let Some(c) = chars.next() {
        match (c, if c == '\\' { chars.next()? } else { c }) {
            ('"', _) => return None,
            ('\\', 'u') => {
                let digits: String = chars.by_ref().take(4).collect();
                text.push(char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?);
            }
            (_, c) => text.push(c),
        }
    }
    Some(text)
}
