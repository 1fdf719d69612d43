//! Every system call of the part file and the journals fails once: no panic, no wrong file, and the
//! next run completes.

use std::io::ErrorKind as Io;
use std::path::Path;

use cos_emulator::{BUCKET, Emulator, REGION, SECRET_ID, SECRET_KEY};

use crate::error::{ErrorKind, Result};
use crate::file::disk::Script;
use crate::{Bucket, Client, CopyFile, Credentials, DownloadFile, UploadFile};

const SIZE: usize = 3 << 20;

struct Scene {
    cos: Emulator,
    bucket: Bucket,
    directory: tempfile::TempDir,
    content: Vec<u8>,
}

impl Scene {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let cos = Emulator::start();
        let client = Client::builder(Credentials::new(SECRET_ID, SECRET_KEY))
            .endpoint(cos.url())
            .journal(directory.path().join("journals"))
            // In turn, so that the same call has the same number in every run.
            .parallel_requests(1)
            .build()
            .unwrap();
        let content: Vec<u8> = (0..SIZE as u32)
            .map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8)
            .collect();
        cos.put(BUCKET, "source", &content);
        std::fs::write(directory.path().join("file"), &content).unwrap();
        Self {
            bucket: client.bucket(BUCKET, REGION).unwrap(),
            cos,
            directory,
            content,
        }
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.directory.path().join(name)
    }

    fn upload(&self) -> Result<()> {
        let upload = UploadFile::new("copy", self.path("file"));
        let upload = upload.part_size(1 << 20).slice_above(0);
        self.bucket.upload(&upload).map(drop)
    }

    fn download(&self) -> Result<()> {
        let download = DownloadFile::new("source", self.path("target")).part_size(1 << 20);
        self.bucket.download(&download).map(drop)
    }

    fn copy(&self) -> Result<()> {
        let copy = CopyFile::new("copy", self.bucket.source("source"));
        self.bucket
            .copy(&copy.part_size(1 << 20).slice_above(0))
            .map(drop)
    }

    /// Whether what was asked for is there, and right.
    fn is_done(&self) -> bool {
        let object = self
            .cos
            .object(BUCKET, "copy")
            .map(|object| object.bytes().unwrap());
        let file = std::fs::read(self.path("target")).ok();
        let made = object.or(file);
        assert!(
            made.is_none() || made.as_ref() == Some(&self.content),
            "wrong bytes"
        );
        made.is_some()
    }

    fn leftovers(&self) -> Vec<String> {
        let below = |path: &Path| {
            let entries = std::fs::read_dir(path).into_iter().flatten();
            let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
            names
                .filter(|name| !["file", "target", "journals"].contains(&name.as_str()))
                .collect::<Vec<_>>()
        };
        [below(self.directory.path()), below(&self.path("journals"))].concat()
    }
}

fn torture(name: &str, run: fn(&Scene) -> Result<()>) {
    let scene = Scene::new();
    let script = Script::begin(scene.directory.path(), None, Io::Other);
    run(&scene).unwrap();
    let calls = script.end();
    assert!(calls.len() > 10, "{calls:?}");
    println!("{name}: {} system calls", calls.len());
    for kind in [Io::StorageFull, Io::Other] {
        for (number, call) in calls.iter().enumerate() {
            let scene = Scene::new();
            let script = Script::begin(scene.directory.path(), Some(number), kind);
            let outcome = run(&scene);
            script.end();
            let what = format!("{name}: {kind:?} in call {number}, {call}");
            match outcome {
                Ok(()) => assert!(scene.is_done(), "{what}"),
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::LocalIo, "{what}: {error}");
                    assert!(!scene.is_done(), "{what}");
                    run(&scene).unwrap_or_else(|error| panic!("{what}, again: {error}"));
                    assert!(scene.is_done(), "{what}");
                }
            }
            // A name that could not be removed is all that may be left, for the next run.
            if !call.starts_with("unlink") {
                assert_eq!(scene.leftovers(), [""; 0], "{what}");
            }
            assert_eq!(scene.cos.uploads(BUCKET), [], "{what}");
        }
    }
}

#[test]
fn an_upload_survives_any_failing_call() {
    torture("upload", Scene::upload);
}

#[test]
fn a_download_survives_any_failing_call() {
    torture("download", Scene::download);
}

#[test]
fn a_copy_survives_any_failing_call() {
    torture("copy", Scene::copy);
}
