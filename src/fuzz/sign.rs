//! What is signed, and the URL that it is sent to.

use crate::endpoint::{Endpoint, Place};
use crate::wire::sign::{Secret, Subject, Window, is_signed};
use crate::wire::{Method, Pairs, encode, names};

/// A method, a key, and lines that begin with `?` for query parameters or with anything else for
/// headers. All of it is percent-decoded first, so that it can have any characters.
pub fn sign(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut lines = text.lines();
    let method = match lines.next() {
        Some("PUT") => Method::Put,
        Some("POST") => Method::Post,
        Some("HEAD") => Method::Head,
        Some("DELETE") => Method::Delete,
        _ => Method::Get,
    };
    let key = decoded(lines.next().unwrap_or_default());
    let (mut query, mut headers) = (Vec::new(), Vec::new());
    for line in lines.take(40) {
        let pair = |line: &str| {
            let (name, value) = line.split_once(['=', ':']).unwrap_or((line, ""));
            (decoded(name), decoded(value))
        };
        match line.strip_prefix('?') {
            Some(rest) => query.push(pair(rest)),
            None => headers.push(pair(line)),
        }
    }
    signature(method, &key, &query, &headers);
    url(&key, &query);
}

fn decoded(text: &str) -> String {
    encode::unpercent(text).unwrap_or_else(|| text.to_owned())
}

type Owned = Vec<(String, String)>;

fn pairs<'a>(owned: impl Iterator<Item = &'a (String, String)>) -> Pairs {
    let mut pairs = Pairs::new();
    for (name, value) in owned {
        pairs.push(name.clone(), value.as_str());
    }
    pairs
}

fn signature(method: Method, key: &str, query: &Owned, headers: &Owned) {
    let path = format!("/{key}");
    let secret = Secret {
        id: "AKIDcoslinkVectorId0123456789abcdef",
        key: "coslinkVectorKey",
    };
    let window = Window {
        start: 1_700_000_000,
        end: 1_700_003_600,
    };
    let sign = |query: &Pairs, headers: &Pairs| {
        let subject = Subject {
            method,
            path: &path,
            query,
            headers,
        };
        crate::wire::sign::sign(subject, secret, window)
    };
    let (query_pairs, header_pairs) = (pairs(query.iter()), pairs(headers.iter()));
    let signed = sign(&query_pairs, &header_pairs);
    let authorization = signed.authorization();
    assert!(
        authorization.bytes().all(|byte| byte.is_ascii_graphic()),
        "{authorization}"
    );
    let turned = sign(&pairs(query.iter().rev()), &pairs(headers.iter().rev()));
    assert_eq!(turned.authorization(), authorization, "the order matters");

    let fields = signed.query();
    let of = |wanted: &str| {
        fields
            .iter()
            .find(|(name, _)| *name == wanted)
            .map(|(_, v)| *v)
    };
    let is_there = headers.iter().filter(|(name, _)| is_signed(name));
    assert_eq!(listed(of("q-header-list")), lower(is_there.clone()));
    assert_eq!(listed(of("q-url-param-list")), lower(query.iter()));
    assert_eq!(of("q-signature").map(str::len), Some(40));

    // Whatever is covered cannot be changed.
    if let Some((name, value)) = query.first() {
        let mut other = query.clone();
        other[0] = (name.clone(), format!("{value}x"));
        let other = sign(&pairs(other.iter()), &header_pairs);
        assert_ne!(other.authorization(), authorization);
    }
    if let Some((name, value)) = is_there.clone().next() {
        let mut other = headers.clone();
        other.push((name.clone(), value.clone()));
        let other = sign(&query_pairs, &pairs(other.iter()));
        assert_ne!(other.authorization(), authorization);
    }
}

/// The names of a list of the signature, decoded and in order.
fn listed(list: Option<&str>) -> Vec<String> {
    let Some(list) = list.filter(|list| !list.is_empty()) else {
        return Vec::new();
    };
    let mut names: Vec<String> = list.split(';').map(decoded).collect();
    names.sort();
    names
}

fn lower<'a>(pairs: impl Iterator<Item = &'a (String, String)>) -> Vec<String> {
    let mut names: Vec<String> = pairs.map(|(name, _)| name.to_ascii_lowercase()).collect();
    names.sort();
    // A list of one empty name looks like an empty list.
    if names.len() == 1 && names[0].is_empty() {
        Vec::new()
    } else {
        names
    }
}

/// The URL has what was given, and no step up that a proxy might take.
fn url(key: &str, query: &Owned) {
    let place = Place::new(
        &Endpoint::default(),
        "examplebucket-1250000000",
        "ap-guangzhou",
    );
    let Ok(place) = place else {
        panic!("the documented bucket is refused");
    };
    let url = place.url(Some(key), &pairs(query.iter()));
    assert!(
        url.bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'#'),
        "{url}"
    );
    let host = format!("https://{}", place.host());
    let target = url.strip_prefix(&host).unwrap_or_default();
    let (path, sent) = target.split_once('?').unwrap_or((target, ""));
    assert_eq!(decoded(path), format!("/{key}"));
    if names::check_key(key).is_ok() {
        assert!(
            !path.split('/').any(|step| step == "." || step == ".."),
            "{path}"
        );
    }
    let sent: Owned = sent
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect();
    assert_eq!(&sent, query);
}
