//! Objects into files.

use std::ops::ControlFlow;

use cos_emulator::BUCKET;
use coslink::{DownloadFile, ErrorKind, Progress, PutObject, Resume};

use crate::support::{World, failed, noise};

const MIB: usize = 1 << 20;

fn download(world: &World) -> DownloadFile {
    DownloadFile::new("k", world.path("target")).part_size(MIB as u64)
}

#[test]
fn an_object_of_any_size_arrives_whole() {
    let world = World::new();
    for (size, parts) in [
        (0, 0),
        (1, 1),
        (MIB, 1),
        (MIB + 1, 2),
        (5 * MIB - 1, 5),
        (6 * MIB, 6),
    ] {
        let content = noise(size);
        world.cos.put(BUCKET, "k", &content);
        let downloaded = world.bucket.download(&download(&world)).unwrap();
        assert_eq!(
            std::fs::read(world.path("target")).unwrap(),
            content,
            "{size}"
        );
        assert_eq!((downloaded.size, downloaded.parts), (size as u64, parts));
        assert!(downloaded.verified);
        assert_eq!(downloaded.head.content_length, size as u64);
        assert_eq!(world.files(), ["target"]);
    }
}

#[test]
fn ranges_move_in_parallel_up_to_the_limit_over_kept_connections() {
    for (client, parallel, peak) in [(4, 0, 4), (8, 2, 2), (1, 0, 1)] {
        let world = World::with(|builder| builder.parallel_requests(client));
        world.cos.put(BUCKET, "k", noise(16 * MIB));
        world.fault("GetObject times=forever delay=50");
        world
            .bucket
            .download(&download(&world).parallel(parallel))
            .unwrap();
        assert_eq!(world.cos.peak_parallel(), peak);
        assert!(
            world.cos.connections() <= client,
            "{}",
            world.cos.connections()
        );
    }
}

#[test]
fn what_breaks_off_is_continued_and_what_is_wrong_never_reaches_the_target() {
    let world = World::with(|builder| builder.resume(Resume::Off));
    let content = noise(4 * MIB);
    world.cos.put(BUCKET, "k", &content);
    let target = world.file("target", b"before");
    for fault in [
        "cut=0",
        "cut=1",
        "cut=half",
        "cut=-1",
        "reset",
        "status=503",
        "close",
    ] {
        std::fs::write(&target, b"before").unwrap();
        world.fault(&format!("GetObject after=1 times=2 {fault}"));
        world.cos.clear_requests();
        assert!(
            world.bucket.download(&download(&world)).unwrap().verified,
            "{fault}"
        );
        assert_eq!(std::fs::read(&target).unwrap(), content, "{fault}");
        assert_eq!(world.cos.requests().len(), 1 + 4 + 2, "{fault}");
        world.cos.clear_faults();
    }
    for (fault, kind) in [
        ("GetObject times=forever cut=0", ErrorKind::Transport),
        (
            "GetObject after=2 times=forever cut=1",
            ErrorKind::Transport,
        ),
        ("GetObject after=3 flip=77", ErrorKind::Integrity),
        ("GetObject after=1 wrong-content-range", ErrorKind::Protocol),
        (
            "GetObject after=2 status=403 code=AccessDenied",
            ErrorKind::Denied,
        ),
        ("HeadObject wrong-crc", ErrorKind::Integrity),
        ("HeadObject status=404", ErrorKind::NotFound),
    ] {
        std::fs::write(&target, b"before").unwrap();
        world.fault(fault);
        failed(world.bucket.download(&download(&world)), kind);
        assert_eq!(std::fs::read(&target).unwrap(), b"before", "{fault}");
        assert_eq!(world.files(), ["target"], "{fault}");
        world.cos.clear_faults();
    }
    world.fault("HeadObject no-crc");
    assert!(!world.bucket.download(&download(&world)).unwrap().verified);
    assert_eq!(std::fs::read(&target).unwrap(), content);
}

