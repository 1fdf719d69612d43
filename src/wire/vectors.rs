//! The signing and CRC64 vectors of `tests/vectors`, each as one row.

use serde_json::Value;

use super::digest::{self, Crc64};
use super::sign::{self, Secret, Subject, Window};
use super::{Method, Pairs};

fn load(name: &str) -> Value {
    let path = format!("{}/tests/vectors/{name}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn rows<'v>(vectors: &'v Value, name: &str) -> &'v [Value] {
    let rows = vectors[name].as_array().unwrap();
    assert!(!rows.is_empty(), "{name}");
    rows
}

fn text<'v>(row: &'v Value, name: &str) -> &'v str {
    row[name].as_str().unwrap()
}

fn pairs(row: &Value) -> Pairs {
    let mut pairs = Pairs::new();
    for pair in row.as_array().unwrap() {
        pairs.push(
            pair[0].as_str().unwrap().to_owned(),
            pair[1].as_str().unwrap(),
        );
    }
    pairs
}

fn method(name: &str) -> Method {
    let all = [
        Method::Get,
        Method::Head,
        Method::Put,
        Method::Post,
        Method::Delete,
        Method::Options,
    ];
    all.into_iter()
        .find(|method| method.as_str().eq_ignore_ascii_case(name))
        .unwrap()
}

fn secret(row: &Value) -> Secret<'_> {
    Secret {
        id: text(row, "secret_id"),
        key: text(row, "secret_key"),
    }
}

fn window(row: &Value) -> Window {
    Window {
        start: row["start"].as_u64().unwrap(),
        end: row["end"].as_u64().unwrap(),
    }
}

fn authorization(row: &Value) -> String {
    let (query, headers) = (pairs(&row["query"]), pairs(&row["headers"]));
    let method = method(text(row, "method"));
    let subject = Subject {
        method,
        path: text(row, "path"),
        query: &query,
        headers: &headers,
    };
    sign::sign(subject, secret(row), window(row)).authorization()
}

#[test]
fn signatures_are_those_of_the_official_sdks() {
    let vectors = load("sign.json");
    let mut count = 0;
    for row in rows(&vectors, "vectors")
        .iter()
        .chain(rows(&vectors, "published_by_sdks"))
    {
        let (name, expected) = (&row["title"], text(row, "expected_authorization"));
        assert_eq!(authorization(row), expected, "{name}");
        count += 1;
    }
    println!("{count} signature vectors passed");
}

#[test]
fn post_policies_are_signed_as_the_document_says() {
    let vectors = load("sign.json");
    for row in rows(&vectors, "post_policy") {
        let policy = text(row, "policy_text");
        let signature = sign::policy_signature(secret(row).key, text(row, "key_time"), policy);
        assert_eq!(signature, text(row, "q_signature"), "{}", row["title"]);
    }
    println!(
        "{} policy vectors passed",
        rows(&vectors, "post_policy").len()
    );
}

/// The bytes that a vector describes.
fn bytes(data: &Value) -> Vec<u8> {
    let unhex = |hex: &str| -> Vec<u8> {
        let digits = hex.as_bytes().chunks(2);
        digits
            .map(|d| u8::from_str_radix(std::str::from_utf8(d).unwrap(), 16).unwrap())
            .collect()
    };
    let length = data["length"].as_u64().unwrap_or_default() as usize;
    if let Some(hex) = data["hex"].as_str() {
        unhex(hex)
    } else if let Some(hex) = data["repeat_hex"].as_str() {
        unhex(hex).into_iter().cycle().take(length).collect()
    } else if let Some(seed) = data["lcg"].as_u64() {
        let mut x = seed;
        let mut next = || {
            x = (x * 1_103_515_245 + 12_345) & 0x7fff_ffff;
            (x >> 16) as u8
        };
        (0..length).map(|_| next()).collect()
    } else {
        let text = data["ascii"].as_str().or(data["utf8"].as_str());
        text.unwrap().as_bytes().to_vec()
    }
}

fn number(row: &Value, name: &str) -> u64 {
    text(row, name).parse().unwrap()
}

#[test]
fn crc64_is_that_of_the_service() {
    let vectors = load("crc64.json");
    let mut count = 0;
    for row in rows(&vectors, "vectors") {
        let data = bytes(&row["data"]);
        assert_eq!(data.len() as u64, row["length"].as_u64().unwrap());
        for step in [data.len().max(1), 1 + data.len() / 3] {
            let mut crc64 = Crc64::new();
            data.chunks(step).for_each(|chunk| crc64.update(chunk));
            assert_eq!(crc64.value(), number(row, "crc_decimal"), "{}", row["data"]);
        }
        count += 1;
    }
    for row in rows(&vectors, "combine") {
        let length = row["len2"].as_u64().unwrap();
        let combined = digest::combine(number(row, "crc1"), number(row, "crc2"), length);
        assert_eq!(combined, number(row, "combined"), "{row}");
        count += 1;
    }
    let multipart = &vectors["multipart"];
    let whole = rows(multipart, "parts").iter().fold(0, |crc, part| {
        digest::combine(crc, number(part, "crc"), part["length"].as_u64().unwrap())
    });
    assert_eq!(whole, number(multipart, "whole_crc"));
    println!("{} CRC64 vectors passed", count + 1);
}
