//! Requests that no client should send, and the ways in.
#![allow(clippy::unwrap_used)]

mod common;

use std::io::{Read, Write};
use std::net::Shutdown;

use common::{HOST, MIB, call, connect, get, head, raw, read_answer, send};
use cos_emulator::{BUCKET, Emulator, SECRET_KEY};

#[test]
fn garbage_does_no_harm() {
    let cos = Emulator::start();
    let huge = format!(
        "GET / HTTP/1.1\r\nHost: {HOST}\r\nx: {}\r\n\r\n",
        "y".repeat(2 * MIB)
    );
    let many = format!(
        "GET / HTTP/1.1\r\nHost: {HOST}\r\n{}\r\n",
        "a: b\r\n".repeat(5000)
    );
    let requests: [&[u8]; 12] = [
        b"\r\n\r\n\r\n",
        b"\0\0\0\0\0\0\0\0\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: \0\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
        b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        huge.as_bytes(),
        many.as_bytes(),
    ];
    for request in requests {
        let mut stream = connect(&cos);
        let _ = stream.write_all(request);
        let _ = stream.shutdown(Shutdown::Write);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let text = String::from_utf8_lossy(&answer[..answer.len().min(20)]).into_owned();
        assert!(
            answer.is_empty() || text.starts_with("HTTP/1.1 4"),
            "{text}"
        );
    }
    cos.put(BUCKET, "k", b"x");
    get(&cos, "/k", &[]).expect(200);
}

#[test]
fn uris_are_checked() {
    let cos = Emulator::start();
    let authorized = |target: &str| format!("GET {target} HTTP/1.1\r\nHost: {HOST}\r\n\r\n");
    for target in [
        "/%",
        "/%4",
        "/%zz",
        "/%ff",
        "/?prefix=%zz",
        "/?%ff=1",
        "/%C3%28",
    ] {
        raw(&cos, authorized(target))
            .unwrap()
            .refused(400, "InvalidURI");
    }
    raw(&cos, "GET / HTTP/1.1\r\n\r\n")
        .unwrap()
        .refused(400, "InvalidRequest");
    let twice = format!("GET / HTTP/1.1\r\nHost: {HOST}\r\nHost: {HOST}\r\n\r\n");
    raw(&cos, twice).unwrap().refused(400, "InvalidRequest");
}

fn signed(method: &str, host: &str, target: &str, secret: &str) -> String {
    let authorization = common::authorize(method, target, host, secret);
    let length = if method == "PUT" {
        "Content-Length: 0\r\n"
    } else {
        ""
    };
    format!(
        "{method} {target} HTTP/1.1\r\nHost: {host}\r\nAuthorization: {authorization}\r\n{length}\r\n"
    )
}

#[test]
fn hosts() {
    let cos = Emulator::builder()
        .bucket(BUCKET, "ap-guangzhou")
        .bucket("other-1250000000", "ap-beijing")
        .domain("files.example.com", BUCKET)
        .accelerate(BUCKET, true)
        .start();
    cos.put(BUCKET, "k", b"x");
    let path_style = format!("/{BUCKET}/k");
    let authority = cos.authority();
    for (host, target) in [
        (HOST, "/k"),
        (
            "examplebucket-1250000000.cos.ap-guangzhou.myqcloud.com:8080",
            "/k",
        ),
        (
            "EXAMPLEBUCKET-1250000000.cos.ap-guangzhou.MyQCloud.com",
            "/k",
        ),
        (
            "examplebucket-1250000000.cos.ap-guangzhou.tencentcos.cn",
            "/k",
        ),
        (
            "examplebucket-1250000000.cos-internal.ap-guangzhou.tencentcos.cn",
            "/k",
        ),
        ("examplebucket-1250000000.cos.accelerate.myqcloud.com", "/k"),
        ("files.example.com", "/k"),
        ("localhost", &path_style),
        (&authority, &path_style),
    ] {
        let answer = raw(&cos, signed("GET", host, target, SECRET_KEY))
            .unwrap()
            .expect(200);
        assert_eq!(answer.body, b"x", "{host}");
    }
    let try_host =
        |host: &str, target: &str| raw(&cos, signed("GET", host, target, SECRET_KEY)).unwrap();
    try_host("none-1250000000.cos.ap-guangzhou.myqcloud.com", "/k").refused(404, "NoSuchBucket");
    try_host("example.com", "/k").refused(404, "NoSuchBucket");
    try_host("cos.ap-guangzhou.myqcloud.com", &path_style).refused(403, "PathStyleDomainForbidden");
    let answer = try_host("other-1250000000.cos.ap-guangzhou.myqcloud.com", "/k")
        .refused(301, "PermanentRedirect");
    assert_eq!(
        answer.element("Endpoint").as_deref(),
        Some("other-1250000000.cos.ap-beijing.myqcloud.com")
    );
    // The path that is signed is the path on the wire.
    let authorization = common::authorize("GET", "/k", &authority, SECRET_KEY);
    let request = format!(
        "GET {path_style} HTTP/1.1\r\nHost: {authority}\r\nAuthorization: {authorization}\r\n\r\n"
    );
    raw(&cos, request)
        .unwrap()
        .refused(403, "SignatureDoesNotMatch");
}

