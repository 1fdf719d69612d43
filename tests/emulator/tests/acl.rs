//! Access control lists, tags and cross-origin rules.
#![allow(clippy::unwrap_used)]

mod common;

use common::{anonymous, call, content_md5, get, put};
use cos_emulator::{BUCKET, CorsRule, Emulator};

const OWNER: &str = "<Owner><ID>qcs::cam::uin/100000000001:uin/100000000001</ID></Owner>";
const XSI: &str = "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"";

fn grant(kind: &str, who: &str, permission: &str) -> String {
    format!(
        "<Grant><Grantee {XSI} xsi:type=\"{kind}\">{who}</Grantee>\
         <Permission>{permission}</Permission></Grant>"
    )
}

fn policy(owner: &str, grants: &str) -> String {
    format!(
        "<AccessControlPolicy>{owner}<AccessControlList>{grants}</AccessControlList>\
         </AccessControlPolicy>"
    )
}

#[test]
fn canned_lists() {
    let cos = Emulator::start();
    cos.put(BUCKET, "k", b"x");
    let inherited = get(&cos, "/k?acl", &[]).expect(200);
    assert_eq!(inherited.header("x-cos-acl"), Some("default"));
    assert_eq!(inherited.elements("Permission"), ["FULL_CONTROL"]);
    anonymous(&cos, "GET", "/k", &[]).refused(403, "AccessDenied");

    put(&cos, "/k?acl", &[("x-cos-acl", "public-read")], b"").expect(200);
    assert_eq!(cos.requests().last().unwrap().operation, "PutObjectAcl");
    let public = get(&cos, "/k?acl", &[]).expect(200);
    assert_eq!(cos.requests().last().unwrap().operation, "GetObjectAcl");
    assert_eq!(public.header("x-cos-acl"), None);
    assert_eq!(public.elements("Permission"), ["FULL_CONTROL", "READ"]);
    assert_eq!(
        public.elements("URI"),
        ["http://cam.qcloud.com/groups/global/AllUsers"]
    );
    assert_eq!(anonymous(&cos, "GET", "/k", &[]).expect(200).body, b"x");
    anonymous(&cos, "HEAD", "/k", &[]).expect(200);
    anonymous(&cos, "GET", "/k?acl", &[]).refused(403, "AccessDenied");
    anonymous(&cos, "GET", "/k?tagging", &[]).refused(403, "AccessDenied");

    put(&cos, "/k?acl", &[("x-cos-acl", "default")], b"").expect(200);
    anonymous(&cos, "GET", "/k", &[]).refused(403, "AccessDenied");
    put(&cos, "/k?acl", &[("x-cos-acl", "public")], b"").refused(400, "InvalidArgument");
    put(&cos, "/none?acl", &[("x-cos-acl", "private")], b"").refused(404, "NoSuchKey");
    put(&cos, "/k?acl", &[], b"").refused(400, "MissingRequestBodyError");
    put(&cos, "/k?acl", &[("x-cos-grant-write", "id=\"1\"")], b"").expect(200);
}

#[test]
fn grants_by_header() {
    let cos = Emulator::start();
    cos.put(BUCKET, "k", b"x");
    let ids = "id=\"100000000002\", id=\"qcs::cam::uin/3:uin/4\"";
    let headers = [
        ("x-cos-grant-read", ids),
        ("x-cos-grant-full-control", "id=\"5\""),
    ];
    put(&cos, "/k?acl", &headers, b"").expect(200);
    let told = get(&cos, "/k?acl", &[]).expect(200);
    assert_eq!(told.header("x-cos-acl"), None);
    let ids = &told.elements("ID")[2..];
    assert_eq!(ids, ["100000000002", "qcs::cam::uin/3:uin/4", "5"]);
    assert_eq!(
        told.elements("Permission")[1..],
        ["READ", "READ", "FULL_CONTROL"]
    );
    put(&cos, "/k?acl", &[("x-cos-grant-read", "100000000002")], b"")
        .refused(400, "InvalidArgument");
    let many = vec!["id=\"1\""; 101].join(",");
    put(&cos, "/k?acl", &[("x-cos-grant-read", &many)], b"").refused(400, "InvalidArgument");
    // The grants of an upload count, too.
    put(&cos, "/g", &[("x-cos-grant-read", "id=\"7\"")], b"x").expect(200);
    assert!(
        get(&cos, "/g?acl", &[])
            .expect(200)
            .elements("ID")
            .contains(&"7".to_owned())
    );
}

