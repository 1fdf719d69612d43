//! Options structs of any size and content, given to the functions that take them.
//!
//! What C promises is kept: a pointer is NULL or valid, and a struct has as many bytes as its size
//! says. All else is up to the bytes. Nothing is sent further than to a port of this machine where
//! nobody listens.

use std::ffi::{CStr, CString};
use std::ptr;
use std::sync::OnceLock;

use super::client::{coslink_bucket, coslink_client};
use super::status::{coslink_error, coslink_error_free};
use crate::client::Client;
use crate::credentials::Credentials;
use crate::error::ErrorKind;
use crate::retry::RetryPolicy;

mod block;
mod calls;
mod fields;

use block::{Block, Pool};
use calls::{CALLS, Call};

/// Where nobody listens.
const NOWHERE: &str = "http://127.0.0.1:1";

/// A client, its bucket, and a file to send and to write over.
struct Fixture {
    client: coslink_client,
    bucket: coslink_bucket,
    file: CString,
}

fn fixture() -> &'static Fixture {
    static FIXTURE: OnceLock<Fixture> = OnceLock::new();
    FIXTURE.get_or_init(|| {
        let directory = std::env::temp_dir().join("coslink-fuzz");
        let credentials =
            Credentials::new("AKIDcoslinkVectorId0123456789abcdef", "coslinkVectorKey");
        let client = Client::builder(credentials)
            .endpoint(NOWHERE)
            .retry(RetryPolicy::new(1))
            .journal(directory.join("journal"));
        let made = || {
            std::fs::create_dir_all(&directory).ok()?;
            let file = directory.join("file");
            std::fs::write(&file, b"hello").ok()?;
            let client = client.build().ok()?;
            let bucket = client
                .bucket("examplebucket-1250000000", "ap-guangzhou")
                .ok()?;
            Some(Fixture {
                client: coslink_client(client),
                bucket: coslink_bucket(bucket),
                file: CString::new(file.to_str()?).ok()?,
            })
        };
        made().unwrap_or_else(|| panic!("{} cannot be used", directory.display()))
    })
}

/// A call, the fields of its structs, and behind the first line break the texts that they point to.
pub(crate) fn options(data: &[u8]) {
    let fixture = fixture();
    let end = data.iter().position(|byte| *byte == b'\n');
    let (choices, texts) = data.split_at(end.unwrap_or(data.len()));
    let mut choices = choices.iter().copied();
    let (name, call) = CALLS[usize::from(choices.next().unwrap_or(0)) % CALLS.len()];
    let pool = Pool::new(texts, &fixture.file, &fixture.bucket);
    let options = Block::new(name, &mut choices, &pool);
    let body = Block::new("coslink_body", &mut choices, &pool);
    let source = Block::new("coslink_copy_source", &mut choices, &pool);
    let mut error: *mut coslink_error = ptr::dangling_mut();
    let given = Call {
        client: &raw const fixture.client,
        bucket: &raw const fixture.bucket,
        key: pool.text(choices.next().unwrap_or(2)),
        text: pool.text(choices.next().unwrap_or(3)),
        path: pool.path(choices.next().unwrap_or(1)),
        number: choices.next().map_or(1, i32::from),
        pool: &pool,
        options: options.pointer(),
        body: body.pointer(),
        source: source.pointer(),
        error: &raw mut error,
    };
    // SAFETY: every pointer is NULL or valid, and the blocks live until the call is over.
    let status = unsafe { call(&given) } as i32;
    assert_ne!(
        status,
        ErrorKind::Internal as i32,
        "{name}: {}",
        message(error)
    );
    assert_eq!(status == 0, error.is_null(), "{name}: {status}");
    if !error.is_null() {
        assert!(!message(error).is_empty());
        // SAFETY: the call made it, and it is freed once.
        unsafe { coslink_error_free(error) };
    }
}

fn message(error: *const coslink_error) -> String {
    if error.is_null() {
        return String::new();
    }
    // SAFETY: the call has set it to an error that is not freed yet, whose message is a text.
    let message = unsafe { CStr::from_ptr((*error).message) };
    message.to_string_lossy().into_owned()
}
