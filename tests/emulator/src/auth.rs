//! The signature, checked backwards from the bytes on the wire.
//!
//! Nothing here looks at a decoded request: the path is decoded once, the query is split and
//! decoded, names are lower-cased, header values are taken as they came. What a client encoded
//! wrongly therefore does not match, and [`Failure::Mismatch`] carries both canonical texts.

use ring::{digest, hmac};

use crate::encode::{decode, encode, hex, split_query};

/// A request as it stood on the wire.
#[derive(Debug, Clone, Copy)]
pub struct Wire<'a> {
    /// The method.
    pub method: &'a str,
    /// The path, still percent-encoded.
    pub path: &'a str,
    /// The query without its "?", still encoded.
    pub query: &'a str,
    /// The headers: name and bytes of the value.
    pub headers: &'a [(String, Vec<u8>)],
}

/// Who may sign.
#[derive(Debug, Clone)]
pub struct Account {
    /// `q-ak`.
    pub secret_id: String,
    /// The secret that keys the signature.
    pub secret_key: String,
    /// The security token a temporary key must be accompanied by.
    pub token: Option<String>,
}

/// What a good signature covered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// `q-header-list`.
    pub headers: Vec<String>,
    /// `q-url-param-list`.
    pub parameters: Vec<String>,
}

/// Why a request is not let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// There is no signature at all.
    Anonymous,
    /// The signature's fields are not as documented.
    Malformed(String),
    /// The window has passed.
    Expired,
    /// The window has not begun.
    NotYet,
    /// Another `q-ak`, or a temporary key without its token.
    UnknownId,
    /// Not the token that belongs to the key.
    Token,
    /// The signature is another one.
    Mismatch {
        /// The text this side signed.
        string_to_sign: String,
        /// The canonical request this side derived from the wire.
        http_string: String,
    },
}

const FIELDS: [&str; 7] = [
    "q-sign-algorithm",
    "q-ak",
    "q-sign-time",
    "q-key-time",
    "q-header-list",
    "q-url-param-list",
    "q-signature",
];

/// True for the query names that carry a signature and are never signed themselves.
pub fn carries_signature(name: &str) -> bool {
    name == "sign" || FIELDS.contains(&name)
}

/// Checks the signature of `wire` at the time `now` (unix seconds).
pub fn verify(wire: &Wire<'_>, account: &Account, now: i64) -> Result<Signed, Failure> {
    let query = split_query(wire.query)
        .ok_or_else(|| Failure::Malformed("the query has a bad escape".into()))?;
    let fields = Fields::find(wire, &query)?;
    if fields.algorithm != "sha1" {
        return malformed("q-sign-algorithm must be sha1");
    }
    if fields.sign_time != fields.key_time {
        return malformed("q-sign-time and q-key-time differ");
    }
    let Some((start, end)) = window(&fields.key_time) else {
        return malformed("q-key-time is not <start>;<end>");
    };
    if fields.id != account.secret_id {
        return Err(Failure::UnknownId);
    }
    check_token(wire, &query, account)?;
    if now < start {
        return Err(Failure::NotYet);
    }
    if now > end {
        return Err(Failure::Expired);
    }
    let headers = names(&fields.header_list, "q-header-list")?;
    let parameters = names(&fields.parameter_list, "q-url-param-list")?;

    let mut canonical = wire.method.to_ascii_lowercase().into_bytes();
    canonical.push(b'\n');
    canonical.extend(
        decode(wire.path.as_bytes())
            .ok_or_else(|| Failure::Malformed("the path has a bad escape".into()))?,
    );
    canonical.push(b'\n');
    canonical.extend(pairs(&parameters, &signable_parameters(&query))?);
    canonical.push(b'\n');
    canonical.extend(pairs(&headers, &signable_headers(wire.headers))?);
    canonical.push(b'\n');

    let string_to_sign = format!(
        "sha1\n{}\n{}\n",
        fields.key_time,
        hex(digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &canonical).as_ref())
    );
    let sign_key = keyed(account.secret_key.as_bytes(), &fields.key_time);
    if keyed(sign_key.as_bytes(), &string_to_sign) == fields.signature {
        return Ok(Signed {
            headers,
            parameters,
        });
    }
    Err(Failure::Mismatch {
        string_to_sign,
        http_string: String::from_utf8_lossy(&canonical).into_owned(),
    })
}

