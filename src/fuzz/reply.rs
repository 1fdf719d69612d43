//! Answers: any document, and any headers.

use std::io::{Cursor, Read};
use std::time::Duration;

use crate::error::{Error, ErrorKind};
use crate::op::copy_source::CopySource;
use crate::op::types::{ByteRange, Tier};
use crate::op::{
    AbortMultipartUpload, CompleteMultipartUpload, CompletedPart, CopyObject, DeleteObject,
    DeleteObjects, GetObject, GetObjectAcl, HeadObject, InitiateMultipartUpload,
    ListMultipartUploads, ListObjects, ListParts, Operation, OptionsObject, PostObject, PutObject,
    PutObjectAcl, RestoreObject, UploadPart, UploadPartCopy,
};
use crate::retry::{Attempt, RetryPolicy, decide};
use crate::wire::{Pairs, Reply, fault, xml};

/// A document as the body of an answer, read by every operation.
pub fn xml_reply(data: &[u8]) {
    let source = || CopySource::new("b-1", "r", "k");
    let part = || CompletedPart::new(1, "e");
    document(&ListObjects::new(), "ListBucketResult", data, |page| {
        assert!(page.is_truncated || page.next_marker.is_none());
        assert!(!page.is_truncated || page.next_marker.is_some_and(|marker| !marker.is_empty()));
        names(data, &["IsTruncated"]);
    });
    document(&ListParts::new("k", "u"), "ListPartsResult", data, |page| {
        let next = page.next_part_number_marker;
        assert_eq!(page.is_truncated, next.is_some_and(|next| next > 0));
        names(data, &["IsTruncated"]);
    });
    let uploads = ListMultipartUploads::new();
    document(&uploads, "ListMultipartUploadsResult", data, |page| {
        assert!(page.is_truncated || page.next_key_marker.is_none());
        let mut uploads = page.uploads.iter();
        assert!(uploads.all(|upload| !upload.key.is_empty() && !upload.upload_id.is_empty()));
        names(data, &["IsTruncated"]);
    });
    let begin = InitiateMultipartUpload::new("k");
    document(&begin, "InitiateMultipartUploadResult", data, |begun| {
        assert!(!begun.upload_id.is_empty());
        names(data, &["UploadId"]);
    });
    let complete = CompleteMultipartUpload::new("k", "u", [part()]);
    document(&complete, "CompleteMultipartUploadResult", data, |made| {
        assert!(!made.etag.is_empty());
        names(data, &["ETag"]);
    });
    let copy = CopyObject::new("k", source());
    document(&copy, "CopyObjectResult", data, |copied| {
        assert!(!copied.etag.is_empty());
        names(data, &["ETag"]);
    });
    let copy = UploadPartCopy::new("k", "u", 1, source());
    document(&copy, "CopyPartResult", data, |copied| {
        assert!(!copied.etag.is_empty());
    });
    let delete = DeleteObjects::new(["a", "b"]);
    document(&delete, "DeleteResult", data, |done| {
        let said = |key: &str| {
            let gone = done.deleted.iter().any(|object| object.key == key);
            gone || done.errors.iter().any(|object| object.key == key)
        };
        assert!(said("a") && said("b"));
    });
    let quiet = DeleteObjects::new(["a"]).quiet(true);
    document(&quiet, "DeleteResult", data, |_| ());
    let acl = GetObjectAcl::new("k");
    document(&acl, "AccessControlPolicy", data, |_| {
        names(data, &["Owner"]);
    });
    document(&crate::transfer::fuzz::tagging(), "Tagging", data, |tags| {
        assert!(tags.bytes().all(|byte| byte.is_ascii_graphic()));
    });
    others(200, &Pairs::new(), data);
    others(201, &Pairs::new(), data);
    for status in [200, 301, 403, 404, 409, 503] {
        check(&fault::of_reply(reply(status, &Pairs::new(), data)));
    }
}

/// Reads the document that an operation expects. What it takes for a success must have the right
/// root, and must not be one any more when its end is missing.
fn document<O: Operation>(operation: &O, root: &str, data: &[u8], holds: impl FnOnce(O::Output)) {
    let read = |data: &[u8]| operation.read(reply(200, &Pairs::new(), data));
    match read(data) {
        Ok(output) => {
            assert!(
                xml::error_document(data).is_none(),
                "an error was read as a success"
            );
            names(data, &[root]);
            if let Some(end) = end_of(root, data) {
                assert!(read(&data[..end]).is_err(), "half a document is a success");
            }
            holds(output);
        }
        Err(error) => check(&error),
    }
}

/// Where the end tag of the root begins, in a document simple enough to be sure of it.
fn end_of(root: &str, data: &[u8]) -> Option<usize> {
    let text = std::str::from_utf8(data).ok()?;
    let end = format!("</{root}>");
    let plain = text.trim_ascii().starts_with(&format!("<{root}>"))
        && text.trim_ascii().ends_with(&end)
        && text.matches(&end).count() == 1
        && text.matches(&format!("<{root}")).count() == 1
        && !text.contains("<!")
        && !text.contains("<?");
    plain.then(|| text.find(&end)).flatten()
}

/// Asserts that these names stand in the document.
fn names(data: &[u8], names: &[&str]) {
    for name in names {
        let found = data
            .windows(name.len())
            .any(|window| window == name.as_bytes());
        assert!(found, "read without <{name}>");
    }
}

