//! URLs that need no credentials.

use std::process::Command;
use std::time::Duration;

use cos_emulator::{BUCKET, REGION};
use coslink::{
    Client, Credentials, DeleteObject, ErrorKind, GetObject, HeadObject, ListObjects, Presigned,
    PutObject,
};

use crate::support::{World, failed, noise, refused};

const MINUTE: Duration = Duration::from_secs(60);

/// Asks as somebody without this library does: curl, told only where the host is.
fn curl(world: &World, url: &str, arguments: &[&str]) -> (String, String) {
    let connect = format!(
        "{BUCKET}.cos.{REGION}.myqcloud.com:80:{}",
        world.cos.authority()
    );
    let output = Command::new("curl")
        .args([
            "-sS",
            "-w",
            "\n%{http_code}",
            "--connect-to",
            &connect,
            "--path-as-is",
        ])
        .args(arguments)
        .arg(url)
        .output()
        .expect("curl");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    let (body, status) = text.rsplit_once('\n').unwrap();
    (status.to_owned(), body.to_owned())
}

#[test]
fn curl_can_use_a_url_for_what_it_was_signed_for() {
    let world = World::new();
    for key in ["plain", "目录/a b+c%?#", "a/../b", "!'()*~"] {
        let put = PutObject::new(key, "")
            .meta("a", "v 1")
            .content_type("text/plain");
        let url = world.bucket.presign(&put, MINUTE).unwrap();
        let headers = ["-H", "x-cos-meta-a: v 1", "-H", "Content-Type: text/plain"];
        let body = ["-X", "PUT", "--data-binary", "hello"];
        let (status, body_back) = curl(&world, &url, &[&headers[..], &body].concat());
        assert_eq!(status, "200", "{body_back}");
        assert_eq!(world.stored(key).unwrap(), b"hello");
        let other_headers = curl(&world, &url, &[&headers[2..], &body].concat());
        let other_method = curl(&world, &url, &[&headers[..], &["-X", "DELETE"]].concat());
        assert_eq!(
            (other_headers.0.as_str(), other_method.0.as_str()),
            ("403", "403")
        );

        let get = GetObject::new(key).response_content_disposition("attachment; filename=\"x\"");
        let url = world.bucket.presign(&get, MINUTE).unwrap();
        let (status, answer) = curl(&world, &url, &["-i"]);
        assert_eq!(status, "200", "{answer}");
        let answer = answer.to_lowercase();
        assert!(
            answer.contains("content-disposition: attachment; filename=\"x\""),
            "{answer}"
        );
        assert!(answer.ends_with("hello"));
    }
    let list = world
        .bucket
        .presign(&ListObjects::new().prefix("pl"), MINUTE)
        .unwrap();
    assert!(curl(&world, &list, &[]).1.contains("<Key>plain</Key>"));
    let delete = world
        .bucket
        .presign(&DeleteObject::new("plain"), MINUTE)
        .unwrap();
    assert_eq!(curl(&world, &delete, &["-X", "DELETE"]).0, "204");

    let url = world
        .bucket
        .presign(&GetObject::new("a/../b"), MINUTE)
        .unwrap();
    world.cos.set_clock(3600);
    assert_eq!(curl(&world, &url, &[]).0, "403");
}

/// A client without any secret that uses this URL.
fn presigned(world: &World, url: String) -> Presigned {
    let client = Client::builder(Credentials::anonymous()).endpoint(world.cos.url());
    client.build().unwrap().presigned(url).unwrap()
}

#[test]
fn coslink_can_use_a_url_without_any_secret() {
    let world = World::new();
    let content = noise(300_000);
    let path = world.file("f.txt", &content);
    let put = PutObject::new("k", "").content_type("text/plain");
    let url = world.bucket.presign(&put, MINUTE).unwrap();
    let uploaded = presigned(&world, url).upload(&path).unwrap();
    assert!(uploaded.verified);
    assert!(world.stored("k").unwrap() == content);

    let get = presigned(
        &world,
        world.bucket.presign(&GetObject::new("k"), MINUTE).unwrap(),
    );
    assert_eq!(get.download(world.path("copy")).unwrap(), 300_000);
    assert!(std::fs::read(world.path("copy")).unwrap() == content);
    failed(get.send(DeleteObject::new("k")), ErrorKind::Denied);
    let head = presigned(
        &world,
        world.bucket.presign(&HeadObject::new("k"), MINUTE).unwrap(),
    );
    assert_eq!(
        head.send(HeadObject::new("any")).unwrap().content_length,
        300_000
    );

    let shown = format!(
        "{get:?} {}",
        failed(get.send(DeleteObject::new("k")), ErrorKind::Denied)
    );
    assert!(!shown.contains("q-signature"), "{shown}");
    let unsigned = world
        .bucket
        .client()
        .presigned("http://h/k?q-signature=x")
        .unwrap();
    assert!(!format!("{unsigned:?}").contains("q-signature"));
}

#[test]
fn what_is_no_url_is_refused_and_not_shown() {
    let world = World::new();
    let client = world.bucket.client();
    for url in [
        "",
        "h/k",
        "ftp://h/k",
        "http://h",
        "http:///k",
        "http://h/a b",
        "http://u@h/k",
    ] {
        refused(client.presigned(url), "url");
    }
    let short = world
        .bucket
        .presign(&GetObject::new("k"), Duration::from_millis(999));
    refused(short, "valid_for");
}

#[test]
fn nobody_may_read_what_everybody_may() {
    let world = World::new();
    let put = PutObject::new("open", "x").acl(coslink::Acl::PublicRead);
    world.bucket.send(put).unwrap();
    world.bucket.send(PutObject::new("closed", "x")).unwrap();
    let client = Client::builder(Credentials::anonymous()).endpoint(world.cos.url());
    let bucket = client.build().unwrap().bucket(BUCKET, REGION).unwrap();
    assert_eq!(
        bucket
            .send(GetObject::new("open"))
            .unwrap()
            .output
            .body
            .into_bytes()
            .unwrap(),
        b"x"
    );
    failed(bucket.send(GetObject::new("closed")), ErrorKind::Denied);
}