#[test]
fn policies() {
    let cos = Emulator::start();
    cos.put(BUCKET, "k", b"x");
    let user = grant("CanonicalUser", "<ID>qcs::cam::uin/8:uin/8</ID>", "WRITE");
    let all = "<URI>http://cam.qcloud.com/groups/global/AllUsers</URI>";
    let body = policy(OWNER, &format!("{user}{}", grant("Group", all, "READ")));
    put(
        &cos,
        "/k?acl",
        &[("Content-MD5", &content_md5(body.as_bytes()))],
        body.as_bytes(),
    )
    .expect(200);
    let told = get(&cos, "/k?acl", &[]).expect(200);
    assert_eq!(told.elements("Permission"), ["WRITE", "READ"]);
    assert!(told.text().contains("xsi:type=\"Group\""));
    anonymous(&cos, "GET", "/k", &[]).expect(200);
    let typed = String::from(
        "<Grant><Grantee><Type>CanonicalUser</Type><ID>1</ID></Grantee>\
         <Permission>READ</Permission></Grant>",
    );
    put(&cos, "/k?acl", &[], policy(OWNER, &typed).as_bytes()).expect(200);
    let typed = typed.replace("CanonicalUser", "Group");
    put(&cos, "/k?acl", &[], policy(OWNER, &typed).as_bytes()).refused(400, "MalformedXML");
    let none = policy(OWNER, "");
    put(&cos, "/k?acl", &[], none.as_bytes()).expect(200);
    anonymous(&cos, "GET", "/k", &[]).refused(403, "AccessDenied");
    let anyone = grant("CanonicalUser", "<ID>qcs::cam::anyone:anyone</ID>", "READ");
    put(&cos, "/k?acl", &[], policy(OWNER, &anyone).as_bytes()).expect(200);
    anonymous(&cos, "GET", "/k", &[]).expect(200);

    let headers = [("x-cos-acl", "private")];
    put(&cos, "/k?acl", &headers, body.as_bytes()).refused(400, "InvalidRequest");
    for (bad, code) in [
        (policy("", &user), "MalformedXML"),
        (policy("<Owner/>", &user), "MalformedXML"),
        (policy(OWNER, &user.repeat(101)), "InvalidArgument"),
        (
            policy(OWNER, &grant("CanonicalUser", "<ID>1</ID>", "ALL")),
            "InvalidArgument",
        ),
        (
            policy(OWNER, &grant("Group", "<URI>x</URI>", "READ")),
            "InvalidArgument",
        ),
        (
            policy(OWNER, &grant("Group", "<ID>1</ID>", "READ")),
            "MalformedXML",
        ),
        (
            policy(OWNER, &grant("CanonicalUser", "", "READ")),
            "MalformedXML",
        ),
        ("<AccessControlPolicy>".to_owned(), "MalformedXML"),
    ] {
        put(&cos, "/k?acl", &[], bad.as_bytes()).refused(400, code);
    }
    put(
        &cos,
        "/k?acl",
        &[("Content-MD5", &content_md5(b"y"))],
        body.as_bytes(),
    )
    .refused(400, "BadDigest");
    // 100 are as many as there may be.
    put(
        &cos,
        "/k?acl",
        &[],
        policy(OWNER, &user.repeat(100)).as_bytes(),
    )
    .expect(200);
}

#[test]
fn tags() {
    let cos = Emulator::start();
    put(&cos, "/k", &[("x-cos-tagging", "a=1")], b"x").expect(200);
    assert_eq!(
        get(&cos, "/k?tagging", &[]).expect(200).elements("Value"),
        ["1"]
    );
    let set = |tags: &str| {
        let body = format!("<Tagging><TagSet>{tags}</TagSet></Tagging>");
        put(&cos, "/k?tagging", &[], body.as_bytes())
    };
    let tag = |key: &str| format!("<Tag><Key>{key}</Key><Value>v w</Value></Tag>");
    set(&format!("{}{}", tag("b"), tag("c"))).expect(200);
    let told = get(&cos, "/k?tagging", &[]).expect(200);
    assert_eq!(told.elements("Key"), ["b", "c"]);
    let head = call(&cos, "HEAD", "/k", &[], b"").expect(200);
    assert_eq!(head.header("x-cos-tagging-count"), Some("2"));
    let many: String = (0..11).map(|n| tag(&n.to_string())).collect();
    set(&many).refused(400, "InvalidTag");
    set(&tag("b").repeat(2)).refused(400, "InvalidTag");
    set(&tag("b!")).refused(400, "InvalidTag");
    set("<Tag><Key>b</Key></Tag>").refused(400, "MalformedXML");
    call(&cos, "DELETE", "/k?tagging", &[], b"").expect(204);
    let told = get(&cos, "/k?tagging", &[]).expect(200);
    assert_eq!(told.text().matches("<Tag>").count(), 0);
    get(&cos, "/none?tagging", &[]).refused(404, "NoSuchKey");
}

