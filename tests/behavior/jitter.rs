//! How long is waited between attempts, and how many attempts there are, as the service sees them.

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use coslink::{ErrorKind, HeadObject, PutObject, RetryPolicy};

use crate::support::{World, failed};

const THREADS: usize = 4;
const EACH: usize = 75;

/// Calls from several threads, each for a key of its own.
fn each(call: impl Fn(&str) + Sync) {
    thread::scope(|scope| {
        for number in 0..THREADS {
            let call = &call;
            scope.spawn(move || (0..EACH).for_each(|turn| call(&format!("{number}-{turn}"))));
        }
    });
}

/// From the end of the first attempt to the beginning of the second, for each key.
fn gaps(world: &World) -> Vec<Duration> {
    let mut ends: BTreeMap<String, Instant> = BTreeMap::new();
    let mut gaps = Vec::new();
    for request in world.cos.requests() {
        match ends.remove(&request.key) {
            Some(end) => gaps.push(request.started.saturating_duration_since(end)),
            None => drop(ends.insert(request.key, request.ended.unwrap())),
        }
    }
    assert_eq!(ends.len(), 0, "each was sent twice");
    gaps
}

/// Waits are drawn evenly from nothing up to the limit, so that clients that were turned away
/// together do not come back together. A busy machine makes them longer, never shorter, which is
/// why they are long beside what that adds.
#[test]
fn waits_are_spread_over_the_whole_time() {
    let limit = Duration::from_millis(80);
    let world = World::with(|builder| builder.retry(RetryPolicy::new(2).waits(limit, limit)));
    for number in 0..THREADS {
        for turn in 0..EACH {
            world.fault(&format!(
                "PutObject key={number}-{turn} status=503 code=SlowDown"
            ));
        }
    }
    each(|key| {
        assert_eq!(
            world
                .bucket
                .send(PutObject::new(key, "x"))
                .unwrap()
                .attempts,
            2
        );
    });
    let gaps = gaps(&world);
    let count = |from: u64, to: u64| {
        let among = |gap: &&Duration| (from..to).contains(&(gap.as_millis() as u64));
        gaps.iter().filter(among).count()
    };
    let bars = [
        (0, 20),
        (20, 40),
        (40, 60),
        (60, 80),
        (80, 100),
        (100, u64::MAX),
    ];
    let bars = bars.map(|(from, to)| count(from, to));
    let mean = gaps.iter().sum::<Duration>() / gaps.len() as u32;
    println!(
        "{} waits of at most {limit:?}: mean {mean:?}, of 20 ms each {bars:?}",
        gaps.len()
    );
    assert_eq!(gaps.len(), THREADS * EACH);
    // A quarter of 300 lies in each quarter of the time, and less than 20 as good as never.
    assert!(bars[0] >= 20, "no short waits: {bars:?}");
    assert!(
        bars[2..].iter().sum::<usize>() >= 60,
        "no long waits: {bars:?}"
    );
    assert!(bars[5] <= 150, "waits beyond the limit: {bars:?}");
}

/// A service that is down gets one attempt of each request and the budget, whatever each request
/// may do for itself.
#[test]
fn there_are_no_more_retries_than_the_budget_has() {
    const BUDGET: u32 = 25;
    let wait = Duration::from_millis(1);
    let policy = RetryPolicy::new(10).waits(wait, wait).budget(BUDGET);
    let world = World::with(|builder| builder.retry(policy));
    world.fault("* times=forever status=503 code=SlowDown");
    let begun = Instant::now();
    each(|key| {
        drop(failed(
            world.bucket.send(HeadObject::new(key)),
            ErrorKind::Service,
        ))
    });
    // Each second gives one back.
    let most = BUDGET as usize + begun.elapsed().as_secs() as usize + 1;
    let retries = world.cos.requests().len() - THREADS * EACH;
    println!(
        "{retries} retries of {} requests, a budget of {BUDGET}",
        THREADS * EACH
    );
    assert!(
        (BUDGET as usize..=most).contains(&retries),
        "{retries}, not {BUDGET} to {most}"
    );
}
