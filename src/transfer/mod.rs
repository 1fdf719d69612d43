//! Files to and from buckets, in parts that move in parallel.
//!
//! The calling thread coordinates: it plans, hands parts to the client's [pool](crate::pool),
//! reports progress, and returns only when no part is under way any more. Parts move on the pool's
//! threads, which never call the user's code.

pub(crate) mod download;
mod multipart;
pub(crate) mod plan;
pub(crate) mod run;
pub(crate) mod stream;
pub(crate) mod upload;

pub use download::{DownloadFile, Downloaded};
pub use stream::UploadStream;
pub use upload::{UploadFile, Uploaded};
