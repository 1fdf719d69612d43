//! Proxies: which of them a connection goes through, if any.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::wire::encode;

/// How a proxy is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// CONNECT in the clear.
    Http,
    /// CONNECT over TLS.
    Https,
    /// SOCKS5, which looks names up itself.
    #[cfg(feature = "socks")]
    Socks,
}

/// A proxy. Neither `Debug` nor `Display` shows who is let in.
#[derive(Clone)]
pub(crate) struct Proxy {
    pub(super) kind: Kind,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) login: Option<Login>,
}

/// Who is let in, decoded.
#[derive(Clone)]
pub(super) struct Login {
    pub(super) user: Zeroizing<String>,
    pub(super) password: Zeroizing<String>,
}

impl Proxy {
    /// The proxy of a URL; the error says what is wrong with that and has nothing of it.
    pub(crate) fn parse(url: &str) -> std::result::Result<Self, &'static str> {
        let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
        let (kind, usual) = match scheme.to_ascii_lowercase().as_str() {
            "http" => (Kind::Http, 1080),
            "https" => (Kind::Https, 443),
            #[cfg(feature = "socks")]
            "socks5" | "socks5h" => (Kind::Socks, 1080),
            #[cfg(not(feature = "socks"))]
            "socks5" | "socks5h" => return Err("SOCKS needs the feature `socks` of coslink"),
            _ => return Err("its scheme is not http or https"),
        };
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        let (login, address) = match authority.rsplit_once('@') {
            Some((login, address)) => (Some(Login::parse(login)?), address),
            None => (None, authority),
        };
        let (host, port) = split_port(address).ok_or("its address is not HOST or HOST:PORT")?;
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:".contains(&byte);
        if host.is_empty() || !host.bytes().all(is_plain) {
            return Err("its host is missing or has a character that no host has");
        }
        let port = match port {
            Some(port) => port.parse().ok().filter(|port| *port > 0),
            None => Some(usual),
        };
        Ok(Self {
            kind,
            host: host.to_owned(),
            port: port.ok_or("its port is not 1 to 65535")?,
            login,
        })
    }
}

impl Login {
    fn parse(text: &str) -> std::result::Result<Self, &'static str> {
        let (user, password) = text.split_once(':').unwrap_or((text, ""));
        let decode = |text: &str| encode::unpercent(text).map(Zeroizing::new);
        let why = "its user or password is not percent-encoded UTF-8";
        let (user, password) = (decode(user).ok_or(why)?, decode(password).ok_or(why)?);
        if user.contains(':') {
            return Err("its user has a colon");
        }
        Ok(Self { user, password })
    }
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&authority(&self.host, self.port))
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({:?} {self})", self.kind)
    }
}

/// `host:port`, with brackets where the host is an IPv6 address.
pub(super) fn authority(host: &str, port: u16) -> String {
    if host.contains(':') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    }
}

fn split_port(address: &str) -> Option<(&str, Option<&str>)> {
    let (host, rest) = match address.strip_prefix('[') {
        Some(rest) => rest.split_once(']').filter(|(host, _)| is_ip(host))?,
        None => address.split_at(address.find(':').unwrap_or(address.len())),
    };
    match rest {
        "" => Some((host, None)),
        _ => Some((host, Some(rest.strip_prefix(':')?))),
    }
}

fn is_ip(host: &str) -> bool {
    host.parse::<IpAddr>().is_ok()
}

/// The proxies of a client, and who is reached without them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Proxies {
    http: Option<Arc<Proxy>>,
    https: Option<Arc<Proxy>>,
    direct: Vec<String>,
}

impl Proxies {
    /// One for everything.
    pub(crate) fn all(proxy: Proxy) -> Self {
        let proxy = Some(Arc::new(proxy));
        Self {
            http: proxy.clone(),
            https: proxy,
            direct: Vec::new(),
        }
    }

    /// What `read` finds under the names that curl reads.
    pub(crate) fn from_env(read: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let first = |names: &[&str]| {
            let mut found = names.iter().filter_map(|name| {
                let value = Zeroizing::new(read(name)?);
                (!value.is_empty()).then(|| ((*name).to_owned(), value))
            });
            found.next()
        };
        let proxy = |names: &[&str]| match first(names) {
            None => Ok(None),
            Some((name, url)) => match Proxy::parse(&url) {
                Ok(proxy) => Ok(Some(Arc::new(proxy))),
                Err(why) => Err(Error::invalid("proxy_from_env", format!("{name}: {why}"))),
            },
        };
        let list = first(&["no_proxy", "NO_PROXY"]);
        Ok(Self {
            // HTTP_PROXY in capitals may come from the header of a CGI request.
            http: proxy(&["http_proxy", "all_proxy", "ALL_PROXY"])?,
            https: proxy(&["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"])?,
            direct: list.map_or(Vec::new(), |(_, list)| rules(&list)),
        })
    }

    /// The same with another list of who is reached without them.
    pub(crate) fn except(mut self, list: &str) -> Self {
        self.direct = rules(list);
        self
    }

    /// The proxy on the way to a host.
    pub(super) fn on_the_way(&self, host: &str, is_secure: bool) -> Option<&Proxy> {
        let proxy = if is_secure { &self.https } else { &self.http };
        proxy.as_deref().filter(|_| !self.is_direct(host))
    }

