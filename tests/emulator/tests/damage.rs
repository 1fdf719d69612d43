//! Faults that damage bytes, seen from the socket.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Answer, HOST, MIB, bytes_of, call, content_md5, get, noise, put};
use cos_emulator::{BUCKET, Emulator, crc64};

const CRC: &str = "x-cos-hash-crc64ecma";

/// One in memory and one with files, which damage by different ways.
fn both(test: impl Fn(&Emulator)) {
    let directory = tempfile::tempdir().unwrap();
    test(&Emulator::start());
    test(&Emulator::builder().directory(directory.path()).start());
}

fn flipped(bytes: &[u8], at: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[at] ^= 1;
    bytes
}

fn md5(bytes: &[u8]) -> String {
    format!("\"{:x}\"", md5::compute(bytes))
}

#[track_caller]
fn tells(answer: &Answer, bytes: &[u8]) {
    assert_eq!(answer.header("ETag"), Some(md5(bytes).as_str()));
    tells_crc(answer, bytes);
}

#[track_caller]
fn tells_crc(answer: &Answer, bytes: &[u8]) {
    let crc = crc64::checksum(bytes).to_string();
    assert_eq!(answer.header(CRC), Some(crc.as_str()));
}

fn head(cos: &Emulator, target: &str) -> Answer {
    call(cos, "HEAD", target, &[], b"").expect(200)
}

fn initiate(cos: &Emulator) -> String {
    call(cos, "POST", "/k?uploads", &[], b"")
        .expect(200)
        .element("UploadId")
        .unwrap()
}

fn complete(cos: &Emulator, id: &str, etags: &[String]) -> Answer {
    let parts: String = (1..)
        .zip(etags)
        .map(|(n, e)| format!("<Part><PartNumber>{n}</PartNumber><ETag>{e}</ETag></Part>"))
        .collect();
    let list = format!("<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>");
    let target = format!("/k?uploadId={id}");
    call(cos, "POST", &target, &[], list.as_bytes())
}

#[test]
fn objects_are_stored_wrongly() {
    both(|cos| {
        for size in [10, MIB] {
            let sent = noise(size, 1);
            for at in [0, size / 2, size - 1] {
                let wrong = flipped(&sent, at);
                cos.fault(&format!("PutObject store-flip={at}")).unwrap();
                tells(&put(cos, "/k", &[], &sent).expect(200), &wrong);
                assert!(bytes_of(cos, "k").unwrap() == wrong);
                tells(&head(cos, "/k"), &wrong);

                cos.fault(&format!("PutObject store-flip-quiet={at}"))
                    .unwrap();
                tells(&put(cos, "/k", &[], &sent).expect(200), &sent);
                assert!(get(cos, "/k", &[]).body == wrong);
                let answer = head(cos, "/k");
                tells_crc(&answer, &wrong);
                assert_eq!(answer.header("ETag"), Some(md5(&sent).as_str()));

                cos.fault(&format!("PutObject store-truncate={at}"))
                    .unwrap();
                tells(&put(cos, "/k", &[], &sent).expect(200), &sent[..at]);
                let answer = get(cos, "/k", &[]).expect(200);
                assert!(answer.complete && answer.body == sent[..at]);
                tells(&answer, &sent[..at]);
            }
        }
        for action in ["store-flip", "store-flip-quiet", "store-truncate"] {
            cos.fault(&format!("PutObject {action}=10")).unwrap();
            tells(&put(cos, "/k", &[], b"0123456789"), b"0123456789");
            assert_eq!(bytes_of(cos, "k").unwrap(), b"0123456789");
        }
    });
}

#[test]
fn an_announced_digest_finds_what_came_before_the_sum() {
    let cos = Emulator::start();
    let digest = content_md5(b"body");
    let digest = [("Content-MD5", digest.as_str())];
    for line in ["PutObject store-flip=0", "PutObject store-truncate=3"] {
        cos.fault(line).unwrap();
        put(&cos, "/k", &digest, b"body").refused(400, "BadDigest");
        assert!(cos.object(BUCKET, "k").is_none());
    }
    cos.fault("PutObject store-flip-quiet=0").unwrap();
    tells(&put(&cos, "/k", &digest, b"body").expect(200), b"body");
    assert_eq!(bytes_of(&cos, "k").unwrap(), b"cody");
}

