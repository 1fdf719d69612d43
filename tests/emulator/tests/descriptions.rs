//! What a PUT says about its object, and what the emulator makes of it.
#![allow(clippy::unwrap_used)]

mod common;

use std::io::Write;

use common::{call, get, noise, put};
use cos_emulator::{BUCKET, Emulator, crc64};
use data_encoding::BASE64;

#[test]
fn digests_are_checked() {
    let cos = Emulator::start();
    let good = BASE64.encode(&md5::compute(b"body").0);
    put(&cos, "/k", &[("Content-MD5", &good)], b"body").expect(200);
    put(&cos, "/bad", &[("Content-MD5", &good)], b"bodz").refused(400, "BadDigest");
    put(&cos, "/bad", &[("Content-MD5", "abc")], b"body").refused(400, "InvalidDigest");
    put(&cos, "/bad", &[("Content-MD5", "YWJj")], b"body").refused(400, "InvalidDigest");
    let sha1 = "02083f4579e08a612425c0c1a17ee47add783b94";
    put(&cos, "/k", &[("x-cos-content-sha1", sha1)], b"body").expect(200);
    put(&cos, "/bad", &[("x-cos-content-sha1", sha1)], b"bodz").refused(400, "InvalidSHA1Digest");
    assert!(cos.object(BUCKET, "bad").is_none());
}

#[test]
fn descriptions_are_checked() {
    let cos = Emulator::start();
    let (long, longer) = ("v".repeat(2047), "v".repeat(5000));
    let refusals: &[(&[(&str, &str)], &str)] = &[
        (&[("x-cos-storage-class", "COLD")], "InvalidArgument"),
        (&[("x-cos-storage-class", "standard")], "InvalidArgument"),
        (&[("x-cos-acl", "public-write")], "InvalidArgument"),
        (&[("x-cos-grant-read", "id=1")], "InvalidArgument"),
        (&[("x-cos-meta-a_b", "x")], "InvalidArgument"),
        (&[("x-cos-meta-ab", &long)], "MetadataTooLarge"),
        (&[("x-cos-meta-ab", &longer)], "KeyTooLong"),
        (&[("x-cos-tagging", "novalue")], "InvalidTag"),
        (&[("x-cos-tagging", "a=1&a=2")], "InvalidTag"),
        (&[("x-cos-tagging", "a=%24")], "InvalidTag"),
        (
            &[(
                "x-cos-tagging",
                "a=1&b=1&c=1&d=1&e=1&f=1&g=1&h=1&i=1&j=1&k=1",
            )],
            "InvalidTag",
        ),
        (&[("x-cos-traffic-limit", "819199")], "InvalidArgument"),
        (&[("x-cos-traffic-limit", "838860801")], "InvalidArgument"),
        (&[("x-cos-traffic-limit", "1MB")], "InvalidArgument"),
        (&[("x-cos-forbid-overwrite", "yes")], "InvalidArgument"),
        (
            &[("x-cos-server-side-encryption", "ROT13")],
            "InvalidArgument",
        ),
    ];
    for (headers, code) in refusals {
        put(&cos, "/k", headers, b"x").refused(400, code);
    }
    let exact = "v".repeat(2046);
    put(
        &cos,
        "/k",
        &[("x-cos-meta-ab", &exact), ("x-cos-traffic-limit", "819200")],
        b"x",
    )
    .expect(200);
    put(&cos, "/k", &[("x-cos-mispelled", "x")], b"x").refused(501, "NotImplemented");
    put(&cos, "/k?x-cos-traffic-limit=1", &[], b"x").refused(400, "InvalidArgument");
}

#[test]
fn overwriting_can_be_forbidden() {
    let cos = Emulator::start();
    let forbid: &[(&str, &str)] = &[("x-cos-forbid-overwrite", "true")];
    put(&cos, "/k", forbid, b"one").expect(200);
    put(&cos, "/k", forbid, b"two").refused(409, "FileAlreadyExists");
    put(&cos, "/k", &[("x-cos-forbid-overwrite", "false")], b"three").expect(200);
    assert_eq!(common::bytes_of(&cos, "k").unwrap(), b"three");
}

