//! URLs that need no credentials.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use cos_emulator::{BUCKET, REGION};
use coslink::{GetObject, PutObject};

use crate::support::World;

/// Sends a request by hand, as somebody without this library does.
fn ask(world: &World, method: &str, url: &str, headers: &str, body: &str) -> String {
    let host = format!("{BUCKET}.cos.{REGION}.myqcloud.com");
    let target = url.strip_prefix(&format!("http://{host}")).expect(url);
    let mut stream = TcpStream::connect(world.cos.authority()).unwrap();
    let length = body.len();
    write!(
        stream,
        "{method} {target} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\n\
         Connection: close\r\n{headers}\r\n{body}"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_url_works_for_what_it_was_signed_for() {
    let world = World::new();
    let minute = Duration::from_secs(60);
    let put = PutObject::new("目录/a b", "")
        .meta("a", "v 1")
        .content_type("text/plain");
    let url = world.bucket.presign(&put, minute).unwrap();
    let headers = "x-cos-meta-a: v 1\r\nContent-Type: text/plain\r\n";
    let answer = ask(&world, "PUT", &url, headers, "hello");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(world.stored("目录/a b").unwrap(), b"hello");
    for (method, headers) in [("PUT", "Content-Type: text/plain\r\n"), ("DELETE", headers)] {
        let answer = ask(&world, method, &url, headers, "");
        assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
    }

    let get = GetObject::new("目录/a b").response_content_disposition("attachment");
    let url = world.bucket.presign(&get, minute).unwrap();
    let answer = ask(&world, "GET", &url, "", "").to_lowercase();
    assert!(answer.contains("content-disposition: attachment") && answer.ends_with("hello"));

    world.cos.set_clock(3600);
    let answer = ask(&world, "GET", &url, "", "");
    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
}
