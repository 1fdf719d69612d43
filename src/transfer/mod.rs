//! Files to and from buckets, in parts that move in parallel.
//!
//! The calling thread coordinates: it plans, hands parts to the client's [pool](crate::pool),
//! reports progress, and returns only when no part is under way any more. Parts move on the pool's
//! threads, which never call the user's code.

mod ask;
pub(crate) mod batch;
mod bytes;
pub(crate) mod copy;
pub(crate) mod download;
mod ended;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzz;
pub(crate) mod journal;
mod kept;
mod leftovers;
mod multipart;
mod part;
mod partial;
pub(crate) mod plan;
mod ranges;
mod receipt;
mod resume;
pub(crate) mod run;
mod session;
pub(crate) mod stream;
mod sums;
#[cfg(test)]
mod torture;
pub(crate) mod upload;
mod words;

pub use batch::BatchWatch;
pub use bytes::UploadBytes;
pub use copy::{Copied, CopyFile};
pub use download::{DownloadFile, Downloaded};
pub use receipt::Receipt;
pub use stream::UploadStream;
pub use upload::{UploadFile, Uploaded};
