//! Copies of objects and of parts.
#![allow(clippy::unwrap_used)]

mod common;

use common::{HOST, MIB, bytes_of, call, get, noise, put};
use cos_emulator::{BUCKET, Emulator, crc64};

const OTHER: &str = "source-1250000000";

fn two_buckets() -> Emulator {
    Emulator::builder()
        .bucket(BUCKET, cos_emulator::REGION)
        .bucket(OTHER, "ap-beijing")
        .start()
}

fn source(rest: &str) -> String {
    format!("{HOST}/{rest}")
}

fn copy(cos: &Emulator, target: &str, from: &str, headers: &[(&str, &str)]) -> common::Answer {
    let mut all = vec![("x-cos-copy-source", from)];
    all.extend_from_slice(headers);
    put(cos, target, &all, b"")
}

#[test]
fn what_is_copied_and_what_is_not() {
    let cos = two_buckets();
    put(
        &cos,
        "/dir/a%20%2525",
        &[
            ("Content-Type", "text/plain"),
            ("Cache-Control", "max-age=5"),
            ("x-cos-meta-color", "blue"),
            ("x-cos-storage-class", "STANDARD_IA"),
            ("x-cos-acl", "public-read"),
            ("x-cos-tagging", "k=v"),
            ("x-cos-server-side-encryption", "AES256"),
        ],
        b"content",
    )
    .expect(200);
    // The key is "dir/a %25": decoded once.
    let answer = copy(&cos, "/copy", &source("dir/a%20%2525"), &[]).expect(200);
    assert_eq!(answer.header("Transfer-Encoding"), Some("chunked"));
    let stored = cos.object(BUCKET, "copy").unwrap();
    assert!(
        answer
            .text()
            .contains(&format!("<ETag>{}</ETag>", stored.etag))
    );
    assert_eq!(
        answer.element("CRC64"),
        Some(crc64::checksum(b"content").to_string())
    );
    assert!(answer.element("LastModified").unwrap().ends_with('Z'));
    assert_eq!(answer.element("VersionId"), None);
    assert_eq!(stored.bytes().unwrap(), b"content");
    assert_eq!(stored.content_type, "text/plain");
    assert_eq!(stored.metadata, [("color".to_owned(), "blue".to_owned())]);
    assert_eq!(stored.tags, [("k".to_owned(), "v".to_owned())]);
    assert_eq!(
        (stored.storage_class.as_str(), stored.acl.as_str()),
        ("STANDARD", "default")
    );
    let head = call(&cos, "HEAD", "/copy", &[], b"").expect(200);
    assert_eq!(head.header("x-cos-server-side-encryption"), None);

    // Replaced takes nothing but what the request says.
    let replaced = [
        ("x-cos-metadata-directive", "Replaced"),
        ("x-cos-tagging-directive", "Replaced"),
        ("x-cos-meta-size", "9"),
        ("x-cos-storage-class", "MAZ_STANDARD"),
        ("x-cos-acl", "private"),
    ];
    copy(&cos, "/copy2", &source("copy"), &replaced).expect(200);
    let stored = cos.object(BUCKET, "copy2").unwrap();
    assert_eq!(stored.content_type, "application/octet-stream");
    assert_eq!(stored.metadata, [("size".to_owned(), "9".to_owned())]);
    assert_eq!(stored.tags, []);
    assert_eq!(
        (stored.storage_class.as_str(), stored.acl.as_str()),
        ("MAZ_STANDARD", "private")
    );
    // Without Replaced the metadata of the request say nothing.
    copy(&cos, "/copy3", &source("copy"), &[("x-cos-meta-size", "9")]).expect(200);
    assert_eq!(cos.object(BUCKET, "copy3").unwrap().metadata[0].1, "blue");
    assert_eq!(cos.requests().last().unwrap().operation, "CopyObject");
}