#[test]
fn an_object_that_is_replaced_meanwhile_is_never_mixed() {
    let world = World::new();
    world.cos.put(BUCKET, "k", noise(8 * MIB));
    let target = world.file("target", b"before");
    // Time for the watch to be called, on a busy machine too, before the rest is asked for.
    world.fault("GetObject after=4 times=2 delay=1000");
    let mut replaced = false;
    let other = noise(8 * MIB + 1);
    let watch = |progress: &Progress| {
        if progress.loaded > 0 && !replaced {
            replaced = true;
            world.cos.put(BUCKET, "k", &other);
        }
        ControlFlow::Continue(())
    };
    let result = world
        .bucket
        .download_with(&download(&world).parallel(1), watch);
    assert_eq!(failed(result, ErrorKind::Precondition).status(), Some(412));
    assert_eq!(std::fs::read(&target).unwrap(), b"before");
}

#[test]
fn progress_never_falls_and_may_stop() {
    let world = World::new();
    world.cos.put(BUCKET, "k", noise(4 * MIB));
    world.fault("GetObject after=1 times=2 cut=half");
    let here = std::thread::current().id();
    let mut seen = Vec::new();
    let watch = |progress: &Progress| {
        assert_eq!(std::thread::current().id(), here);
        seen.push(progress.loaded);
        ControlFlow::Continue(())
    };
    world
        .bucket
        .download_with(&download(&world), watch)
        .unwrap();
    assert_eq!(
        (seen.first(), seen.last()),
        (Some(&0), Some(&(4 * MIB as u64)))
    );
    assert!(seen.is_sorted(), "{seen:?}");

    let target = world.file("target", b"before");
    world.fault("GetObject times=forever stall=1000");
    let mut calls = 0;
    let stop = |_: &Progress| {
        calls += 1;
        if calls > 2 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    failed(
        world.bucket.download_with(&download(&world), stop),
        ErrorKind::Cancelled,
    );
    assert_eq!(std::fs::read(&target).unwrap(), b"before");
    assert_eq!(world.files(), ["target"]);
}

#[test]
fn conditions_are_those_of_the_object_at_the_beginning() {
    let world = World::new();
    let etag = world
        .bucket
        .send(PutObject::new("k", "text"))
        .unwrap()
        .etag
        .clone();
    world
        .bucket
        .download(&download(&world).if_match(&etag))
        .unwrap();
    for download in [
        download(&world).if_match("0"),
        download(&world).if_none_match(&etag),
    ] {
        failed(world.bucket.download(&download), ErrorKind::Precondition);
    }
    assert_eq!(std::fs::read(world.path("target")).unwrap(), b"text");
}

#[test]
fn two_downloads_into_one_target_do_not_mix() {
    let world = World::new();
    world.cos.put(BUCKET, "k", noise(2 * MIB));
    world.fault("GetObject times=forever delay=50");
    let mut second = None;
    let watch = |_: &Progress| {
        second.get_or_insert_with(|| world.bucket.download(&download(&world)));
        ControlFlow::Continue(())
    };
    world
        .bucket
        .download_with(&download(&world), watch)
        .unwrap();
    failed(second.unwrap(), ErrorKind::Busy);
    assert_eq!(std::fs::read(world.path("target")).unwrap(), noise(2 * MIB));
}

#[cfg(unix)]
#[test]
fn a_link_is_followed_and_permissions_are_kept() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let world = World::new();
    world.cos.put(BUCKET, "k", b"new");
    let real = world.file("real", b"old");
    std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o600)).unwrap();
    symlink(&real, world.path("target")).unwrap();
    world.bucket.download(&download(&world)).unwrap();
    assert_eq!(std::fs::read(&real).unwrap(), b"new");
    assert!(
        std::fs::symlink_metadata(world.path("target"))
            .unwrap()
            .is_symlink()
    );
    assert_eq!(
        std::fs::metadata(&real).unwrap().permissions().mode() & 0o777,
        0o600
    );
}
