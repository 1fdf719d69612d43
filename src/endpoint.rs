//! From names to a host, and from a request to a URL: the only place that spells one.

use std::borrow::Cow;
use std::net::Ipv6Addr;

use crate::error::{Error, Result};
use crate::wire::names::{check_bucket, check_region};
use crate::wire::{Pairs, encode};

/// How a client's buckets are reached.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    https: bool,
    /// `host:port` to connect to instead of the host that the Host header names.
    authority: Option<String>,
    site: Site,
    path_style: bool,
}

/// Which hosts a bucket has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Site {
    /// `<bucket>.cos.<region>.myqcloud.com`
    Standard,
    /// `<bucket>.cos.accelerate.myqcloud.com`
    Accelerate,
    /// `<bucket>.cos-internal.<region>.tencentcos.cn`
    Internal,
    /// A host of the user's, in which `{bucket}` and `{region}` stand for those.
    Domain(String),
}

impl Default for Endpoint {
    /// The service itself, over TLS.
    fn default() -> Self {
        Self {
            https: true,
            authority: None,
            site: Site::Standard,
            path_style: false,
        }
    }
}

impl Endpoint {
    /// Over TLS or in the clear.
    pub(crate) fn https(mut self, https: bool) -> Self {
        self.https = https;
        self
    }

    /// These hosts.
    pub(crate) fn site(mut self, site: Site) -> Result<Self> {
        if let Site::Domain(template) = &site {
            let host = template.replace("{bucket}", "b-1").replace("{region}", "r");
            check_host(&host, "domain")?;
        }
        self.site = site;
        Ok(self)
    }

    /// The bucket in the path instead of in the host.
    pub(crate) fn path_style(mut self, path_style: bool) -> Self {
        self.path_style = path_style;
        self
    }

    /// Connects to `http://host:port` or `https://host:port`, whatever the Host header says.
    pub(crate) fn connect_to(mut self, url: &str) -> Result<Self> {
        // It may hold a password or a signature by mistake, so it is not shown.
        let wrong = |why: &str| Error::invalid("endpoint", why);
        let (scheme, rest) = url
            .split_once("://")
            .ok_or_else(|| wrong("has no scheme"))?;
        self.https = match scheme {
            "https" => true,
            "http" => false,
            _ => return Err(wrong("is neither http nor https")),
        };
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        check_host(authority, "endpoint")?;
        self.authority = Some(authority.to_ascii_lowercase());
        Ok(self)
    }

    /// Whether the connection is encrypted.
    pub(crate) fn is_https(&self) -> bool {
        self.https
    }

    fn scheme(&self) -> &'static str {
        if self.https { "https" } else { "http" }
    }

    /// The URL of somebody else's making, as it is connected to: its scheme and target stay, and its
    /// host is what the Host header must say. The target and the host are returned beside it.
    pub(crate) fn given_url<'u>(&self, url: &'u str) -> Result<(Cow<'u, str>, String)> {
        // Such a URL is as good as a password, so it is not shown.
        let wrong = |why: &str| Error::invalid("url", why);
        let (scheme, rest) = url
            .split_once("://")
            .ok_or_else(|| wrong("has no scheme"))?;
        if !matches!(scheme, "http" | "https") {
            return Err(wrong("is neither http nor https"));
        }
        let end = rest.find('/').ok_or_else(|| wrong("has no path"))?;
        let (host, target) = rest.split_at(end);
        check_host(host, "url")?;
        if !target
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'#')
        {
            return Err(wrong("has a character that must be percent-encoded"));
        }
        let host = host.to_ascii_lowercase();
        match &self.authority {
            Some(authority) => {
                let url = format!("{}://{authority}{target}", self.scheme());
                Ok((Cow::Owned(url), host))
            }
            None => Ok((Cow::Borrowed(url), host)),
        }
    }
}

/// Refuses what is not a host name or an IP address, with or without a port.
fn check_host(host: &str, name: &str) -> Result<()> {
    let is_number = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    let is_port = |port: &str| is_number(port) && port.parse::<u16>().is_ok_and(|port| port > 0);
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b".-".contains(&byte);
    let (is_host, port) = match host.strip_prefix('[') {
        Some(rest) => {
            let (address, rest) = rest.split_once(']').unwrap_or_default();
            let port = rest.strip_prefix(':').or(rest.is_empty().then_some("80"));
            (address.parse::<Ipv6Addr>().is_ok(), port)
        }
        None => {
            let (name, port) = host.split_once(':').unwrap_or((host, "80"));
            (!name.is_empty() && name.bytes().all(is_name), Some(port))
        }
    };
    match port {
        Some(port) if is_host && is_port(port) => Ok(()),
        _ => Err(Error::invalid(name, "is no host, with or without a port")),
    }
}

/// A bucket's address: what is connected to, what the Host header says, and where keys begin.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    name: String,
    region: String,
    host: String,
    /// `/<bucket>` where the bucket stands in the path.
    prefix: String,
    scheme: &'static str,
    authority: String,
}