#[test]
fn sources() {
    let cos = two_buckets();
    cos.put(OTHER, "k", b"x");
    cos.put(OTHER, "a+b?c", b"y");
    let there = format!("{OTHER}.cos.ap-beijing.myqcloud.com");
    copy(&cos, "/c", &format!("{there}/k"), &[]).expect(200);
    copy(&cos, "/d", &format!("{there}/a+b%3Fc"), &[]).expect(200);
    assert_eq!(bytes_of(&cos, "d").unwrap(), b"y");
    copy(
        &cos,
        "/e",
        &format!("{OTHER}.cos.ap-beijing.tencentcos.cn/k"),
        &[],
    )
    .expect(200);
    for (from, status, code) in [
        (format!("{there}/none"), 404, "NoSuchCopySource"),
        (format!("{there}/k?versionId=MTg0"), 404, "NoSuchVersion"),
        (
            format!("{OTHER}.cos.ap-guangzhou.myqcloud.com/k"),
            404,
            "NoSuchBucket",
        ),
        (
            "none-1250000000.cos.ap-beijing.myqcloud.com/k".to_owned(),
            404,
            "NoSuchBucket",
        ),
        ("example.com/k".to_owned(), 404, "NoSuchBucket"),
        (format!("https://{there}/k"), 404, "NoSuchBucket"),
        (format!("{there}/a+b?c"), 400, "InvalidCopySource"),
        (format!("{there}/%zz"), 400, "InvalidCopySource"),
        (format!("{there}/"), 400, "InvalidCopySource"),
        (there.clone(), 400, "InvalidCopySource"),
        ("/k".to_owned(), 404, "NoSuchBucket"),
    ] {
        copy(&cos, "/f", &from, &[]).refused(status, code);
    }
    copy(
        &cos,
        "/f",
        &format!("{there}/k"),
        &[("x-cos-metadata-directive", "replaced")],
    )
    .refused(400, "InvalidArgument");
    copy(
        &cos,
        "/f",
        &format!("{there}/k"),
        &[("x-cos-copy-sourse", "x")],
    )
    .refused(501, "NotImplemented");
    let from = format!("{there}/k");
    put(&cos, "/f", &[("x-cos-copy-source", &from)], b"body").refused(400, "UnexpectedContent");
    assert!(cos.object(BUCKET, "f").is_none());
}

#[test]
fn a_copy_onto_itself() {
    let cos = Emulator::start();
    cos.put(BUCKET, "k", b"x");
    copy(&cos, "/k", &source("k"), &[]).refused(400, "InvalidRequest");
    let replaced = [
        ("x-cos-metadata-directive", "Replaced"),
        ("x-cos-meta-a", "b"),
    ];
    copy(&cos, "/k", &source("k"), &replaced).expect(200);
    assert_eq!(cos.object(BUCKET, "k").unwrap().metadata[0].1, "b");
    copy(
        &cos,
        "/new",
        &source("k"),
        &[("x-cos-forbid-overwrite", "true")],
    )
    .expect(200);
    copy(
        &cos,
        "/new",
        &source("k"),
        &[("x-cos-forbid-overwrite", "true")],
    )
    .refused(409, "FileAlreadyExists");
}

#[test]
fn conditions_on_the_source() {
    let cos = Emulator::start();
    cos.put(BUCKET, "k", b"x");
    let etag = cos.object(BUCKET, "k").unwrap().etag;
    let (past, future) = (
        "Sun, 01 Jan 2006 00:00:00 GMT",
        "Fri, 01 Jan 2100 00:00:00 GMT",
    );
    let (matches, none) = (
        "x-cos-copy-source-If-Match",
        "x-cos-copy-source-If-None-Match",
    );
    let since = "x-cos-copy-source-If-Modified-Since";
    let until = "x-cos-copy-source-If-Unmodified-Since";
    type Row<'a> = (&'a [(&'a str, &'a str)], u16, &'a str);
    let rows: [Row<'_>; 14] = [
        (&[(matches, &etag)], 200, ""),
        (&[(matches, "\"other\"")], 412, "PreconditionFailed"),
        (&[(none, "\"other\"")], 200, ""),
        (&[(none, &etag)], 412, "PreconditionFailed"),
        (&[(since, past)], 200, ""),
        (&[(since, future)], 412, "PreconditionFailed"),
        (&[(until, future)], 200, ""),
        (&[(until, past)], 412, "PreconditionFailed"),
        (&[(matches, &etag), (until, future)], 200, ""),
        (&[(none, "\"other\""), (since, past)], 200, ""),
        (
            &[(matches, &etag), (none, "\"other\"")],
            400,
            "InvalidRequest",
        ),
        (&[(matches, &etag), (since, past)], 400, "InvalidRequest"),
        (&[(until, future), (since, past)], 400, "InvalidRequest"),
        (
            &[(until, future), (none, "\"other\"")],
            400,
            "InvalidRequest",
        ),
    ];
    for (headers, status, code) in rows {
        let answer = copy(&cos, "/c", &source("k"), headers);
        if status == 200 {
            answer.expect(200);
        } else {
            answer.refused(status, code);
        }
    }
}

