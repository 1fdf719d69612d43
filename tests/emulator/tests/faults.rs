//! The fault script, seen from the socket.
#![allow(clippy::unwrap_used)]

mod common;

use std::io::{ErrorKind, Read, Write};
use std::time::{Duration, Instant};

use common::{MIB, call, connect, get, head, put, raw, read_answer, send, try_call};
use cos_emulator::{BUCKET, Emulator};

fn with(lines: &[&str]) -> Emulator {
    let cos = Emulator::start();
    cos.put(BUCKET, "k", b"0123456789");
    for line in lines {
        cos.fault(line).unwrap();
    }
    cos
}

#[test]
fn a_fault_strikes_as_often_as_told() {
    let cos = with(&[
        "GetObject after=1 times=2 status=503",
        "GetObject key=other%20one status=404",
    ]);
    let statuses: Vec<u16> = (0..4).map(|_| get(&cos, "/k", &[]).status).collect();
    assert_eq!(statuses, [200, 503, 503, 200]);
    cos.fault("* times=forever status=500").unwrap();
    for _ in 0..3 {
        get(&cos, "/k", &[]).refused(500, "InternalError");
        put(&cos, "/k", &[], b"x").refused(500, "InternalError");
    }
    cos.clear_faults();
    get(&cos, "/k", &[]).expect(200);
}

#[test]
fn a_fault_chooses_its_part() {
    let cos = with(&["UploadPart part=2 status=503 code=SlowDown"]);
    let id = call(&cos, "POST", "/k?uploads", &[], b"")
        .element("UploadId")
        .unwrap();
    put(&cos, &format!("/k?partNumber=1&uploadId={id}"), &[], b"x").expect(200);
    put(&cos, &format!("/k?partNumber=2&uploadId={id}"), &[], b"x").refused(503, "SlowDown");
    put(&cos, &format!("/k?partNumber=2&uploadId={id}"), &[], b"x").expect(200);
}

#[test]
fn bodies_are_cut() {
    for (line, length) in [
        ("GetObject cut=3", 3),
        ("GetObject cut=0", 0),
        ("GetObject cut=half", 5),
        ("GetObject cut=-1", 9),
        ("GetObject cut=100", 10),
    ] {
        let answer = get(&with(&[line]), "/k", &[]).expect(200);
        assert_eq!(
            (answer.body.len(), answer.header("Content-Length")),
            (length, Some("10")),
            "{line}"
        );
        assert_eq!(answer.complete, length == 10);
    }
    let answer = get(&with(&["GetObject cut=1"]), "/k", &[("Range", "bytes=4-7")]).expect(206);
    assert_eq!((answer.text().as_str(), answer.complete), ("4", false));
}

#[test]
fn a_reset_is_one() {
    let cos = with(&["GetObject reset"]);
    assert_eq!(
        try_call(&cos, "GET", "/k", &[], b"").unwrap_err().kind(),
        ErrorKind::ConnectionReset
    );
    assert_eq!(cos.requests()[0].status, 0);
    let cos = with(&["PutObject upload=100 reset"]);
    let mut stream = connect(&cos);
    stream
        .write_all(head("PUT", "/new", &[], Some(MIB)).as_bytes())
        .unwrap();
    stream.write_all(&[0; 4096]).unwrap();
    assert_eq!(
        stream.read(&mut [0; 1]).unwrap_err().kind(),
        ErrorKind::ConnectionReset
    );
    assert!(cos.requests()[0].body_length >= 100);
    let cos = with(&["GetObject reset=4"]);
    let stream = connect(&cos);
    send(&stream, "GET", "/k", &[], b"").unwrap();
    let outcome = read_answer(&stream, false);
    assert!(outcome.is_err() || !outcome.unwrap().complete);
}

#[test]
fn a_close_is_one() {
    let cos = with(&["GetObject close"]);
    assert_eq!(
        try_call(&cos, "GET", "/k", &[], b"").unwrap_err().kind(),
        ErrorKind::UnexpectedEof
    );
}