#[test]
fn parts_are_stored_wrongly() {
    both(|cos| {
        let sent = [noise(MIB + 5, 1), noise(7, 2)];
        let first = |line: &str, stored: &[u8], told: &[u8]| {
            cos.fault(line).unwrap();
            let id = initiate(cos);
            let etags: Vec<String> = (1..)
                .zip(&sent)
                .map(|(n, bytes)| {
                    let target = format!("/k?partNumber={n}&uploadId={id}");
                    let answer = put(cos, &target, &[], bytes).expect(200);
                    tells(&answer, if n == 1 { told } else { bytes });
                    answer.header("ETag").unwrap().to_owned()
                })
                .collect();
            let list = call(cos, "GET", &format!("/k?uploadId={id}"), &[], b"");
            assert_eq!(list.elements("Size")[0], stored.len().to_string());
            assert_eq!(list.elements("ETag"), etags);
            let whole = [stored, &sent[1]].concat();
            tells_crc(&complete(cos, &id, &etags).expect(200), &whole);
            assert!(bytes_of(cos, "k").unwrap() == whole);
            tells_crc(&head(cos, "/k"), &whole);
        };
        let wrong = flipped(&sent[0], MIB);
        first(
            &format!("UploadPart part=1 store-flip={MIB}"),
            &wrong,
            &wrong,
        );
        first(
            &format!("UploadPart part=1 store-flip-quiet={MIB}"),
            &wrong,
            &sent[0],
        );
        let short = &sent[0][..MIB];
        first(&format!("UploadPart store-truncate={MIB}"), short, short);
    });
}

#[test]
fn parts_are_joined_wrongly() {
    both(|cos| {
        let sent = [noise(MIB, 1), noise(MIB + 1, 2), noise(3, 3)];
        let [a, b, c] = [0, 1, 2].map(|n| sent[n].as_slice());
        for (how, count, whole) in [
            ("swap", 3, [b, a, c].concat()),
            ("drop", 3, [a, b].concat()),
            ("double", 3, [a, b, c, c].concat()),
            ("reverse", 3, [c, b, a].concat()),
            ("swap", 1, a.to_vec()),
            ("drop", 1, Vec::new()),
        ] {
            let id = initiate(cos);
            let parts = (1..).zip(&sent[..count]);
            let etags: Vec<String> = parts
                .map(|(n, bytes)| {
                    let target = format!("/k?partNumber={n}&uploadId={id}");
                    let answer = put(cos, &target, &[], bytes).expect(200);
                    answer.header("ETag").unwrap().to_owned()
                })
                .collect();
            cos.fault(&format!("CompleteMultipartUpload join={how}"))
                .unwrap();
            let answer = complete(cos, &id, &etags).expect(200);
            tells_crc(&answer, &whole);
            let etag = answer.element("ETag").unwrap();
            assert!(etag.ends_with(&format!("-{count}\"")), "{how}: {etag}");
            let answer = head(cos, "/k");
            tells_crc(&answer, &whole);
            assert_eq!(answer.header("ETag"), Some(etag.as_str()));
            let size = whole.len().to_string();
            assert_eq!(answer.header("Content-Length"), Some(size.as_str()));
            assert!(get(cos, "/k", &[]).body == whole, "{how}");
        }
    });
}

#[track_caller]
fn tells_copy(answer: &Answer, bytes: &[u8]) {
    assert_eq!(answer.element("ETag"), Some(md5(bytes)));
    let crc = crc64::checksum(bytes).to_string();
    assert_eq!(answer.element("CRC64"), Some(crc));
}

#[test]
fn copies_are_made_wrongly() {
    both(|cos| {
        let bytes = noise(MIB, 1);
        let wrong = flipped(&bytes, 9);
        cos.put(BUCKET, "source", &bytes);
        let source = format!("{HOST}/source");
        let source = ("x-cos-copy-source", source.as_str());
        cos.fault("CopyObject copy-flip=9").unwrap();
        tells_copy(&put(cos, "/copy", &[source], b"").expect(200), &wrong);
        assert!(bytes_of(cos, "copy").unwrap() == wrong);
        tells(&head(cos, "/copy"), &wrong);
        tells(&head(cos, "/source"), &bytes);

        let id = initiate(cos);
        let copy = |number: u32, headers: &[(&str, &str)], wrong: &[u8]| {
            cos.fault("UploadPartCopy copy-flip=9").unwrap();
            let target = format!("/k?partNumber={number}&uploadId={id}");
            let answer = put(cos, &target, headers, b"").expect(200);
            tells_copy(&answer, wrong);
            answer.element("ETag").unwrap()
        };
        let range = ("x-cos-copy-source-range", "bytes=100-199");
        let part = flipped(&bytes[100..200], 9);
        let etags = [copy(1, &[source], &wrong), copy(2, &[source, range], &part)];
        let whole = [wrong.clone(), part].concat();
        tells_crc(&complete(cos, &id, &etags).expect(200), &whole);
        assert!(bytes_of(cos, "k").unwrap() == whole);
    });
}

