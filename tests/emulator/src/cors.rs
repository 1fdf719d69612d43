//! Cross-origin rules of a bucket, and OPTIONS, which asks for them.

use roxmltree::Node;

use crate::bucket::require_md5;
use crate::reply::{Document, Refusal, Reply, invalid_argument, no_such_bucket, refuse};
use crate::serve::Call;
use crate::xml::{children, content, malformed, parse, root};

const METHODS: [&str; 5] = ["GET", "PUT", "HEAD", "POST", "DELETE"];
const MOST_RULES: usize = 100;

/// One rule: who may ask for what from a page of another origin.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CorsRule {
    /// A name for people; may be empty.
    pub id: String,
    /// `https://www.example.com`; one `*` in each stands for anything.
    pub origins: Vec<String>,
    /// `GET`, `PUT`, `HEAD`, `POST`, `DELETE`.
    pub methods: Vec<String>,
    /// Names of request headers, in any case; one `*` in each stands for anything.
    pub headers: Vec<String>,
    /// Names of response headers that a page may read.
    pub expose: Vec<String>,
    /// How long the answer holds.
    pub max_age_seconds: Option<u32>,
}

impl CorsRule {
    fn allows(&self, origin: &str, method: &str, headers: &[&str]) -> bool {
        self.origins.iter().any(|pattern| fits(pattern, origin))
            && self.methods.iter().any(|allowed| allowed == method)
            && headers
                .iter()
                .all(|header| self.headers.iter().any(|pattern| fits(pattern, header)))
    }
}

/// Case matters nowhere: not in header names, and origins are schemes and hosts.
fn fits(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.to_ascii_lowercase(), text.to_ascii_lowercase());
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, end)) => {
            text.len() >= start.len() + end.len() && text.starts_with(start) && text.ends_with(end)
        }
    }
}

pub(crate) fn options(call: &Call<'_>) -> Result<Reply, Refusal> {
    let request = call.request;
    let needed = |name: &str| {
        request
            .text(name)?
            .ok_or_else(|| invalid_argument(format!("OPTIONS needs the header {name}.")))
    };
    let origin = needed("origin")?;
    let method = needed("access-control-request-method")?;
    let headers: Vec<&str> = request
        .text("access-control-request-headers")?
        .unwrap_or("")
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .collect();
    let buckets = call.shared.store.lock();
    let bucket = buckets.get(request.bucket()).ok_or_else(no_such_bucket)?;
    let rule = bucket
        .cors
        .iter()
        .find(|rule| rule.allows(origin, method, &headers));
    let Some(rule) = rule else {
        return Err(refuse(
            403,
            "AccessForbidden",
            "CORSResponse: This CORS request is not allowed.",
        ));
    };
    let open = rule.origins.iter().any(|pattern| pattern == "*");
    let mut reply = Reply::new(200)
        .with(
            "Access-Control-Allow-Origin",
            if open { "*" } else { origin },
        )
        .with("Access-Control-Allow-Methods", rule.methods.join(","));
    for (name, values) in [
        ("Access-Control-Allow-Headers", &rule.headers),
        ("Access-Control-Expose-Headers", &rule.expose),
    ] {
        if !values.is_empty() {
            reply = reply.with(name, values.join(","));
        }
    }
    if let Some(seconds) = rule.max_age_seconds {
        reply = reply.with("Access-Control-Max-Age", seconds.to_string());
    }
    Ok(reply)
}

pub(crate) async fn put(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let body = call.body.text(256 * 1024).await?;
    require_md5(call.request, &body)?;
    let document = parse(&body)?;
    let mut rules = Vec::new();
    for child in children(root(&document, "CORSConfiguration")?) {
        match child.tag_name().name() {
            "CORSRule" => rules.push(read(child)?),
            "ResponseVary" => {}
            _ => return Err(malformed()),
        }
    }
    if rules.is_empty() || rules.len() > MOST_RULES {
        return Err(malformed());
    }
    let mut buckets = call.shared.store.lock();
    let bucket = buckets
        .get_mut(call.request.bucket())
        .ok_or_else(no_such_bucket)?;
    bucket.cors = rules;
    Ok(Reply::new(200))
}

fn read(node: Node<'_, '_>) -> Result<CorsRule, Refusal> {
    let mut rule = CorsRule::default();
    for child in children(node) {
        let text = content(child)?.trim().to_owned();
        match child.tag_name().name() {
            "ID" => rule.id = text,
            "AllowedOrigin" => rule.origins.push(text),
            "AllowedMethod" => rule.methods.push(text),
            "AllowedHeader" => rule.headers.push(text),
            "ExposeHeader" => rule.expose.push(text),
            "MaxAgeSeconds" => {
                rule.max_age_seconds = Some(text.parse().map_err(|_| malformed())?);
            }
            _ => return Err(malformed()),
        }
    }
    let known = |method: &String| METHODS.contains(&method.as_str());
    let single = |pattern: &String| pattern.matches('*').count() <= 1;
    let good = !rule.origins.is_empty()
        && !rule.methods.is_empty()
        && rule.methods.iter().all(known)
        && rule.origins.iter().chain(&rule.headers).all(single);
    if good { Ok(rule) } else { Err(malformed()) }
}

pub(crate) fn get(call: &Call<'_>) -> Result<Reply, Refusal> {
    let buckets = call.shared.store.lock();
    let bucket = buckets
        .get(call.request.bucket())
        .ok_or_else(no_such_bucket)?;
    if bucket.cors.is_empty() {
        return Err(refuse(
            404,
            "NoSuchCORSConfiguration",
            "The CORS configuration does not exist.",
        ));
    }
    let mut xml = Document::new();
    xml.open("CORSConfiguration");
    for rule in &bucket.cors {
        xml.open("CORSRule");
        if !rule.id.is_empty() {
            xml.leaf("ID", &rule.id);
        }
        for (name, values) in [
            ("AllowedOrigin", &rule.origins),
            ("AllowedMethod", &rule.methods),
            ("AllowedHeader", &rule.headers),
            ("ExposeHeader", &rule.expose),
        ] {
            values.iter().for_each(|value| xml.leaf(name, value));
        }
        if let Some(seconds) = rule.max_age_seconds {
            xml.leaf("MaxAgeSeconds", &seconds.to_string());
        }
        xml.close("CORSRule");
    }
    xml.close("CORSConfiguration");
    Ok(Reply::xml(200, xml.finish()))
}

pub(crate) fn delete(call: &Call<'_>) -> Result<Reply, Refusal> {
    let mut buckets = call.shared.store.lock();
    let bucket = buckets
        .get_mut(call.request.bucket())
        .ok_or_else(no_such_bucket)?;
    bucket.cors.clear();
    Ok(Reply::new(204))
}
