//! A blocking client for Tencent Cloud COS.
//!
//! ```no_run
//! # fn main() -> coslink::Result<()> {
//! use coslink::{Client, Credentials, DownloadFile, ListObjects, PutObject, UploadFile};
//!
//! let client = Client::builder(Credentials::from_env()?).build()?;
//! let bucket = client.bucket("examplebucket-1250000000", "ap-guangzhou")?;
//!
//! bucket.send(PutObject::new("hello.txt", "hello!").content_type("text/plain"))?;
//! bucket.upload(&UploadFile::new("video.mp4", "/tmp/video.mp4"))?;
//! for object in bucket.objects(ListObjects::new()) {
//!     println!("{}", object?.key);
//! }
//! bucket.download(&DownloadFile::new("video.mp4", "/tmp/copy.mp4"))?;
//! # Ok(())
//! # }
//! ```
//!
//! # What to call
//!
//! A [`Client`] holds credentials, settings and connections; make one and keep it. A [`Bucket`] of
//! it is where things happen:
//!
//! * [`Bucket::upload`] and [`Bucket::download`] move files, big ones in parts in parallel, and go on
//!   where an earlier call or a killed process came to; [`Bucket::copy`] does so inside the service.
//!   [`Client::upload_files`] and [`Client::download_files`] move many; a [`Queue`] does so in the
//!   background, and lets itself be listed, paused, restarted and polled.
//! * [`Bucket::send`] carries out one operation of the COS API. Each operation is a value named as
//!   in COS's documents, whose setters are its parameters: [`PutObject`], [`GetObject`],
//!   [`HeadObject`], [`DeleteObject`], [`ListObjects`], [`InitiateMultipartUpload`],
//!   [`UploadPart`], [`ListParts`], [`CompleteMultipartUpload`], [`AbortMultipartUpload`]. An
//!   [`Operation`] that coslink lacks can be written outside of it.
//! * [`Bucket::objects`] goes over a listing of any length.
//! * [`Bucket::presign`] makes a URL for somebody without credentials.
//!
//! # Errors
//!
//! Every call returns an [`Error`] with a [kind](ErrorKind) to branch on, COS's own code and the
//! request id. What cannot be meant (an empty key, a line break in a header) is `InvalidArgument`
//! before any byte is sent.
//!
//! ```no_run
//! # fn head(bucket: coslink::Bucket) -> coslink::Result<()> {
//! use coslink::{ErrorKind, HeadObject};
//!
//! match bucket.send(HeadObject::new("maybe.txt")) {
//!     Ok(head) => println!("{} bytes", head.content_length),
//!     Err(error) if error.kind() == ErrorKind::NotFound => println!("not there"),
//!     Err(error) => return Err(error),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Threads and blocking
//!
//! Every call blocks until it is done. [`Client`] and [`Bucket`] may be used from many threads at
//! once. Progress is told on the thread that made the call; the library's own threads, which exist
//! only once a file moves in parts, never call your code. Nothing waits for ever: a request fails
//! when no byte moves for [`ClientBuilder::stall_timeout`].
//!
//! # What is checked
//!
//! COS states the CRC64 of what it stores. coslink computes it while bytes pass by and compares:
//! for every request with a body, for the whole object after an upload in parts, and for every
//! whole object that is read. A body that ends early is an error, never an end. The [`Receipt`] of a
//! transfer says what was checked; with [`Verify::Require`], nothing unchecked is a success.
//!
//! # Features
//!
//! * `capi` (default): the C library's functions. Without it, the crate has no `unsafe` code.
//! * `tls` (default): https, by rustls and ring. Without it, a client is made only with `https(false)`
//!   or an `http://` endpoint; every setting that needs TLS is refused by its name. For a way that is
//!   secured by something else, or where size counts.
//! * `socks`: proxies that speak SOCKS5.
//! * `native-roots`: `ClientBuilder::native_roots`, the authorities that the system trusts; with `tls`.
//!
//! # How it is built
//!
//! Each layer uses only those before it, which `tests/layers.rs` holds:
//!
//! 1. `error`
//! 2. `credentials`, `limit` (bandwidth), `watch` (progress), `file` (local files)
//! 3. `wire`: encoding, times, digests, signature, XML; no socket, clock or environment
//! 4. `op`: one operation, one file
//! 5. `endpoint` (names to a host) and `retry` (a pure decision)
//! 6. `transport` (ureq, the only sockets) and `pool` (rayon, the only threads)
//! 7. `client`: check, sign, send, read, and again where that may help
//! 8. `transfer`: files in parts
//! 9. `queue`: transfers in order, and events
//! 10. `ffi`: C
//! 11. `fuzz` and `bench`: what fuzzing and measuring call, and nobody else
//!
//! A request keeps its meaning, decoded, until the last step: the signature needs the decoded
//! values and the URL the encoded ones, and both are made from the same fields.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod client;
mod credentials;
mod endpoint;
mod error;
mod file;
mod limit;
mod op;
mod pool;
mod queue;
mod retry;
mod transfer;
mod transport;
mod watch;
mod wire;

#[cfg(feature = "capi")]
mod ffi;

/// What `benches/parts.rs` measures.
#[cfg(feature = "bench")]
#[doc(hidden)]
pub mod bench;

/// What a fuzzer calls, see `tests/fuzz`.
#[cfg(fuzzing)]
pub mod fuzz;
#[cfg(all(test, not(fuzzing)))]
mod fuzz;

pub use client::{
    Bucket, Client, ClientBuilder, Objects, PostForm, Presigned, Response, Resume, Uploads, Verify,
};
pub use credentials::{Credentials, CredentialsSource};
pub use error::{Error, ErrorKind, Result};
pub use op::copy_source::CopySource;
pub use op::types::{
    Acl, ByteRange, Directive, Grant, Grantee, Owner, Permission, StorageClass, Tier,
};
pub use op::*;
pub use queue::{Done, Event, Queue, QueueBuilder, TaskId, TaskInfo, TaskState, Transfer};
pub use retry::RetryPolicy;
pub use transfer::{
    BatchWatch, Copied, CopyFile, DownloadFile, Downloaded, Receipt, UploadBytes, UploadFile,
    UploadStream, Uploaded,
};
pub use watch::{Progress, Watch};
pub use wire::{Body, Method, Pairs, PostPolicy, Reply, Request, Timestamp};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
