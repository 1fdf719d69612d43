//! The shortest programs, as they stand in the README.

use std::fs;
use std::process::Command;

use cos_emulator::{BUCKET, Emulator, SECRET_ID, SECRET_KEY};

use super::tools::{Link, at_home, compile, root, scratch, succeed};

/// The first block of code in this language.
fn block(language: &str) -> String {
    let page = fs::read_to_string(root().join("README.md")).expect("the README");
    let fence = format!("```{language}\n");
    let from = page.split(&fence).nth(1).expect("a block");
    from.split("```").next().expect("its end").to_owned()
}

/// The one thing that a program of a test must say besides: where the emulator is.
const FROM_ENV: &str =
    "options.credentials_from_env = 1; options.endpoint = getenv(\"COS_ENDPOINT\");";

/// It uploads a file, and says why it cannot.
fn uploads(language: &str, lines: usize, flags: &[&str]) {
    let program = block(language);
    assert!(program.lines().count() <= lines, "{language}");
    let directory = scratch(&format!("readme-{language}"));
    let video = directory.join("video.mp4");
    let program = program
        .replace("options.credentials_from_env = 1;", FROM_ENV)
        .replace("/tmp/video.mp4", &video.to_string_lossy());
    let source = directory.join(format!("hello.{language}"));
    fs::write(&source, format!("#include <stdlib.h>\n{program}")).expect("the program");
    let binary = compile(&source, &directory, Link::Shared, flags);
    let cos = Emulator::start();
    let hello = |secret: &str| {
        let mut hello = Command::new(&binary);
        hello.envs([("COS_SECRET_ID", SECRET_ID), ("COS_SECRET_KEY", secret)]);
        hello.env("COS_ENDPOINT", cos.url());
        hello.env_remove("LD_LIBRARY_PATH");
        at_home(&mut hello, &directory);
        hello
    };
    let output = hello(SECRET_KEY).output().expect("it runs");
    assert!(!output.status.success());
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("video.mp4"), "{told}");
    fs::write(&video, "moving pictures").expect("a file");
    succeed(&mut hello(SECRET_KEY));
    let stored = cos.object(BUCKET, "video.mp4").expect("it was uploaded");
    assert_eq!(stored.bytes().expect("its bytes"), b"moving pictures");
    let output = hello("wrong").output().expect("it runs");
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("SignatureDoesNotMatch"));
}

#[test]
fn hello_in_c() {
    uploads("c", 15, &[]);
}

#[test]
fn hello_in_cpp() {
    uploads("cpp", 8, &[]);
}

/// It is compiled as a part of the crate's documentation.
#[test]
fn hello_in_rust() {
    assert!(block("rust,no_run").lines().count() <= 6);
}
