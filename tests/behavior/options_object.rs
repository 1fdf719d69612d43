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
