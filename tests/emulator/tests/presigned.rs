//! Signatures in the query: every operation, and the URLs of the official SDKs.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Answer, HOST, bare, content_md5, now, presign};
use cos_emulator::{BUCKET, CorsRule, Emulator, SECRET_KEY};
use serde_json::Value;

struct Session {
    cos: Emulator,
    secret: String,
}

impl Session {
    fn ask(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let target = presign(method, target, HOST, &self.secret);
        bare(&self.cos, (method, &target, HOST), headers, body.as_bytes())
    }
}

fn rule() -> CorsRule {
    CorsRule {
        origins: vec!["*".to_owned()],
        methods: vec!["GET".to_owned()],
        ..CorsRule::default()
    }
}

/// Calls that need nothing but the objects `k` and `cold`: method, target, headers, body, name.
type Row = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static str,
    &'static str,
);

const SOURCE: &str = "examplebucket-1250000000.cos.ap-guangzhou.myqcloud.com/k";
#[rustfmt::skip]
const ROWS: &[Row] = &[
    ("PUT", "/k%20%2B", &[], "x", "PutObject"),
    ("GET", "/k", &[], "", "GetObject"),
    ("GET", "/k?response-content-type=a%2Fb&response-expires=never", &[("Range", "bytes=0-0")], "", "GetObject"),
    ("HEAD", "/k", &[], "", "HeadObject"),
    ("OPTIONS", "/k", &[("Origin", "https://a"), ("Access-Control-Request-Method", "GET")], "", "OptionsObject"),
    ("PUT", "/copy", &[("x-cos-copy-source", SOURCE)], "", "CopyObject"),
    ("DELETE", "/copy", &[], "", "DeleteObject"),
    ("POST", "/m?uploads", &[], "", "InitiateMultipartUpload"),
    ("GET", "/?uploads&prefix=m", &[], "", "ListMultipartUploads"),
    ("POST", "/cold?restore", &[], "<RestoreRequest><Days>1</Days></RestoreRequest>", "RestoreObject"),
    ("PUT", "/k?acl", &[("x-cos-acl", "private")], "", "PutObjectAcl"),
    ("GET", "/k?acl", &[], "", "GetObjectAcl"),
    ("PUT", "/k?tagging", &[], "<Tagging><TagSet/></Tagging>", "PutObjectTagging"),
    ("GET", "/k?tagging", &[], "", "GetObjectTagging"),
    ("DELETE", "/k?tagging", &[], "", "DeleteObjectTagging"),
    ("GET", "/?prefix=k&delimiter=%2F", &[], "", "ListObjects"),
    ("GET", "/?versions", &[], "", "ListObjectVersions"),
    ("GET", "/?versioning", &[], "", "GetBucketVersioning"),
    ("GET", "/?cors", &[], "", "GetBucketCors"),
    ("HEAD", "/", &[], "", "HeadBucket"),
];

fn start() -> Emulator {
    let cos = Emulator::builder().cors(BUCKET, [rule()]).start();
    cos.put(BUCKET, "k", b"xyz");
    cos.put(BUCKET, "cold", b"x");
    cos.set_storage_class(BUCKET, "cold", "ARCHIVE");
    cos
}

#[test]
fn every_operation() {
    let session = Session {
        cos: start(),
        secret: SECRET_KEY.to_owned(),
    };
    for (method, target, headers, body, name) in ROWS {
        let answer = session.ask(method, target, headers, body);
        assert!(
            (200..300).contains(&answer.status),
            "{name}: {}",
            answer.text()
        );
        assert_eq!(session.cos.requests().last().unwrap().operation, *name);
    }
    let upload = session.cos.uploads(BUCKET)[0].1.clone();
    let part = |number: u32| format!("/m?partNumber={number}&uploadId={upload}");
    let big = "x".repeat(1024 * 1024);
    let first = session.ask("PUT", &part(1), &[], &big).expect(200);
    let second = session
        .ask("PUT", &part(2), &[("x-cos-copy-source", SOURCE)], "")
        .expect(200);
    session
        .ask("GET", &format!("/m?uploadId={upload}&max-parts=1"), &[], "")
        .expect(200);
    let list = format!(
        "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{}</ETag></Part>\
         <Part><PartNumber>2</PartNumber><ETag>{}</ETag></Part></CompleteMultipartUpload>",
        first.header("ETag").unwrap(),
        second.element("ETag").unwrap()
    );
    session
        .ask("POST", &format!("/m?uploadId={upload}"), &[], &list)
        .expect(200);
    let another = session.ask("POST", "/n?uploads", &[], "").expect(200);
    let another = another.element("UploadId").unwrap();
    session
        .ask("DELETE", &format!("/n?uploadId={another}"), &[], "")
        .expect(204);
    let body = "<Delete><Object><Key>m</Key></Object></Delete>";
    let digest = content_md5(body.as_bytes());
    session
        .ask("POST", "/?delete", &[("Content-MD5", &digest)], body)
        .expect(200);
    assert!(session.cos.object(BUCKET, "m").is_none());
    let service = "service.cos.myqcloud.com";
    let target = presign("GET", "/", service, SECRET_KEY);
    bare(&session.cos, ("GET", &target, service), &[], b"").expect(200);
}