#[test]
fn cross_origin() {
    let rule = CorsRule {
        origins: vec!["https://*.example.com".to_owned()],
        methods: vec!["PUT".to_owned(), "GET".to_owned()],
        headers: vec!["x-cos-*".to_owned(), "Content-Type".to_owned()],
        expose: vec!["ETag".to_owned()],
        max_age_seconds: Some(600),
        ..CorsRule::default()
    };
    let cos = Emulator::builder().cors(BUCKET, [rule]).start();
    let origin = ("Origin", "https://www.example.com");
    let method = ("Access-Control-Request-Method", "PUT");
    let headers = (
        "Access-Control-Request-Headers",
        "content-type, X-Cos-Meta-a",
    );
    let answer = anonymous(&cos, "OPTIONS", "/k", &[origin, method, headers]).expect(200);
    assert_eq!(cos.requests().last().unwrap().operation, "OptionsObject");
    for (name, value) in [
        ("Access-Control-Allow-Origin", "https://www.example.com"),
        ("Access-Control-Allow-Methods", "PUT,GET"),
        ("Access-Control-Allow-Headers", "x-cos-*,Content-Type"),
        ("Access-Control-Expose-Headers", "ETag"),
        ("Access-Control-Max-Age", "600"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
    call(&cos, "OPTIONS", "/k", &[origin, method], b"").expect(200);
    for refused in [
        [("Origin", "http://www.example.com"), method, headers],
        [origin, ("Access-Control-Request-Method", "DELETE"), headers],
        [origin, method, ("Access-Control-Request-Headers", "range")],
    ] {
        anonymous(&cos, "OPTIONS", "/k", &refused).refused(403, "AccessForbidden");
    }
    anonymous(&cos, "OPTIONS", "/k", &[origin]).refused(400, "InvalidArgument");
    // A signature that comes along must be good.
    let bad = ("Authorization", "q-sign-algorithm=sha1");
    anonymous(&cos, "OPTIONS", "/k", &[origin, method, bad]).refused(403, "AccessDenied");
}

#[test]
fn cross_origin_rules_of_a_bucket() {
    let cos = Emulator::start();
    let asked = [
        ("Origin", "https://a"),
        ("Access-Control-Request-Method", "GET"),
    ];
    anonymous(&cos, "OPTIONS", "/k", &asked).refused(403, "AccessForbidden");
    get(&cos, "/?cors", &[]).refused(404, "NoSuchCORSConfiguration");
    let body = "<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin>\
                <AllowedMethod>GET</AllowedMethod><MaxAgeSeconds>5</MaxAgeSeconds></CORSRule>\
                </CORSConfiguration>";
    put(&cos, "/?cors", &[], body.as_bytes()).refused(400, "MissingContentMD5");
    let digest = content_md5(body.as_bytes());
    put(&cos, "/?cors", &[("Content-MD5", &digest)], body.as_bytes()).expect(200);
    let answer = anonymous(&cos, "OPTIONS", "/k", &asked).expect(200);
    assert_eq!(answer.header("Access-Control-Allow-Origin"), Some("*"));
    assert_eq!(
        get(&cos, "/?cors", &[])
            .expect(200)
            .elements("MaxAgeSeconds"),
        ["5"]
    );
    let bad = body.replace(">GET<", ">get<");
    let digest = content_md5(bad.as_bytes());
    put(&cos, "/?cors", &[("Content-MD5", &digest)], bad.as_bytes()).refused(400, "MalformedXML");
    call(&cos, "DELETE", "/?cors", &[], b"").expect(204);
    anonymous(&cos, "OPTIONS", "/k", &asked).refused(403, "AccessForbidden");
}
