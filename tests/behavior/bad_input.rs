//! What cannot be meant is refused by name, before any byte is sent and without touching a file.

use std::path::Path;
use std::time::Duration;

use cos_emulator::{BUCKET, REGION};
use coslink::{
    Body, ByteRange, Client, Credentials, DownloadFile, ErrorKind, GetObject, HeadObject,
    InitiateMultipartUpload, ListObjects, PutObject, UploadFile,
};

use crate::support::{World, builder, failed, refused};

#[test]
fn keys() {
    let world = World::new();
    let path = world.file("f", b"content");
    let long = "k".repeat(851);
    for key in [
        "", "/", ".", "..", "./../", "....", "a\rb", "a\nb", "a\0b", &long,
    ] {
        refused(world.bucket.send(PutObject::new(key, "x")), "key");
        refused(world.bucket.send(GetObject::new(key)), "key");
        refused(world.bucket.send(HeadObject::new(key)), "key");
        refused(world.bucket.send(InitiateMultipartUpload::new(key)), "key");
        refused(world.bucket.upload(&UploadFile::new(key, &path)), "key");
        refused(
            world
                .bucket
                .upload(&UploadFile::new(key, &path).slice_above(0)),
            "key",
        );
        refused(
            world
                .bucket
                .download(&DownloadFile::new(key, world.path("t"))),
            "key",
        );
        refused(
            world
                .bucket
                .presign(&GetObject::new(key), Duration::from_secs(60)),
            "key",
        );
    }
    assert_eq!(world.operations(), [""; 0]);
    assert_eq!(world.files(), ["f"]);
}

#[test]
fn buckets_and_regions() {
    let world = World::new();
    let client = world.bucket.client();
    for name in [
        "",
        "nodigits",
        "bucket-",
        "Bucket-1250000000",
        "buc.ket-1250000000",
        "-1250000000",
    ] {
        refused(client.bucket(name, REGION), "bucket");
    }
    for region in [
        "",
        "ap.guangzhou",
        "https://ap-guangzhou",
        "ap-guangzhou.myqcloud.com",
        "a b",
    ] {
        refused(client.bucket(BUCKET, region), "region");
    }
}

#[test]
fn headers_metadata_and_query() {
    let world = World::new();
    let put = || PutObject::new("k", "x");
    for put in [
        put().meta("a", "line\r\nbreak"),
        put().meta("a", "line\nbreak"),
        put().meta("a\r\nb", "x"),
        put().meta("a_b", "x"),
        put().meta("", "x"),
        put().content_type("text/plain\r\nx-evil: 1"),
        put().header("x-cos-evil", "a\nb"),
        put().header("Host", "evil"),
        put().header("Authorization", "evil"),
        put().header("Content-Length", "1"),
    ] {
        refused(world.bucket.send(put), "header");
    }
    refused(
        world.bucket.send(put().meta("a", "v".repeat(2048))),
        "metadata",
    );
    refused(world.bucket.send(put().query("q-signature", "x")), "query");
    refused(world.bucket.send(put().query("", "x")), "query");
    refused(world.bucket.send(put().traffic_limit(1)), "traffic_limit");
    refused(
        world.bucket.send(ListObjects::new().max_keys(0)),
        "max_keys",
    );
    refused(
        world.bucket.send(ListObjects::new().max_keys(1001)),
        "max_keys",
    );
    refused(
        world
            .bucket
            .send(GetObject::new("k").range(ByteRange::new(5, 4))),
        "range",
    );
    let key = put()
        .sse_customer_algorithm("AES256")
        .sse_customer_key("MTIz");
    refused(world.bucket.send(key), "sse_customer_key");
    refused(world.bucket.presign(&put(), Duration::ZERO), "valid_for");
    assert_eq!(world.operations(), [""; 0]);
}

