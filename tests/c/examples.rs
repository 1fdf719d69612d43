//! Every example of `examples-c`, doing what it says.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use cos_emulator::{BUCKET, Emulator, REGION, SECRET_ID, SECRET_KEY};

use super::{Link, at_home, compile, root, scratch, succeed};

/// An example, and the environment that all of them read.
fn example(binary: &Path, cos: &Emulator) -> Command {
    let mut program = Command::new(binary);
    program
        .env("COS_SECRET_ID", SECRET_ID)
        .env("COS_SECRET_KEY", SECRET_KEY);
    program.env("COS_BUCKET", BUCKET).env("COS_REGION", REGION);
    program
        .env("COS_ENDPOINT", cos.url())
        .env_remove("COS_SECURITY_TOKEN");
    let directory = binary.parent().expect("a directory");
    let home = directory.with_extension("home");
    let _ = fs::remove_dir_all(&home);
    at_home(&mut program, &home);
    program
}

fn compile_example(name: &str, directory: &Path, link: Link) -> PathBuf {
    compile(&root().join("examples-c").join(name), directory, link, &[])
}

/// An example in C as it is, and taken for C++, each with the shared and with the static library. Each
/// program has a directory of its own.
fn builds(name: &str) -> impl Iterator<Item = PathBuf> {
    let stem = name.strip_suffix(".c").expect("an example in C").to_owned();
    let of_c = root().join("examples-c").join(name);
    let of_cpp = scratch(&format!("{stem}-source")).join(format!("{stem}.cpp"));
    fs::copy(&of_c, &of_cpp).expect("the source can be copied");
    let kinds = [
        ("c", Link::Shared),
        ("c", Link::Static),
        ("cpp", Link::Shared),
        ("cpp", Link::Static),
    ];
    kinds.into_iter().map(move |(language, link)| {
        let linked = if link == Link::Shared {
            "shared"
        } else {
            "static"
        };
        let directory = scratch(&format!("{stem}-example-{language}-{linked}"));
        let source = if language == "c" { &of_c } else { &of_cpp };
        compile(source, &directory, link, &[])
    })
}

fn shown(program: &mut Command) -> String {
    String::from_utf8(succeed(program).stdout).expect("UTF-8")
}

#[test]
fn quickstart_does_the_main_job() {
    for binary in builds("quickstart.c") {
        let directory = binary.parent().expect("a directory");
        let cos = Emulator::start();
        let text = shown(example(&binary, &cos).arg("20").current_dir(directory));
        let steps: Vec<_> = text
            .lines()
            .filter_map(|l| l.split_whitespace().next())
            .collect();
        assert_eq!(
            steps,
            ["uploaded", "listed", "downloaded", "compared", "deleted"],
            "{text}"
        );
        assert_eq!(
            text.matches("is the one that COS states").count(),
            2,
            "{text}"
        );
        assert!(cos.keys(BUCKET).is_empty());

        let mut wrong = example(&binary, &cos);
        let wrong = wrong
            .env("COS_SECRET_KEY", "wrong")
            .arg("1")
            .current_dir(directory);
        let output = wrong.output().expect("the example runs");
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1));
        assert!(told.contains("SignatureDoesNotMatch"), "{told}");
        let left = fs::read_dir(directory).expect("the directory").count();
        assert_eq!(left, 1, "only the program itself is left");
    }
}

#[test]
fn list_objects_example() {
    for binary in builds("list_objects.c") {
        let cos = Emulator::start();
        for key in ["a/1", "a/b/2", "c"] {
            cos.put(BUCKET, key, key);
        }
        let text = shown(example(&binary, &cos).arg("a/"));
        let ends: Vec<_> = text
            .lines()
            .filter_map(|l| l.split_whitespace().next_back())
            .collect();
        assert_eq!(ends, ["a/1", "a/b/2", "a/b/", "a/1"], "{text}");
    }
}

#[test]
fn copy_and_delete_example() {
    for binary in builds("copy_and_delete.c") {
        let cos = Emulator::start();
        for key in ["old/1", "old/a/2", "other"] {
            cos.put(BUCKET, key, key);
        }
        let text = shown(example(&binary, &cos).args(["old/", "new/"]));
        assert_eq!(text, "old/1 -> new/1\nold/a/2 -> new/a/2\n");
        assert_eq!(cos.keys(BUCKET), ["new/1", "new/a/2", "other"]);
    }
}