#[test]
fn encryption_is_echoed() {
    let cos = Emulator::builder().ssec_on_http(true).start();
    let sse = "x-cos-server-side-encryption";
    let answer = put(&cos, "/cos", &[(sse, "AES256")], b"body").expect(200);
    assert_eq!(answer.header(sse), Some("AES256"));
    let md5 = "\"841a2d689ad86bd1611447453c22c6fc\"";
    assert_eq!(answer.header("ETag"), Some(md5));
    let answer = put(&cos, "/kms", &[(sse, "cos/kms")], b"body").expect(200);
    assert_ne!(answer.header("ETag"), Some(md5));
    assert_eq!(get(&cos, "/kms", &[]).header(sse), Some("cos/kms"));

    let key = BASE64.encode(b"0123456789ABCDEF0123456789ABCDEF");
    let other = BASE64.encode(b"another key, also of 32 bytes ok");
    let digest = |key: &str| BASE64.encode(&md5::compute(BASE64.decode(key.as_bytes()).unwrap()).0);
    let (key_md5, other_md5) = (digest(&key), digest(&other));
    let customer = "x-cos-server-side-encryption-customer";
    let [algorithm, key_name, md5_name] =
        ["algorithm", "key", "key-MD5"].map(|part| format!("{customer}-{part}"));
    let right: &[(&str, &str)] = &[
        (&algorithm, "AES256"),
        (&key_name, &key),
        (&md5_name, &key_md5),
    ];
    let wrong: &[(&str, &str)] = &[
        (&algorithm, "AES256"),
        (&key_name, &other),
        (&md5_name, &other_md5),
    ];
    let answer = put(&cos, "/customer", right, b"body").expect(200);
    assert_eq!(answer.header(&md5_name), Some(key_md5.as_str()));
    assert_ne!(answer.header("ETag"), Some(md5));
    assert_eq!(get(&cos, "/customer", right).expect(200).body, b"body");
    get(&cos, "/customer", &[]).refused(400, "SSEContentNotSupported");
    get(&cos, "/customer", wrong).refused(403, "AccessDenied");
    get(&cos, "/customer", &right[..2]).refused(400, "SsecDecryptHeaderInvalid");
    get(&cos, "/cos", right).refused(400, "SsecDecryptHeaderInvalid");
    assert_eq!(call(&cos, "HEAD", "/customer", &[], b"").status, 400);

    put(&Emulator::start(), "/k", right, b"body").refused(400, "InvalidRequest");
}

#[test]
fn archives_are_closed() {
    let cos = Emulator::start();
    put(&cos, "/k", &[("x-cos-storage-class", "DEEP_ARCHIVE")], b"x").expect(200);
    get(&cos, "/k", &[]).refused(403, "InvalidObjectState");
    assert_eq!(call(&cos, "HEAD", "/k", &[], b"").status, 200);
}

#[test]
fn etags_can_be_opaque() {
    let cos = Emulator::builder().opaque_etags(true).start();
    let large = noise(100_000, 1);
    for body in [b"123456789".as_slice(), &large] {
        let first = put(&cos, "/k", &[], body)
            .expect(200)
            .header("ETag")
            .unwrap()
            .to_owned();
        let second = put(&cos, "/k", &[], body)
            .expect(200)
            .header("ETag")
            .unwrap()
            .to_owned();
        let md5 = format!("\"{:x}\"", md5::compute(body));
        assert!(first != md5 && second != md5 && first != second);
        assert_eq!(
            cos.object(BUCKET, "k").unwrap().crc64,
            crc64::checksum(body)
        );
        put(
            &cos,
            "/k",
            &[("Content-MD5", "1B2M2Y8AsgTpgAmY7PhCfg==")],
            body,
        )
        .refused(400, "BadDigest");
        let announced = BASE64.encode(&md5::compute(body).0);
        put(&cos, "/k", &[("Content-MD5", &announced)], body).expect(200);
    }
}

#[test]
fn of_two_writers_the_later_one_is_refused() {
    let cos = Emulator::start();
    let forbid = [("x-cos-forbid-overwrite", "true")];
    let mut slow = common::connect(&cos);
    slow.write_all(common::head("PUT", "/k", &forbid, Some(4)).as_bytes())
        .unwrap();
    slow.write_all(b"lo").unwrap();
    while cos.in_flight() == 0 || cos.requests()[0].body_length < 2 {
        std::thread::yield_now();
    }
    put(&cos, "/k", &forbid, b"quick").expect(200);
    slow.write_all(b"st").unwrap();
    common::read_answer(&slow, false)
        .unwrap()
        .refused(409, "FileAlreadyExists");
    assert_eq!(common::bytes_of(&cos, "k").unwrap(), b"quick");
}
