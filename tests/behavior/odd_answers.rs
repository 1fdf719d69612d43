//! Answers that are not what the protocol promises are never taken for success.

use std::io::Read;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use cos_emulator::BUCKET;
use coslink::{
    Body, ByteRange, Client, Credentials, DownloadFile, ErrorKind, GetObject, HeadObject,
    ListObjects, Method, Operation, Progress, PutObject, Reply, Request, Result, Resume,
    RetryPolicy, UploadFile,
};

use crate::support::{World, builder, failed, noise, refused};

/// A fault that answers with these very bytes.
fn raw(answer: &str) -> String {
    let escaped: String = answer.bytes().map(|byte| format!("%{byte:02X}")).collect();
    format!("raw={escaped}")
}

fn world() -> World {
    let world = World::new();
    world
        .bucket
        .send(PutObject::new("k", "0123456789"))
        .unwrap();
    world
}

const CHUNKED: &str = "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-9/10\r\n\
                       Transfer-Encoding: chunked\r\n\r\n";

#[test]
fn an_object_is_never_more_nor_less_than_was_promised() {
    let world = world();
    for answer in [
        "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-4/10\r\nContent-Length: 5\r\n\r\n01234",
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 203 X\r\nContent-Length: 3\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n\
         a\r\n0123456789\r\n0\r\n\r\n",
    ] {
        world.fault(&format!("GetObject {}", raw(answer)));
        let got = world.bucket.send(GetObject::new("k"));
        failed(
            got.and_then(|got| got.output.body.into_bytes()),
            ErrorKind::Protocol,
        );
    }
    let range = || GetObject::new("k").range(ByteRange::new(0, 9));
    for chunks in [
        "4\r\n0123\r\n0\r\n\r\n",
        "0\r\n\r\n",
        "f\r\n0123456789EXTRA\r\n0\r\n\r\n",
    ] {
        world.fault(&format!("GetObject {}", raw(&format!("{CHUNKED}{chunks}"))));
        let got = world.bucket.send(range()).unwrap().output.body.into_bytes();
        failed(got, ErrorKind::Protocol);
    }
    world.fault(&format!(
        "GetObject {}",
        raw(&format!("{CHUNKED}a\r\n0123456789\r\n0\r\n\r\n"))
    ));
    let got = world.bucket.send(range()).unwrap().output.body.into_bytes();
    assert_eq!(got.unwrap(), b"0123456789");
    refused(
        world
            .bucket
            .send(GetObject::new("k").header("Range", "bytes=0-1")),
        "range",
    );
}

#[test]
fn a_download_survives_no_odd_range() {
    let target = "copy";
    for (times, answer, kind) in [
        (
            200,
            format!("{CHUNKED}f\r\n0123456789EXTRA\r\n0\r\n\r\n"),
            ErrorKind::Protocol,
        ),
        (200, format!("{CHUNKED}0\r\n\r\n"), ErrorKind::Protocol),
    ] {
        let world = world();
        world.file(target, b"before");
        world.fault("HeadObject no-crc");
        world.fault(&format!("GetObject times={times} {}", raw(&answer)));
        let download = DownloadFile::new("k", world.path(target));
        failed(world.bucket.download(&download), kind);
        assert_eq!(std::fs::read(world.path(target)).unwrap(), b"before");
        assert!(world.operations().len() < 10);
    }
}

#[test]
fn a_head_must_say_how_long_the_object_is_and_which_it_is() {
    let world = world();
    let target = world.file("copy", b"before");
    let download = DownloadFile::new("k", &target);
    world.fault(&format!(
        "HeadObject {}",
        raw("HTTP/1.1 200 OK\r\nETag: \"x\"\r\n\r\n")
    ));
    failed(world.bucket.download(&download), ErrorKind::Protocol);
    world.fault("HeadObject drop-header=ETag");
    failed(world.bucket.download(&download), ErrorKind::Protocol);
    assert_eq!(std::fs::read(&target).unwrap(), b"before");
}

#[test]
fn whoever_reads_exactly_the_bytes_is_told_too() {
    let world = world();
    world.fault("GetObject flip=3");
    let mut body = world.bucket.send(GetObject::new("k")).unwrap().output.body;
    assert!(body.read_exact(&mut [0; 10]).is_err());
}

#[test]
fn a_listing_that_does_not_advance_ends_with_an_error() {
    let world = World::new();
    let page = "<ListBucketResult><IsTruncated>true</IsTruncated><NextMarker>a</NextMarker>\
                <Contents><Key>a</Key><Size>1</Size></Contents></ListBucketResult>";
    let answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{page}",
        page.len()
    );
    world.fault(&format!("ListObjects times=forever {}", raw(&answer)));
    let objects = world.bucket.objects(ListObjects::new()).take(50);
    assert_eq!(objects.filter(Result::is_ok).count(), 1);
}

#[test]
fn a_policy_of_one_attempt_is_kept_everywhere() {
    let world = World::with(|builder| builder.retry(RetryPolicy::new(1)));
    world
        .bucket
        .send(PutObject::new("k", "0123456789"))
        .unwrap();
    let download = DownloadFile::new("k", world.path("copy"));
    for fault in ["status=503 code=SlowDown", "cut=5"] {
        world.cos.clear_requests();
        world.fault(&format!("GetObject times=forever {fault}"));
        let error = world.bucket.download(&download).unwrap_err();
        assert_eq!(
            (world.operations().len(), error.attempts()),
            (2, 1),
            "{error}"
        );
        world.cos.clear_faults();
    }
}

