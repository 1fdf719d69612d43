//! The XML documents of `tests/vectors/xml`, each as one row.

use std::collections::BTreeMap;
use std::io::Cursor;

use serde_json::{Value, json};

use super::copy_source::CopySource;
use super::types::{Grant, Grantee, Owner, Permission, Tier};
use super::{
    CompleteMultipartUpload, CompletedPart, CopyObject, DeleteObjects, GetObjectAcl,
    InitiateMultipartUpload, ListMultipartUploads, ListObjects, ListParts, ObjectVersion,
    Operation, PostObject, PutObjectAcl, RestoreObject, UploadPartCopy,
};
use crate::error::{Error, Result};
use crate::wire::body::Kind;
use crate::wire::{Pairs, Reply, fault, xml};

mod tree;
use tree::Element;

/// The operations of the index that coslink does not have.
const OTHERS: &[&str] = &[
    "ListObjectVersions",
    "PutObjectTagging/PutBucketTagging",
    "GetObjectTagging/GetBucketTagging",
    "GetObjectTagging",
    "GetService",
    "GetBucketLocation",
    "PutBucket",
    "Put/GetBucket cors",
    "Put/GetBucket lifecycle",
    "Put/GetBucket versioning",
    "Put/GetBucket website",
    "Put/GetBucket referer",
    "Put/GetBucket logging",
    "Put/GetBucket logging.off",
    "Put/GetBucket replication",
    "Put/GetBucket inventory",
    "Put/GetBucket inventory.list",
    "Put/GetBucket accelerate",
    "Put/GetBucket domain",
    "Put/GetBucket object_lock",
    "Put/GetBucket intelligent_tiering",
    "GetBucketVersioning",
    "Put/GetBucketPolicy",
    "Put/GetObjectRetention",
    "SelectObjectContent",
];

fn document(row: &Value) -> Vec<u8> {
    let file = row["file"].as_str().unwrap();
    std::fs::read(format!(
        "{}/tests/vectors/xml/{file}",
        env!("CARGO_MANIFEST_DIR")
    ))
    .unwrap()
}

fn reply(row: &Value) -> Reply {
    let mut headers = Pairs::new();
    for (name, value) in row["headers"].as_object().into_iter().flatten() {
        headers.set(name.clone(), value.as_str().unwrap());
    }
    let status = row["http_status"].as_u64().unwrap() as u16;
    Reply::new(status, headers, Box::new(Cursor::new(document(row))))
}