#[test]
fn refusals_explain_themselves() {
    let cos = Emulator::start();
    let answer = raw(&cos, signed("GET", HOST, "/a%20b?prefix=x+y", "wrong")).unwrap();
    let answer = answer.refused(403, "SignatureDoesNotMatch");
    let canonical = answer.element("FormatString").unwrap();
    assert_eq!(canonical, format!("get\n/a b\nprefix=x%20y\nhost={HOST}\n"));
    assert!(
        answer
            .element("StringToSign")
            .unwrap()
            .starts_with("sha1\n")
    );
    raw(&cos, format!("GET / HTTP/1.1\r\nHost: {HOST}\r\n\r\n"))
        .unwrap()
        .refused(403, "AccessDenied");
    let cos = Emulator::builder()
        .credentials("another", SECRET_KEY)
        .start();
    get(&cos, "/", &[]).refused(403, "InvalidAccessKeyId");
}

#[test]
fn clocks_differ() {
    let cos = Emulator::start();
    cos.set_clock(3600);
    let answer = get(&cos, "/", &[]).refused(403, "AccessDenied");
    assert_eq!(
        answer.element("Message").as_deref(),
        Some("Request has expired")
    );
    let time = answer.element("ServerTime").unwrap();
    let date = httpdate::parse_http_date(answer.header("Date").unwrap()).unwrap();
    assert!(
        date > std::time::SystemTime::now() + std::time::Duration::from_secs(3000),
        "{time}"
    );
    cos.set_clock(-3600);
    get(&cos, "/", &[]).refused(403, "RequestTimeTooSkewed");
    cos.set_clock(0);
    get(&cos, "/", &[]).expect(200);
}

#[test]
fn tokens() {
    let cos = Emulator::builder().token("to+ken/=").start();
    get(&cos, "/", &[("x-cos-security-token", "to+ken/=")]).expect(200);
    get(&cos, "/?x-cos-security-token=to%2Bken%2F%3D", &[]).expect(200);
    get(&cos, "/?x-cos-security-token=to+ken/=", &[]).refused(403, "InvalidToken");
    get(&cos, "/", &[("x-cos-security-token", "other")]).refused(403, "InvalidToken");
    get(&cos, "/", &[]).refused(403, "InvalidAccessKeyId");
    get(&Emulator::start(), "/", &[("x-cos-security-token", "any")]).refused(403, "InvalidToken");
}

#[test]
fn bodies_have_a_length() {
    let cos = Emulator::start();
    let with = |method: &str, target: &str, headers: &[(&str, &str)], body: &str| {
        let request = format!("{}{body}", head(method, target, headers, None));
        raw(&cos, request).unwrap()
    };
    with("PUT", "/k", &[], "").refused(411, "MissingContentLength");
    let chunked: &[(&str, &str)] = &[("Transfer-Encoding", "chunked")];
    with("PUT", "/k", chunked, "3\r\nabc\r\n0\r\n\r\n").expect(200);
    assert_eq!(common::bytes_of(&cos, "k").unwrap(), b"abc");
    let body = "1\r\na\r\n0\r\n\r\n";
    with("PUT", "/k?partNumber=1&uploadId=x", chunked, body).refused(411, "MissingContentLength");
    with("POST", "/k?uploadId=x", chunked, body).refused(411, "MissingContentLength");
    let sized: &[(&str, &str)] = &[("Content-Length", "1")];
    for method in ["GET", "DELETE"] {
        with(method, "/k", sized, "a").refused(400, "UnexpectedContent");
        with(method, "/k", &[("Content-Length", "0")], "");
    }
    let request = head("PUT", "/big", &[], Some(5 * 1024 * MIB + 1));
    raw(&cos, request).unwrap().refused(400, "EntityTooLarge");
}

#[test]
fn a_short_body_is_no_object() {
    let cos = Emulator::start();
    let mut stream = connect(&cos);
    stream
        .write_all(head("PUT", "/k", &[], Some(10)).as_bytes())
        .unwrap();
    stream.write_all(b"12345").unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    read_answer(&stream, false)
        .unwrap()
        .refused(400, "IncompleteBody");
    assert!(cos.object(BUCKET, "k").is_none());
    assert_eq!(cos.requests()[0].body_length, 5);
}

