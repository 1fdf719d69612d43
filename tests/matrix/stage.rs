//! One cell of the matrix: an emulator of its own, a client with short time-outs, one call.

use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use cos_emulator::{BUCKET, Emulator, REGION, SECRET_ID, SECRET_KEY};
use coslink::{
    Bucket, Client, CompleteMultipartUpload, CompletedPart, CopyObject, Credentials, DownloadFile,
    Error, ErrorKind, Event, GetObject, InitiateMultipartUpload, ListObjects, PutObject,
    RetryPolicy, UploadFile, UploadPart,
};

/// How long a request may take in all. Only what never ends comes near it.
pub(crate) const DEADLINE: Duration = Duration::from_millis(2000);
const STALL: Duration = Duration::from_millis(500);
const ATTEMPTS: u32 = 3;
const PART: usize = 1 << 20;
const BEFORE: &[u8] = b"what was there before";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Put,
    Get,
    List,
    Part,
    Complete,
    Copy,
    Upload,
    Download,
    Queue,
}

/// The columns: title, which requests the fault is for, and which group of outcomes counts.
pub(crate) const OPS: &[(Op, &str, &str, usize)] = &[
    (Op::Put, "put", "PutObject", 0),
    (Op::Get, "get", "GetObject", 1),
    (Op::List, "list", "ListObjects", 3),
    (Op::Part, "part", "UploadPart", 0),
    (Op::Complete, "complete", "CompleteMultipartUpload", 4),
    (Op::Copy, "copy", "CopyObject", 3),
    (Op::Upload, "upload", "UploadPart", 0),
    (Op::Download, "download", "GetObject", 2),
    (Op::Queue, "queue", "*", 3),
];

/// An error, of which that of a task is but shared.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) kind: ErrorKind,
    pub(crate) text: String,
}

impl Failure {
    fn of(error: &Error) -> Self {
        Self {
            kind: error.kind(),
            text: error.to_string(),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::of(&error)
    }
}

/// The content of everything: two parts.
fn content() -> &'static [u8] {
    static CONTENT: OnceLock<Vec<u8>> = OnceLock::new();
    CONTENT.get_or_init(|| {
        let byte = |at: usize| (at.wrapping_mul(2_654_435_761) >> 13) as u8;
        (0..PART + 5000).map(byte).collect()
    })
}

/// The content of single requests.
fn small() -> &'static [u8] {
    &content()[..5000]
}

pub(crate) struct Stage {
    pub(crate) cos: Emulator,
    bucket: Bucket,
    directory: tempfile::TempDir,
    op: Op,
    /// The upload of this call.
    upload: (String, Vec<CompletedPart>),
}

impl Stage {
    pub(crate) fn new(op: Op) -> Self {
        // MD5 costs more than all the rest, and nothing here depends on it.
        let cos = Emulator::builder().opaque_etags(true).start();
        let directory = tempfile::tempdir().unwrap();
        let waits = Duration::from_millis(1);
        let client = Client::builder(Credentials::new(SECRET_ID, SECRET_KEY))
            .endpoint(cos.url())
            .journal(directory.path().join("journals"))
            .stall_timeout(STALL)
            .deadline(DEADLINE)
            // One second, so that a short Retry-After is waited.
            .retry(RetryPolicy::new(ATTEMPTS).waits(waits, Duration::from_secs(1)))
            .build()
            .unwrap();
        let bucket = client.bucket(BUCKET, REGION).unwrap();
        cos.put(BUCKET, "k", BEFORE);
        cos.put(BUCKET, "source", small());
        cos.put(BUCKET, "big", content());
        let mut stage = Self {
            cos,
            bucket,
            directory,
            op,
            upload: Default::default(),
        };
        fs::write(stage.path("from"), content()).unwrap();
        fs::write(stage.path("to"), BEFORE).unwrap();
        stage.begin();
        stage
    }

