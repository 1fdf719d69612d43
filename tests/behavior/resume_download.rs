//! Downloads that did not come to their end, and the same call again.

use std::fs;
use std::ops::ControlFlow;

use cos_emulator::BUCKET;
use coslink::{DownloadFile, Downloaded, ErrorKind, Progress, Resume, Verify, Watch};

use crate::support::{World, failed, noise};

const MIB: usize = 1 << 20;
const RANGES: usize = 6;

/// A world with an object of six ranges, and one range at a time.
fn world() -> World {
    let world = World::with(|builder| builder.parallel_requests(1));
    world.cos.put(BUCKET, "k", noise(RANGES * MIB));
    world
}

fn download(world: &World) -> DownloadFile {
    DownloadFile::new("k", world.path("target")).part_size(MIB as u64)
}

/// Fails at the fourth range, with three of them in the part file.
fn break_off(world: &World) {
    world.file("target", b"before");
    world.fault("GetObject after=3 times=forever cut=0");
    failed(
        world.bucket.download(&download(world)),
        ErrorKind::Transport,
    );
    world.cos.clear_faults();
    world.cos.clear_requests();
    assert_eq!(fs::read(world.path("target")).unwrap(), b"before");
    let names = ["target", "target.coslink-journal", "target.coslink-part"];
    assert_eq!(world.files(), names);
}

/// The file is whole, nothing is beside it, and so many ranges were asked for.
#[track_caller]
fn done(world: &World, downloaded: &Downloaded, asked: usize) {
    let content = world.stored("k").unwrap();
    assert!(fs::read(world.path("target")).unwrap() == content);
    assert!(downloaded.verified && downloaded.receipt.whole_crc64);
    assert_eq!(world.files(), ["target"]);
    world.asked("GetObject", asked);
    assert_eq!(downloaded.receipt.moved, (asked * MIB) as u64);
    assert_eq!(
        downloaded.receipt.skipped,
        (content.len() - asked * MIB) as u64
    );
    assert_eq!(downloaded.receipt.resumed, asked < RANGES);
}

#[test]
fn a_failed_download_asks_for_the_rest_the_next_time() {
    #[derive(Default)]
    struct Seen {
        hashed: Vec<u64>,
        moved: Vec<u64>,
    }
    impl Watch for &mut Seen {
        fn moved(&mut self, progress: &Progress) -> ControlFlow<()> {
            self.moved.push(progress.loaded);
            ControlFlow::Continue(())
        }
        fn hashed(&mut self, progress: &Progress) -> ControlFlow<()> {
            assert_eq!(progress.total, 3 * MIB as u64);
            self.hashed.push(progress.loaded);
            ControlFlow::Continue(())
        }
    }
    let world = world();
    break_off(&world);
    let mut seen = Seen::default();
    let downloaded = world
        .bucket
        .download_with(&download(&world), &mut seen)
        .unwrap();
    done(&world, &downloaded, 3);
    assert_eq!(seen.hashed.last(), Some(&(3 * MIB as u64)));
    assert!(seen.moved.contains(&(3 * MIB as u64)), "{:?}", seen.moved);
    assert_eq!(seen.moved.last(), Some(&(RANGES as u64 * MIB as u64)));
}

#[test]
fn only_what_is_still_right_is_used_again() {
    type Damage = fn(&World);
    let rows: [(&str, Damage, usize); 8] = [
        ("nothing", |_| (), 3),
        (
            "a byte of the second range",
            |world| damage(world, "part", MIB + 7),
            4,
        ),
        (
            "a byte that is not there yet",
            |world| damage(world, "part", 5 * MIB),
            3,
        ),
        (
            "the record's head",
            |world| damage(world, "journal", 20),
            RANGES,
        ),
        (
            "the record's last line",
            |world| cut(world, "journal", 4),
            4,
        ),
        (
            "a part file that is too short",
            |world| cut(world, "part", 1),
            RANGES,
        ),
        (
            "no part file",
            |world| fs::remove_file(beside(world, "part")).unwrap(),
            RANGES,
        ),
        (
            "no record",
            |world| fs::remove_file(beside(world, "journal")).unwrap(),
            RANGES,
        ),
    ];
    for (what, damage, asked) in rows {
        println!("{what}");
        let world = world();
        break_off(&world);
        damage(&world);
        done(
            &world,
            &world.bucket.download(&download(&world)).unwrap(),
            asked,
        );
    }
}

fn beside(world: &World, what: &str) -> std::path::PathBuf {
    world.path(&format!("target.coslink-{what}"))
}