impl Place {
    /// The place of a bucket, `name` with its APPID.
    pub(crate) fn new(endpoint: &Endpoint, name: &str, region: &str) -> Result<Self> {
        check_bucket(name)?;
        check_region(region)?;
        let mut prefix = String::new();
        let host = match (&endpoint.site, endpoint.path_style) {
            (Site::Domain(template), path_style) => {
                if path_style {
                    prefix = format!("/{name}");
                }
                template
                    .replace("{bucket}", name)
                    .replace("{region}", region)
            }
            (_, true) => {
                prefix = format!("/{name}");
                match &endpoint.authority {
                    Some(authority) => authority.clone(),
                    None => format!("cos.{region}.myqcloud.com"),
                }
            }
            (Site::Standard, false) => format!("{name}.cos.{region}.myqcloud.com"),
            (Site::Accelerate, false) => format!("{name}.cos.accelerate.myqcloud.com"),
            (Site::Internal, false) => format!("{name}.cos-internal.{region}.tencentcos.cn"),
        };
        if endpoint.site == Site::Standard && !endpoint.path_style && host.len() > MAX_HOST {
            let why = format!("{host} is longer than {MAX_HOST} characters");
            return Err(Error::invalid("bucket", why));
        }
        Ok(Self::at(endpoint, name, region, host, prefix))
    }

    /// The place of the service itself, for operations that are on no bucket: of one region, or of
    /// all.
    pub(crate) fn service(endpoint: &Endpoint, region: Option<&str>) -> Result<Self> {
        let host = match region {
            Some(region) => {
                check_region(region)?;
                format!("cos.{region}.myqcloud.com")
            }
            None => "service.cos.myqcloud.com".to_owned(),
        };
        let region = region.unwrap_or_default();
        Ok(Self::at(endpoint, "", region, host, String::new()))
    }

    fn at(endpoint: &Endpoint, name: &str, region: &str, host: String, prefix: String) -> Self {
        let host = host.to_ascii_lowercase();
        let authority = endpoint.authority.clone().unwrap_or_else(|| host.clone());
        Self {
            name: name.to_owned(),
            region: region.to_owned(),
            host,
            prefix,
            scheme: endpoint.scheme(),
            authority,
        }
    }

    /// The same bucket at the other domain of the service; None where it has no host of the service.
    pub(crate) fn backup(&self) -> Option<Self> {
        let standard = format!("{}.cos.{}.myqcloud.com", self.name, self.region);
        if self.name.is_empty() || self.host != standard {
            return None;
        }
        let host = format!("{}.cos.{}.tencentcos.cn", self.name, self.region);
        let authority = match self.authority == self.host {
            true => host.clone(),
            false => self.authority.clone(),
        };
        Some(Self {
            host,
            authority,
            ..self.clone()
        })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn region(&self) -> &str {
        &self.region
    }

    /// What the Host header says, and what is signed.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// The path that is signed: decoded, with the bucket where it stands in it.
    pub(crate) fn signed_path(&self, key: Option<&str>) -> String {
        format!("{}/{}", self.prefix, key.unwrap_or_default())
    }

    /// The URL to connect to.
    pub(crate) fn url(&self, key: Option<&str>, query: &Pairs) -> String {
        self.spell(&self.authority, key, query.iter())
    }

    /// The URL to give away, of the bucket's own host.
    pub(crate) fn public_url<'a>(
        &self,
        key: Option<&str>,
        query: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> String {
        self.spell(&self.host, key, query)
    }

    /// Where an object is, without scheme, as the Node SDK's `Location` says it.
    pub(crate) fn location(&self, key: &str) -> String {
        let mut location = format!("{}{}", self.host, self.prefix);
        encode::push_path(&mut location, key);
        location
    }

    fn spell<'a>(
        &self,
        authority: &str,
        key: Option<&str>,
        query: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> String {
        let mut url = String::with_capacity(authority.len() + 64);
        url.push_str(self.scheme);
        url.push_str("://");
        url.push_str(authority);
        url.push_str(&self.prefix);
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
    fn only_hosts_of_the_service_have_a_backup() {
        let backup = |endpoint: Endpoint| {
            let place = Place::new(&endpoint, "b-125", "ap-guangzhou").unwrap();
            place.backup().map(|place| (place.host, place.authority))
        };
        let service = Endpoint::default;
        let host = "b-125.cos.ap-guangzhou.tencentcos.cn".to_owned();
        assert_eq!(backup(service()), Some((host.clone(), host.clone())));
        let through = service().connect_to("http://127.0.0.1:80").unwrap();
        assert_eq!(backup(through), Some((host, "127.0.0.1:80".to_owned())));
        let domain = Site::Domain("files.example.com".to_owned());
        for other in [Site::Accelerate, Site::Internal, domain] {
            assert_eq!(backup(service().site(other).unwrap()), None);
        }
        assert_eq!(backup(service().path_style(true)), None);
        let twice = Place::new(&service(), "b-125", "ap-guangzhou").unwrap();
        assert!(twice.backup().unwrap().backup().is_none());
    }

    #[test]
    fn names_that_cannot_be_are_refused_by_parameter() {
        let service = Endpoint::default();
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
            "http://h:0",
            "http://h:99999",
            "http://h:",
            "http://:80",
            "http://[::1",
            "http://[x]:80",
            "http://[a b",
            "http://[x\r\ny:80",
            "http://h:+80",
        ] {
            refused(Endpoint::default().connect_to(url), "endpoint");
        }
        for url in [
            "http://h",
            "http://h:1",
            "https://[::1]:443",
            "http://[::1]",
            "http://1.2.3.4:80/",
        ] {
            assert!(Endpoint::default().connect_to(url).is_ok(), "{url}");
        }
        assert!(place("examplebucket-1250000000", "ap-guangzhou").is_ok());
    }
}