#[test]
fn a_stall_holds_the_connection() {
    let cos = with(&["GetObject stall=4", "GetObject stall"]);
    for expected in [4, 0] {
        let mut stream = connect(&cos);
        stream
            .set_read_timeout(Some(Duration::from_millis(300)))
            .unwrap();
        send(&stream, "GET", "/k", &[], b"").unwrap();
        let mut seen = Vec::new();
        let error = stream.read_to_end(&mut seen).unwrap_err();
        assert!(matches!(
            error.kind(),
            ErrorKind::WouldBlock | ErrorKind::TimedOut
        ));
        let body = seen
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .map_or(0, |at| seen.len() - at - 4);
        assert_eq!(body, expected);
        assert_eq!(cos.in_flight(), 1);
        drop(stream);
        let start = Instant::now();
        while cos.in_flight() > 0 {
            assert!(start.elapsed() < Duration::from_secs(5));
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

#[test]
fn early_answers_leave_the_body() {
    for line in [
        "PutObject early=403",
        "PutObject early-close=403 code=AccessDenied",
    ] {
        let cos = with(&[line]);
        let mut stream = connect(&cos);
        stream
            .write_all(head("PUT", "/new", &[], Some(64 * MIB)).as_bytes())
            .unwrap();
        let answer = read_answer(&stream, false)
            .unwrap()
            .refused(403, "AccessDenied");
        assert_eq!(
            answer.header("Connection") == Some("close"),
            line.contains("close")
        );
        assert_eq!(cos.requests()[0].body_length, 0);
        if line.contains("close") {
            assert_eq!(stream.read(&mut [0; 1]).unwrap(), 0);
        } else {
            stream
                .set_read_timeout(Some(Duration::from_millis(200)))
                .unwrap();
            assert!(stream.read(&mut [0; 1]).is_err());
        }
    }
}

#[test]
fn errors_under_200() {
    let cos = with(&[
        "PutObject error-200=InternalError",
        "PutObject empty-200",
        "PutObject refused-empty-200",
    ]);
    let answer = put(&cos, "/new", &[], b"x").expect(200);
    assert!(answer.text().starts_with(" \n"));
    assert_eq!(answer.element("Code").as_deref(), Some("InternalError"));
    assert!(cos.object(BUCKET, "new").is_none());
    assert!(put(&cos, "/new", &[], b"x").expect(200).body.is_empty());
    assert!(cos.object(BUCKET, "new").is_some());
    assert!(put(&cos, "/newer", &[], b"x").expect(200).body.is_empty());
    assert!(cos.object(BUCKET, "newer").is_none());
}

#[test]
fn completions_come_in_pieces() {
    let cos = with(&[
        "CompleteMultipartUpload blanks=3",
        "CompleteMultipartUpload truncate-xml",
        "CompleteMultipartUpload drop-answer",
        "CompleteMultipartUpload wrong-etag wrong-crc",
        "CompleteMultipartUpload cut=half",
    ]);
    let mut outcomes = Vec::new();
    for _ in 0..5 {
        let id = call(&cos, "POST", "/k?uploads", &[], b"")
            .element("UploadId")
            .unwrap();
        let etag = put(&cos, &format!("/k?partNumber=1&uploadId={id}"), &[], b"x");
        let list = format!(
            "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{}</ETag></Part>\
             </CompleteMultipartUpload>",
            etag.header("ETag").unwrap()
        );
        let start = Instant::now();
        let answer = try_call(
            &cos,
            "POST",
            &format!("/k?uploadId={id}"),
            &[],
            list.as_bytes(),
        );
        outcomes.push((answer, start.elapsed()));
        assert!(cos.uploads(BUCKET).is_empty(), "each of them is done");
    }
    let (blanks, took) = &outcomes[0];
    assert!(
        blanks
            .as_ref()
            .unwrap()
            .text()
            .starts_with(" \n \n \n<?xml")
    );
    assert!(blanks.as_ref().unwrap().element("ETag").is_some());
    assert!(*took >= Duration::from_millis(150));
    let truncated = outcomes[1].0.as_ref().unwrap();
    assert!(truncated.complete && roxmltree::Document::parse(&truncated.text()).is_err());
    assert_eq!(
        outcomes[2].0.as_ref().unwrap_err().kind(),
        ErrorKind::UnexpectedEof
    );
    let wrong = outcomes[3].0.as_ref().unwrap();
    assert_eq!(
        wrong.element("ETag").unwrap(),
        "\"00000000000000000000000000000000-0\""
    );
    assert!(!outcomes[4].0.as_ref().unwrap().complete);
    assert_eq!(cos.object(BUCKET, "k").unwrap().size, 1);
}

#[test]
fn lies_about_the_body() {
    let cos = with(&[
        "GetObject flip=4",
        "GetObject wrong-crc",
        "GetObject no-crc no-request-id",
        "GetObject ignore-range",
        "GetObject wrong-content-range",
        "GetObject wrong-etag",
        "GetObject chunked",
        "GetObject header=x-cos-odd:a%20b drop-header=Last-Modified date=-86400",
    ]);
    let good = get(&with(&[]), "/k", &[]);
    let crc = good.header("x-cos-hash-crc64ecma");
    assert_eq!(get(&cos, "/k", &[]).text(), "0123556789");
    assert_ne!(get(&cos, "/k", &[]).header("x-cos-hash-crc64ecma"), crc);
    let answer = get(&cos, "/k", &[]).expect(200);
    assert_eq!(
        (
            answer.header("x-cos-hash-crc64ecma"),
            answer.header("x-cos-request-id")
        ),
        (None, None)
    );
    let answer = get(&cos, "/k", &[("Range", "bytes=2-3")]).expect(200);
    assert_eq!(
        (answer.text().as_str(), answer.header("Content-Range")),
        ("0123456789", None)
    );
    let answer = get(&cos, "/k", &[("Range", "bytes=2-3")]).expect(206);
    assert_eq!(answer.header("Content-Range"), Some("bytes 3-4/10"));
    assert_ne!(get(&cos, "/k", &[]).header("ETag"), good.header("ETag"));
    let answer = get(&cos, "/k", &[]);
    assert_eq!(
        (answer.header("Content-Length"), answer.text().as_str()),
        (None, "0123456789")
    );
    let answer = get(&cos, "/k", &[]);
    assert_eq!(
        (answer.header("x-cos-odd"), answer.header("Last-Modified")),
        (Some("a b"), None)
    );
    let date = httpdate::parse_http_date(answer.header("Date").unwrap()).unwrap();
    assert!(date.elapsed().unwrap() > Duration::from_secs(86_000));
}

#[test]
fn skew_tells_another_time() {
    let cos = with(&["GetObject skew=7200"]);
    let answer = get(&cos, "/k", &[]).refused(403, "RequestTimeTooSkewed");
    assert!(answer.element("ServerTime").is_some());
    let date = httpdate::parse_http_date(answer.header("Date").unwrap()).unwrap();
    assert!(date > std::time::SystemTime::now() + Duration::from_secs(7000));
}

#[test]
fn gateways_answer_html() {
    let cos = with(&[
        "GetObject status=502 body=%3Chtml%3E no-request-id",
        "GetObject status=302 header=Location:http://x/",
    ]);
    let answer = get(&cos, "/k", &[]).expect(502);
    assert_eq!(
        (answer.text().as_str(), answer.header("x-cos-request-id")),
        ("<html>", None)
    );
    assert_eq!(
        get(&cos, "/k", &[]).expect(302).header("Location"),
        Some("http://x/")
    );
}

#[test]
fn anything_can_be_sent() {
    let cos = with(&["GetObject raw=HTTP/1.1%20200%20OK%0D%0AContent-Length:%201%0D%0A%0D%0Axyz"]);
    let mut stream = connect(&cos);
    send(&stream, "GET", "/k", &[], b"").unwrap();
    let mut seen = String::new();
    stream.read_to_string(&mut seen).unwrap();
    assert_eq!(seen, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxyz");
}

#[test]
fn headers_can_be_huge() {
    let answer = get(&with(&["GetObject huge-headers=100000"]), "/k", &[]).expect(200);
    let total: usize = answer.headers.iter().map(|(_, value)| value.len()).sum();
    assert!(total >= 100_000);
}

#[test]
fn delays_and_rates() {
    let cos = with(&[
        "GetObject delay=200 status=503 retry-after=2",
        "GetObject rate=50",
    ]);
    let start = Instant::now();
    assert_eq!(
        get(&cos, "/k", &[])
            .refused(503, "SlowDown")
            .header("Retry-After"),
        Some("2")
    );
    assert!(start.elapsed() >= Duration::from_millis(200));
    let start = Instant::now();
    assert_eq!(get(&cos, "/k", &[]).text(), "0123456789");
    assert!(start.elapsed() >= Duration::from_millis(190));
}

#[test]
fn lines_are_checked() {
    let cos = Emulator::start();
    for line in [
        "",
        "GetObject",
        "reset",
        "GetObject explode",
        "GetObject cut",
        "GetObject cut=abc",
        "GetObject status=99",
        "GetObject status=503 reset",
        "GetObject times=-1 reset",
        "GetObject times=3",
        "GetObject header=novalue",
        "GetObject raw=%zz",
        "GetObject code=X",
        "GetObject cut=1 stall=2",
        "GetObject store-flip=1",
        "UploadPart copy-flip=1",
        "UploadPart join=swap",
        "* join=sideways",
        "PutObject store-flip",
        "PutObject store-flip=1 store-truncate=1",
        "HeadObject stale",
        "GetObject stale=1",
        "GetObject shift=-1",
        "GetObject add-header=novalue",
        "GetObject length=x",
        "GetObject chance=5",
    ] {
        assert!(cos.fault(line).is_err(), "{line}");
    }
    raw(&cos, "GET / HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
}
