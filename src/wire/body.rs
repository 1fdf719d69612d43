//! What is sent: a description of bytes, not the bytes being read.

use std::borrow::Cow;
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// What a request sends after its headers.
///
/// Bytes and files can be sent again when a request is retried; a reader is sent once. A file is
/// opened when the request is sent, and exactly as many bytes are sent as it had then.
///
/// ```
/// use coslink::Body;
/// let text = Body::from("hello");
/// let tail = Body::file_range("video.mp4", 1 << 20, 1 << 20);
/// let pipe = Body::reader(std::io::repeat(0), 4096);
/// ```
#[derive(Clone)]
pub struct Body<'a>(pub(crate) Kind<'a>);

#[derive(Clone)]
pub(crate) enum Kind<'a> {
    Bytes(Cow<'a, [u8]>),
    File {
        path: PathBuf,
        offset: u64,
        length: Option<u64>,
    },
    Open {
        file: Arc<File>,
        offset: u64,
        length: u64,
    },
    Reader {
        reader: SharedReader,
        length: u64,
    },
}

/// A reader that is taken by the first attempt.
pub(crate) type SharedReader = Arc<Mutex<Option<Box<dyn Read + Send>>>>;

impl<'a> Body<'a> {
    /// No bytes.
    pub const fn empty() -> Self {
        Self(Kind::Bytes(Cow::Borrowed(&[])))
    }

    /// These bytes, borrowed or owned.
    pub fn bytes(bytes: impl Into<Cow<'a, [u8]>>) -> Self {
        Self(Kind::Bytes(bytes.into()))
    }

    /// A whole file.
    pub fn file(path: impl AsRef<Path>) -> Self {
        let path = path.as_ref().to_owned();
        Self(Kind::File {
            path,
            offset: 0,
            length: None,
        })
    }

    /// `length` bytes of a file from `offset` on; a file that ends earlier is an error.
    pub fn file_range(path: impl AsRef<Path>, offset: u64, length: u64) -> Self {
        let path = path.as_ref().to_owned();
        Self(Kind::File {
            path,
            offset,
            length: Some(length),
        })
    }

    /// A range of a file that is open already and that several requests read from.
    pub(crate) fn open(file: Arc<File>, offset: u64, length: u64) -> Self {
        Self(Kind::Open {
            file,
            offset,
            length,
        })
    }

    /// Exactly `length` bytes of a reader; one that ends earlier is an error, more is left unread.
    ///
    /// The reader is called on the thread that sends the request. It is used once: a request with
    /// this body is never retried.
    pub fn reader(reader: impl Read + Send + 'static, length: u64) -> Self {
        let reader: SharedReader = Arc::new(Mutex::new(Some(Box::new(reader))));
        Self(Kind::Reader { reader, length })
    }

    /// Whether the same bytes can be sent again.
    pub fn is_replayable(&self) -> bool {
        !matches!(self.0, Kind::Reader { .. })
    }

    /// The same body, borrowed where that saves a copy.
    pub(crate) fn reborrow(&self) -> Body<'_> {
        match &self.0 {
            Kind::Bytes(bytes) => Body(Kind::Bytes(Cow::Borrowed(bytes))),
            other => Body(other.clone()),
        }
    }
}

impl Default for Body<'_> {
    fn default() -> Self {
        Self::empty()
    }
}

impl<'a> From<&'a str> for Body<'a> {
    fn from(text: &'a str) -> Self {
        Self::bytes(text.as_bytes())
    }
}

impl<'a> From<&'a [u8]> for Body<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::bytes(bytes)
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Body<'a> {
    fn from(bytes: &'a [u8; N]) -> Self {
        Self::bytes(bytes.as_slice())
    }
}

impl From<String> for Body<'_> {
    fn from(text: String) -> Self {
        Self::bytes(text.into_bytes())
    }
}

impl From<Vec<u8>> for Body<'_> {
    fn from(bytes: Vec<u8>) -> Self {
        Self::bytes(bytes)
    }
}

impl fmt::Debug for Body<'_> {
    /// Says what kind of body it is, never its content.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Bytes(bytes) => write!(f, "Body({} bytes)", bytes.len()),
            Kind::File {
                path,
                offset,
                length: Some(length),
            } => {
                write!(f, "Body({} from {offset}, {length} bytes)", path.display())
            }
            Kind::File { path, .. } => write!(f, "Body({})", path.display()),
            Kind::Open { offset, length, .. } => write!(f, "Body({length} bytes from {offset})"),
            Kind::Reader { length, .. } => write!(f, "Body(reader of {length} bytes)"),
        }
    }
}