#[test]
fn too_large_for_one_copy() {
    let cos = Emulator::start();
    let size = 5 * 1024 * MIB as u64 + 1;
    assert!(cos.put_zeros(BUCKET, "large", size));
    let stored = cos.object(BUCKET, "large").unwrap();
    assert_eq!(stored.size, size);
    assert!(cos.put_zeros(BUCKET, "small", 1000));
    let small = cos.object(BUCKET, "small").unwrap();
    assert_eq!(small.crc64, crc64::checksum(&[0; 1000]));
    assert_eq!(small.bytes().unwrap(), [0; 1000]);
    copy(&cos, "/c", &source("large"), &[]).refused(400, "InvalidRequest");
    let tail = get(&cos, "/large", &[("Range", "bytes=5368709119-")]).expect(206);
    assert_eq!(tail.body, [0, 0]);
}

#[test]
fn parts() {
    let cos = Emulator::builder()
        .bucket(BUCKET, cos_emulator::REGION)
        .directory(std::env::temp_dir())
        .start();
    let bytes = noise(2 * MIB + 100, 1);
    put(&cos, "/k", &[], &bytes).expect(200);
    let answer = call(&cos, "POST", "/c?uploads", &[], b"").expect(200);
    let id = answer.element("UploadId").unwrap();
    let part = |number: u32, range: &str| {
        let target = format!("/c?partNumber={number}&uploadId={id}");
        let range = ("x-cos-copy-source-range", range);
        copy(
            &cos,
            &target,
            &source("k"),
            &[range][..usize::from(!range.1.is_empty())],
        )
    };
    let first = part(1, &format!("bytes=100-{}", MIB + 199)).expect(200);
    let slice = &bytes[100..MIB + 200];
    assert_eq!(
        first.element("ETag"),
        Some(format!("\"{:x}\"", md5::compute(slice)))
    );
    assert_eq!(
        first.element("CRC64"),
        Some(crc64::checksum(slice).to_string())
    );
    assert!(!first.element("LastModified").unwrap().ends_with('Z'));
    assert_eq!(cos.requests().last().unwrap().operation, "UploadPartCopy");
    let second = part(2, "").expect(200);
    let whole = crc64::checksum(&bytes).to_string();
    assert_eq!(second.element("CRC64"), Some(whole));

    part(3, &format!("bytes=0-{}", bytes.len())).refused(416, "InvalidRange");
    for bad in ["bytes=5-4", "bytes=5-", "bytes=-5", "0-5", "bytes=a-b"] {
        part(3, bad).refused(400, "InvalidArgument");
    }
    part(0, "").refused(400, "InvalidArgument");
    let target = "/c?partNumber=1&uploadId=none";
    copy(&cos, target, &source("k"), &[]).refused(404, "NoSuchUpload");
    let target = format!("/c?partNumber=1&uploadId={id}");
    copy(&cos, &target, &source("none"), &[]).refused(404, "NoSuchCopySource");
    let unmet = [("x-cos-copy-source-If-Match", "\"x\"")];
    copy(&cos, &target, &source("k"), &unmet).refused(412, "PreconditionFailed");
    copy(&cos, &target, &source("k"), &[("x-cos-acl", "private")]).refused(501, "NotImplemented");

    let list = [first, second]
        .iter()
        .zip(1..)
        .map(|(answer, number)| {
            let etag = answer.element("ETag").unwrap();
            format!("<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>")
        })
        .collect::<String>();
    let body = format!("<CompleteMultipartUpload>{list}</CompleteMultipartUpload>");
    call(
        &cos,
        "POST",
        &format!("/c?uploadId={id}"),
        &[],
        body.as_bytes(),
    )
    .expect(200);
    let joined = [slice, &bytes].concat();
    assert_eq!(bytes_of(&cos, "c").unwrap(), joined);
    assert_eq!(get(&cos, "/c", &[]).expect(200).body, joined);
    let crc = cos.object(BUCKET, "c").unwrap().crc64;
    assert_eq!(crc, crc64::checksum(&joined));
    // The new ETag of a simple copy says nothing about parts.
    copy(&cos, "/d", &source("c"), &[]).expect(200);
    let etag = cos.object(BUCKET, "d").unwrap().etag;
    assert_eq!(etag.len(), 34);
    assert_ne!(etag, format!("\"{:x}\"", md5::compute(&joined)));
}

