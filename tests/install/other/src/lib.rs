//! Uses what coslink's library has too: std with threads and panics, and ring.

use std::panic::catch_unwind;
use std::thread;

/// SHA-256 of these bytes into 32 others, by a thread of its own.
///
/// # Safety
/// `data` has `length` bytes, and `digest` has room for 32.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn other_sha256(data: *const u8, length: usize, digest: *mut u8) {
    // SAFETY: as the caller says.
    let data = unsafe { std::slice::from_raw_parts(data, length) }.to_vec();
    let sum = thread::spawn(move || ring::digest::digest(&ring::digest::SHA256, &data));
    let sum = sum.join().expect("the thread ends");
    // SAFETY: as the caller says.
    unsafe { digest.copy_from_nonoverlapping(sum.as_ref().as_ptr(), 32) }
}

/// 1: a panic was caught.
#[unsafe(no_mangle)]
pub extern "C" fn other_panics() -> i32 {
    i32::from(catch_unwind(|| panic!("a panic that is caught")).is_err())
}
