//! A watch that says stop is heard in every phase, and may use the client itself.

use std::ops::ControlFlow;

use cos_emulator::BUCKET;
use coslink::{CopyFile, DownloadFile, ErrorKind, Progress, UploadFile};

use crate::support::{World, failed, noise};

const MIB: usize = 1 << 20;

/// Says stop at the third call, wherever that is.
fn third() -> impl FnMut(&Progress) -> ControlFlow<()> {
    let mut calls = 0;
    move |_| {
        calls += 1;
        match calls {
            3.. => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    }
}

#[test]
fn a_silent_service_does_not_keep_anybody() {
    for fault in [
        "PutObject stall",
        "InitiateMultipartUpload stall",
        "UploadPart stall",
        "CompleteMultipartUpload stall",
    ] {
        let world = World::new();
        world.file("f", &noise(2 * MIB));
        world.fault(fault);
        let slice_above = if fault.starts_with("Put") {
            u64::MAX
        } else {
            0
        };
        let upload = UploadFile::new("k", world.path("f")).part_size(MIB as u64);
        let upload = upload.slice_above(slice_above);
        failed(
            world.bucket.upload_with(&upload, third()),
            ErrorKind::Cancelled,
        );
        println!("{fault}");
    }
    for fault in [
        "HeadObject stall",
        "GetObject stall",
        "GetObject stall=half",
    ] {
        let world = World::new();
        world.cos.put(BUCKET, "k", noise(2 * MIB));
        world.fault(fault);
        let download = DownloadFile::new("k", world.path("t")).part_size(MIB as u64);
        failed(
            world.bucket.download_with(&download, third()),
            ErrorKind::Cancelled,
        );
        assert_eq!(world.files(), [""; 0], "{fault}");
    }
    for fault in [
        "HeadObject stall",
        "CopyObject stall",
        "InitiateMultipartUpload stall",
        "UploadPartCopy stall",
        "CompleteMultipartUpload stall",
    ] {
        let world = World::new();
        world.cos.put(BUCKET, "k", noise(2 * MIB));
        world.fault(fault);
        let copy = CopyFile::new("copy", world.bucket.source("k")).part_size(MIB as u64);
        let copy = copy.slice_above(if fault.starts_with("Copy") {
            u64::MAX
        } else {
            0
        });
        failed(world.bucket.copy_with(&copy, third()), ErrorKind::Cancelled);
        println!("{fault}");
    }
}

#[test]
fn a_watch_may_transfer_by_the_same_client() {
    let world = World::with(|builder| builder.parallel_requests(1));
    world.file("f", &noise(2 * MIB));
    for slice_above in [0, u64::MAX] {
        let mut inner = 0;
        let watch = |progress: &Progress| {
            if progress.loaded < progress.total {
                inner += 1;
                let small = UploadFile::new(format!("inner-{inner}"), world.path("f"));
                world.bucket.upload(&small).unwrap();
            }
            ControlFlow::Continue(())
        };
        let upload = UploadFile::new("outer", world.path("f")).part_size(MIB as u64);
        world
            .bucket
            .upload_with(&upload.slice_above(slice_above), watch)
            .unwrap();
        assert!(inner > 0);
        assert!(world.stored("inner-1").unwrap() == noise(2 * MIB));
    }
}

#[test]
fn a_stop_is_not_forgotten() {
    // It is said once, while the HEAD is under way, and never again.
    let world = World::new();
    world.cos.put(BUCKET, "k", noise(2 * MIB));
    world.fault("HeadObject delay=200");
    let mut said = false;
    let once = |_: &Progress| match std::mem::replace(&mut said, true) {
        false => ControlFlow::Break(()),
        true => ControlFlow::Continue(()),
    };
    let download = DownloadFile::new("k", world.path("t"));
    failed(
        world.bucket.download_with(&download, once),
        ErrorKind::Cancelled,
    );
}
