//! Any bytes as a request: answered or refused, and the next one is answered.
#![allow(clippy::unwrap_used, unreachable_pub)]

mod common;
#[path = "../../fuzz/emulator.rs"]
mod emulator;
#[path = "../../fuzz/replay.rs"]
mod replay;

use std::sync::atomic::{AtomicUsize, Ordering};

#[test]
fn any_bytes_are_answered_or_refused() {
    static PANICS: AtomicUsize = AtomicUsize::new(0);
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        PANICS.fetch_add(1, Ordering::Relaxed);
        usual(panic);
    }));
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let corpus = replay::Corpus::read(root, "emulator_request");
    let server = emulator::Server::start();
    replay::replay(&corpus, 1500, |data| {
        server.run(data);
        assert_eq!(
            PANICS.load(Ordering::Relaxed),
            0,
            "a thread of the emulator panicked"
        );
    });
}