/// What an operation makes of the document, in the words of the index.
fn outcome(row: &Value) -> Result<Value> {
    let reply = reply(row);
    if reply.status / 100 != 2 {
        return Err(fault::of_reply(reply));
    }
    match row["operation"].as_str().unwrap() {
        "ListObjects" => {
            let page = ListObjects::new().read(reply)?;
            let column = |get: fn(&super::Object) -> Value| -> Value {
                page.contents.iter().map(get).collect()
            };
            Ok(json!({
                "is_truncated": page.is_truncated,
                "prefix": page.prefix,
                "next_marker": page.next_marker,
                "common_prefixes": page.common_prefixes,
                "keys": column(|object| json!(object.key)),
                "etags": column(|object| json!(object.etag)),
                "sizes": column(|object| json!(object.size)),
                "storage_tier": column(|object| json!(object.storage_tier)),
                "restore_status": column(|object| json!(object.restore_status)),
            }))
        }
        "ListMultipartUploads" => {
            let page = ListMultipartUploads::new().read(reply)?;
            let uploads = page.uploads.iter().map(|u| json!([u.key, u.upload_id]));
            Ok(json!({
                "uploads": uploads.collect::<Value>(),
                "is_truncated": page.is_truncated,
                "next_key_marker": page.next_key_marker,
                "next_upload_id_marker": page.next_upload_id_marker,
                "common_prefixes": page.common_prefixes,
            }))
        }
        "DeleteMultipleObjects" => {
            let quiet = row["file"].as_str().unwrap().contains("quiet");
            let keys = ["a&b<c>.txt", "中文 1.txt"];
            let output = DeleteObjects::new(keys).quiet(quiet).read(reply)?;
            let deleted = output.deleted.iter().map(|object| json!(object.key));
            let errors = output.errors.iter().map(|e| json!([e.key, e.code]));
            Ok(json!({
                "deleted": deleted.collect::<Value>(),
                "errors": errors.collect::<Value>(),
            }))
        }
        "CopyObject" => {
            let copy = CopyObject::new("k", source()).read(reply)?;
            let crc64 = copy.crc64.map(|crc64| crc64.to_string());
            Ok(json!({ "etag": copy.etag, "crc64": crc64, "version_id": copy.version_id }))
        }
        "UploadPartCopy" => {
            let part = UploadPartCopy::new("k", "u", 1, source()).read(reply)?;
            Ok(json!({ "etag": part.etag }))
        }
        "GetObjectAcl/GetBucketAcl" => {
            let policy = GetObjectAcl::new("k").read(reply)?;
            let grants = policy.grants.iter().map(|grant| {
                let what = grant.permission.as_str();
                match &grant.grantee {
                    Grantee::User(user) => json!(["CanonicalUser", user.id, null, what]),
                    Grantee::Group(uri) => json!(["Group", null, uri, what]),
                }
            });
            Ok(json!({ "owner_id": policy.owner.id, "grants": grants.collect::<Value>() }))
        }
        "PostObject" => {
            let posted = PostObject::new("k", "").read(reply)?;
            Ok(json!({ "key": posted.key, "etag": posted.etag }))
        }
        "ListParts" => {
            let page = ListParts::new("k", "u").read(reply)?;
            let parts = page
                .parts
                .iter()
                .map(|p| json!([p.part_number, p.etag, p.size]));
            Ok(json!({
                "key": page.key,
                "parts": parts.collect::<Value>(),
                "is_truncated": page.is_truncated,
                "next_part_number_marker": page.next_part_number_marker,
            }))
        }
        "InitiateMultipartUpload" => {
            let begun = InitiateMultipartUpload::new("k").read(reply)?;
            Ok(json!({ "bucket": begun.bucket, "key": begun.key, "upload_id": begun.upload_id }))
        }
        "CompleteMultipartUpload" => {
            let parts = [CompletedPart::new(1, "etag")];
            let made = CompleteMultipartUpload::new("k", "u", parts).read(reply)?;
            Ok(json!({ "etag": made.etag, "location": made.location, "key": made.key }))
        }
        other => panic!("{other} answers with an error"),
    }
}

fn source() -> CopySource {
    CopySource::new("examplebucket-1250000000", "ap-guangzhou", "k")
}

fn check_error(row: &Value, error: &Error) {
    for (name, value) in row["expect"].as_object().unwrap() {
        let found = match name.as_str() {
            "error_code" => json!(error.code()),
            "retryable" => json!(error.is_retryable()),
            "message" => json!(error.message()),
            "request_id" => json!(error.request_id()),
            "http_status_still_decides" => json!(error.status()),
            // A reason in words.
            "error" => continue,
            // The clock is the system's; with a wrong one, the same request would fail again.
            "retry_after_clock_correction" => json!(!error.is_retryable()),
            other => panic!("{other} of {row}"),
        };
        assert_eq!(&found, value, "{name} of {row}");
    }
}

fn check_answer(row: &Value) {
    let expect = row["expect"].as_object().unwrap();
    let fails = ["error", "error_code", "http_status_still_decides"];
    match outcome(row) {
        Err(error) if fails.iter().any(|name| expect.contains_key(*name)) => {
            check_error(row, &error);
        }
        // Characters that XML forbids may be kept or refused, but not lost.
        Err(_) if expect.contains_key("either") => {}
        Ok(found) if expect.contains_key("either") => {
            assert_eq!(found["keys"], json!(["bad\u{1}key"]), "{row}");
        }
        Ok(found) => {
            for (name, value) in expect {
                // A missing marker is made up from the last entry.
                let made_up = name == "next_marker" && value.is_null();
                let value = if made_up { &json!("only.txt") } else { value };
                assert_eq!(found.get(name), Some(value), "{name} of {row}");
            }
        }
        Err(error) => panic!("{error} for {row}"),
    }
}

fn written(operation: &impl Operation) -> String {
    let request = operation.request().unwrap();
    match request.body.kind {
        Kind::Bytes(bytes) => String::from_utf8(bytes.into_owned()).unwrap(),
        _ => panic!("a document is bytes"),
    }
}

