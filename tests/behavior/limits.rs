//! Limits on bytes per second. How well they hold is told by `benches`; here, that they reach every
//! body, and that a change is heard at once.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use cos_emulator::BUCKET;
use coslink::{DownloadFile, ErrorKind, GetObject, Progress, PutObject, UploadFile};

use crate::support::{World, builder, failed, noise};

const MIB: usize = 1 << 20;

/// At the second look the limit is lifted: without that, nothing would end within any patience.
fn lift<'w>(
    world: &'w World,
    set: fn(&coslink::Client, u64),
) -> impl FnMut(&Progress) -> ControlFlow<()> + 'w {
    let mut looks = 0;
    set(world.bucket.client(), 1000);
    move |_| {
        looks += 1;
        if looks == 3 {
            set(world.bucket.client(), 0);
        }
        ControlFlow::Continue(())
    }
}

/// That it holds is told by `tests/memory.rs`.
#[test]
fn a_limit_on_memory_has_room_for_one_request_at_least() {
    let world = World::with(|builder| builder.memory_limit(1152 << 10));
    world.file("f", &noise(4 * MIB));
    let upload = UploadFile::new("k", world.path("f")).part_size(MIB as u64);
    world.bucket.upload(&upload.slice_above(0)).unwrap();
    for (url, least) in [
        ("http://localhost:1", 1_179_648),
        #[cfg(feature = "tls")]
        ("https://localhost:1", 1_409_920),
    ] {
        let with = |limit| {
            builder(&world.cos)
                .endpoint(url)
                .memory_limit(limit)
                .build()
        };
        for limit in [0, 1, least - 1] {
            let error = failed(with(limit), ErrorKind::InvalidArgument);
            let expected = format!("memory_limit: {limit} bytes are less than the {least} that");
            assert!(error.message().starts_with(&expected), "{error}");
        }
        with(least).unwrap();
    }
}

#[test]
fn a_limit_that_is_lifted_lets_everything_through() {
    let world = World::new();
    world.file("f", &noise(4 * MIB));
    for slice_above in [0, u64::MAX] {
        let upload = UploadFile::new("k", world.path("f")).part_size(MIB as u64);
        let upload = upload.slice_above(slice_above);
        let watch = lift(&world, coslink::Client::set_upload_limit);
        world.bucket.upload_with(&upload, watch).unwrap();
        assert!(world.stored("k").unwrap() == noise(4 * MIB));
    }
    let download = DownloadFile::new("k", world.path("t")).part_size(MIB as u64);
    let watch = lift(&world, coslink::Client::set_download_limit);
    world.bucket.download_with(&download, watch).unwrap();
    assert!(std::fs::read(world.path("t")).unwrap() == noise(4 * MIB));
}

#[test]
fn whoever_waits_for_the_limit_can_be_stopped() {
    let world = World::new();
    world.file("f", &noise(4 * MIB));
    world.cos.put(BUCKET, "k", noise(4 * MIB));
    world.bucket.client().set_upload_limit(1000);
    world.bucket.client().set_download_limit(1000);
    let mut looks = 0;
    let mut stop = |_: &Progress| {
        looks += 1;
        if looks % 4 == 0 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    let upload = UploadFile::new("u", world.path("f")).slice_above(0);
    failed(
        world.bucket.upload_with(&upload, &mut stop),
        ErrorKind::Cancelled,
    );
    let download = DownloadFile::new("k", world.path("t"));
    failed(
        world.bucket.download_with(&download, &mut stop),
        ErrorKind::Cancelled,
    );
}

#[test]
fn single_operations_keep_to_it_too() {
    let world = World::new();
    world.cos.put(BUCKET, "k", noise(400_000));
    world.bucket.client().set_upload_limit(1_000_000);
    world.bucket.client().set_download_limit(1_000_000);
    let begun = Instant::now();
    world
        .bucket
        .send(PutObject::new("u", noise(400_000)))
        .unwrap();
    // It cannot be faster than the limit, but for what a pause saves up.
    assert!(
        begun.elapsed() > Duration::from_millis(250),
        "{:?}",
        begun.elapsed()
    );
    let begun = Instant::now();
    let body = world.bucket.send(GetObject::new("k")).unwrap().output.body;
    assert_eq!(body.into_bytes().unwrap().len(), 400_000);
    assert!(
        begun.elapsed() > Duration::from_millis(250),
        "{:?}",
        begun.elapsed()
    );
}

#[test]
fn a_task_has_a_limit_of_its_own() {
    let world = World::new();
    world.file("f", &noise(4 * MIB));
    let queue = world.bucket.client().queue().build().unwrap();
    let upload = |key: &str| UploadFile::new(key, world.path("f")).slice_above(0);
    let slow = queue.push_with(&world.bucket, upload("slow"), -1);
    queue.set_limit(slow, 1000).unwrap();
    let fast = queue.push(&world.bucket, upload("fast"));
    let mut finished = Vec::new();
    while finished.len() < 2 {
        let event = queue.poll(Duration::from_secs(60)).unwrap().unwrap();
        if let coslink::Event::Finished(id, result) = event {
            result.unwrap();
            finished.push(id);
            // Four MiB at a thousand bytes per second would take more than an hour.
            queue.set_limit(slow, 0).unwrap();
        }
    }
    assert_eq!(finished, [fast, slow]);
}