#[test]
fn stream_download_example() {
    for binary in builds("stream_download.c") {
        let cos = Emulator::start();
        let content = vec![b'x'; 300_000];
        cos.put(BUCKET, "key", &content);
        let output = succeed(example(&binary, &cos).arg("key"));
        assert!(output.stdout == content);
        assert!(String::from_utf8_lossy(&output.stderr).contains("CRC64 verified"));
    }
}

#[test]
fn upload_progress_example() {
    for binary in builds("upload_progress.c") {
        let cos = Emulator::start();
        let content = vec![b'x'; 10 << 20];
        let file = binary.with_extension("file");
        fs::write(&file, &content).expect("the file can be written");
        let text = shown(example(&binary, &cos).arg(&file).arg("key"));
        assert_eq!(
            text.trim(),
            format!("https://{BUCKET}.cos.{REGION}.myqcloud.com/key")
        );
        let stored = cos.object(BUCKET, "key").expect("it was uploaded");
        assert!(stored.bytes().expect("its bytes") == content);
    }
}

#[test]
fn resume_example() {
    for binary in builds("resume.c") {
        let directory = binary.parent().expect("a directory");
        let cos = Emulator::start();
        // The last parts take a moment, in which there is time to stop.
        for part in 7..=10 {
            let line = format!("UploadPart key=key part={part} times=forever delay=300");
            cos.fault(&line).expect("a line of the fault script");
        }
        let content = vec![b'x'; 10 << 20];
        let file = directory.join("file");
        fs::write(&file, &content).expect("the file can be written");
        let text = shown(example(&binary, &cos).arg(&file).arg("key"));
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some("stopped half way"), "{text}");
        let skipped = lines.next().and_then(|line| line.split(' ').nth(1));
        let skipped: u64 = skipped.expect("a number").parse().expect("a number");
        assert!(skipped >= 1 << 20, "{text}");
        let stored = cos.object(BUCKET, "key").expect("it was uploaded");
        assert!(stored.bytes().expect("its bytes") == content);
    }
}

#[test]
fn game_loop_example() {
    for binary in builds("game_loop.c") {
        let directory = binary.parent().expect("a directory");
        let cos = Emulator::start();
        // There is time to pause.
        cos.fault("UploadPart times=forever delay=100")
            .expect("a line of the fault script");
        let mut program = example(&binary, &cos);
        program.current_dir(directory).stdin(Stdio::null());
        let text = shown(&mut program);
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some("paused"), "{text}");
        assert_eq!(lines.next(), Some("restarted"), "{text}");
        let last = lines.next().expect("a last line");
        assert!(last.starts_with("finished 6 of 6;"), "{text}");
        assert!(cos.keys(BUCKET).is_empty() && cos.uploads(BUCKET).is_empty());
        let left = fs::read_dir(directory).expect("the directory").count();
        assert_eq!(left, 1, "only the program itself is left");
    }
}

#[test]
fn presigned_keyless_example() {
    for binary in builds("presigned_keyless.c") {
        let directory = binary.parent().expect("a directory");
        let cos = Emulator::start();
        let run = |arguments: [&str; 3]| {
            let mut program = example(&binary, &cos);
            program.args(arguments).current_dir(directory);
            if arguments[0] != "sign" {
                for key in ["SECRET_ID", "SECRET_KEY", "BUCKET", "REGION"] {
                    program.env_remove(format!("COS_{key}"));
                }
            }
            program
        };
        fs::write(directory.join("up"), "hello!").expect("the file can be written");
        let url = shown(&mut run(["sign", "PUT", "a key"]));
        let text = shown(&mut run(["put", url.trim(), "up"]));
        assert_eq!(text, "uploaded, verified: 1\n");
        // A URL for writing does not read.
        let output = run(["get", url.trim(), "down"])
            .output()
            .expect("the example runs");
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1));
        assert!(told.contains("403") && !told.contains("q-ak"), "{told}");
        assert!(!directory.join("down").exists());
        let url = shown(&mut run(["sign", "GET", "a key"]));
        let text = shown(&mut run(["get", url.trim(), "down"]));
        assert_eq!(text, "downloaded 6 bytes, verified: 1\n");
        let down = fs::read(directory.join("down")).expect("the file");
        assert_eq!(down, b"hello!");
    }
}

