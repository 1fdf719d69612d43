//! Multipart uploads from Initiate to Complete, and everything that can be wrong with them.
#![allow(clippy::unwrap_used)]

mod common;

use std::io::Write;

use common::{Answer, MIB, call, get, noise, put};
use cos_emulator::{BUCKET, Emulator, crc64};

fn initiate(cos: &Emulator, key: &str, headers: &[(&str, &str)]) -> String {
    let answer = call(cos, "POST", &format!("/{key}?uploads"), headers, b"").expect(200);
    assert_eq!(answer.element("Bucket").as_deref(), Some(BUCKET));
    answer.element("UploadId").unwrap()
}

fn part(cos: &Emulator, key: &str, id: &str, number: u32, body: &[u8]) -> String {
    let target = format!("/{key}?partNumber={number}&uploadId={id}");
    let answer = put(cos, &target, &[], body).expect(200);
    let crc = crc64::checksum(body).to_string();
    assert_eq!(answer.header("x-cos-hash-crc64ecma"), Some(crc.as_str()));
    answer.header("ETag").unwrap().to_owned()
}

fn body(parts: &[(u32, &str)]) -> String {
    let parts: String = parts
        .iter()
        .map(|(n, e)| format!("<Part><PartNumber>{n}</PartNumber><ETag>{e}</ETag></Part>"))
        .collect();
    format!("<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>")
}

fn complete(cos: &Emulator, key: &str, id: &str, body: &str) -> Answer {
    call(
        cos,
        "POST",
        &format!("/{key}?uploadId={id}"),
        &[],
        body.as_bytes(),
    )
}

#[test]
fn three_parts_become_one_object() {
    let directory = tempfile::tempdir().unwrap();
    for cos in [
        Emulator::start(),
        Emulator::builder().directory(directory.path()).start(),
    ] {
        let headers = [
            ("Content-Type", "video/mp4"),
            ("x-cos-meta-a", "b"),
            ("x-cos-storage-class", "STANDARD_IA"),
        ];
        let id = initiate(&cos, "k", &headers);
        let bytes = [noise(MIB, 1), noise(MIB + 3, 2), noise(5, 3)];
        part(&cos, "k", &id, 1, b"is replaced");
        let etags: Vec<String> = (1..)
            .zip(&bytes)
            .map(|(n, bytes)| part(&cos, "k", &id, n, bytes))
            .collect();
        part(&cos, "k", &id, 4, b"is not listed");
        assert!(cos.object(BUCKET, "k").is_none());
        // Quotes may be missing, as entities or as they are.
        let listed = [
            (1, etags[0].trim_matches('"').to_owned()),
            (2, etags[1].replace('"', "&quot;")),
            (3, etags[2].clone()),
        ];
        let listed: Vec<(u32, &str)> = listed.iter().map(|(n, e)| (*n, e.as_str())).collect();
        let answer = complete(&cos, "k", &id, &body(&listed)).expect(200);
        assert_eq!(answer.header("Transfer-Encoding"), Some("chunked"));
        let whole = bytes.concat();
        let crc = crc64::checksum(&whole).to_string();
        assert_eq!(answer.header("x-cos-hash-crc64ecma"), Some(crc.as_str()));
        let etag = answer.element("ETag").unwrap();
        let (hex, count) = etag.trim_matches('"').split_once('-').unwrap();
        assert_eq!((hex.len(), count), (32, "3"));
        assert_ne!(hex, format!("{:x}", md5::compute(&whole)));
        let raw: Vec<u8> = bytes.iter().flat_map(|b| md5::compute(b).0).collect();
        assert_ne!(hex, format!("{:x}", md5::compute(raw)));

        let answer = get(&cos, "/k", &[]).expect(200);
        assert!(answer.body == whole);
        assert_eq!(answer.header("ETag"), Some(etag.as_str()));
        assert_eq!(answer.header("Content-Type"), Some("video/mp4"));
        assert_eq!(answer.header("x-cos-meta-a"), Some("b"));
        assert_eq!(answer.header("x-cos-storage-class"), Some("STANDARD_IA"));
        let range = format!("bytes={}-{}", MIB - 1, 2 * MIB + 4);
        assert!(get(&cos, "/k", &[("Range", &range)]).body == whole[MIB - 1..2 * MIB + 5]);
        assert!(cos.uploads(BUCKET).is_empty());
        complete(&cos, "k", &id, &body(&listed)).refused(404, "NoSuchUpload");
    }
    assert_eq!(
        std::fs::read_dir(directory.path()).unwrap().count(),
        0,
        "files are left behind"
    );
}