#[test]
fn connections_are_kept() {
    let cos = Emulator::start();
    let stream = connect(&cos);
    for _ in 0..3 {
        send(&stream, "PUT", "/k", &[], b"body").unwrap();
        read_answer(&stream, false).unwrap().expect(200);
        send(&stream, "GET", "/none", &[], b"").unwrap();
        read_answer(&stream, false)
            .unwrap()
            .refused(404, "NoSuchKey");
        send(&stream, "HEAD", "/k", &[], b"").unwrap();
        assert_eq!(read_answer(&stream, true).unwrap().status, 200);
        // Refused after its small body was read.
        send(&stream, "PUT", "/k", &[("x-cos-acl", "no")], b"body").unwrap();
        read_answer(&stream, false)
            .unwrap()
            .refused(400, "InvalidArgument");
        assert_eq!(cos.in_flight(), 0);
    }
    assert_eq!(cos.connections(), 1);
    let requests = cos.requests();
    assert_eq!(requests.len(), 12);
    assert!(
        requests
            .iter()
            .all(|r| r.connection == 1 && r.ended.is_some())
    );
    assert_eq!(
        (
            requests[0].operation.as_str(),
            requests[0].body_length,
            requests[0].status
        ),
        ("PutObject", 4, 200)
    );
    assert_eq!(requests[0].remote_port, stream.local_addr().unwrap().port());
    cos.clear_requests();
    assert!(cos.requests().is_empty());
}

#[test]
fn requests_may_be_pipelined() {
    let cos = Emulator::start();
    let mut stream = connect(&cos);
    let two = format!(
        "{}abc{}{}",
        head("PUT", "/k", &[], Some(3)),
        head("GET", "/k", &[], None),
        head("GET", "/none", &[("Connection", "close")], None)
    );
    stream.write_all(two.as_bytes()).unwrap();
    let mut seen = String::new();
    stream.read_to_string(&mut seen).unwrap();
    assert_eq!(seen.matches("HTTP/1.1 200 OK").count(), 2);
    assert_eq!(seen.matches("HTTP/1.1 404 Not Found").count(), 1);
}

#[test]
fn a_client_that_expects_is_told_to_go_on() {
    let cos = Emulator::start();
    let mut stream = connect(&cos);
    let expect = [("Expect", "100-continue")];
    stream
        .write_all(head("PUT", "/k", &expect, Some(4)).as_bytes())
        .unwrap();
    assert_eq!(read_answer(&stream, true).unwrap().status, 100);
    stream.write_all(b"body").unwrap();
    read_answer(&stream, false).unwrap().expect(200);
    // Refused before any body was asked for.
    let mut stream = connect(&cos);
    let expect = [("Expect", "100-continue"), ("x-cos-acl", "no")];
    stream
        .write_all(head("PUT", "/k", &expect, Some(4)).as_bytes())
        .unwrap();
    let answer = read_answer(&stream, false)
        .unwrap()
        .refused(400, "InvalidArgument");
    assert_eq!(answer.header("Connection"), Some("close"));
}

#[test]
fn parallel_requests_are_counted() {
    let cos = Emulator::start();
    cos.put(BUCKET, "k", b"x");
    cos.fault("GetObject times=forever delay=300").unwrap();
    std::thread::scope(|scope| {
        for _ in 0..5 {
            scope.spawn(|| get(&cos, "/k", &[]).expect(200));
        }
    });
    assert_eq!(
        (cos.peak_parallel(), cos.in_flight(), cos.connections()),
        (5, 0, 5)
    );
}

#[test]
fn unknown_operations() {
    let cos = Emulator::start();
    cos.put(BUCKET, "k", b"x");
    for (method, target, name) in [
        ("GET", "/?lifecycle", "Unknown"),
        ("GET", "/?acl", "GetBucketAcl"),
        ("PUT", "/?acl", "PutBucketAcl"),
        ("POST", "/k?append&position=0", "AppendObject"),
        ("POST", "/k", "Unknown"),
        ("DELETE", "/?website", "Unknown"),
        ("PATCH", "/k", "Unknown"),
        ("GET", "/k?imageMogr2/thumbnail/100x", "Unknown"),
    ] {
        let answer = call(&cos, method, target, &[], b"");
        assert_eq!(answer.status, 501, "{method} {target}");
        let operation = cos.requests().last().unwrap().operation.clone();
        if name != "Unknown" {
            assert_eq!(operation, name);
        }
    }
    assert_eq!(cos.buckets(), [BUCKET]);
}

#[test]
fn dropping_it_cuts_connections_and_frees_the_port() {
    let cos = Emulator::start();
    let mut stream = connect(&cos);
    let address = cos.authority();
    drop(cos);
    assert_eq!(stream.read(&mut [0; 1]).unwrap_or(0), 0);
    assert!(std::net::TcpStream::connect(address).is_err());
}

#[test]
fn it_speaks_tls() {
    let cos = Emulator::builder().tls(true).start();
    assert!(cos.url().starts_with("https://localhost:"));
    assert!(cos.ca_pem().starts_with("-----BEGIN CERTIFICATE-----"));
    // Plain text on a TLS port is refused, not answered.
    assert!(raw(&cos, "GET / HTTP/1.1\r\nHost: x\r\n\r\n").is_err());
    assert_eq!(cos.connections(), 1);
}
