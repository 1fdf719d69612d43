//! The shared library in Python, by `include/coslink-abi.json` alone.

use std::process::Command;

use cos_emulator::{BUCKET, Emulator, REGION, SECRET_ID, SECRET_KEY};

use super::tools::shared_library;
use super::{at_home, is_there, root, scratch, succeed};

#[test]
fn python_needs_the_description_only() {
    if !is_there("python3") {
        return;
    }
    let directory = scratch("ctypes");
    let cos = Emulator::start();
    let mut program = Command::new("python3");
    program
        .arg("-B")
        .arg(root().join("tests/c/ctypes_smoke.py"))
        .arg(shared_library())
        .arg(root().join("include/coslink-abi.json"))
        .arg(root().join("tests/abi/layout.txt"))
        .args([&cos.url(), BUCKET, REGION, SECRET_ID, SECRET_KEY])
        .arg(&directory);
    let output = succeed(at_home(&mut program, &directory));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let steps: Vec<_> = text
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    let mut expected = vec!["layout", "uploaded", "downloaded", "listed", "deleted"];
    if cfg!(not(target_pointer_width = "64")) {
        expected.remove(0);
    }
    assert_eq!(steps, expected, "{text}");
    assert!(cos.keys(BUCKET).is_empty());
}