#[test]
fn lists_that_do_not_fit() {
    let cos = Emulator::start();
    let id = initiate(&cos, "k", &[]);
    let small = part(&cos, "k", &id, 1, &noise(MIB - 1, 1));
    let last = part(&cos, "k", &id, 2, b"x");
    let gap = part(&cos, "k", &id, 4, b"x");
    let try_with = |body: &str| complete(&cos, "k", &id, body);
    try_with(&body(&[(1, &small), (2, &last)])).refused(400, "EntityTooSmall");
    try_with(&body(&[(2, &last), (1, &small)])).refused(400, "InvalidPartOrder");
    try_with(&body(&[(1, &small), (1, &small)])).refused(400, "InvalidPartOrder");
    try_with(&body(&[(1, &last)])).refused(400, "InvalidPart");
    try_with(&body(&[(1, &small), (3, &last)])).refused(400, "InvalidPart");
    try_with(&body(&[(2, &last), (4, &gap)])).refused(400, "InvalidPart");
    for malformed in [
        "",
        "<CompleteMultipartUpload/>",
        "<CompleteMultipartUpload>",
        "<Other><Part><PartNumber>1</PartNumber><ETag>x</ETag></Part></Other>",
        "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber></Part></CompleteMultipartUpload>",
        "<CompleteMultipartUpload><Part><PartNumber>one</PartNumber><ETag>x</ETag></Part></CompleteMultipartUpload>",
        "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>x</ETag><Size>1</Size></Part></CompleteMultipartUpload>",
    ] {
        try_with(malformed).refused(400, "MalformedXML");
    }
    complete(&cos, "other", &id, &body(&[(1, &small)])).refused(404, "NoSuchUpload");
    assert_eq!(cos.uploads(BUCKET).len(), 1);
    try_with(&body(&[(1, &small)])).expect(200);
}

#[test]
fn parts_that_do_not_fit() {
    let cos = Emulator::start();
    let id = initiate(&cos, "k", &[]);
    for number in ["0", "10001", "-1", "x", "", "4294967297"] {
        let target = format!("/k?partNumber={number}&uploadId={id}");
        put(&cos, &target, &[], b"x").refused(400, "InvalidArgument");
    }
    put(&cos, "/k?partNumber=1&uploadId=none", &[], b"x").refused(404, "NoSuchUpload");
    put(&cos, &format!("/k?uploadId={id}"), &[], b"x").refused(501, "NotImplemented");
    put(&cos, "/k?partNumber=1", &[], b"x").refused(501, "NotImplemented");
    let target = format!("/k?partNumber=1&uploadId={id}");
    put(&cos, &target, &[("x-cos-acl", "private")], b"x").refused(501, "NotImplemented");
    put(
        &cos,
        &target,
        &[("Content-MD5", "1B2M2Y8AsgTpgAmY7PhCfg==")],
        b"x",
    )
    .refused(400, "BadDigest");
    get(&cos, "/k?uploadId=none", &[]).refused(404, "NoSuchUpload");
    assert!(
        get(&cos, &format!("/k?uploadId={id}"), &[])
            .elements("Part")
            .is_empty()
    );
}

