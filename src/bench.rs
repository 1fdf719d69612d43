//! What `benches/parts.rs` measures: the parts of a request that take time on the CPU.

use std::io::Cursor;

use crate::endpoint::{Endpoint, Place};
use crate::error::Result;
use crate::op::{ListObjects, Operation, PutObject};
use crate::wire::digest::Crc64;
use crate::wire::sign::{self, Secret, Subject, Window};
use crate::wire::{Method, Pairs, Reply};

/// The Authorization header of a request.
pub fn authorization(method: Method, path: &str, query: &Pairs, headers: &Pairs) -> String {
    let secret = Secret {
        id: "AKIDbench",
        key: "secretbench",
    };
    let window = Window {
        start: 1_700_000_000,
        end: 1_700_000_900,
    };
    sign::sign(
        Subject {
            method,
            path,
            query,
            headers,
        },
        secret,
        window,
    )
    .authorization()
}

/// The CRC64 of these bytes.
pub fn crc64(bytes: &[u8]) -> u64 {
    let mut crc64 = Crc64::new();
    crc64.update(bytes);
    crc64.value()
}

/// How many objects a page of a listing has.
///
/// # Errors
/// Where the document is none.
pub fn listing(document: &[u8]) -> Result<usize> {
    let body = Box::new(Cursor::new(document.to_vec()));
    let page = ListObjects::new().read(Reply::new(200, Pairs::new(), body))?;
    Ok(page.contents.len())
}

/// A bucket's address, as requests of [`request`] go to.
pub struct Address(Place);

impl Address {
    /// Of a bucket of the service itself.
    ///
    /// # Errors
    /// Where there can be no such bucket.
    pub fn new(bucket: &str, region: &str) -> Result<Self> {
        Place::new(&Endpoint::default(), bucket, region).map(Self)
    }
}

/// The URL and the Authorization header of an upload.
///
/// # Errors
/// Where there can be no such key.
pub fn request(address: &Address, key: &str, body: &[u8]) -> Result<(String, String)> {
    let put = PutObject::new(key, body).content_type("application/octet-stream");
    let request = put.request()?;
    let mut headers = request.headers;
    headers.set("Host", address.0.host());
    headers.set("Content-Length", body.len().to_string());
    let url = address.0.url(Some(key), &request.query);
    let path = address.0.signed_path(Some(key));
    let signed = authorization(request.method, &path, &request.query, &headers);
    Ok((url, signed))
}
