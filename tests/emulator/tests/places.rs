//! Hosts and where they lead.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Answer, HOST, raw};
use cos_emulator::{BUCKET, Emulator, REGION, SECRET_KEY};

fn ask(cos: &Emulator, method: &str, host: &str, target: &str) -> Answer {
    let authorization = common::authorize(method, target, host, SECRET_KEY);
    let request = format!(
        "{method} {target} HTTP/1.1\r\nHost: {host}\r\nAuthorization: {authorization}\r\n\r\n"
    );
    raw(cos, request).unwrap()
}

const FAST: &str = "examplebucket-1250000000.cos.accelerate.myqcloud.com";

#[test]
fn acceleration_is_switched_on_per_bucket() {
    let cos = Emulator::start();
    cos.put(BUCKET, "k", b"x");
    ask(&cos, "GET", FAST, "/k").refused(400, "BucketAccelerateNotEnabled");
    let cos = Emulator::builder().accelerate(BUCKET, true).start();
    cos.put(BUCKET, "k", b"x");
    ask(&cos, "GET", FAST, "/k").expect(200);
    ask(
        &cos,
        "GET",
        &FAST.replace("myqcloud.com", "tencentcos.cn"),
        "/k",
    )
    .expect(200);
    ask(&cos, "GET", FAST, "/").expect(200);
    for target in ["/?versioning", "/?cors"] {
        ask(&cos, "GET", FAST, target).refused(400, "ActionAccelerateNotSupported");
    }
    ask(&cos, "DELETE", FAST, "/").refused(400, "ActionAccelerateNotSupported");
}

#[test]
fn buckets_in_the_path() {
    let host = "cos.ap-guangzhou.myqcloud.com";
    let target = format!("/{BUCKET}/a%2Fb");
    let cos = Emulator::start();
    cos.put(BUCKET, "a/b", b"x");
    ask(&cos, "GET", host, &target).refused(403, "PathStyleDomainForbidden");
    let cos = Emulator::builder()
        .bucket(BUCKET, REGION)
        .bucket("other-1250000000", "ap-beijing")
        .path_style(true)
        .start();
    cos.put(BUCKET, "a/b", b"x");
    assert_eq!(ask(&cos, "GET", host, &target).expect(200).body, b"x");
    ask(&cos, "GET", host, "/other-1250000000/").refused(301, "PermanentRedirect");
    ask(&cos, "GET", host, "/none-1250000000/k").refused(404, "NoSuchBucket");
    // The service itself has no region, so there it stays forbidden.
    ask(&cos, "GET", "service.cos.myqcloud.com", &target).refused(403, "PathStyleDomainForbidden");
    let listed = ask(&cos, "GET", host, "/").expect(200);
    assert_eq!(listed.elements("Name"), [BUCKET]);
    let all = ask(&cos, "GET", "service.cos.myqcloud.com", "/").expect(200);
    assert_eq!(all.elements("Name").len(), 2);
    let all = ask(&cos, "GET", "service.cos.tencentcos.cn", "/").expect(200);
    assert_eq!(all.elements("Name").len(), 2);
}

#[test]
fn internal_hosts_and_domains() {
    let cos = Emulator::builder()
        .bucket(BUCKET, REGION)
        .domain("files.example.com", BUCKET)
        .start();
    cos.put(BUCKET, "k", b"x");
    for host in [
        "examplebucket-1250000000.cos-internal.ap-guangzhou.tencentcos.cn",
        "examplebucket-1250000000.cos-internal.ap-guangzhou.myqcloud.com",
        "examplebucket-1250000000.cos.ap-guangzhou.tencentcos.cn",
        "files.example.com",
        "files.example.com:8080",
        HOST,
    ] {
        ask(&cos, "GET", host, "/k").expect(200);
    }
    let wrong = "examplebucket-1250000000.cos-internal.ap-beijing.tencentcos.cn";
    ask(&cos, "GET", wrong, "/k").refused(301, "PermanentRedirect");
    for host in [
        "examplebucket-1250000000.cos.ap-guangzhou.example.com",
        "examplebucket-1250000000.cos-internal.accelerate.x.myqcloud.com",
        "examplebucket-1250000000.ci.ap-guangzhou.myqcloud.com",
        "other.example.com",
    ] {
        ask(&cos, "GET", host, "/k").refused(404, "NoSuchBucket");
    }
}
