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
pub struct Body<'a> {
    pub(crate) kind: Kind<'a>,
    /// What a form puts around the content; no part of the object.
    pub(crate) frame: Option<Box<Frame>>,
}

/// Bytes around a body.
#[derive(Clone)]
pub(crate) struct Frame {
    pub(crate) before: Vec<u8>,
    pub(crate) after: Vec<u8>,
}

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
        Self {
            kind: Kind::Bytes(Cow::Borrowed(&[])),
            frame: None,
        }
    }

    /// These bytes, borrowed or owned.
    pub fn bytes(bytes: impl Into<Cow<'a, [u8]>>) -> Self {
        Self::of(Kind::Bytes(bytes.into()))
    }

    /// A whole file.
    pub fn file(path: impl AsRef<Path>) -> Self {
        let path = path.as_ref().to_owned();
        Self::of(Kind::File {
            path,
            offset: 0,
            length: None,
        })
    }

    /// A file from `offset` on, to its end; one that ends before `offset` is an error.
    pub fn file_from(path: impl AsRef<Path>, offset: u64) -> Self {
        let path = path.as_ref().to_owned();
        Self::of(Kind::File {
            path,
            offset,
            length: None,
        })
    }

    /// `length` bytes of a file from `offset` on; a file that ends earlier is an error.
    pub fn file_range(path: impl AsRef<Path>, offset: u64, length: u64) -> Self {
        let path = path.as_ref().to_owned();
        Self::of(Kind::File {
            path,
            offset,
            length: Some(length),
        })
    }

    /// A range of a file that is open already and that several requests read from.
    pub(crate) fn open(file: Arc<File>, offset: u64, length: u64) -> Self {
        Self::of(Kind::Open {
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
        Self::of(Kind::Reader { reader, length })
    }

    /// Whether the same bytes can be sent again.
    pub fn is_replayable(&self) -> bool {
        !matches!(self.kind, Kind::Reader { .. })
    }

    /// The same body, borrowed where that saves a copy.
    pub(crate) fn reborrow(&self) -> Body<'_> {
        let kind = match &self.kind {
            Kind::Bytes(bytes) => Kind::Bytes(Cow::Borrowed(bytes)),
            other => other.clone(),
        };
        Body {
            kind,
            frame: self.frame.clone(),
        }
    }

    /// The file that it is read from, if there is one.
    pub(crate) fn path(&self) -> Option<&Path> {
        match &self.kind {
            Kind::File { path, .. } => Some(path),
            _ => None,
        }
    }

    /// The same with bytes around it.
    pub(crate) fn framed(mut self, before: Vec<u8>, after: Vec<u8>) -> Self {
        self.frame = Some(Box::new(Frame { before, after }));
        self
    }

    fn of(kind: Kind<'a>) -> Self {
        Self { kind, frame: None }
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
        match &self.kind {
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