#[test]
fn files_to_send() {
    let world = World::new();
    let directory = world.directory.path().to_owned();
    let small = world.file("small", b"123");
    for path in [
        directory.as_path(),
        &world.path("absent"),
        Path::new("/dev/null"),
        Path::new(""),
    ] {
        for result in [
            world
                .bucket
                .send(PutObject::new("k", Body::file(path)))
                .map(drop),
            world.bucket.upload(&UploadFile::new("k", path)).map(drop),
        ] {
            let error = failed(result, ErrorKind::LocalIo);
            assert!(
                error.message().contains(&path.display().to_string()),
                "{error}"
            );
        }
    }
    let beyond = Body::file_range(&small, 1, 3);
    refused(world.bucket.send(PutObject::new("k", beyond)), "body");
    refused(
        world
            .bucket
            .send(PutObject::new("k", Body::file_from(&small, 4))),
        "body",
    );
    let short = PutObject::new("k", Body::reader(&b"12"[..], 3));
    for size in [0, (1 << 20) - 1, (5 << 30) + 1] {
        refused(
            world
                .bucket
                .upload(&UploadFile::new("k", &small).part_size(size)),
            "part_size",
        );
        refused(
            world
                .bucket
                .download(&DownloadFile::new("k", "t").part_size(size)),
            "part_size",
        );
    }
    assert_eq!(world.operations(), [""; 0]);
    failed(world.bucket.send(short), ErrorKind::SourceChanged);
    assert!(world.stored("k").is_none());
    let failing = Body::reader(Failing, 3);
    failed(
        world.bucket.send(PutObject::new("k", failing)),
        ErrorKind::Callback,
    );
    assert!(world.stored("k").is_none());
}

struct Failing;

impl std::io::Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        Err(std::io::Error::other("no more"))
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_is_refused_instead_of_waited_for() {
    let world = World::new();
    let pipe = world.path("pipe");
    assert!(
        std::process::Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    failed(
        world.bucket.send(PutObject::new("k", Body::file(&pipe))),
        ErrorKind::LocalIo,
    );
    failed(
        world.bucket.download(&DownloadFile::new("k", &pipe)),
        ErrorKind::LocalIo,
    );
    assert_eq!(world.operations(), [""; 0]);
}

#[test]
fn targets() {
    let world = World::new();
    world.cos.put(BUCKET, "k", b"content");
    let missing = world.path("missing/target");
    for path in [
        world.directory.path(),
        &missing,
        Path::new("/dev/null"),
        Path::new(""),
        Path::new("/"),
    ] {
        failed(
            world.bucket.download(&DownloadFile::new("k", path)),
            ErrorKind::LocalIo,
        );
    }
    assert_eq!(world.operations(), [""; 0]);
    assert_eq!(world.files(), [""; 0]);
}

#[test]
fn settings() {
    let world = World::new();
    let build = || builder(&world.cos);
    refused(build().parallel_requests(0).build(), "parallel_requests");
    refused(build().parallel_requests(257).build(), "parallel_requests");
    refused(
        build().connect_timeout(Duration::ZERO).build(),
        "connect_timeout",
    );
    refused(
        build().stall_timeout(Duration::ZERO).build(),
        "stall_timeout",
    );
    refused(build().user_agent("a\r\nb").build(), "user_agent");
    for url in [
        "",
        "127.0.0.1:80",
        "ftp://h",
        "http://h/path",
        "http://user@h",
    ] {
        refused(build().endpoint(url).build(), "endpoint");
    }
    if cfg!(feature = "tls") {
        let absent = build().ca_file(world.path("absent"));
        failed(absent.build(), ErrorKind::LocalIo);
    }
    let ca = world.file("ca.pem", b"no certificate");
    refused(build().ca_file(ca).build(), "ca_file");
    for credentials in [
        Credentials::new("", "k"),
        Credentials::new("i", ""),
        Credentials::new("i\n", "k"),
    ] {
        failed(Client::builder(credentials).build(), ErrorKind::Credentials);
    }
}
