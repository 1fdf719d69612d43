//! The version of the library.

use libc::c_char;

/// The version of the library that is running, such as `"0.1.0"`.
///
/// Compare it with `COSLINK_VERSION_STRING`, the version that was compiled against.
///
/// Never blocks. Any thread. The text is the library's and lives for ever. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn coslink_version() -> *const c_char {
    const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "\0");
    VERSION.as_ptr().cast()
}
