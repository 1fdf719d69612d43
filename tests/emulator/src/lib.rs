//! A strict, scriptable emulator of Tencent Cloud COS (object storage, native XML API) for tests.
//!
//! ```
//! use cos_emulator::{BUCKET, Emulator};
//!
//! let cos = Emulator::start();
//! cos.put(BUCKET, "exampleobject", b"hello");
//! cos.fault("GetObject times=2 status=503").unwrap();
//! // ... let a client connect to cos.url() ...
//! assert!(cos.requests().is_empty());
//! ```
//!
//! The server verifies every signature from the bytes on the wire, refuses what it does not know,
//! keeps a journal of all requests and plays a script of [faults](Emulator::fault). It listens on
//! 127.0.0.1 only.
//!
//! A client reaches it in two ways: it connects to [`Emulator::authority`] while its `Host` header
//! stays `<bucket>.cos.<region>.myqcloud.com` (virtual hosts, with or without a port), or it uses
//! [`Emulator::url`] as it is and puts the bucket first in the path, which is signed then, too.
//!
//! `NOTES.md` beside the source lists each behaviour with its origin, and the grammar of faults.
#![forbid(unsafe_code)]

mod acl;
pub mod auth;
mod blob;
mod bucket;
mod builder;
mod conditions;
mod copy;
mod cors;
pub mod crc64;
mod damage;
mod delete_many;
mod describe;
mod emulator;
pub mod encode;
mod fault;
mod faulty;
mod form;
mod inbound;
mod journal;
mod list;
mod luck;
mod multipart;
mod object;
mod outgoing;
mod play;
mod policy;
mod post;
mod proxy;
mod reply;
mod request;
mod restore;
mod route;
mod serve;
mod server;
mod state;
mod store;
mod stream;
mod tagging;
mod tls;
mod versioning;
mod versions;
mod xml;

pub use builder::Builder;
pub use cors::CorsRule;
pub use emulator::{Emulator, Stored};
pub use journal::Recorded;
pub use proxy::{Answer, Proxy, ProxyBuilder, Tunnel};
pub use tls::Certificate;

/// The secret id that requests are signed with by default.
pub const SECRET_ID: &str = "AKIDcoslinkVectorId0123456789abcdef";
/// The secret key that requests are signed with by default.
pub const SECRET_KEY: &str = "coslinkVectorKey/+=0123456789ABCDEF";
/// The bucket that exists by default.
pub const BUCKET: &str = "examplebucket-1250000000";
/// The region of that bucket.
pub const REGION: &str = "ap-guangzhou";
