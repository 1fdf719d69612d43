//! DELETE Multiple Objects.
#![allow(clippy::unwrap_used)]

mod common;

use common::{call, content_md5, post};
use cos_emulator::{BUCKET, Emulator};

fn body(quiet: &str, keys: &[&str]) -> String {
    let objects: String = keys
        .iter()
        .map(|key| format!("<Object><Key>{key}</Key></Object>"))
        .collect();
    format!("<Delete><Quiet>{quiet}</Quiet>{objects}</Delete>")
}

#[test]
fn all_that_is_named_goes() {
    let cos = Emulator::start();
    for key in ["a&b", "中文 1", "keep", "last"] {
        cos.put(BUCKET, key, b"x");
    }
    let answer = post(
        &cos,
        "/?delete",
        &body("false", &["a&amp;b", "中文 1", "none"]),
    )
    .expect(200);
    assert_eq!(
        cos.requests().last().unwrap().operation,
        "DeleteMultipleObjects"
    );
    assert_eq!(answer.elements("Key"), ["a&b", "中文 1", "none"]);
    assert_eq!(answer.elements("Deleted").len(), 3);
    assert_eq!(answer.element("DeleteMarker"), None);
    assert_eq!(cos.keys(BUCKET), ["keep", "last"]);
    let quiet = post(&cos, "/?delete=", &body("true", &["last", "none"])).expect(200);
    assert!(quiet.text().contains("DeleteResult") && quiet.elements("Key").is_empty());
    assert_eq!(cos.keys(BUCKET), ["keep"]);
    // Quiet may come last, or not at all.
    post(
        &cos,
        "/?delete",
        "<Delete><Object><Key>keep</Key></Object></Delete>",
    )
    .expect(200);
    assert!(cos.keys(BUCKET).is_empty());
}

#[test]
fn errors_of_single_keys() {
    let cos = Emulator::start();
    for key in ["a", "b", "c", "d"] {
        cos.put(BUCKET, key, b"x");
    }
    cos.fault("DeleteMultipleObjects key=b deny=AccessDenied message=No%20way")
        .unwrap();
    cos.fault("DeleteMultipleObjects key=c deny=InternalError times=2")
        .unwrap();
    assert!(
        cos.fault("DeleteMultipleObjects deny=X status=500")
            .is_err()
    );
    let answer = post(&cos, "/?delete", &body("true", &["a", "b", "c"])).expect(200);
    assert_eq!(answer.elements("Key"), ["b", "c"]);
    assert_eq!(answer.elements("Code"), ["AccessDenied", "InternalError"]);
    assert_eq!(answer.elements("Message")[0], "No way");
    assert_eq!(cos.keys(BUCKET), ["b", "c", "d"]);
    let answer = post(&cos, "/?delete", &body("false", &["b", "c", "d"])).expect(200);
    assert_eq!(answer.elements("Deleted").len(), 2);
    assert_eq!(answer.elements("Code"), ["InternalError"]);
    let key = "k".repeat(851);
    let answer = post(&cos, "/?delete", &body("false", &[&key, "c"])).expect(200);
    assert_eq!(answer.elements("Code"), ["InvalidURI"]);
    assert!(cos.keys(BUCKET).is_empty());
}

#[test]
fn what_is_refused_as_a_whole() {
    let cos = Emulator::start();
    cos.put(BUCKET, "a", b"x");
    let good = body("false", &["a"]);
    call(&cos, "POST", "/?delete", &[], good.as_bytes()).refused(400, "MissingContentMD5");
    let other = content_md5(b"other");
    call(
        &cos,
        "POST",
        "/?delete",
        &[("Content-MD5", &other)],
        good.as_bytes(),
    )
    .refused(400, "BadDigest");
    let many: Vec<String> = (0..1001).map(|n| n.to_string()).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    post(&cos, "/?delete", &body("false", &many)).refused(400, "MalformedXML");
    for bad in [
        "",
        "<Delete/>",
        &body("yes", &["a"]),
        "<Delete><Object><Key/></Object></Delete>",
        "<Delete><Object><Name>a</Name></Object></Delete>",
        "<DeleteResult><Object><Key>a</Key></Object></DeleteResult>",
        "<Delete><Object><Key>a</Key><Key>b</Key></Object></Delete>",
    ] {
        post(&cos, "/?delete", bad).refused(400, "MalformedXML");
    }
    assert_eq!(cos.keys(BUCKET), ["a"]);
    post(&cos, "/?delete", &body("true", &many[..1000])).expect(200);
}
