//! A request after its head was read: where it goes and what it says.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::encode::{decode, split_query};
use crate::reply::{Refusal, invalid_argument, no_such_bucket, refuse};

/// Whom a request addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// All buckets, or those of one region.
    Service { region: Option<String> },
    /// A bucket, and the region the host named (none when the host cannot name one).
    Bucket {
        name: String,
        region: Option<String>,
        /// Reached by the accelerate host.
        accelerated: bool,
    },
}

/// What hosts mean besides those of the service.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hosts {
    /// Custom domains and their buckets.
    pub(crate) domains: BTreeMap<String, String>,
    /// `cos.<region>` hosts take the bucket from the path.
    pub(crate) path_style: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// As sent.
    pub(crate) target: String,
    /// As sent, still encoded.
    pub(crate) path: String,
    /// As sent, still encoded.
    pub(crate) raw_query: String,
    /// Lower-case names; bytes as sent.
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    /// Decoded.
    pub(crate) query: Vec<(String, String)>,
    pub(crate) place: Place,
    /// Empty for calls on a bucket or the service.
    pub(crate) key: String,
    pub(crate) host: String,
    /// Came over TLS.
    pub(crate) secure: bool,
    /// Names the signature covers; filled by the verifier.
    pub(crate) signed_parameters: Vec<String>,
    /// The signature was good; filled by the verifier.
    pub(crate) signed: bool,
}

impl Request {
    /// Reads what can be read. The second value says what is wrong with the rest; the request is
    /// usable for the journal in any case.
    pub(crate) fn read(
        method: &str,
        target: &str,
        headers: Vec<(String, Vec<u8>)>,
        secure: bool,
        hosts: &Hosts,
    ) -> (Self, Result<(), Refusal>) {
        let (path, raw_query) = target.split_once('?').unwrap_or((target, ""));
        let mut request = Self {
            method: method.to_owned(),
            target: target.to_owned(),
            path: path.to_owned(),
            raw_query: raw_query.to_owned(),
            headers,
            query: Vec::new(),
            place: Place::Service { region: None },
            key: String::new(),
            host: String::new(),
            secure,
            signed_parameters: Vec::new(),
            signed: false,
        };
        let outcome = request.fill(hosts);
        (request, outcome)
    }

    fn fill(&mut self, hosts: &Hosts) -> Result<(), Refusal> {
        let bad_uri = |what: &str| {
            refuse(
                400,
                "InvalidURI",
                format!("Couldn't parse the URI: {what}."),
            )
        };
        let query =
            split_query(&self.raw_query).ok_or_else(|| bad_uri("bad escape in the query"))?;
        for (name, value) in query {
            let text = String::from_utf8(name)
                .ok()
                .zip(String::from_utf8(value).ok());
            self.query
                .push(text.ok_or_else(|| bad_uri("the query is not UTF-8"))?);
        }
        let path = self
            .path
            .strip_prefix('/')
            .ok_or_else(|| bad_uri("no absolute path"))?;
        let path = decode(path.as_bytes()).ok_or_else(|| bad_uri("bad escape in the path"))?;
        let path = String::from_utf8(path).map_err(|_| bad_uri("the path is not UTF-8"))?;
        let mut named = self.headers.iter().filter(|(name, _)| name == "host");
        let (Some((_, host)), None) = (named.next(), named.next()) else {
            return Err(refuse(
                400,
                "InvalidRequest",
                "One Host header is required.",
            ));
        };
        self.host = String::from_utf8_lossy(host.trim_ascii()).to_ascii_lowercase();
        (self.place, self.key) = locate(&self.host, path, hosts)?;
        check_key(&self.key)
    }

    /// The bytes of the first header of that name; an empty value counts as absent.
    pub(crate) fn header(&self, name: &str) -> Option<&[u8]> {
        let found = self.headers.iter().find(|(n, _)| n == name);
        found
            .map(|(_, value)| value.trim_ascii())
            .filter(|value| !value.is_empty())
    }

    /// As [`Request::header`], as text.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&str>, Refusal> {
        self.header(name)
            .map(std::str::from_utf8)
            .transpose()
            .map_err(|_| invalid_argument(format!("The header {name} is not text.")))
    }

    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    }

    /// A parameter whose empty value means that it was not given.
    pub(crate) fn filled(&self, name: &str) -> Option<&str> {
        self.parameter(name).filter(|value| !value.is_empty())
    }

    pub(crate) fn bucket(&self) -> &str {
        match &self.place {
            Place::Bucket { name, .. } => name,
            Place::Service { .. } => "",
        }
    }

    /// What `<Resource>` says.
    pub(crate) fn resource(&self) -> String {
        format!("{}/{}", self.host, self.key)
    }

    /// The declared body: its length, or chunked coding.
    pub(crate) fn framing(&self) -> Framing {
        if self.header("transfer-encoding").is_some() {
            return Framing::Chunked;
        }
        let length = self
            .header("content-length")
            .and_then(|v| std::str::from_utf8(v).ok());
        length
            .and_then(|text| text.parse().ok())
            .map_or(Framing::None, Framing::Length)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    None,
    Length(u64),
    Chunked,
}

/// Which bucket and key a host and a decoded path without its first "/" mean.
pub(crate) fn locate(host: &str, path: String, hosts: &Hosts) -> Result<(Place, String), Refusal> {
    let name = without_port(host);
    let bucket = |name: &str, region: Option<&str>, accelerated: bool| Place::Bucket {
        name: name.to_owned(),
        region: region.map(str::to_owned),
        accelerated,
    };
    if let Some(domain) = hosts.domains.get(name) {
        return Ok((bucket(domain, None, false), path));
    }
    if name == "localhost" || name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok() {
        return Ok(in_path(None, &path));
    }
    let root = [".myqcloud.com", ".tencentcos.cn"]
        .iter()
        .find_map(|root| name.strip_suffix(root));
    let labels = root.ok_or_else(no_such_bucket)?;
    let service = match labels.split_once('.') {
        Some(("service", "cos")) => Some(None),
        Some(("cos", region)) if !region.contains('.') => Some(Some(region)),
        _ => None,
    };
    if let Some(region) = service {
        if path.is_empty() || (hosts.path_style && region.is_some()) {
            return Ok(in_path(region, &path));
        }
        return Err(refuse(
            403,
            "PathStyleDomainForbidden",
            "The bucket you are attempting to access must be addressed using COS virtual-styled domain.",
        ));
    }
    let mut parts = labels.splitn(3, '.');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(name), Some("cos"), Some("accelerate")) => Ok((bucket(name, None, true), path)),
        (Some(name), Some("cos" | "cos-internal"), Some(region)) if !region.contains('.') => {
            Ok((bucket(name, Some(region), false), path))
        }
        _ => Err(no_such_bucket()),
    }
}

/// The bucket first in the path; the service without one.
fn in_path(region: Option<&str>, path: &str) -> (Place, String) {
    let region = region.map(str::to_owned);
    if path.is_empty() {
        return (Place::Service { region }, String::new());
    }
    let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
    let place = Place::Bucket {
        name: bucket.to_owned(),
        region,
        accelerated: false,
    };
    (place, key.to_owned())
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    }
}

pub(crate) fn check_key(key: &str) -> Result<(), Refusal> {
    if key.len() > 850 {
        return Err(refuse(
            400,
            "InvalidURI",
            "The key is longer than 850 bytes.",
        ));
    }
    if key.bytes().any(|byte| (24..=27).contains(&byte)) {
        return Err(refuse(
            400,
            "InvalidObjectName",
            "The key holds CAN, EM, SUB or ESC.",
        ));
    }
    Ok(())
}
