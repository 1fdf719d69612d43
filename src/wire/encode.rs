//! Percent-encoding, base64 and hex: the tables and nothing else.

/// The characters that RFC 3986 calls unreserved; every other byte becomes `%XX`.
fn is_unreserved(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~')
}

const UPPER: &[u8; 16] = b"0123456789ABCDEF";
const LOWER: &[u8; 16] = b"0123456789abcdef";

fn push_escaped(out: &mut String, byte: u8) {
    out.push('%');
    out.push(char::from(UPPER[usize::from(byte >> 4)]));
    out.push(char::from(UPPER[usize::from(byte & 15)]));
}

/// Percent-encodes a name or value of a query or a signature.
pub(crate) fn percent(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    push_percent(&mut out, text);
    out
}

/// Appends the percent-encoded text.
pub(crate) fn push_percent(out: &mut String, text: &str) {
    let mut done = 0;
    for (at, special) in text.match_indices(|c| !is_unreserved(c)) {
        out.push_str(&text[done..at]);
        special.bytes().for_each(|byte| push_escaped(out, byte));
        done = at + special.len();
    }
    out.push_str(&text[done..]);
}

/// Appends the path of a key: `/` and the encoded key, in which `/` stays.
///
/// The slash beside a `.` or `..` segment is escaped, so that no proxy on the way takes the segment
/// for a relative path; the service decodes it to the same key. Keys of nothing but dots and
/// slashes cannot be protected so and are refused before they come here.
pub(crate) fn push_path(out: &mut String, key: &str) {
    out.push('/');
    let mut segments = key.split('/').peekable();
    while let Some(segment) = segments.next() {
        push_percent(out, segment);
        let Some(next) = segments.peek() else { return };
        let next_is_last_and_relative = is_relative(next) && segments.clone().nth(1).is_none();
        if is_relative(segment) || next_is_last_and_relative {
            out.push_str("%2F");
        } else {
            out.push('/');
        }
    }
}

fn is_relative(segment: &str) -> bool {
    matches!(segment, "." | "..")
}

/// Undoes percent-encoding once; None when an escape is broken or the result is not UTF-8. A plus
/// sign stays a plus sign.
pub(crate) fn unpercent(text: &str) -> Option<String> {
    if !text.contains('%') {
        return Some(text.to_owned());
    }
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let (high, low) = (hex_digit(bytes.next()?)?, hex_digit(bytes.next()?)?);
            out.push(high << 4 | low);
        } else {
            out.push(byte);
        }
    }
    String::from_utf8(out).ok()
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        out.push(char::from(LOWER[usize::from(byte >> 4)]));
        out.push(char::from(LOWER[usize::from(byte & 15)]));
    }
    out
}

/// Base64 with padding.
pub(crate) fn base64(bytes: &[u8]) -> String {
    const TABLE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let group = chunk
            .iter()
            .fold(0, |sum, &byte| sum << 8 | u32::from(byte));
        let group = group << (8 * (3 - chunk.len()));
        for place in 0..4 {
            if place <= chunk.len() {
                let index = group >> (18 - 6 * place) & 63;
                out.push(char::from(TABLE[index as usize]));
            } else {
                out.push('=');
            }
        }
    }
    out
}

/// Appends the text as a JSON string.
pub(crate) fn push_json(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
}

/// Appends `name=value&…` with every name and value percent-encoded. A sub-resource keeps its `=`,
/// as it does in the signature.
pub(crate) fn push_query<'a>(
    out: &mut String,
    pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
) {
    for (index, (name, value)) in pairs.into_iter().enumerate() {
        if index > 0 {
            out.push('&');
        }
        push_percent(out, name);
        out.push('=');
        push_percent(out, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_keep_slashes_and_protect_relative_segments() {
        let rows = [
            ("a/b", "/a/b"),
            ("/a", "//a"),
            ("a//b", "/a//b"),
            ("dir/", "/dir/"),
            ("a b+c%?#~", "/a%20b%2Bc%25%3F%23~"),
            ("!'()*", "/%21%27%28%29%2A"),
            ("腾讯", "/%E8%85%BE%E8%AE%AF"),
            ("./b", "/.%2Fb"),
            ("a/../b", "/a/..%2Fb"),
            ("a/..", "/a%2F.."),
            ("a/./..", "/a/.%2F.."),
            ("a/b/../.", "/a/b/..%2F."),
            ("..a/b..", "/..a/b.."),
        ];
        for (key, expected) in rows {
            let mut path = String::new();
            push_path(&mut path, key);
            assert_eq!(path, expected, "{key}");
            assert_eq!(
                unpercent(&path).as_deref(),
                Some(format!("/{key}").as_str())
            );
        }
    }

    #[test]
    fn broken_escapes_are_refused() {
        for text in ["%", "%2", "%zz", "%ff", "a%+1"] {
            assert_eq!(unpercent(text), None, "{text}");
        }
        assert_eq!(unpercent("a+b%2B").as_deref(), Some("a+b+"));
    }

    #[test]
    fn json_strings_cannot_be_left() {
        let mut text = String::new();
        push_json(&mut text, "a\"b\\c\nd é");
        assert_eq!(text, r#""a\"b\\c\u000ad é""#);
    }

    #[test]
    fn base64_pads_like_rfc_4648() {
        let rows = [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
        ];
        for (text, expected) in rows {
            assert_eq!(base64(text.as_bytes()), expected);
        }
    }
}
