//! Transfers whose process is killed with SIGKILL, again and again, at any moment of their life:
//! whoever starts them once more gets the whole object, nothing is left behind, and no more than
//! the parts that were under way move twice.
//!
//! `COSLINK_KILLS` says how many kills there are of each kind, `COSLINK_KILL_SEED` which ones. The
//! moments are drawn from the seed, but what is hit at a moment is up to the machine.

#![cfg(unix)]
#![allow(clippy::unwrap_used)]

#[path = "kill/chance.rs"]
mod chance;
#[path = "kill/child.rs"]
mod child;
#[path = "kill/figures.rs"]
mod figures;
#[path = "kill/moment.rs"]
mod moment;
#[path = "kill/round.rs"]
mod round;
#[path = "kill/scene.rs"]
mod scene;
#[path = "kill/tally.rs"]
mod tally;

use std::env;
use std::time::{SystemTime, UNIX_EPOCH};

use chance::Chance;
use figures::Figures;
use scene::{Kind, Scene};

/// So many that all three kinds take less than a minute in a debug build.
const KILLS: u32 = 15;

/// After so many there is nothing more to learn.
const FAILURES: usize = 5;

fn number(variable: &str) -> Option<u64> {
    let text = env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable}={text}")))
}

fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_nanos() as u64
}

fn survives(kind: Kind) {
    let wanted = number("COSLINK_KILLS").map_or(KILLS, |kills| kills as u32);
    let seed = number("COSLINK_KILL_SEED").unwrap_or_else(now);
    println!("{}: COSLINK_KILL_SEED={seed}", kind.name());
    let mut chance = Chance::new(seed ^ kind as u64);
    let mut scene = Scene::new(kind);
    let mut figures = Figures::new(round::unkilled(&scene).unwrap());
    let mut failures = Vec::new();
    while figures.kills < wanted && failures.len() < FAILURES {
        if let Err(failure) = round::play(&scene, &mut chance, &mut figures, wanted) {
            failures.push(failure);
            // What a failure has left would be found by the next round, too.
            scene = Scene::new(kind);
        }
    }
    println!("{}: {figures}", kind.name());
    assert!(
        failures.is_empty(),
        "COSLINK_KILL_SEED={seed}: {} rounds failed\n{}",
        failures.len(),
        failures.join("\n\n")
    );
}

#[test]
fn an_upload_survives_kills_at_any_moment() {
    survives(Kind::Upload);
}

#[test]
fn a_download_survives_kills_at_any_moment() {
    survives(Kind::Download);
}

#[test]
fn a_copy_survives_kills_at_any_moment() {
    survives(Kind::Copy);
}

/// The process that is killed: this very binary, with its orders in its environment.
#[test]
#[ignore = "does nothing but what the other tests order"]
fn child() {
    child::obey();
}