fn damage(world: &World, what: &str, at: usize) {
    let mut content = fs::read(beside(world, what)).unwrap();
    content[at] ^= 1;
    fs::write(beside(world, what), content).unwrap();
}

fn cut(world: &World, what: &str, bytes: usize) {
    let content = fs::read(beside(world, what)).unwrap();
    fs::write(beside(world, what), &content[..content.len() - bytes]).unwrap();
}

#[test]
fn an_object_that_was_replaced_is_downloaded_from_the_beginning() {
    // Between two runs.
    let world = world();
    break_off(&world);
    world.cos.put(BUCKET, "k", &noise(RANGES * MIB + 1)[1..]);
    done(
        &world,
        &world.bucket.download(&download(&world)).unwrap(),
        RANGES,
    );

    // During a run: what has arrived is of no use any more. One range waits long enough for the
    // object to be replaced, however busy the machine is.
    let world = self::world();
    world.fault("GetObject after=2 delay=2000");
    let other = noise(RANGES * MIB + 1);
    let mut replaced = false;
    let replace = |progress: &Progress| {
        if progress.loaded >= 2 * MIB as u64 && !replaced {
            replaced = true;
            world.cos.put(BUCKET, "k", &other[1..]);
        }
        ControlFlow::Continue(())
    };
    let result = world.bucket.download_with(&download(&world), replace);
    failed(result, ErrorKind::Precondition);
    assert_eq!(world.files(), [""; 0]);
}

fn world_with_delay() -> World {
    let world = world();
    world.fault("GetObject times=forever delay=60");
    world
}

#[test]
fn another_object_or_part_size_is_not_continued() {
    let world = world();
    world.cos.put(BUCKET, "other", noise(RANGES * MIB));
    break_off(&world);
    let other = DownloadFile::new("other", world.path("target")).part_size(MIB as u64);
    assert!(!world.bucket.download(&other).unwrap().receipt.resumed);
    break_off(&world);
    let larger = download(&world).part_size(2 * MIB as u64);
    assert!(!world.bucket.download(&larger).unwrap().receipt.resumed);
    // Nor is one that shall not be.
    break_off(&world);
    let anew = download(&world).resume(Resume::Off);
    done(&world, &world.bucket.download(&anew).unwrap(), RANGES);
}

#[test]
fn what_has_arrived_outlives_a_service_that_cannot_be_reached() {
    let world = world();
    break_off(&world);
    world.fault("HeadObject times=3 reset");
    failed(
        world.bucket.download(&download(&world)),
        ErrorKind::Transport,
    );
    world.cos.clear_faults();
    world.cos.clear_requests();
    done(
        &world,
        &world.bucket.download(&download(&world)).unwrap(),
        3,
    );
    // But not one that is gone.
    break_off(&world);
    world.fault("HeadObject status=404");
    failed(
        world.bucket.download(&download(&world)),
        ErrorKind::NotFound,
    );
    assert_eq!(world.files(), ["target"]);
}

#[test]
fn a_stopped_download_is_removed_unless_it_is_kept() {
    for keep in [false, true] {
        let world = world_with_delay();
        let stop = |progress: &Progress| match progress.loaded {
            loaded if loaded < 3 * MIB as u64 => ControlFlow::Continue(()),
            _ => ControlFlow::Break(()),
        };
        let kept = download(&world).keep_cancelled(keep);
        failed(
            world.bucket.download_with(&kept, stop),
            ErrorKind::Cancelled,
        );
        assert_eq!(world.files().len(), if keep { 2 } else { 0 });
        let downloaded = world.bucket.download(&download(&world)).unwrap();
        assert_eq!(downloaded.receipt.resumed, keep);
        assert_eq!(world.files(), ["target"]);
    }
}

#[test]
fn a_way_that_knows_no_ranges_gives_all_in_one_answer() {
    let world = world();
    world.fault("GetObject times=forever ignore-range");
    let downloaded = world.bucket.download(&download(&world)).unwrap();
    assert!(downloaded.verified);
    assert!(fs::read(world.path("target")).unwrap() == noise(RANGES * MIB));
    assert_eq!(world.files(), ["target"]);
    // Also when that breaks off, which is begun again then.
    world.fault("GetObject after=1 times=2 cut=half");
    assert!(world.bucket.download(&download(&world)).unwrap().verified);
    // In the middle of a download, what came in ranges is thrown away.
    world.cos.clear_faults();
    world.fault("GetObject after=3 times=forever ignore-range");
    assert!(world.bucket.download(&download(&world)).unwrap().verified);
    assert!(fs::read(world.path("target")).unwrap() == noise(RANGES * MIB));
}