#[test]
fn no_operation_with_another_secret_or_without_any() {
    let session = Session {
        cos: start(),
        secret: "another".to_owned(),
    };
    for (method, target, headers, body, name) in ROWS {
        let answer = session.ask(method, target, headers, body);
        assert_eq!(answer.status, 403, "{name}");
        let answer = bare(
            &session.cos,
            (method, target, HOST),
            headers,
            body.as_bytes(),
        );
        // A preflight comes from a browser, which cannot sign.
        let expected = if *name == "OptionsObject" { 200 } else { 403 };
        assert_eq!(answer.status, expected, "{name}");
    }
    assert_eq!(session.cos.keys(BUCKET), ["cold", "k"]);
}

#[test]
fn what_a_query_signature_covers() {
    let cos = start();
    let good = presign("GET", "/k?response-content-type=a%2Fb", HOST, SECRET_KEY);
    bare(&cos, ("GET", &good, HOST), &[], b"").expect(200);
    for (method, target) in [
        ("HEAD", good.clone()),
        ("GET", good.replace("a%2Fb", "a%2Fc")),
        ("GET", good.replacen("/k", "/cold", 1)),
    ] {
        assert_eq!(
            bare(&cos, (method, &target, HOST), &[], b"").status,
            403,
            "{target}"
        );
    }
    // What is added unsigned is taken, but not where the service wants a signature on it.
    let added = format!("{good}&response-expires=x");
    bare(&cos, ("GET", &added, HOST), &[], b"").refused(400, "InvalidRequest");
    let both = common::authorize("GET", "/k", HOST, SECRET_KEY);
    bare(&cos, ("GET", &good, HOST), &[("Authorization", &both)], b"").refused(403, "AccessDenied");
    cos.set_clock(3600);
    bare(&cos, ("GET", &good, HOST), &[], b"").refused(403, "AccessDenied");
}

/// The official SDKs' URLs for the same calls, fetched in their time. Node appends a token without
/// encoding it, and a "+" in it becomes a space: those URLs must be refused.
#[test]
fn urls_of_the_official_sdks() {
    let path = format!("{}/tests/data/sign.json", env!("CARGO_MANIFEST_DIR"));
    let all: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let (mut fetched, mut refused) = (0, 0);
    for vector in all["presigned"].as_array().unwrap() {
        let text = |name: &str| vector[name].as_str().unwrap();
        let mut builder = Emulator::builder().credentials(text("secret_id"), text("secret_key"));
        if let Some(token) = vector["token"].as_str() {
            builder = builder.token(token);
        }
        let cos = builder.start();
        cos.set_clock(vector["start"].as_i64().unwrap() + 60 - now());
        cos.put(BUCKET, text("key"), b"0123456789");
        let headers: Vec<(&str, &str)> = vector["headers"]
            .as_array()
            .unwrap()
            .iter()
            .map(|pair| (pair[0].as_str().unwrap(), pair[1].as_str().unwrap()))
            .collect();
        let same = &vector["same_signature_as_canonical"];
        let canonical = ("canonical".to_owned(), vector["canonical_url"].clone());
        let urls = vector["sdk_urls"].as_object().unwrap().clone();
        for (sdk, url) in urls.into_iter().chain([canonical]) {
            let Some(url) = url.as_str() else { continue };
            let rest = url.split_once("://").unwrap().1;
            let (host, target) = rest.split_at(rest.find('/').unwrap());
            let answer = bare(&cos, (text("method"), target, host), &headers, b"");
            let odd = sdk != "canonical" && same[&sdk] != true;
            let broken = odd && !vector["token"].is_null();
            if broken {
                // A "%" in it is a bad escape.
                assert!(matches!(answer.status, 400 | 403), "{} {sdk}", text("id"));
                refused += 1;
                continue;
            }
            // The signature is good. One vector announces another body than this test's.
            let refusal = answer.text();
            let passed = !matches!(answer.status, 400 | 403) || refusal.contains("BadDigest");
            assert!(passed, "{} {sdk} {url}: {refusal}", text("id"));
            fetched += 1;
        }
    }
    assert!(
        fetched > 60 && fetched + refused > 70,
        "{fetched} {refused}"
    );
}