#[test]
fn a_wrong_copy_of_an_opaque_etag_stays_opaque() {
    let cos = Emulator::builder().opaque_etags(true).start();
    cos.put(BUCKET, "k", b"0123456789");
    let source = format!("{HOST}/k");
    cos.fault("CopyObject copy-flip=0").unwrap();
    let answer = put(&cos, "/copy", &[("x-cos-copy-source", &source)], b"").expect(200);
    assert_eq!(bytes_of(&cos, "copy").unwrap(), b"1123456789");
    assert_ne!(answer.element("ETag"), Some(md5(b"1123456789")));
    tells_crc(&head(&cos, "/copy"), b"1123456789");
}

/// Everything but the body is what an answer without a fault has.
#[track_caller]
fn same_head(answer: &Answer, good: &Answer, but: &str) {
    let fixed = |answer: &Answer| -> Vec<(String, String)> {
        let changing = ["Date", "x-cos-request-id", but];
        let headers = answer.headers.iter();
        headers
            .filter(|(name, _)| !changing.contains(&name.as_str()))
            .cloned()
            .collect()
    };
    assert_eq!(answer.status, good.status);
    assert_eq!(fixed(answer), fixed(good));
    assert!(answer.complete);
}

#[test]
fn ranges_come_from_elsewhere() {
    both(|cos| {
        cos.put(BUCKET, "k", b"0123456789");
        for (shift, range, expected) in [
            (1, "bytes=2-4", "345"),
            (5, "bytes=3-6", "8901"),
            (9, "bytes=0-9", "9012345678"),
            (10, "bytes=2-4", "234"),
            (13, "bytes=-1", "2"),
        ] {
            let good = get(cos, "/k", &[("Range", range)]).expect(206);
            cos.fault(&format!("GetObject shift={shift}")).unwrap();
            let answer = get(cos, "/k", &[("Range", range)]);
            same_head(&answer, &good, "");
            assert_eq!(answer.text(), expected);
        }
        cos.fault("GetObject shift=1").unwrap();
        assert_eq!(get(cos, "/k", &[]).text(), "0123456789");
    });
}

#[test]
fn old_content_comes_back() {
    both(|cos| {
        let stale = |key: &str, headers: &[(&str, &str)]| {
            let good = get(cos, key, headers);
            cos.fault("GetObject stale").unwrap();
            let answer = get(cos, key, headers);
            same_head(&answer, &good, "");
            answer.text()
        };
        cos.put(BUCKET, "k", b"abcdefgh");
        assert_eq!(stale("/k", &[]), "\0".repeat(8));
        put(cos, "/k", &[], b"0123456789AB").expect(200);
        assert_eq!(stale("/k", &[]), "abcdefgh\0\0\0\0");
        assert_eq!(stale("/k", &[("Range", "bytes=6-9")]), "gh\0\0");
        cos.put(BUCKET, "k", b"xyz");
        assert_eq!(stale("/k", &[]), "012");
        // A deletion forgets what was overwritten.
        call(cos, "DELETE", "/k", &[], b"").expect(204);
        cos.put(BUCKET, "k", b"xyz");
        assert_eq!(stale("/k", &[]), "\0\0\0");
        cos.put(BUCKET, "k", b"");
        assert_eq!(stale("/k", &[]), "");
    });
}

#[test]
fn old_content_of_versions_comes_back() {
    let cos = Emulator::builder().versioning(BUCKET, true).start();
    cos.put(BUCKET, "k", b"first");
    call(&cos, "DELETE", "/k", &[], b"").expect(204);
    cos.put(BUCKET, "k", b"later");
    cos.fault("GetObject stale").unwrap();
    assert_eq!(get(&cos, "/k", &[]).text(), "first");
}

#[test]
fn bodies_are_shorter_than_they_should_be() {
    both(|cos| {
        cos.put(BUCKET, "k", b"0123456789");
        for (shorten, headers, expected) in [
            (1, &[][..], "012345678"),
            (3, &[("Range", "bytes=2-7")], "234"),
            (6, &[("Range", "bytes=2-7")], ""),
            (99, &[], ""),
        ] {
            let good = get(cos, "/k", headers);
            cos.fault(&format!("GetObject shorten={shorten}")).unwrap();
            let answer = get(cos, "/k", headers);
            same_head(&answer, &good, "Content-Length");
            let length = expected.len().to_string();
            assert_eq!(answer.header("Content-Length"), Some(length.as_str()));
            assert_eq!(answer.text(), expected);
        }
        cos.fault("GetObject stale shift=2 shorten=1").unwrap();
        cos.put(BUCKET, "k", b"abcdefghij");
        let answer = get(cos, "/k", &[("Range", "bytes=1-3")]).expect(206);
        assert_eq!(answer.text(), "34");
    });
}
