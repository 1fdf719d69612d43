use cos_emulator::{BUCKET, CorsRule, Emulator};
use coslink::{ErrorKind, OptionsObject};

use crate::support::{World, failed, refused};

#[test]
fn a_refusal_is_an_answer() {
    let world = World::new();
    let ask = OptionsObject::new("k", "https://www.qq.com", "PUT")
        .access_control_request_headers("origin,accept,content-type");
    let answer = world.bucket.send(ask.clone()).unwrap();
    assert!(answer.forbidden && answer.access_control_allow_origin.is_none());
    assert_eq!(answer.status, 403);
    let request = world.request();
    for (name, value) in [
        ("origin", "https://www.qq.com"),
        ("access-control-request-method", "PUT"),
        (
            "access-control-request-headers",
            "origin,accept,content-type",
        ),
    ] {
        assert_eq!(request.header(name), Some(value));
    }
    // Another 403 is an error.
    world.fault("OptionsObject status=403 code=AccessDenied");
    let error = failed(world.bucket.send(ask), ErrorKind::Denied);
    assert_eq!(error.code(), Some("AccessDenied"));
    refused(
        world.bucket.send(OptionsObject::new("k", "", "PUT")),
        "origin",
    );
    refused(
        world.bucket.send(OptionsObject::new("k", "o", "")),
        "method",
    );
}

#[test]
fn what_the_rules_allow_is_told() {
    let list = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
    let rule = CorsRule {
        id: String::new(),
        origins: list(&["https://www.qq.com"]),
        methods: list(&["PUT", "GET"]),
        headers: list(&["x-cos-meta-*"]),
        expose: list(&["ETag"]),
        max_age_seconds: Some(600),
    };
    let world = World::on(Emulator::builder().cors(BUCKET, vec![rule]).start(), |b| b);
    let ask = OptionsObject::new("k", "https://www.qq.com", "PUT")
        .access_control_request_headers("x-cos-meta-a");
    let answer = world.bucket.send(ask).unwrap();
    assert!(!answer.forbidden);
    let contains = |text: &Option<String>, part: &str| text.as_ref().unwrap().contains(part);
    assert!(contains(
        &answer.access_control_allow_origin,
        "https://www.qq.com"
    ));
    assert!(contains(&answer.access_control_allow_methods, "PUT"));
    assert!(contains(
        &answer.access_control_allow_headers,
        "x-cos-meta-*"
    ));
    assert!(contains(&answer.access_control_expose_headers, "ETag"));
    assert_eq!(answer.access_control_max_age, Some(600));
    let other = OptionsObject::new("k", "https://elsewhere.com", "PUT");
    assert!(world.bucket.send(other).unwrap().forbidden);
}