#[test]
fn a_watch_that_panics_leaves_nothing_running() {
    let world = World::with(|builder| builder.parallel_requests(1).resume(Resume::Off));
    let path = world.file("f", &noise(8 << 20));
    world.fault("UploadPart times=forever delay=50");
    let upload = UploadFile::new("k", &path)
        .part_size(1 << 20)
        .slice_above(0);
    let watch = |progress: &Progress| -> ControlFlow<()> {
        assert!(progress.loaded == 0, "the caller's own panic");
        ControlFlow::Continue(())
    };
    assert!(
        catch_unwind(AssertUnwindSafe(|| world
            .bucket
            .upload_with(&upload, watch)))
        .is_err()
    );
    let requests = world.cos.requests().len();
    assert_eq!(world.cos.uploads(BUCKET), []);
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(world.cos.requests().len(), requests);

    world
        .bucket
        .send(PutObject::new("k", noise(8 << 20)))
        .unwrap();
    world.fault("GetObject times=forever delay=50");
    let download = DownloadFile::new("k", world.path("copy")).part_size(1 << 20);
    assert!(
        catch_unwind(AssertUnwindSafe(|| world
            .bucket
            .download_with(&download, watch)))
        .is_err()
    );
    assert_eq!(world.files(), ["f"]);
    assert!(world.bucket.download(&download).unwrap().verified);
}

#[test]
fn an_upload_whose_last_answer_is_lost_is_what_it_is() {
    let world = World::new();
    let path = world.file("f", &noise(3 << 20));
    let upload = UploadFile::new("k", path).part_size(1 << 20).slice_above(0);
    for fault in ["drop-answer", "empty-200", "truncate-xml"] {
        world.fault(&format!("CompleteMultipartUpload {fault}"));
        let uploaded = world.bucket.upload(&upload).unwrap();
        assert!(
            uploaded.verified && uploaded.etag.ends_with("-3\""),
            "{fault}"
        );
        assert!(world.stored("k").unwrap() == noise(3 << 20));
        assert!(
            !world
                .operations()
                .iter()
                .any(|name| name == "AbortMultipartUpload")
        );
    }
    // Not made, and not known to be: it is an error, the object stays as it was, and where nothing
    // is to be continued, nothing is left.
    world.cos.put(BUCKET, "k", "before");
    for fault in ["close", "refused-empty-200", "status=503"] {
        world.fault(&format!("CompleteMultipartUpload times=9 {fault}"));
        let upload = upload.clone().resume(Resume::Off);
        assert!(world.bucket.upload(&upload).is_err(), "{fault}");
        assert_eq!(world.stored("k").unwrap(), b"before");
        assert_eq!(world.cos.uploads(BUCKET), [], "{fault}");
        world.cos.clear_faults();
    }
}

#[test]
fn an_upload_is_there_even_if_nobody_may_ask_for_its_crc64() {
    let world = World::new();
    let path = world.file("f", &noise(3 << 20));
    world.fault("CompleteMultipartUpload no-crc");
    world.fault("HeadObject status=403 code=AccessDenied");
    let upload = UploadFile::new("k", path).part_size(1 << 20).slice_above(0);
    assert!(!world.bucket.upload(&upload).unwrap().verified);
}

/// A GET with a body, which HTTP has no use for.
struct Odd;

impl Operation for Odd {
    const NAME: &'static str = "Odd";
    type Output = ();

    fn request(&self) -> Result<Request<'_>> {
        Ok(Request::object(Method::Get, "k").with_body(Body::from("abc")))
    }

    fn read(&self, _: Reply) -> Result<()> {
        Ok(())
    }
}

#[test]
fn what_cannot_be_sent_is_not() {
    let world = World::with(|b| b.connect_timeout(Duration::from_secs(86_400)));
    refused(world.bucket.send(Odd), "body");
    let missing = PutObject::new("k", Body::file("/nonexistent"));
    assert_eq!(
        failed(world.bucket.send(missing), ErrorKind::LocalIo).attempts(),
        0
    );
    struct Liar;
    impl Read for Liar {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            Ok(buffer.len() + 1)
        }
    }
    let liar = PutObject::new("k", Body::reader(Liar, 10));
    failed(world.bucket.send(liar), ErrorKind::Callback);
    refused(
        builder(&world.cos).connect_timeout(Duration::MAX).build(),
        "connect_timeout",
    );
    refused(
        builder(&world.cos)
            .endpoint("http://127.0.0.1:99999")
            .build(),
        "endpoint",
    );
    let secret =
        Client::builder(Credentials::new("id", "key")).endpoint("https://user:hunter2@host");
    let shown = failed(secret.build(), ErrorKind::InvalidArgument).to_string();
    assert!(!shown.contains("hunter2"), "{shown}");
    failed(world.bucket.send(HeadObject::new("k")), ErrorKind::NotFound);
}
