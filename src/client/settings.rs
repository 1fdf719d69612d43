//! What a caller chooses for transfers.

use std::env;
use std::path::PathBuf;

/// How a transfer in parts that did not come to its end is continued when it is asked for again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Resume {
    /// By a journal of what has been moved: for uploads and copies in
    /// [`ClientBuilder::journal`](crate::ClientBuilder::journal), for downloads beside the target.
    ///
    /// What was moved stays where it is when the transfer fails for a reason that may pass, or when
    /// the process dies; the same call finds it. A file that has changed is sent from the beginning.
    #[default]
    Journal,
    /// By what COS has: an upload lists the key's uploads and takes the one whose parts have the
    /// sizes and the MD5s of this file. That reads the file twice, needs the permission to list
    /// uploads, and finds nothing under SSE-KMS and SSE-C. Of a copy or a download, nothing is
    /// continued.
    Server,
    /// Not at all: whatever a failed transfer has moved is removed at once.
    Off,
}

/// Whether the CRC64 of the whole object must be known and right at the end.
///
/// The bytes of each request are compared with what COS says of them in any case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Verify {
    /// It must: where COS states none, the transfer fails with `Integrity`.
    Require,
    /// It is compared where COS states it, which it does for every object that is not very old.
    #[default]
    Prefer,
    /// It is not compared.
    Off,
}

/// Where journals are.
#[derive(Clone, Debug)]
pub(crate) struct JournalPlace {
    pub(crate) directory: PathBuf,
    /// Whether the caller named it, and must hear when it cannot be used.
    pub(crate) is_chosen: bool,
}

impl JournalPlace {
    /// The directory that the caller named, or the platform's for the state of programs; None where
    /// there is no such thing.
    pub(crate) fn new(chosen: Option<PathBuf>) -> Option<Self> {
        let is_chosen = chosen.is_some();
        let directory = chosen.or_else(|| Some(state_directory()?.join("coslink")))?;
        let directory = std::path::absolute(&directory).unwrap_or(directory);
        Some(Self {
            directory,
            is_chosen,
        })
    }
}

fn state_directory() -> Option<PathBuf> {
    let directory = |name: &str| {
        let path = PathBuf::from(env::var_os(name)?);
        path.is_absolute().then_some(path)
    };
    if cfg!(windows) {
        directory("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        Some(directory("HOME")?.join("Library/Application Support"))
    } else {
        directory("XDG_STATE_HOME").or_else(|| Some(directory("HOME")?.join(".local/state")))
    }
}