/// The signature fields of a form.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FormSignature<'a> {
    /// The policy's text, decoded.
    pub(crate) policy: &'a str,
    pub(crate) algorithm: &'a str,
    pub(crate) id: &'a str,
    pub(crate) key_time: &'a str,
    pub(crate) signature: &'a str,
    pub(crate) token: Option<&'a str>,
}

/// Checks the signature of a form's policy at the time `now` (unix seconds).
pub(crate) fn verify_form(
    form: &FormSignature<'_>,
    account: &Account,
    now: i64,
) -> Result<(), Failure> {
    if form.algorithm != "sha1" {
        return malformed("q-sign-algorithm must be sha1");
    }
    let Some((start, end)) = window(form.key_time) else {
        return malformed("q-key-time is not <start>;<end>");
    };
    if form.id != account.secret_id {
        return Err(Failure::UnknownId);
    }
    match_token(account, form.token.map(str::as_bytes))?;
    if now > end {
        return Err(Failure::Expired);
    }
    if now < start {
        return Err(Failure::NotYet);
    }
    let hash = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, form.policy.as_bytes());
    let string_to_sign = hex(hash.as_ref());
    let sign_key = keyed(account.secret_key.as_bytes(), form.key_time);
    if keyed(sign_key.as_bytes(), &string_to_sign) == form.signature {
        return Ok(());
    }
    Err(Failure::Mismatch {
        string_to_sign,
        http_string: form.policy.to_owned(),
    })
}

type Pair = (Vec<u8>, Vec<u8>);

struct Fields {
    algorithm: String,
    id: String,
    sign_time: String,
    key_time: String,
    header_list: String,
    parameter_list: String,
    signature: String,
}

impl Fields {
    fn find(wire: &Wire<'_>, query: &[Pair]) -> Result<Self, Failure> {
        let mut places: Vec<Vec<Pair>> = Vec::new();
        for (name, value) in wire.headers {
            if name.eq_ignore_ascii_case("authorization") {
                places.push(split_header(value));
            }
        }
        let merged = query.iter().filter(|(name, _)| name == b"sign");
        places.extend(merged.map(|(_, value)| split_header(value)));
        if query
            .iter()
            .any(|(name, _)| FIELDS.iter().any(|field| field.as_bytes() == name))
        {
            places.push(query.iter().map(respell_list).collect());
        }
        match places.as_slice() {
            [] => Err(Failure::Anonymous),
            [place] => Self::read(place),
            _ => malformed("the request is signed twice"),
        }
    }

    fn read(place: &[Pair]) -> Result<Self, Failure> {
        let mut values = Vec::with_capacity(FIELDS.len());
        for field in FIELDS {
            let mut found = place.iter().filter(|(name, _)| name == field.as_bytes());
            let (Some((_, value)), None) = (found.next(), found.next()) else {
                return malformed(&format!("{field} must be given once"));
            };
            let Ok(text) = String::from_utf8(value.clone()) else {
                return malformed(&format!("{field} is not text"));
            };
            values.push(text);
        }
        let mut values = values.into_iter();
        let mut next = || values.next().unwrap_or_default();
        Ok(Self {
            algorithm: next(),
            id: next(),
            sign_time: next(),
            key_time: next(),
            header_list: next(),
            parameter_list: next(),
            signature: next(),
        })
    }
}

/// Node writes the names of a presigned URL's list encoded once only, so that decoding the query
/// leaves them plain; the others encode them twice. Plain names are encoded here.
fn respell_list((name, value): &Pair) -> Pair {
    let spelled = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.~%;".contains(byte);
    if name != b"q-url-param-list" || value.iter().all(spelled) {
        return (name.clone(), value.clone());
    }
    let items: Vec<String> = value
        .split(|&b| b == b';')
        .map(|item| encode(item).to_ascii_lowercase())
        .collect();
    (name.clone(), items.join(";").into_bytes())
}

