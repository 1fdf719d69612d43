#![no_main]

use std::cell::RefCell;

#[path = "../../emulator/tests/common/mod.rs"]
mod common;
#[path = "../emulator.rs"]
mod emulator;

thread_local! {
    /// A server and how often it was used: what it keeps is not to grow for ever.
    static SERVER: RefCell<Option<(emulator::Server, u32)>> = const { RefCell::new(None) };
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| SERVER.with_borrow_mut(|server| {
    let (running, count) = server.get_or_insert_with(|| (emulator::Server::start(), 0));
    running.run(data);
    *count += 1;
    if *count == 2000 {
        *server = None;
    }
}));