#[test]
fn customer_keys() {
    let cos = Emulator::builder().ssec_on_http(true).start();
    let key = |byte: u8| data_encoding::BASE64.encode(&[byte; 32]);
    let digest = |byte: u8| common::content_md5(&[byte; 32]);
    let names = ["algorithm", "key", "key-MD5"];
    let set = |prefix: &str, byte: u8| -> Vec<(String, String)> {
        let values = ["AES256".to_owned(), key(byte), digest(byte)];
        let name = |n: &str| format!("{prefix}server-side-encryption-customer-{n}");
        names.iter().map(|n| name(n)).zip(values).collect()
    };
    let own = set("x-cos-", 1);
    fn slices(set: &[(String, String)]) -> Vec<(&str, &str)> {
        set.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect()
    }
    put(&cos, "/k", &slices(&own), b"secret").expect(200);
    copy(&cos, "/c", &source("k"), &[]).refused(400, "SSEContentNotSupported");
    let wrong = set("x-cos-copy-source-", 2);
    copy(&cos, "/c", &source("k"), &slices(&wrong)).refused(403, "AccessDenied");
    let mut good = set("x-cos-copy-source-", 1);
    copy(&cos, "/plain", &source("k"), &slices(&good)).expect(200);
    assert_eq!(get(&cos, "/plain", &[]).expect(200).body, b"secret");
    good.extend(set("x-cos-", 3));
    copy(&cos, "/other", &source("k"), &slices(&good)).expect(200);
    get(&cos, "/other", &[]).refused(400, "SSEContentNotSupported");
    get(&cos, "/other", &slices(&set("x-cos-", 3))).expect(200);
}

#[test]
fn faults() {
    let cos = Emulator::start();
    cos.put(BUCKET, "k", b"x");
    let from = source("k");
    for line in [
        "CopyObject error-200=InternalError",
        "CopyObject empty-200",
        "CopyObject truncate-xml",
        "CopyObject blanks=3",
        "CopyObject wrong-crc",
        "CopyObject no-crc",
    ] {
        cos.fault(line).unwrap();
    }
    let error = copy(&cos, "/a", &from, &[]).expect(200);
    assert!(error.text().starts_with(" \n") && error.text().contains("<Error>"));
    assert!(cos.object(BUCKET, "a").is_none());
    let empty = copy(&cos, "/b", &from, &[]).expect(200);
    assert!(empty.body.is_empty() && cos.object(BUCKET, "b").is_some());
    let cut = copy(&cos, "/c", &from, &[]).expect(200);
    assert!(cut.complete && !cut.text().contains("</CopyObjectResult>"));
    let blanks = copy(&cos, "/d", &from, &[]).expect(200);
    assert!(blanks.text().starts_with(" \n \n \n<?xml"));
    let crc = crc64::checksum(b"x");
    let wrong = copy(&cos, "/e", &from, &[]).expect(200);
    assert_eq!(wrong.element("CRC64"), Some((crc ^ 1).to_string()));
    let none = copy(&cos, "/f", &from, &[]).expect(200);
    assert_eq!(none.element("CRC64"), None);
}