/// The header form is not percent-decoded: its values are plain.
fn split_header(value: &[u8]) -> Vec<Pair> {
    value
        .trim_ascii()
        .split(|&byte| byte == b'&')
        .map(|piece| {
            let mut halves = piece.splitn(2, |&byte| byte == b'=');
            let name = halves.next().unwrap_or_default().to_vec();
            (name, halves.next().unwrap_or_default().to_vec())
        })
        .collect()
}

fn check_token(wire: &Wire<'_>, query: &[Pair], account: &Account) -> Result<(), Failure> {
    let name = "x-cos-security-token";
    let header = wire
        .headers
        .iter()
        .find(|(n, _)| n.eq_ignore_ascii_case(name));
    let parameter = query
        .iter()
        .find(|(n, _)| n.eq_ignore_ascii_case(name.as_bytes()));
    let sent = header
        .map(|(_, v)| v.trim_ascii())
        .or(parameter.map(|(_, v)| v.as_slice()));
    match_token(account, sent)
}

fn match_token(account: &Account, sent: Option<&[u8]>) -> Result<(), Failure> {
    match (&account.token, sent.filter(|token| !token.is_empty())) {
        (None, None) => Ok(()),
        (Some(_), None) => Err(Failure::UnknownId),
        (Some(expected), Some(sent)) if expected.as_bytes() == sent => Ok(()),
        _ => Err(Failure::Token),
    }
}

fn window(text: &str) -> Option<(i64, i64)> {
    let (start, end) = text.split_once(';')?;
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if !digits(start) || !digits(end) {
        return None;
    }
    let (start, end) = (start.parse().ok()?, end.parse().ok()?);
    (start <= end).then_some((start, end))
}

/// The names of a list, which must ascend: that refuses unsorted and repeated names.
fn names(list: &str, what: &str) -> Result<Vec<String>, Failure> {
    if list.is_empty() {
        return Ok(Vec::new());
    }
    let names: Vec<String> = list.split(';').map(str::to_owned).collect();
    if names
        .iter()
        .any(|name| name.is_empty() || name.bytes().any(|b| b.is_ascii_uppercase()))
    {
        return malformed(&format!("{what} has an empty or upper-case name"));
    }
    if names.windows(2).any(|two| two[0] >= two[1]) {
        return malformed(&format!("{what} is not sorted or names something twice"));
    }
    Ok(names)
}

fn signable_parameters(query: &[Pair]) -> Vec<(String, String)> {
    query
        .iter()
        .map(|(name, value)| (encode(name).to_ascii_lowercase(), encode(value)))
        .filter(|(name, _)| !carries_signature(name))
        .collect()
}

fn signable_headers(headers: &[(String, Vec<u8>)]) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(n, v)| {
            (
                encode(n.as_bytes()).to_ascii_lowercase(),
                encode(v.trim_ascii()),
            )
        })
        .collect()
}

fn pairs(listed: &[String], present: &[(String, String)]) -> Result<Vec<u8>, Failure> {
    let mut text = Vec::new();
    for name in listed {
        let mut found = present.iter().filter(|(n, _)| n == name);
        let value = match (found.next(), found.next()) {
            (Some((_, value)), None) => value,
            (None, _) => return malformed(&format!("{name} is signed but was not sent")),
            _ => return malformed(&format!("{name} is signed but was sent twice")),
        };
        if !text.is_empty() {
            text.push(b'&');
        }
        text.extend_from_slice(format!("{name}={value}").as_bytes());
    }
    Ok(text)
}

fn keyed(key: &[u8], message: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key);
    hex(hmac::sign(&key, message.as_bytes()).as_ref())
}

fn malformed<T>(what: &str) -> Result<T, Failure> {
    Err(Failure::Malformed(what.to_owned()))
}
