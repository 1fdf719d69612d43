//! Listings of keys that are made up: `list/00000000` and so on, or so many as `list-1000/` says.

use std::fmt::Write;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::http::Request;

/// What COS encodes for `encoding-type=url`.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b'/');
/// The most entries of a page.
const PAGE: usize = 1000;
const REST: &str = "<LastModified>2026-01-01T00:00:00.000Z</LastModified>\
    <ETag>&quot;9dd4e461268c8034f5c8564e155c67a6&quot;</ETag><Size>1</Size>\
    <Owner><ID>qcs::cam::uin/100000000001:uin/100000000001</ID>\
    <DisplayName>100000000001</DisplayName></Owner><StorageClass>STANDARD</StorageClass>";

pub(crate) fn escape(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('"', "&quot;")
}

/// How many keys there are with this prefix.
fn count_of(prefix: &str, standard: usize) -> usize {
    let name = prefix.trim_end_matches('/');
    match name.strip_prefix("list-").map(str::parse) {
        Some(Ok(count)) => count,
        _ if name == "list" => standard,
        _ => 0,
    }
}

/// The page that is asked for.
pub(crate) fn page(request: &Request, bucket: &str, standard: usize) -> String {
    let asked = |name| request.parameter(name).unwrap_or_default();
    let is_v2 = asked("list-type") == "2";
    let marker = match is_v2 {
        true => request
            .parameter("continuation-token")
            .unwrap_or(asked("start-after")),
        false => asked("marker"),
    };
    let prefix = asked("prefix");
    let spell = |text: &str| match asked("encoding-type") {
        "url" => utf8_percent_encode(text, ENCODED).to_string(),
        _ => escape(text),
    };
    let after = marker
        .strip_prefix(prefix)
        .and_then(|text| text.parse::<usize>().ok());
    let begin = after.map_or(0, |number| number + 1);
    let most = asked("max-keys").parse().unwrap_or(PAGE).clamp(1, PAGE);
    let end = count_of(prefix, standard).min(begin + most);
    let is_truncated = end < count_of(prefix, standard);
    let begin = begin.min(end);

    let spelled = spell(prefix);
    let mut text = String::with_capacity(512 + 352 * (end - begin));
    text.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n<ListBucketResult>");
    let mut element = |name: &str, value: &str| {
        // Writing to a String cannot fail.
        let _ = write!(text, "<{name}>{value}</{name}>");
    };
    element("Name", bucket);
    if let Some(kind) = request.parameter("encoding-type") {
        element("EncodingType", &escape(kind));
    }
    element("Prefix", &spelled);
    element("MaxKeys", &most.to_string());
    element("IsTruncated", &is_truncated.to_string());
    if is_v2 {
        element("KeyCount", &(end - begin).to_string());
    } else {
        element("Marker", &spell(marker));
    }
    if is_truncated {
        let last = format!("{prefix}{:08}", end - 1);
        match is_v2 {
            true => element("NextContinuationToken", &escape(&last)),
            false => element("NextMarker", &spell(&last)),
        }
    }
    for number in begin..end {
        let _ = write!(
            text,
            "<Contents><Key>{spelled}{number:08}</Key>{REST}</Contents>"
        );
    }
    text.push_str("</ListBucketResult>");
    text
}