    /// Whether one of them is spoken to over TLS.
    pub(crate) fn has_secure(&self) -> bool {
        let mut all = self.http.iter().chain(&self.https);
        all.any(|proxy| proxy.kind == Kind::Https)
    }

    fn is_direct(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let address = host.parse::<IpAddr>().ok();
        self.direct.iter().any(|rule| match rule.as_str() {
            "*" => true,
            rule if address.is_some() => rule.parse().ok() == address,
            rule => host
                .strip_suffix(rule)
                .is_some_and(|before| before.is_empty() || before.ends_with('.')),
        })
    }
}

fn rules(list: &str) -> Vec<String> {
    let rules = list.split([',', ' ', '\t']).map(|rule| {
        let rule = rule.trim_start_matches("*.").trim_matches('.');
        let rule = rule.trim_start_matches('[').trim_end_matches(']');
        rule.to_ascii_lowercase()
    });
    rules.filter(|rule| !rule.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_read_as_curl_does() {
        let rows = [
            ("http://p.example:3128", Ok("Http p.example:3128 -")),
            ("HTTP://p.example:3128/", Ok("Http p.example:3128 -")),
            ("p.example", Ok("Http p.example:1080 -")),
            ("https://p.example", Ok("Https p.example:443 -")),
            ("http://[::1]:80", Ok("Http [::1]:80 -")),
            ("http://u:p@h:1", Ok("Http h:1 u p")),
            ("http://u@h:1", Ok("Http h:1 u ")),
            ("http://a%40b:%3A%25%2f@h:1", Ok("Http h:1 a@b :%/")),
            ("http://u:p@q@h:1", Ok("Http h:1 u p@q")),
            ("ftp://h:1", Err("its scheme")),
            ("http://", Err("its host")),
            ("http://h:0", Err("its port")),
            ("http://h:99999", Err("its port")),
            ("http://h:1/path", Err("its port")),
            ("http://h/path", Err("its host")),
            ("http://[h]:1", Err("its address")),
            ("http://u:%zz@h:1", Err("its user or password")),
            ("http://u%3a:p@h:1", Err("its user has")),
        ];
        for (url, expected) in rows {
            match (Proxy::parse(url), expected) {
                (Ok(proxy), Ok(expected)) => {
                    let login = proxy.login.as_ref().map_or("-".to_owned(), |login| {
                        format!("{} {}", *login.user, *login.password)
                    });
                    assert_eq!(format!("{:?} {proxy} {login}", proxy.kind), expected);
                }
                (Err(why), Err(expected)) => assert!(why.starts_with(expected), "{url}: {why}"),
                (found, _) => panic!("{url}: {found:?}"),
            }
        }
        let shown = format!("{:?}", Proxy::parse("http://USER:PASS@h:1"));
        assert!(!shown.contains("USER") && !shown.contains("PASS"));
    }

    #[test]
    fn who_is_reached_without_a_proxy() {
        let rows = [
            ("example.com", "example.com", true),
            ("example.com", "a.EXAMPLE.com.", true),
            (".example.com", "a.example.com", true),
            ("*.example.com", "a.example.com", true),
            ("example.com", "badexample.com", false),
            ("a.example.com", "example.com", false),
            ("x, 127.0.0.1 y", "127.0.0.1", true),
            ("0.0.1", "127.0.0.1", false),
            ("[::1]", "::1", true),
            ("*", "anything", true),
            ("", "anything", false),
            (",", "anything", false),
        ];
        let proxy = Proxy::parse("http://h:1").unwrap();
        for (list, host, expected) in rows {
            let proxies = Proxies::all(proxy.clone()).except(list);
            let is_direct = proxies.on_the_way(host, true).is_none();
            assert_eq!(is_direct, expected, "{list} {host}");
        }
    }

    #[test]
    fn the_environment_is_read_as_curl_does() {
        type Variables = &'static [(&'static str, &'static str)];
        let proxies = |variables: Variables| {
            let read = |name: &str| {
                let found = variables.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            };
            let proxies = Proxies::from_env(read).map_err(|error| error.to_string())?;
            Ok(["http://h.example", "https://h.example"].map(|url| {
                let way = proxies.on_the_way("h.example", url.starts_with("https"));
                way.map_or(String::new(), ToString::to_string)
            }))
        };
        let rows: [(Variables, [&str; 2]); 6] = [
            (&[], ["", ""]),
            (
                &[("http_proxy", "a:1"), ("https_proxy", "b:2")],
                ["a:1", "b:2"],
            ),
            (
                &[("HTTP_PROXY", "a:1"), ("HTTPS_PROXY", "b:2")],
                ["", "b:2"],
            ),
            (&[("ALL_PROXY", "a:1"), ("https_proxy", "")], ["a:1", "a:1"]),
            (
                &[("all_proxy", "a:1"), ("https_proxy", "b:2")],
                ["a:1", "b:2"],
            ),
            (&[("all_proxy", "a:1"), ("NO_PROXY", ".example")], ["", ""]),
        ];
        for (variables, expected) in rows {
            let expected: std::result::Result<_, String> = Ok(expected.map(str::to_owned));
            assert_eq!(proxies(variables), expected, "{variables:?}");
        }
        let error = proxies(&[("https_proxy", "odd://u:SECRET@h")]).unwrap_err();
        assert!(error.contains("https_proxy: its scheme"), "{error}");
        assert!(!error.contains("SECRET"));
    }
}
