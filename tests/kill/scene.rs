//! What is transferred, from where to where, and what may be found there.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use cos_emulator::{BUCKET, Emulator, REGION, SECRET_ID, SECRET_KEY};
use coslink::{Bucket, Client, Credentials, DeleteObject};

use crate::chance::Chance;
use crate::child::Orders;

pub(crate) const PART: u64 = 1 << 20;
pub(crate) const PARTS: u64 = 64;
pub(crate) const SIZE: u64 = PARTS * PART;
pub(crate) const IN_FLIGHT: usize = 4;

/// The key that downloads and copies come from.
pub(crate) const SOURCE: &str = "source";

/// How long nothing must happen at the emulator until nothing more of a killed child is on its way.
const QUIET: Duration = Duration::from_millis(10);

/// How long the emulator may take to come to its rest.
const LONGEST: Duration = Duration::from_secs(30);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Upload = 1,
    Download = 2,
    Copy = 3,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Upload => "upload",
            Self::Download => "download",
            Self::Copy => "copy",
        }
    }

    pub(crate) fn named(name: &str) -> Self {
        let kinds = [Self::Upload, Self::Download, Self::Copy];
        kinds.into_iter().find(|kind| kind.name() == name).unwrap()
    }

    /// The operation that moves a part.
    pub(crate) fn part(self) -> &'static str {
        match self {
            Self::Upload => "UploadPart",
            Self::Download => "GetObject",
            Self::Copy => "UploadPartCopy",
        }
    }

    /// The other operations that a transfer of this kind, or its continuation, asks for.
    pub(crate) fn others(self) -> &'static [&'static str] {
        const UPLOAD: &[&str] = &[
            "ListParts",
            "ListMultipartUploads",
            "InitiateMultipartUpload",
            "CompleteMultipartUpload",
            "InitiateMultipartUpload",
            "CompleteMultipartUpload",
        ];
        match self {
            Self::Upload | Self::Copy => UPLOAD,
            Self::Download => &["HeadObject"],
        }
    }
}

/// What lies where a transfer leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    Nothing,
    Earlier,
    Whole,
}

pub(crate) struct Scene {
    pub(crate) kind: Kind,
    pub(crate) cos: Emulator,
    bucket: Bucket,
    root: tempfile::TempDir,
    content: Vec<u8>,
    earlier: Vec<u8>,
}

impl Scene {
    pub(crate) fn new(kind: Kind) -> Self {
        // MD5 is most of what an upload costs in a debug build, and nothing here depends on it.
        let cos = Emulator::builder().opaque_etags(true).start();
        let client = Client::builder(Credentials::new(SECRET_ID, SECRET_KEY)).endpoint(cos.url());
        let bucket = client.build().unwrap().bucket(BUCKET, REGION).unwrap();
        let mut chance = Chance::new(0);
        let scene = Self {
            kind,
            cos,
            bucket,
            root: tempfile::tempdir().unwrap(),
            content: chance.bytes(SIZE as usize),
            earlier: chance.bytes(100_000),
        };
        for directory in ["journals", "targets"] {
            fs::create_dir(scene.root.path().join(directory)).unwrap();
        }
        match kind {
            Kind::Upload => fs::write(scene.source(), &scene.content).unwrap(),
            _ => assert!(scene.cos.put(BUCKET, SOURCE, &scene.content)),
        }
        scene
    }

    fn source(&self) -> PathBuf {
        self.root.path().join("source")
    }

    fn journals(&self) -> PathBuf {
        self.root.path().join("journals")
    }

    fn targets(&self) -> PathBuf {
        self.root.path().join("targets")
    }

    fn target(&self, key: &str) -> PathBuf {
        self.targets().join(key)
    }

    pub(crate) fn orders(&self, key: &str) -> Orders {
        let file = match self.kind {
            Kind::Download => self.target(key),
            _ => self.source(),
        };
        Orders {
            kind: self.kind,
            url: self.cos.url(),
            key: key.to_owned(),
            file,
            journals: self.journals(),
        }
    }

    /// Puts something where the transfer leads to.
    pub(crate) fn put_earlier(&self, key: &str) {
        match self.kind {
            Kind::Download => fs::write(self.target(key), &self.earlier).unwrap(),
            _ => assert!(self.cos.put(BUCKET, key, &self.earlier)),
        }
    }

    /// Takes away what a transfer has made.
    pub(crate) fn clear(&self, key: &str) {
        match self.kind {
            Kind::Download => fs::remove_file(self.target(key)).unwrap(),
            _ => drop(self.bucket.send(DeleteObject::new(key)).unwrap()),
        }
    }

    /// What lies where the transfer leads to, which must be one of three things.
    pub(crate) fn found(&self, key: &str) -> Result<Found, String> {
        let Some(bytes) = self.bytes(key) else {
            return Ok(Found::Nothing);
        };
        if bytes == self.content {
            return Ok(Found::Whole);
        }
        if bytes == self.earlier {
            return Ok(Found::Earlier);
        }
        let same = bytes.iter().zip(&self.content).take_while(|(a, b)| a == b);
        let (length, same) = (bytes.len(), same.count());
        Err(format!(
            "{length} bytes under the name, {same} of them right"
        ))
    }

    fn bytes(&self, key: &str) -> Option<Vec<u8>> {
        match self.kind {
            Kind::Download => match fs::read(self.target(key)) {
                Err(error) if error.kind() == ErrorKind::NotFound => None,
                read => Some(read.unwrap()),
            },
            _ => Some(self.cos.object(BUCKET, key)?.bytes().unwrap()),
        }
    }

    /// Whether something of the right size is there; cheap enough to be asked all the time.
    pub(crate) fn seems_made(&self, key: &str) -> bool {
        let size = match self.kind {
            Kind::Download => fs::metadata(self.target(key)).ok().map(|m| m.len()),
            _ => self.cos.object(BUCKET, key).map(|object| object.size),
        };
        size == Some(SIZE)
    }

    /// The length of the record of the transfer, if there is one.
    pub(crate) fn record(&self, key: &str) -> Option<u64> {
        let path = match self.kind {
            Kind::Download => self.target(&format!("{key}.coslink-journal")),
            _ => fs::read_dir(self.journals()).ok()?.next()?.ok()?.path(),
        };
        Some(fs::metadata(path).ok()?.len())
    }

    /// What is there beside what is to be there: files, journals, uploads.
    pub(crate) fn leftovers(&self, key: &str) -> Vec<String> {
        let mut names = Vec::new();
        for directory in [self.targets(), self.journals()] {
            let entries = fs::read_dir(directory).unwrap();
            names.extend(entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()));
        }
        names.retain(|name| name != key);
        let uploads = self.cos.uploads(BUCKET).into_iter();
        names.extend(uploads.map(|(key, id)| format!("upload {id} of {key}")));
        names
    }

    pub(crate) fn has_uploads(&self) -> bool {
        !self.cos.uploads(BUCKET).is_empty()
    }

    /// Waits until the emulator has served all that a child has sent.
    pub(crate) fn settle(&self) -> Result<(), String> {
        let began = Instant::now();
        let mut since = began;
        let mut known = self.cos.requests().len();
        while since.elapsed() < QUIET {
            thread::sleep(Duration::from_millis(1));
            let count = self.cos.requests().len();
            if self.cos.in_flight() > 0 || count != known {
                (since, known) = (Instant::now(), count);
            }
            if began.elapsed() > LONGEST {
                return Err(format!("{:?} in flight", self.cos.in_flight()));
            }
        }
        Ok(())
    }
}