/// What coslink writes for a request of the index must be that document.
fn check_request(row: &Value) {
    let mut expected = String::from_utf8(document(row)).unwrap();
    let found = match row["file"].as_str().unwrap() {
        "complete_multipart.request.xml" => {
            let parts = [
                CompletedPart::new(1, "\"b6d81b360a5672d80c27430f39153e2c\""),
                CompletedPart::new(2, "\"93b885adfe0da089cdf634904fd59f71\""),
            ];
            written(&CompleteMultipartUpload::new("k", "u", parts))
        }
        "delete_multiple.request.xml" => {
            let objects = [
                ObjectVersion::from("a&b<c>.txt"),
                ObjectVersion::new("中文 1.txt", "MTg0NDUxNTc1NTE5OTc1NjQzOTA"),
            ];
            // The service takes no key with a line break, and coslink none either.
            assert!(DeleteObjects::new(["nl\ntab\t.txt"]).request().is_err());
            let third = ObjectVersion::from("nl tab\t.txt");
            assert!(expected.contains("nl&#10;tab"));
            expected = expected.replace("nl&#10;tab", "nl tab");
            written(&DeleteObjects::new(objects.into_iter().chain([third])))
        }
        "delete_multiple.request.quiet.xml" => written(&DeleteObjects::new(["a.txt"]).quiet(true)),
        "acl.request.xml" => {
            let id = |number| format!("qcs::cam::uin/{number}:uin/{number}");
            let grants = [
                Grant::new(Grantee::user(id(100000000088_u64)), Permission::FullControl),
                Grant::new(Grantee::everybody(), Permission::Read),
            ];
            let policy = PutObjectAcl::new("k").policy(Owner::new(id(100000000077)), grants);
            let found = written(&policy);
            // The tree has no attributes, but the service reads this one.
            let kinds = |text: &str| text.split("xsi:type=").skip(1).count();
            assert_eq!(kinds(&found), kinds(&expected));
            found
        }
        "restore.request.xml" => written(&RestoreObject::new("k", 3, Tier::Standard)),
        other => panic!("{other} is of an operation of coslink, but is not compared"),
    };
    assert_eq!(tree::tree(&found), tree::tree(&expected), "{row}");
}

/// What coslink's reader finds where it looks for this element: its text, or its children.
fn read_like(like: &Element, cursor: &mut xml::Cursor<'_>) -> Result<Element> {
    let mut found = Element {
        name: like.name.clone(),
        ..Element::default()
    };
    if like.children.is_empty() {
        found.text = cursor.text()?;
        return Ok(found);
    }
    while let Some(name) = cursor.child().map(|name| name.map(str::to_owned))? {
        let before = found.children.iter().filter(|child| child.name == name);
        let mut children = like.children.iter().filter(|child| child.name == name);
        let next = children.nth(before.count());
        let next = next.unwrap_or_else(|| panic!("<{name}> is not in the document"));
        found.children.push(read_like(next, cursor)?);
    }
    found.children.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// A document of an operation that coslink leaves to its users is read whole. False for what is no
/// XML.
fn check_other(row: &Value) -> bool {
    if row["well_formed_xml"] != true {
        return false;
    }
    let bytes = document(row);
    let expected = tree::tree(std::str::from_utf8(&bytes).unwrap());
    if expected.name == "Error" {
        check_answer(row);
        return true;
    }
    let mut cursor = xml::Cursor::open(&bytes, &expected.name, 200).unwrap();
    assert_eq!(
        read_like(&expected, &mut cursor).unwrap(),
        expected,
        "{row}"
    );
    true
}

#[test]
fn documents_mean_what_they_should() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/xml/index.json");
    let index: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let rows = index["files"].as_array().unwrap();
    let (mut answers, mut requests, mut read) = (0, 0, 0);
    let mut others = BTreeMap::new();
    for row in rows {
        let operation = row["operation"].as_str().unwrap();
        if OTHERS.contains(&operation) {
            *others.entry(operation).or_insert(0) += 1;
            read += usize::from(check_other(row));
        } else if row["kind"] == "request" {
            check_request(row);
            requests += 1;
        } else {
            check_answer(row);
            answers += 1;
        }
    }
    let left: usize = others.values().sum();
    println!(
        "{answers} answers and {requests} requests passed; of the {left} of operations that are not \
         coslink's, {read} are XML and were read whole: {others:?}"
    );
    assert_eq!(
        others.len(),
        OTHERS.len(),
        "one of them is not in the index"
    );
    assert_eq!(answers + requests + left, rows.len());
}
