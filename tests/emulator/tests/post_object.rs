//! Uploads by forms.
#![allow(clippy::unwrap_used)]

mod common;

use std::io::Write;

use common::{Answer, HOST, anonymous, bytes_of, connect, get, now, read_answer, set_clocks};
use cos_emulator::{BUCKET, Emulator, SECRET_ID, SECRET_KEY};
use data_encoding::BASE64;
use ring::{digest, hmac};

const BOUNDARY: &str = "----form";

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

fn keyed(key: &str, text: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key.as_bytes());
    hex(hmac::sign(&key, text.as_bytes()).as_ref())
}

/// A policy with the mandatory conditions and others, and the fields that sign it.
fn signed(conditions: &str, expiration: &str, secret: &str) -> Vec<(String, String)> {
    let time = format!("{};{}", now() - 60, now() + 600);
    let more = if conditions.is_empty() { "" } else { "," };
    let policy = format!(
        "{{\"expiration\":\"{expiration}\",\"conditions\":[{{\"q-sign-algorithm\":\"sha1\"}},\
         {{\"q-ak\":\"{SECRET_ID}\"}},{{\"q-sign-time\":\"{time}\"}}{more}{conditions}]}}"
    );
    fields_for(&policy, &time, secret)
}

fn fields_for(policy: &str, time: &str, secret: &str) -> Vec<(String, String)> {
    let hash = hex(digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, policy.as_bytes()).as_ref());
    let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    vec![
        field("policy", &BASE64.encode(policy.as_bytes())),
        field("q-sign-algorithm", "sha1"),
        field("q-ak", SECRET_ID),
        field("q-key-time", time),
        field("q-signature", &keyed(&keyed(secret, time), &hash)),
    ]
}

const FUTURE: &str = "2099-01-01T00:00:00.000Z";

fn form(fields: &[(String, String)], file: Option<(&str, &[u8])>) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        let part = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        );
        body.extend(part.into_bytes());
    }
    if let Some((name, bytes)) = file {
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: image/png\r\n\r\n"
        );
        body.extend(head.into_bytes());
        body.extend(bytes);
        let after = format!(
            "\r\n--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nignored\r\n"
        );
        body.extend(after.into_bytes());
    }
    body.extend(format!("--{BOUNDARY}--\r\n").into_bytes());
    body
}

