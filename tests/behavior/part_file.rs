//! The file beside a target, and who else may be at it.

use std::io::{BufWriter, Read};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use coslink::{DownloadFile, ErrorKind, GetObject, Progress, PutObject};

use crate::support::{World, failed, noise};

fn world(content: &[u8]) -> World {
    let world = World::new();
    world.bucket.send(PutObject::new("k", content)).unwrap();
    world
}

#[cfg(unix)]
#[test]
fn a_part_file_that_is_a_link_is_not_followed() {
    let world = world(b"new");
    let victim = world.file("victim", b"precious");
    std::os::unix::fs::symlink(&victim, world.path("copy.coslink-part")).unwrap();
    failed(
        world
            .bucket
            .download(&DownloadFile::new("k", world.path("copy"))),
        ErrorKind::LocalIo,
    );
    assert_eq!(std::fs::read(&victim).unwrap(), b"precious");
}

#[test]
fn a_part_file_that_somebody_left_is_used() {
    let world = world(b"new");
    world.file(
        "copy.coslink-part",
        b"left by a crash, and longer than the object",
    );
    world
        .bucket
        .download(&DownloadFile::new("k", world.path("copy")))
        .unwrap();
    assert_eq!(std::fs::read(world.path("copy")).unwrap(), b"new");
    assert_eq!(world.files(), ["copy"]);
}

#[test]
fn downloads_that_race_for_one_target_never_spoil_it() {
    let content = noise(300_000);
    let world = world(&content);
    let target = world.file("copy", &content);
    let done = AtomicBool::new(false);
    let spoilt = std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let end = Instant::now() + Duration::from_secs(2);
                while Instant::now() < end && !done.load(Ordering::Relaxed) {
                    let _ = world.bucket.download(&DownloadFile::new("k", &target));
                }
                done.store(true, Ordering::Relaxed);
            });
        }
        let mut spoilt = None;
        while !done.load(Ordering::Relaxed) {
            let now = std::fs::read(&target).unwrap();
            if now != content {
                spoilt = Some(now.len());
                done.store(true, Ordering::Relaxed);
            }
        }
        spoilt
    });
    assert_eq!(spoilt, None);
}

#[test]
fn a_part_file_that_is_replaced_is_not_taken_for_ours() {
    let world = world(&noise(2 << 20));
    world.bucket.send(PutObject::new("other", "other")).unwrap();
    let (target, part) = (world.path("a"), world.path("a.coslink-part"));
    let bucket = world.bucket.clone();
    let mut done = false;
    let watch = |_: &Progress| {
        if !done {
            done = true;
            bucket.download(&DownloadFile::new("other", &part)).unwrap();
        }
        ControlFlow::Continue(())
    };
    let result = world
        .bucket
        .download_with(&DownloadFile::new("k", &target), watch);
    failed(result, ErrorKind::LocalIo);
    assert!(!target.exists());
    assert_eq!(std::fs::read(&part).unwrap(), b"other");
}

#[test]
fn a_body_is_saved_whole_or_not_at_all() {
    let content = noise(1 << 20);
    let world = world(&content);
    let body = || world.bucket.send(GetObject::new("k")).unwrap().output.body;
    let mut stopped = body();
    let stop = |progress: &Progress| {
        std::thread::sleep(Duration::from_millis(60));
        if progress.loaded > 0 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    failed(
        stopped.save_with(world.path("a"), stop),
        ErrorKind::Cancelled,
    );
    failed(stopped.save(world.path("a")), ErrorKind::WrongState);
    let mut saved = body();
    saved.save(world.path("b")).unwrap();
    failed(saved.save(world.path("c")), ErrorKind::WrongState);
    let mut begun = body();
    begun.read_exact(&mut [0; 10]).unwrap();
    failed(begun.write_to(Vec::new()), ErrorKind::WrongState);
    assert_eq!(world.files(), ["b"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_writer_that_fails_at_its_flush_is_no_success() {
    let world = world(b"0123456789");
    let full = std::fs::File::options()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let mut body = world.bucket.send(GetObject::new("k")).unwrap().output.body;
    failed(body.write_to(BufWriter::new(full)), ErrorKind::LocalIo);
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_to_nothing_is_followed() {
    let world = world(b"new");
    std::os::unix::fs::symlink("real", world.path("second")).unwrap();
    std::os::unix::fs::symlink(world.path("second"), world.path("first")).unwrap();
    world
        .bucket
        .download(&DownloadFile::new("k", world.path("first")))
        .unwrap();
    assert_eq!(world.files(), ["first", "real", "second"]);
    std::os::unix::fs::symlink("loop", world.path("loop")).unwrap();
    let result = world
        .bucket
        .download(&DownloadFile::new("k", world.path("loop")));
    failed(result, ErrorKind::LocalIo);
}

#[test]
fn a_name_may_be_as_long_as_names_are() {
    let world = world(b"new");
    let name = "n".repeat(255);
    world
        .bucket
        .download(&DownloadFile::new("k", world.path(&name)))
        .unwrap();
    assert_eq!(world.files(), [name]);
}

/// The part file stands beside the file that a link leads to, so that the last step is one step on
/// any file system.
#[cfg(target_os = "linux")]
#[test]
fn a_target_on_another_file_system_is_replaced_in_one_step_too() {
    use std::os::unix::fs::MetadataExt;

    let world = world(&noise(3 << 20));
    let Ok(far) = tempfile::tempdir_in("/dev/shm") else {
        return println!("note: there is no /dev/shm");
    };
    let device = |path: &std::path::Path| path.metadata().unwrap().dev();
    if device(far.path()) == device(world.directory.path()) {
        return println!("note: /dev/shm is on the same file system");
    }
    let (link, target) = (world.path("link"), far.path().join("target"));
    std::os::unix::fs::symlink(&target, &link).unwrap();
    let download = DownloadFile::new("k", &link).part_size(1 << 20).parallel(1);
    world.fault("GetObject after=1 times=forever cut=0");
    failed(world.bucket.download(&download), ErrorKind::Transport);
    assert!(!target.exists());
    world.cos.clear_faults();
    assert!(world.bucket.download(&download).unwrap().receipt.resumed);
    assert!(std::fs::read(&target).unwrap() == noise(3 << 20));
    assert!(link.is_symlink());
    assert_eq!(std::fs::read_dir(far.path()).unwrap().count(), 1);
}