#[test]
fn aborting() {
    let cos = Emulator::start();
    let id = initiate(&cos, "k", &[]);
    part(&cos, "k", &id, 1, b"x");
    call(&cos, "DELETE", "/", &[], b"").refused(409, "BucketNotEmpty");
    call(&cos, "DELETE", &format!("/other?uploadId={id}"), &[], b"").refused(404, "NoSuchUpload");
    call(&cos, "DELETE", &format!("/k?uploadId={id}"), &[], b"").expect(204);
    call(&cos, "DELETE", &format!("/k?uploadId={id}"), &[], b"").refused(404, "NoSuchUpload");
    put(&cos, &format!("/k?partNumber=1&uploadId={id}"), &[], b"x").refused(404, "NoSuchUpload");
}

#[test]
fn uploads_expire() {
    let directory = tempfile::tempdir().unwrap();
    let cos = Emulator::builder().directory(directory.path()).start();
    cos.expire_uploads("none-1250000000");
    let ids = ["k", "k", "l"].map(|key| (key, initiate(&cos, key, &[])));
    let etag = part(&cos, "k", &ids[0].1, 1, b"x");
    assert_eq!(cos.uploads(BUCKET).len(), 3);
    cos.expire_uploads(BUCKET);
    assert!(cos.uploads(BUCKET).is_empty());
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
    complete(&cos, "k", &ids[0].1, &body(&[(1, &etag)])).refused(404, "NoSuchUpload");
    for (key, id) in &ids {
        let target = format!("/{key}?partNumber=1&uploadId={id}");
        put(&cos, &target, &[], b"x").refused(404, "NoSuchUpload");
    }
}

#[test]
fn overwriting_can_be_forbidden_at_the_end() {
    let cos = Emulator::start();
    let id = initiate(&cos, "k", &[]);
    let etag = part(&cos, "k", &id, 1, b"new");
    cos.put(BUCKET, "k", b"old");
    let target = format!("/k?uploadId={id}");
    let list = body(&[(1, &etag)]);
    call(
        &cos,
        "POST",
        &target,
        &[("x-cos-forbid-overwrite", "true")],
        list.as_bytes(),
    )
    .refused(409, "FileAlreadyExists");
    assert_eq!(common::bytes_of(&cos, "k").unwrap(), b"old");
    call(
        &cos,
        "POST",
        &target,
        &[("Content-MD5", "AAAAAAAAAAAAAAAAAAAAAA==")],
        list.as_bytes(),
    )
    .refused(400, "BadDigest");
    call(&cos, "POST", &target, &[], list.as_bytes()).expect(200);
    assert_eq!(common::bytes_of(&cos, "k").unwrap(), b"new");
}

#[test]
fn ten_thousand_parts_combine() {
    // One CRC of one byte, ten thousand times; the bytes are cheap, the combination is not.
    let bytes = vec![b'z'; 10_000];
    let mut crc = 0;
    for byte in &bytes {
        crc = crc64::combine(crc, crc64::checksum(std::slice::from_ref(byte)), 1);
    }
    assert_eq!(crc, crc64::checksum(&bytes));
}

#[test]
fn a_part_that_lands_after_the_abort_is_refused() {
    let cos = Emulator::start();
    let id = initiate(&cos, "k", &[]);
    let mut slow = common::connect(&cos);
    let target = format!("/k?partNumber=1&uploadId={id}");
    slow.write_all(common::head("PUT", &target, &[], Some(4)).as_bytes())
        .unwrap();
    slow.write_all(b"la").unwrap();
    while cos.requests().last().unwrap().body_length < 2 {
        std::thread::yield_now();
    }
    call(&cos, "DELETE", &format!("/k?uploadId={id}"), &[], b"").expect(204);
    slow.write_all(b"te").unwrap();
    common::read_answer(&slow, false)
        .unwrap()
        .refused(404, "NoSuchUpload");
    assert!(cos.uploads(BUCKET).is_empty());
}