fn send(cos: &Emulator, headers: &str, body: &[u8]) -> Answer {
    let mut stream = connect(cos);
    let head = format!(
        "POST / HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: multipart/form-data; \
         boundary={BOUNDARY}\r\nContent-Length: {}\r\n{headers}\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    read_answer(&stream, false).unwrap()
}

fn with(mut fields: Vec<(String, String)>, more: &[(&str, &str)]) -> Vec<(String, String)> {
    fields.extend(more.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
    fields
}

fn upload(cos: &Emulator, conditions: &str, more: &[(&str, &str)], file: &[u8]) -> Answer {
    let fields = with(signed(conditions, FUTURE, SECRET_KEY), more);
    send(cos, "", &form(&fields, Some(("a b.png", file))))
}

#[test]
fn a_file_becomes_an_object() {
    let cos = Emulator::start();
    // Bytes that look like boundaries, over several reads.
    let mut file = b"\r\n--\r\n----form\r\n-----".to_vec();
    file.extend(common::noise(300_000, 7));
    file.extend(b"\r\n------for");
    let fields = [
        ("key", "up/${filename}"),
        ("Content-Type", "text/plain"),
        ("x-cos-meta-color", "blue"),
        ("x-cos-storage-class", "STANDARD_IA"),
        ("acl", "public-read"),
    ];
    let answer = upload(&cos, "", &fields, &file).expect(204);
    let stored = cos.object(BUCKET, "up/a b.png").unwrap();
    assert_eq!(stored.bytes().unwrap(), file);
    assert_eq!(answer.header("ETag"), Some(stored.etag.as_str()));
    assert_eq!(
        answer.header("Location"),
        Some(format!("http://{HOST}/up/a%20b.png").as_str())
    );
    assert_eq!(
        answer.header("x-cos-hash-crc64ecma"),
        Some(stored.crc64.to_string().as_str())
    );
    assert_eq!(stored.content_type, "text/plain");
    assert_eq!(stored.storage_class, "STANDARD_IA");
    assert_eq!(stored.metadata, [("color".to_owned(), "blue".to_owned())]);
    anonymous(&cos, "GET", "/up/a%20b.png", &[]).expect(200);
    assert_eq!(cos.requests()[0].operation, "PostObject");
    assert_eq!(cos.keys(BUCKET), ["up/a b.png"]);
}

#[test]
fn answers() {
    let cos = Emulator::start();
    upload(
        &cos,
        "",
        &[("key", "k"), ("success_action_status", "200")],
        b"x",
    )
    .expect(200);
    let answer = upload(
        &cos,
        "",
        &[("key", "k k"), ("success_action_status", "201")],
        b"x",
    );
    let answer = answer.expect(201);
    assert_eq!(answer.element("Bucket").as_deref(), Some(BUCKET));
    assert_eq!(answer.element("Key").as_deref(), Some("k k"));
    assert_eq!(answer.element("ETag").as_deref(), answer.header("ETag"));
    assert_eq!(
        answer.element("Location").unwrap(),
        format!("http://{HOST}/k%20k")
    );
    let url = ("success_action_redirect", "https://my.website/done?a=b");
    let answer = upload(&cos, "", &[("key", "k/k"), url], b"x").expect(303);
    let location = answer.header("Location").unwrap();
    assert!(location.starts_with(&format!(
        "https://my.website/done?a=b&bucket={BUCKET}&key=k%2Fk&etag=%22"
    )));
    upload(
        &cos,
        "",
        &[("key", "k"), ("success_action_status", "299")],
        b"x",
    )
    .expect(204);
}

#[test]
fn conditions() {
    let cos = Emulator::start();
    let bucket = format!("{{\"bucket\":\"{BUCKET}\"}}");
    let range = "[\"content-length-range\",2,4]";
    let key = ("key", "up/k");
    type Row<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a [u8], u16, &'a str);
    let rows: [Row<'_>; 13] = [
        (&bucket, &[key], b"x", 204, ""),
        (
            "{\"bucket\":\"other-1\"}",
            &[key],
            b"x",
            403,
            "AccessDenied",
        ),
        ("[\"eq\",\"$key\",\"up/k\"]", &[key], b"x", 204, ""),
        (
            "[\"eq\",\"$key\",\"up/l\"]",
            &[key],
            b"x",
            403,
            "AccessDenied",
        ),
        ("[\"starts-with\",\"$key\",\"up/\"]", &[key], b"x", 204, ""),
        (
            "[\"starts-with\",\"$key\",\"down/\"]",
            &[key],
            b"x",
            403,
            "AccessDenied",
        ),
        (
            "[\"eq\",\"$Content-Type\",\"a/b\"]",
            &[key, ("Content-Type", "a/b")],
            b"x",
            204,
            "",
        ),
        (
            "[\"eq\",\"$Content-Type\",\"a/b\"]",
            &[key],
            b"x",
            403,
            "AccessDenied",
        ),
        (
            "{\"acl\":\"private\"}",
            &[key, ("acl", "public-read")],
            b"x",
            403,
            "AccessDenied",
        ),
        (range, &[key], b"xx", 204, ""),
        (range, &[key], b"xxxx", 204, ""),
        (range, &[key], b"x", 400, "EntityTooSmall"),
        (range, &[key], b"xxxxx", 400, "EntityTooLarge"),
    ];
    for (conditions, fields, file, status, code) in rows {
        cos.clear_requests();
        let answer = upload(&cos, conditions, fields, file);
        if code.is_empty() {
            answer.expect(status);
        } else {
            answer.refused(status, code);
        }
    }
    upload(&cos, "[\"like\",\"$key\",\"x\"]", &[key], b"x").refused(400, "InvalidPolicyDocument");
}

#[test]
fn signatures_and_clocks() {
    let cos = Emulator::start();
    set_clocks(&cos, 0);
    let key = [("key", "k")];
    let try_fields = |fields: Vec<(String, String)>| {
        send(&cos, "", &form(&with(fields, &key), Some(("f", b"x"))))
    };
    try_fields(signed("", FUTURE, "other secret")).refused(403, "SignatureDoesNotMatch");
    try_fields(signed("", "2020-01-01T00:00:00Z", SECRET_KEY)).refused(403, "AccessDenied");
    try_fields(signed("", "tomorrow", SECRET_KEY)).refused(400, "InvalidPolicyDocument");
    try_fields(Vec::new()).refused(403, "AccessDenied");
    let time = format!("{};{}", now() - 60, now() + 600);
    let bare = format!("{{\"expiration\":\"{FUTURE}\",\"conditions\":[]}}");
    try_fields(fields_for(&bare, &time, SECRET_KEY)).refused(400, "InvalidPolicyDocument");
    let mut fields = signed("", FUTURE, SECRET_KEY);
    fields[2].1.push('x');
    try_fields(fields).refused(403, "InvalidAccessKeyId");
    let mut fields = signed("", FUTURE, SECRET_KEY);
    fields.remove(4);
    try_fields(fields).refused(403, "SignatureDoesNotMatch");
    let fields = signed("", FUTURE, SECRET_KEY);
    cos.set_clock(3600);
    try_fields(fields.clone()).refused(403, "AccessDenied");
    cos.set_clock(-3600);
    try_fields(fields).refused(403, "RequestTimeTooSkewed");
    cos.set_clock(0);
    assert!(cos.keys(BUCKET).is_empty());
    // An Authorization header does, too, and a bad one does not.
    let body = form(&with(Vec::new(), &key), Some(("f", b"x")));
    let header = |secret: &str| {
        format!(
            "Authorization: {}\r\n",
            common::authorize("POST", "/", HOST, secret)
        )
    };
    send(&cos, &header("other"), &body).refused(403, "SignatureDoesNotMatch");
    send(&cos, &header(SECRET_KEY), &body).expect(204);
    assert_eq!(bytes_of(&cos, "k").unwrap(), b"x");
}

#[test]
fn tokens() {
    let cos = Emulator::builder().token("to+ken").start();
    let token = ("x-cos-security-token", "to+ken");
    upload(&cos, "", &[("key", "k"), token], b"x").expect(204);
    upload(&cos, "", &[("key", "k")], b"x").refused(403, "InvalidAccessKeyId");
    let other = ("x-cos-security-token", "other");
    upload(&cos, "", &[("key", "k"), other], b"x").refused(403, "InvalidToken");
}

#[test]
fn bad_forms() {
    let cos = Emulator::start();
    let fields = signed("", FUTURE, SECRET_KEY);
    let good = with(fields.clone(), &[("key", "k")]);
    send(&cos, "", &form(&good, None)).refused(400, "IncorrectNumberOfFilesInPostRequest");
    send(&cos, "", &form(&fields, Some(("f", b"x")))).refused(400, "UserKeyMustBeSpecified");
    let twice = with(good.clone(), &[("key", "l")]);
    send(&cos, "", &form(&twice, Some(("f", b"x")))).refused(400, "MalformedPOSTRequest");
    let unknown = with(good.clone(), &[("x-cos-mispelled", "1")]);
    send(&cos, "", &form(&unknown, Some(("f", b"x")))).refused(501, "NotImplemented");
    let class = with(good.clone(), &[("x-cos-storage-class", "FAST")]);
    send(&cos, "", &form(&class, Some(("f", b"x")))).refused(400, "InvalidArgument");
    let digest = with(good.clone(), &[("Content-MD5", &common::content_md5(b"y"))]);
    send(&cos, "", &form(&digest, Some(("f", b"x")))).refused(400, "BadDigest");
    let whole = form(&good, Some(("f", b"x")));
    for cut in [&whole[..whole.len() / 2], &b"no form"[..], b""] {
        send(&cos, "", cut).refused(400, "MalformedPOSTRequest");
    }
    // Every prefix is refused or has the whole file; none is a panic.
    for end in (0..whole.len()).step_by(7) {
        send(&cos, "", &whole[..end]);
    }
    let other = "POST / HTTP/1.1\r\nHost: examplebucket-1250000000.cos.ap-guangzhou.myqcloud.com\r\n\
                 Content-Type: text/plain\r\nContent-Length: 1\r\n\r\nx";
    common::raw(&cos, other)
        .unwrap()
        .refused(400, "MalformedPOSTRequest");
    get(&cos, "/", &[]).expect(200);
}

#[test]
fn the_documented_policy_verifies() {
    let path = format!("{}/tests/data/sign.json", env!("CARGO_MANIFEST_DIR"));
    let all: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    for vector in all["post_policy"].as_array().unwrap() {
        let text = |name: &str| vector[name].as_str().unwrap().to_owned();
        let fields = fields_for(&text("policy_text"), &text("key_time"), &text("secret_key"));
        assert_eq!(fields[0].1, text("policy_base64"));
        assert_eq!(fields[4].1, text("q_signature"), "{}", text("title"));
        let cos = Emulator::builder()
            .credentials(&text("secret_id"), &text("secret_key"))
            .start();
        let start: i64 = text("key_time").split(';').next().unwrap().parse().unwrap();
        cos.set_clock(start + 60 - now());
        let key = match text("title").as_str() {
            title if title.contains("unicode") => "目录/照片 1.jpg",
            title if title.contains("exact") => "exampleobject",
            _ => "folder/subfolder/x.png",
        };
        let mut fields = with(
            fields,
            &[
                ("key", key),
                ("acl", "default"),
                ("Content-Type", "image/png"),
                ("x-cos-server-side-encryption", "AES256"),
                ("success_action_redirect", "https://my.website/ok"),
            ],
        );
        fields[2].1 = text("secret_id");
        send(&cos, "", &form(&fields, Some(("f", b"x")))).expect(303);
    }
}
