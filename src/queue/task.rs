//! What a queue moves, and what it tells of it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::state::TaskState;
use crate::client::Bucket;
use crate::error::{Error, Result};
use crate::transfer::{
    Copied, CopyFile, DownloadFile, Downloaded, UploadBytes, UploadFile, Uploaded,
};
use crate::watch::{Meter, Progress};

/// A task of a queue; never used again for another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskId(pub(crate) u64);

impl TaskId {
    /// The number of the task, from 1 in the order in which tasks were added.
    pub fn number(self) -> u64 {
        self.0
    }
}

/// What a task transfers.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Transfer {
    /// A file into a bucket.
    Upload(UploadFile),
    /// Bytes in memory into a bucket.
    UploadBytes(UploadBytes),
    /// An object into a file.
    Download(DownloadFile),
    /// An object into another one.
    Copy(CopyFile),
}

impl From<UploadFile> for Transfer {
    fn from(upload: UploadFile) -> Self {
        Self::Upload(upload)
    }
}

impl From<UploadBytes> for Transfer {
    fn from(upload: UploadBytes) -> Self {
        Self::UploadBytes(upload)
    }
}

impl From<DownloadFile> for Transfer {
    fn from(download: DownloadFile) -> Self {
        Self::Download(download)
    }
}

impl From<CopyFile> for Transfer {
    fn from(copy: CopyFile) -> Self {
        Self::Copy(copy)
    }
}

/// What a task came to that succeeded.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Done {
    /// An upload, of a file or of bytes.
    Uploaded(Box<Uploaded>),
    /// A download.
    Downloaded(Box<Downloaded>),
    /// A copy.
    Copied(Box<Copied>),
}

impl Done {
    fn uploaded(uploaded: Result<Uploaded>) -> Result<Self> {
        Ok(Self::Uploaded(Box::new(uploaded?)))
    }
}

/// What is known of a task at one moment.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TaskInfo {
    /// The task.
    pub id: TaskId,
    /// Where it is.
    pub state: TaskState,
    /// The bucket that it moves to or from, with APPID.
    pub bucket: String,
    /// The bucket's region.
    pub region: String,
    /// The object's key.
    pub key: String,
    /// The local file; None for bytes in memory and copies.
    pub path: Option<PathBuf>,
    /// How far it is: loaded, total, speed, fraction.
    pub progress: Progress,
    /// How far local bytes are summed up, from 0.0 to 1.0.
    pub hashed: f64,
    /// Tasks of a higher priority come first.
    pub priority: i32,
    /// Why it failed.
    pub error: Option<Arc<Error>>,
}

/// What happened to a task.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// It was added, and waits.
    Added(TaskId),
    /// It is in another state now.
    State(TaskId, TaskState),
    /// Bytes moved. At most one such event of a task waits to be polled; it tells the latest.
    Progress(TaskId, Progress),
    /// It came to its end: the only such event until it is restarted.
    Finished(TaskId, std::result::Result<Done, Arc<Error>>),
}

impl Transfer {
    pub(super) fn key(&self) -> &str {
        match self {
            Self::Upload(upload) => upload.key(),
            Self::UploadBytes(upload) => upload.key(),
            Self::Download(download) => download.key(),
            Self::Copy(copy) => copy.key(),
        }
    }

    pub(super) fn path(&self) -> Option<&Path> {
        match self {
            Self::Upload(upload) => Some(upload.path()),
            Self::Download(download) => Some(download.path()),
            Self::UploadBytes(_) | Self::Copy(_) => None,
        }
    }

    /// The bytes to move, as far as they are known before the task begins.
    pub(super) fn size(&self) -> u64 {
        match self {
            Self::Upload(upload) => upload.path().metadata().map_or(0, |file| file.len()),
            Self::UploadBytes(upload) => upload.size(),
            Self::Download(_) | Self::Copy(_) => 0,
        }
    }

    /// Lets `keep` say at the end of a stop whether what has moved stays.
    pub(super) fn kept_by(self, keep: Arc<AtomicBool>) -> Self {
        match self {
            Self::Upload(upload) => Self::Upload(upload.kept_by(keep)),
            Self::Download(download) => Self::Download(download.kept_by(keep)),
            Self::Copy(copy) => Self::Copy(copy.kept_by(keep)),
            bytes @ Self::UploadBytes(_) => bytes,
        }
    }

    pub(super) fn run(&self, bucket: &Bucket, meter: &mut Meter<'_>) -> Result<Done> {
        match self {
            Self::Upload(upload) => Done::uploaded(bucket.upload_by(upload, meter)),
            Self::UploadBytes(upload) => Done::uploaded(bucket.upload_bytes_by(upload, meter)),
            Self::Download(download) => {
                let done = bucket.download_by(download, meter)?;
                Ok(Done::Downloaded(Box::new(done)))
            }
            Self::Copy(copy) => Ok(Done::Copied(Box::new(bucket.copy_by(copy, meter)?))),
        }
    }

    /// Takes back what earlier runs have moved.
    pub(super) fn forget(&self, bucket: &Bucket) {
        match self {
            Self::Upload(upload) => bucket.forget_upload(upload),
            Self::Download(download) => bucket.forget_download(download),
            Self::Copy(copy) => bucket.forget_copy(copy),
            Self::UploadBytes(_) => {}
        }
    }
}