/// A status line, header lines and a body, read by the operations that look at headers.
pub fn headers(data: &[u8]) {
    let mut rest = data;
    let status = line(&mut rest).trim().parse().unwrap_or(200);
    let mut headers = Pairs::new();
    while !rest.is_empty() {
        let line = line(&mut rest);
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        headers.push(name.to_owned(), value.trim());
    }
    for range in [None, Some(ByteRange::new(10, 19)), Some(ByteRange::from(5))] {
        let get = match range {
            Some(range) => GetObject::new("k").range(range),
            None => GetObject::new("k"),
        };
        content(&get, range, status, &headers, rest);
    }
    let head = HeadObject::new("k");
    if let Ok(head) = read(&head, status, &headers, b"") {
        let length = headers.get("Content-Length").map(str::trim).map(str::parse);
        assert!(head.not_modified || length == Some(Ok(head.content_length)));
        assert_eq!(head.not_modified, status == 304);
    }
    others(status, &headers, rest);
    let error = fault::of_reply(reply(status, &headers, rest));
    check(&error);
    let random = 1.0;
    let failed = Attempt {
        number: 1,
        error: &error,
        replayable: true,
        idempotent: true,
        random,
    };
    let wait = decide(&RetryPolicy::new(9), &failed);
    assert!(wait.is_none_or(|wait| wait <= Duration::from_secs(10)));
}

/// Reads an object, as a whole or in part.
fn content(get: &GetObject, range: Option<ByteRange>, status: u16, headers: &Pairs, body: &[u8]) {
    let Ok(mut got) = read(get, status, headers, body) else {
        return;
    };
    assert!(range.is_none() || status == 206 || status == 304);
    let length = got.body.length();
    if let (Some(range), Some(length), 206) = (range, length, status) {
        let most = range
            .last()
            .map_or(u64::MAX, |last| last - range.first() + 1);
        assert!(length <= most, "more than what was asked for");
        assert!(
            got.object_size
                .is_none_or(|size| size >= range.first() + length)
        );
    }
    let mut bytes = Vec::new();
    match got.body.read_to_end(&mut bytes) {
        Ok(_) => {
            assert_eq!(bytes, body);
            assert!(length.is_none_or(|length| length == bytes.len() as u64));
            assert!(!got.body.is_verified() || got.head.crc64 == Some(got.body.crc64()));
        }
        Err(error) => check(&fault::while_reading(error)),
    }
}

/// The operations whose answers have headers only, or a document under another status.
fn others(status: u16, headers: &Pairs, data: &[u8]) {
    if let Ok(put) = read(&PutObject::new("k", "x"), status, headers, data) {
        assert!(!put.verified || put.crc64 == Some(put.sent_crc64));
    }
    if let Ok(part) = read(&UploadPart::new("k", "u", 1, "x"), status, headers, data) {
        assert!(!part.etag.is_empty());
        assert!(!part.verified || part.crc64 == Some(part.sent_crc64));
    }
    let _ = read(&PostObject::new("k", "x"), status, headers, data);
    let _ = read(&DeleteObject::new("k"), status, headers, data);
    let _ = read(&AbortMultipartUpload::new("k", "u"), status, headers, data);
    let _ = read(&PutObjectAcl::new("k"), status, headers, data);
    let _ = read(
        &RestoreObject::new("k", 1, Tier::Standard),
        status,
        headers,
        data,
    );
    let _ = read(
        &OptionsObject::new("k", "http://o", "GET"),
        status,
        headers,
        data,
    );
    let copy = CopyObject::new("k", CopySource::new("b-1", "r", "k"));
    let _ = read(&copy, status, headers, data);
    let complete = CompleteMultipartUpload::new("k", "u", [CompletedPart::new(1, "e")]);
    let _ = read(&complete, status, headers, data);
}

/// Reads an answer whose status goes to the operation.
fn read<O: Operation>(
    operation: &O,
    status: u16,
    headers: &Pairs,
    body: &[u8],
) -> Result<O::Output, ()> {
    if !O::accepts(status) {
        return Err(());
    }
    operation
        .read(reply(status, headers, body))
        .map_err(|error| check(&error))
}

fn reply(status: u16, headers: &Pairs, body: &[u8]) -> Reply {
    Reply::new(
        status,
        headers.clone(),
        Box::new(Cursor::new(body.to_vec())),
    )
}

fn line<'a>(rest: &mut &'a [u8]) -> std::borrow::Cow<'a, str> {
    let end = rest.iter().position(|byte| *byte == b'\n');
    let (line, after) = match end {
        Some(end) => (&rest[..end], &rest[end + 1..]),
        None => (*rest, &[][..]),
    };
    *rest = after;
    String::from_utf8_lossy(line)
}

/// An error of an answer is the service's, or says what is wrong with it, on one line.
fn check(error: &Error) {
    assert!(
        !matches!(
            error.kind(),
            ErrorKind::Internal | ErrorKind::InvalidArgument
        ),
        "{error}"
    );
    let message = error.message();
    assert!(!message.chars().any(char::is_control), "{message:?}");
    assert!(message.len() <= 4096, "{} bytes of message", message.len());
    let _ = format!("{error} {error:?}");
}