#[test]
fn without_a_stated_crc_it_is_as_the_caller_wishes() {
    let world = world();
    world.fault("HeadObject times=forever no-crc");
    let required = download(&world).verify(Verify::Require);
    failed(world.bucket.download(&required), ErrorKind::Integrity);
    assert_eq!(world.operations(), ["HeadObject"]);
    assert_eq!(world.files(), [""; 0]);
    let downloaded = world.bucket.download(&download(&world)).unwrap();
    assert!(!downloaded.verified && !downloaded.receipt.whole_crc64);
    world.cos.clear_faults();
    world.fault("HeadObject times=forever wrong-crc");
    let off = download(&world).verify(Verify::Off);
    assert!(!world.bucket.download(&off).unwrap().verified);
    failed(
        world.bucket.download(&download(&world)),
        ErrorKind::Integrity,
    );
}

#[test]
fn a_small_download_leaves_no_record_even_when_it_fails() {
    let world = world();
    world.cos.put(BUCKET, "k", noise(MIB));
    world.fault("GetObject times=forever cut=half");
    failed(
        world.bucket.download(&download(&world)),
        ErrorKind::Transport,
    );
    assert_eq!(world.files(), [""; 0]);
}

#[test]
fn one_answer_that_is_not_the_whole_object_is_none() {
    let world = world();
    for (fault, crc) in [
        ("GetObject times=forever ignore-range shorten=5", true),
        (
            "GetObject times=forever ignore-range shorten=3145728",
            false,
        ),
        (
            "GetObject times=forever ignore-range shorten=99999999",
            false,
        ),
    ] {
        let target = world.file("target", b"before");
        world.fault(fault);
        if !crc {
            world.fault("HeadObject no-crc");
        }
        failed(
            world.bucket.download(&download(&world)),
            ErrorKind::Protocol,
        );
        assert_eq!(fs::read(target).unwrap(), b"before", "{fault}");
        world.cos.clear_faults();
    }
}

#[test]
fn an_answer_that_breaks_off_behind_its_last_byte_costs_no_right_byte() {
    let world = world();
    world.fault("GetObject times=forever chunked cut=1048576");
    let outcome = world.bucket.download(&download(&world));
    world.cos.clear_faults();
    if let Err(error) = outcome {
        assert_eq!(error.kind(), ErrorKind::Transport, "{error}");
    }
    assert!(world.bucket.download(&download(&world)).unwrap().verified);
}

#[test]
fn a_record_that_cannot_be_opened_costs_no_byte_of_the_part_file() {
    let world = world();
    break_off(&world);
    let part = fs::read(beside(&world, "part")).unwrap();
    fs::remove_file(beside(&world, "journal")).unwrap();
    fs::create_dir(beside(&world, "journal")).unwrap();
    failed(world.bucket.download(&download(&world)), ErrorKind::LocalIo);
    assert!(fs::read(beside(&world, "part")).unwrap() == part);
    // Who does not want it does without.
    let anew = download(&world).resume(Resume::Off);
    assert!(world.bucket.download(&anew).unwrap().verified);
    assert_eq!(world.files(), ["target", "target.coslink-journal"]);
}

#[test]
fn what_was_renamed_by_a_process_that_died_then_is_not_received_again() {
    // A target that cannot be replaced at the very end leaves all that has arrived.
    let world = world();
    let target = world.path("target");
    let in_the_way = |progress: &Progress| {
        if progress.loaded > 0 && !target.exists() {
            fs::create_dir(&target).unwrap();
        }
        ControlFlow::Continue(())
    };
    world.fault("GetObject after=3 delay=200");
    let result = world.bucket.download_with(&download(&world), in_the_way);
    failed(result, ErrorKind::LocalIo);
    fs::remove_dir(&target).unwrap();
    let whole = fs::read(beside(&world, "journal")).unwrap();
    // The process dies between the rename and the end of the record.
    fs::rename(beside(&world, "part"), &target).unwrap();
    world.cos.clear_requests();
    done(
        &world,
        &world.bucket.download(&download(&world)).unwrap(),
        0,
    );
    // A target that is not what the record speaks of is replaced.
    fs::write(beside(&world, "journal"), &whole).unwrap();
    let mut content = fs::read(&target).unwrap();
    content[MIB] ^= 1;
    fs::write(&target, content).unwrap();
    world.cos.clear_requests();
    done(
        &world,
        &world.bucket.download(&download(&world)).unwrap(),
        RANGES,
    );
}