#[test]
fn error_handling_example() {
    for binary in builds("error_handling.c") {
        let cos = Emulator::start();
        for key in ["fine", "busy", "broken", "long"] {
            cos.put(BUCKET, key, vec![b'x'; 300_000]);
        }
        for line in [
            "GetObject key=busy times=forever status=503 code=SlowDown",
            "GetObject key=broken times=forever flip=3",
            "GetObject key=long rate=1000000",
        ] {
            cos.fault(line).expect("a line of the fault script");
        }
        let target = binary.with_extension("target");
        let run = |key: &str, more: &[&str], secret: &str| {
            let mut program = example(&binary, &cos);
            program.arg(key).arg(&target).args(more);
            let output = program.env("COS_SECRET_KEY", secret).output();
            let output = output.expect("the example runs");
            let (out, err) = (output.stdout, output.stderr);
            let text = [out, err].map(|text| String::from_utf8(text).expect("UTF-8"));
            (output.status.code(), text.concat())
        };
        for (key, more, secret, code, word) in [
            ("none", &[][..], SECRET_KEY, 5, "missing\n"),
            ("fine", &[], "wrong", 4, "fix the credentials\n"),
            ("fine", &[], "", 4, "fix the credentials\n"),
            ("busy", &[], SECRET_KEY, 3, "try later\n"),
            ("broken", &[], SECRET_KEY, 7, "corrupt\n"),
            ("long", &["1000"], SECRET_KEY, 6, "stopped\n"),
            ("", &[], SECRET_KEY, 1, "report it\n"),
        ] {
            let (exit, text) = run(key, more, secret);
            assert!(text.starts_with(word), "{key}: {text}");
            assert_eq!(exit, Some(code), "{key}: {text}");
            let is_answered = ["missing\n", "try later\n"].contains(&word);
            assert!(!is_answered || !text.contains("request id  none"), "{text}");
            assert!(!target.exists(), "{key}: {text}");
        }
        let (exit, text) = run("fine", &[], SECRET_KEY);
        assert_eq!((exit, text.as_str()), (Some(0), "done\n"));
        assert_eq!(fs::read(&target).expect("the file").len(), 300_000);
    }
}

#[test]
fn raii_example() {
    let binary = compile_example("raii.cpp", &scratch("raii-example"), Link::Shared);
    let cos = Emulator::start();
    let text = shown(&mut example(&binary, &cos));
    assert!(
        text.starts_with("hello from C++\nraii: 14 bytes, 14 sent\ngone: HeadObject"),
        "{text}"
    );
}

#[test]
fn every_example_is_built_by_make_and_cmake() {
    let directory = root().join("examples-c");
    let makefile = fs::read_to_string(directory.join("Makefile")).expect("the Makefile");
    let examples = makefile
        .lines()
        .find_map(|line| line.strip_prefix("EXAMPLES = "));
    let examples: Vec<_> = examples.expect("EXAMPLES").split_whitespace().collect();
    let lists = fs::read_to_string(directory.join("CMakeLists.txt")).expect("the CMakeLists.txt");
    let sources: Vec<_> = lists.split([' ', '(', ')', '\n']).collect();
    for entry in fs::read_dir(directory).expect("examples-c") {
        let path = entry.expect("an entry").path();
        if !path.extension().is_some_and(|e| e == "c" || e == "cpp") {
            continue;
        }
        let plain = |name: Option<&OsStr>| name.and_then(OsStr::to_str).map(str::to_owned);
        let stem = plain(path.file_stem()).expect("a plain name");
        let name = plain(path.file_name()).expect("a plain name");
        let is_made = examples.contains(&stem.as_str());
        assert!(is_made, "{name} is not in the Makefile");
        let is_listed = sources.contains(&name.as_str());
        assert!(is_listed, "{name} is not in the CMakeLists.txt");
    }
}
