//! From names to a host, and from a request to a URL: the only place that spells one.

use crate::error::{Error, Result};
use crate::wire::names::{check_bucket, check_region};
use crate::wire::{Pairs, encode};

/// Where a client connects.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    https: bool,
    /// `host:port` to connect to instead of the bucket's own host.
    authority: Option<String>,
}

impl Endpoint {
    /// The service itself, over TLS or in the clear.
    pub(crate) fn service(https: bool) -> Self {
        Self {
            https,
            authority: None,
        }
    }

    /// The server at this address: `http://host:port` or `https://host:port`.
    pub(crate) fn parse(url: &str) -> Result<Self> {
        let wrong = |why: &str| Error::invalid("endpoint", format!("{url:?} {why}"));
        let (scheme, rest) = url
            .split_once("://")
            .ok_or_else(|| wrong("has no scheme"))?;
        let https = match scheme {
            "https" => true,
            "http" => false,
            _ => return Err(wrong("is neither http nor https")),
        };
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
        if authority.is_empty() || !authority.bytes().all(is_plain) {
            return Err(wrong("is not scheme://host:port"));
        }
        Ok(Self {
            https,
            authority: Some(authority.to_ascii_lowercase()),
        })
    }

    /// Whether the connection is encrypted.
    pub(crate) fn is_https(&self) -> bool {
        self.https
    }
}

/// A bucket's address: what is connected to, and what the Host header says.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    name: String,
    host: String,
    base: String,
}

impl Place {
    /// The place of a bucket, `name` with its APPID.
    pub(crate) fn new(endpoint: &Endpoint, name: &str, region: &str) -> Result<Self> {
        check_bucket(name)?;
        check_region(region)?;
        let host = format!("{name}.cos.{region}.myqcloud.com");
        if host.len() > MAX_HOST {
            let why = format!("{host} is longer than {MAX_HOST} characters");
            return Err(Error::invalid("bucket", why));
        }
        let scheme = if endpoint.https { "https" } else { "http" };
        let authority = endpoint.authority.as_ref().unwrap_or(&host);
        let base = format!("{scheme}://{authority}");
        Ok(Self {
            name: name.to_owned(),
            host,
            base,
        })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// What the Host header says, and what is signed.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// The URL to connect to.
    pub(crate) fn url(&self, key: Option<&str>, query: &Pairs) -> String {
        spell(&self.base, key, query.iter())
    }

    /// The URL to give away, of the bucket's own host.
    pub(crate) fn public_url<'a>(
        &self,
        key: Option<&str>,
        query: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> String {
        let scheme = if self.base.starts_with("https:") {
            "https"
        } else {
            "http"
        };
        spell(&format!("{scheme}://{}", self.host), key, query)
    }

    /// Where an object is, without scheme, as the Node SDK's `Location` says it.
    pub(crate) fn location(&self, key: &str) -> String {
        let mut location = self.host.clone();
        encode::push_path(&mut location, key);
        location
    }
}

fn spell<'a>(
    base: &str,
    key: Option<&str>,
    query: impl Iterator<Item = (&'a str, &'a str)>,
) -> String {
    let mut url = String::with_capacity(base.len() + 64);
    url.push_str(base);
    match key {
        Some(key) => encode::push_path(&mut url, key),
        None => url.push('/'),
    }
    let mut query = query.peekable();
    if query.peek().is_some() {
        url.push('?');
        encode::push_query(&mut url, query);
    }
    url
}

/// The longest host name that COS takes (bucket overview, API page 13312).
const MAX_HOST: usize = 60;

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
    fn names_that_cannot_be_are_refused_by_parameter() {
        let service = Endpoint::service(true);
        let place = |name: &str, region: &str| Place::new(&service, name, region);
        for name in [
            "",
            "bucket",
            "bucket-",
            "-1250000000",
            "Bucket-1250000000",
            "a_b-125",
            "a.b-1",
        ] {
            refused(place(name, "ap-guangzhou"), "bucket");
        }
        refused(
            place(&format!("{}-1250000000", "a".repeat(40)), "ap-guangzhou"),
            "bucket",
        );
        for region in [
            "",
            "ap.guangzhou",
            "https://ap-guangzhou",
            "cos.ap-guangzhou",
            "AP-X",
        ] {
            refused(place("examplebucket-1250000000", region), "region");
        }
        for url in [
            "127.0.0.1",
            "ftp://a",
            "http://",
            "http://a/b",
            "http://a b",
            "http://u@h",
        ] {
            refused(Endpoint::parse(url), "endpoint");
        }
        assert!(place("examplebucket-1250000000", "ap-guangzhou").is_ok());
    }
}
