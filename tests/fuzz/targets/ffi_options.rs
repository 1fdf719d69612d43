#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| coslink::fuzz::ffi_options(data));
