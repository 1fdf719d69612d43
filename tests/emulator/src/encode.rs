//! Percent-encoding as COS means it, and hexadecimal.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

const SIGNED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');
const LISTED: &AsciiSet = &SIGNED.remove(b'/');

/// RFC 3986 encoding with upper-case digits: everything but `A-Z a-z 0-9 - _ . ~`.
pub fn encode(bytes: &[u8]) -> String {
    percent_encode(bytes, SIGNED).to_string()
}

/// As [`encode`], but "/" stays: the form of keys in listings and in paths.
pub fn encode_path(bytes: &[u8]) -> String {
    percent_encode(bytes, LISTED).to_string()
}

/// Undoes percent-encoding once; `None` when an escape is not two hexadecimal digits.
pub fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.iter();
    while let Some(&byte) = rest.next() {
        if byte == b'%' {
            bytes.push(digit(rest.next())? * 16 + digit(rest.next())?);
        } else {
            bytes.push(byte);
        }
    }
    Some(bytes)
}

/// As [`decode`] for a query: "+" is a space there.
pub fn decode_query(text: &[u8]) -> Option<Vec<u8>> {
    let spaced: Vec<u8> = text
        .iter()
        .map(|&b| if b == b'+' { b' ' } else { b })
        .collect();
    decode(&spaced)
}

/// A query string split at "&" and "=", each side decoded; a name without "=" has an empty value.
pub fn split_query(query: &str) -> Option<Vec<(Vec<u8>, Vec<u8>)>> {
    query
        .split('&')
        .filter(|piece| !piece.is_empty())
        .map(|piece| {
            let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
            Some((
                decode_query(name.as_bytes())?,
                decode_query(value.as_bytes())?,
            ))
        })
        .collect()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

fn digit(byte: Option<&u8>) -> Option<u8> {
    char::from(*byte?)
        .to_digit(16)
        .and_then(|d| u8::try_from(d).ok())
}