    /// Waits until the emulator has done with what the client has given up, but for what is held up. A part that lands later
    /// has another ETag here, which a call that goes on meanwhile cannot know.
    pub(crate) fn settle(&self) {
        let end = Instant::now() + STALL;
        while self.cos.in_flight() > 0 && Instant::now() < end {
            thread::sleep(Duration::from_millis(2));
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// What a call needs and is not itself in question.
    pub(crate) fn begin(&mut self) {
        if !matches!(self.op, Op::Part | Op::Complete) {
            return;
        }
        let begun = self.bucket.send(InitiateMultipartUpload::new("k")).unwrap();
        let id = begun.upload_id.clone();
        let mut parts = Vec::new();
        if self.op == Op::Complete {
            let part = UploadPart::new("k", &id, 1, small());
            let etag = self.bucket.send(part).unwrap().etag.clone();
            parts.push(CompletedPart::new(1, etag));
        }
        self.upload = (id, parts);
    }

    /// The call: `ok`, or `unverified` where coslink itself says that nobody vouches for what came.
    /// A success with anything but the right content is a panic.
    pub(crate) fn play(&self) -> Result<&'static str, Failure> {
        let bucket = &self.bucket;
        match self.op {
            Op::Put => bucket.send(PutObject::new("k", small())).map(drop)?,
            Op::Get => {
                let mut body = bucket.send(GetObject::new("source"))?.output.body;
                let mut bytes = Vec::new();
                body.write_to(&mut bytes)?;
                if !body.is_verified() {
                    return Ok("unverified");
                }
                assert!(bytes == small(), "other bytes");
                return Ok("ok");
            }
            Op::List => {
                let list = bucket.send(ListObjects::new())?;
                let names = list
                    .contents
                    .iter()
                    .map(|object| (object.key.as_str(), object.size));
                let expected = ["big", "k", "source"].map(|key| {
                    let size = self.cos.object(BUCKET, key).unwrap().size;
                    (key, size)
                });
                assert!(names.eq(expected), "another list: {:?}", list.contents);
                assert!(!list.is_truncated, "half a list");
                return Ok("ok");
            }
            Op::Part => {
                let part = UploadPart::new("k", &self.upload.0, 1, small());
                bucket.send(part).map(drop)?;
                return Ok("ok");
            }
            Op::Complete => {
                let (id, parts) = self.upload.clone();
                let complete = CompleteMultipartUpload::new("k", id, parts);
                bucket.send(complete).map(drop)?;
            }
            Op::Copy => {
                let copy = CopyObject::new("k", bucket.source("source"));
                bucket.send(copy).map(drop)?;
            }
            Op::Upload => assert!(bucket.upload(&self.upload_file())?.verified),
            Op::Download => {
                let download = DownloadFile::new("big", self.path("to")).part_size(PART as u64);
                assert!(bucket.download(&download)?.verified);
                assert!(self.target() == content(), "another file");
                return Ok("ok");
            }
            Op::Queue => self.queue()?,
        }
        assert!(self.stored() == self.promised(), "another object");
        Ok("ok")
    }

    fn upload_file(&self) -> UploadFile {
        UploadFile::new("k", self.path("from"))
            .part_size(PART as u64)
            .slice_above(0)
    }

    fn queue(&self) -> Result<(), Failure> {
        let queue = self.bucket.client().queue().build()?;
        let id = queue.push(&self.bucket, self.upload_file());
        loop {
            let event = queue.poll(Duration::from_secs(20))?;
            match event.expect("the task must go on") {
                Event::Finished(of, Ok(_)) if of == id => return Ok(()),
                Event::Finished(of, Err(error)) if of == id => return Err(Failure::of(&error)),
                _ => {}
            }
        }
    }

    fn promised(&self) -> &'static [u8] {
        match self.op {
            Op::Upload | Op::Queue => content(),
            _ => small(),
        }
    }

    fn stored(&self) -> Vec<u8> {
        self.cos.object(BUCKET, "k").unwrap().bytes().unwrap()
    }

    fn target(&self) -> Vec<u8> {
        fs::read(self.path("to")).unwrap()
    }

    /// Whatever the call came to: what it leads to holds one thing or the other, never a part.
    pub(crate) fn check_nothing_is_half(&self) {
        let stored = self.stored();
        assert!(
            stored == BEFORE || stored == self.promised(),
            "half an object"
        );
        let target = self.target();
        assert!(target == BEFORE || target == content(), "half a file");
        assert!(self.cos.object(BUCKET, "source").unwrap().bytes().unwrap() == small());
    }
}
