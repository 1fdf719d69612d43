//! The C library as C programs see it: every scenario of `tests/c` and every example, compiled
//! strictly and run against the emulator, also under valgrind and the address sanitizer.
#![cfg(all(unix, feature = "capi"))]

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use cos_emulator::{BUCKET, Emulator, REGION, SECRET_ID, SECRET_KEY};

/// What a static library of Rust needs on Linux (`rustc --print native-static-libs`).
const STATIC_LIBS: &[&str] = &[
    "-lgcc_s",
    "-lutil",
    "-lrt",
    "-lpthread",
    "-lm",
    "-ldl",
    "-lc",
];

/// The error that valgrind ends with.
const VALGRIND_ERROR: &str = "99";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The directory with the libraries that were built together with this test.
fn libraries() -> &'static Path {
    static DIRECTORY: LazyLock<PathBuf> = LazyLock::new(|| {
        let test = std::env::current_exe().expect("the path of this test");
        let deps = test.parent().expect("a directory").to_owned();
        // cargo puts the libraries of a test's package beside the test; `cargo build` links them
        // one level up, where they may be older.
        let places = [deps.clone(), deps.join("..")];
        let has = |place: &&PathBuf, name: &str| place.join(name).is_file();
        let found = places
            .iter()
            .find(|p| has(p, "libcoslink.so") || has(p, "libcoslink.dylib"));
        let found = found.unwrap_or_else(|| panic!("there is no libcoslink in {places:?}"));
        assert!(
            found.join("libcoslink.a").is_file(),
            "there is no libcoslink.a in {found:?}"
        );
        found.clone()
    });
    &DIRECTORY
}

fn shared_library() -> PathBuf {
    let names = ["libcoslink.so", "libcoslink.dylib"].map(|name| libraries().join(name));
    names
        .into_iter()
        .find(|path| path.is_file())
        .expect("libraries() has found one")
}

fn scratch(name: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("c").join(name);
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).expect("a scratch directory");
    directory
}

#[derive(Clone, Copy, PartialEq)]
enum Link {
    Shared,
    Static,
    /// Not at all: the program loads the shared library itself.
    Loaded,
}

/// Compiles a program, strictly, and links it.
fn compile(source: &Path, into: &Path, link: Link, flags: &[&str]) -> PathBuf {
    let is_cpp = source.extension() == Some(OsStr::new("cpp"));
    let (compiler, standard) = if is_cpp {
        ("c++", "-std=c++11")
    } else {
        ("cc", "-std=c11")
    };
    let binary = into.join(source.file_stem().expect("a name"));
    let mut cc = Command::new(compiler);
    cc.args([
        standard,
        "-g",
        "-Wall",
        "-Wextra",
        "-Wpedantic",
        "-Werror",
        "-pthread",
    ])
    .args(flags);
    cc.arg("-I")
        .arg(root().join("include"))
        .arg("-o")
        .arg(&binary)
        .arg(source);
    match link {
        Link::Shared => {
            cc.arg("-L").arg(libraries()).arg("-lcoslink");
            cc.arg(format!("-Wl,-rpath,{}", libraries().display()));
        }
        Link::Loaded => {
            let library = shared_library();
            cc.arg(format!("-DCOSLINK_LIBRARY=\"{}\"", library.display()))
                .arg("-ldl");
        }
        Link::Static => {
            cc.arg(libraries().join("libcoslink.a"));
            if cfg!(target_os = "linux") {
                cc.args(STATIC_LIBS);
            }
        }
    }
    succeed(&mut cc);
    binary
}

fn succeed(command: &mut Command) -> Output {
    let output = command
        .output()
        .unwrap_or_else(|e| panic!("cannot run {command:?}: {e}"));
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(
        output.status.success(),
        "{command:?}: {}\n{out}{err}",
        output.status
    );
    output
}

fn is_there(tool: &str) -> bool {
    let found = Command::new(tool).arg("--version").output().is_ok();
    if !found {
        println!("note: there is no {tool}");
    }
    found
}

fn valgrind() -> Command {
    let mut valgrind = Command::new("valgrind");
    valgrind.args([
        "--quiet",
        "--leak-check=full",
        "--errors-for-leak-kinds=definite,possible",
    ]);
    valgrind.args([
        "--num-callers=30",
        &format!("--error-exitcode={VALGRIND_ERROR}"),
    ]);
    valgrind.arg(format!(
        "--suppressions={}",
        root().join("tests/c/valgrind.supp").display()
    ));
    valgrind
}

/// A scenario: a program of `tests/c`, an emulator as it needs it, and what the emulator saw.
struct Scenario {
    name: &'static str,
    prepare: fn(&Emulator),
    check: fn(&Emulator),
}

impl Scenario {
    fn play(&self, kind: &str, link: Link, flags: &[&str], runner: Option<Command>) {
        let directory = scratch(&format!("{}-{kind}", self.name));
        let source = root().join("tests/c").join(format!("{}.c", self.name));
        let binary = compile(&source, &directory, link, flags);
        let cos = Emulator::start();
        (self.prepare)(&cos);
        let mut program = match runner {
            Some(mut runner) => {
                runner.arg(&binary);
                runner
            }
            None => Command::new(&binary),
        };
        program
            .args([&cos.url(), BUCKET, REGION, SECRET_ID, SECRET_KEY])
            .arg(&directory);
        succeed(&mut program);
        (self.check)(&cos);
    }

    fn play_shared(&self) {
        self.play("shared", Link::Shared, &[], None);
    }

    fn play_in_valgrind(&self) {
        if is_there("valgrind") {
            self.play("valgrind", Link::Shared, &[], Some(valgrind()));
        }
    }
}

fn nothing(_: &Emulator) {}

#[test]
fn the_static_library_does_the_same() {
    for scenario in [&put_object::SCENARIO, &transfer::SCENARIO] {
        scenario.play("static", Link::Static, &[], None);
    }
}

/// The sanitizers see the scenario's own code, and every allocation, leak and copy of the library.
#[test]
fn address_sanitizer() {
    let flags = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
    let directory = scratch("sanitizer");
    let probe = directory.join("probe.c");
    fs::write(&probe, "int main(void) { return 0; }\n").expect("the probe can be written");
    let binary = directory.join("probe");
    let compiled = Command::new("cc")
        .args(flags)
        .arg("-o")
        .arg(&binary)
        .arg(&probe)
        .output();
    let works = compiled.is_ok_and(|output| output.status.success())
        && Command::new(&binary)
            .output()
            .is_ok_and(|output| output.status.success());
    if !works {
        println!("note: the address sanitizer does not work here");
        return;
    }
    for scenario in SCENARIOS {
        scenario.play("sanitizer", Link::Shared, &flags, None);
    }
}

/// One module for each scenario, so that they run side by side and fail by name.
macro_rules! scenarios {
    ($($name:ident $({ $($field:ident: $value:expr),* })?;)*) => {
        const SCENARIOS: &[&Scenario] = &[$(&$name::SCENARIO),*];
        $(mod $name {
            use super::*;

            pub(super) const SCENARIO: Scenario = Scenario {
                $($($field: $value,)*)?
                ..Scenario { name: stringify!($name), prepare: nothing, check: nothing }
            };

            #[test]
            fn shared() {
                SCENARIO.play_shared();
            }

            #[test]
            fn valgrind() {
                SCENARIO.play_in_valgrind();
            }
        })*
    };
}

scenarios! {
    list_objects;
    put_object { check: |cos| {
        let put = cos.object(BUCKET, "bytes").expect("it was put");
        assert_eq!(put.bytes().expect("its bytes"), b"hello!");
        assert_eq!(put.content_type, "text/plain");
        assert_eq!(put.storage_class, "STANDARD_IA");
        let metadata: Vec<_> =
            put.metadata.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(metadata, [("color", "blue"), ("shape", "round"), ("third", "3")]);
        for (key, expected) in [("file", &b"0123456789"[..]), ("tail", b"23456789"),
            ("middle", b"234"), ("callback", &[b'x'; 100]), ("empty", b"")] {
            let object = cos.object(BUCKET, key).expect("it was put");
            assert_eq!(object.bytes().expect("its bytes"), expected, "{key}");
        }
    } };
    get_object;
    head_object;
    delete_object;
    initiate_multipart_upload;
    upload_part;
    list_parts;
    complete_multipart_upload;
    abort_multipart_upload;
    presign;
    bad_input { check: |cos| {
        // Everything else was refused before it was sent.
        assert_eq!(cos.keys(BUCKET), ["k"]);
        let asked = cos.requests();
        assert!(asked.iter().all(|r| matches!(r.operation.as_str(), "PutObject" | "HeadObject")));
        assert_eq!(asked.len(), 4, "{asked:?}");
    } };
    callbacks {
        prepare: |cos| {
            fault(cos, "PutObject key=failing status=503");
            fault(cos, "PutObject key=failing%20too status=503");
        },
        check: |cos| {
            assert_eq!(cos.keys(BUCKET), ["failing too", "file", "key", "read"]);
            assert_eq!(count(cos, "failing"), 1);
            assert_eq!(count(cos, "failing too"), 2);
        }
    };
    errors {
        prepare: |cos| {
            fault(cos, "HeadObject key=passing times=2 status=503");
            fault(cos, "HeadObject key=lasting times=forever status=503");
            fault(cos, "GetObject key=corrupt flip=3");
            fault(cos, "GetObject key=short cut=half");
            fault(cos, "ListObjects times=4 status=503");
        },
        check: |cos| {
            assert_eq!(count(cos, "denied"), 2, "a wrong secret is not tried again");
            assert_eq!(count(cos, "lasting"), 5);
        }
    };
    transfer {
        prepare: |cos| {
            fault(cos, "UploadPart key=stopped times=forever delay=300");
            fault(cos, "GetObject key=big after=3 times=forever rate=2000000");
        },
        check: |cos| assert_eq!(cos.keys(BUCKET), ["big", "small"])
    };
    threads { check: |cos| assert_eq!(cos.keys(BUCKET).len(), 8) };
}

/// A scenario that is not linked with the library.
const PLUGIN: Scenario = Scenario {
    name: "plugin",
    prepare: nothing,
    check: nothing,
};

#[test]
fn plugin_shared() {
    PLUGIN.play("loaded", Link::Loaded, &[], None);
}

fn fault(cos: &Emulator, line: &str) {
    cos.fault(line).expect("a line of the fault script");
}

/// How many requests were for this key.
fn count(cos: &Emulator, key: &str) -> usize {
    cos.requests()
        .iter()
        .filter(|request| request.key == key)
        .count()
}

#[test]
fn every_scenario_is_run() {
    for entry in fs::read_dir(root().join("tests/c")).expect("tests/c") {
        let path = entry.expect("an entry").path();
        let name = path
            .file_stem()
            .and_then(OsStr::to_str)
            .expect("a plain name");
        let is_program = path.extension() == Some(OsStr::new("c"));
        let is_run = SCENARIOS
            .iter()
            .chain([&&PLUGIN])
            .any(|scenario| scenario.name == name);
        assert!(!is_program || is_run, "{name} is not in tests/c.rs");
    }
}

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
    program
}

fn compile_example(name: &str, directory: &Path, link: Link) -> PathBuf {
    compile(&root().join("examples-c").join(name), directory, link, &[])
}

fn shown(program: &mut Command) -> String {
    String::from_utf8(succeed(program).stdout).expect("UTF-8")
}

#[test]
fn quickstart_does_the_main_job() {
    let directory = scratch("quickstart");
    for link in [Link::Shared, Link::Static] {
        let binary = compile_example("quickstart.c", &directory, link);
        let cos = Emulator::start();
        let text = shown(example(&binary, &cos).arg("20").current_dir(&directory));
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
            .current_dir(&directory);
        let output = wrong.output().expect("the example runs");
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1));
        assert!(told.contains("SignatureDoesNotMatch"), "{told}");
    }
    let left = fs::read_dir(&directory).expect("the directory").count();
    assert_eq!(left, 1, "only the program itself is left");
}

#[test]
fn list_objects_example() {
    let binary = compile_example("list_objects.c", &scratch("list-example"), Link::Shared);
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

#[test]
fn stream_download_example() {
    let binary = compile_example(
        "stream_download.c",
        &scratch("stream-example"),
        Link::Shared,
    );
    let cos = Emulator::start();
    let content = vec![b'x'; 300_000];
    cos.put(BUCKET, "key", &content);
    let output = succeed(example(&binary, &cos).arg("key"));
    assert!(output.stdout == content);
    assert!(String::from_utf8_lossy(&output.stderr).contains("CRC64 verified"));
}

#[test]
fn upload_progress_example() {
    let directory = scratch("upload-example");
    let binary = compile_example("upload_progress.c", &directory, Link::Shared);
    let cos = Emulator::start();
    let text = shown(example(&binary, &cos).arg(&binary).arg("key"));
    assert_eq!(
        text.trim(),
        format!("https://{BUCKET}.cos.{REGION}.myqcloud.com/key")
    );
    let stored = cos.object(BUCKET, "key").expect("it was uploaded");
    assert!(stored.bytes().expect("its bytes") == fs::read(&binary).expect("the file"));
}

#[test]
fn raii_example() {
    let binary = compile_example("raii.cpp", &scratch("raii-example"), Link::Shared);
    let cos = Emulator::start();
    let text = shown(&mut example(&binary, &cos));
    assert!(
        text.starts_with("hello from C++\nraii: 14 bytes\ngone: HeadObject"),
        "{text}"
    );
}

#[test]
fn every_example_is_built_by_the_makefile() {
    let directory = root().join("examples-c");
    let makefile = fs::read_to_string(directory.join("Makefile")).expect("the Makefile");
    let examples = makefile
        .lines()
        .find_map(|line| line.strip_prefix("EXAMPLES = "));
    let examples: Vec<_> = examples.expect("EXAMPLES").split_whitespace().collect();
    for entry in fs::read_dir(directory).expect("examples-c") {
        let path = entry.expect("an entry").path();
        let is_source = path.extension().is_some_and(|e| e == "c" || e == "cpp");
        let name = path
            .file_stem()
            .and_then(OsStr::to_str)
            .expect("a plain name");
        assert!(
            !is_source || examples.contains(&name),
            "{name} is not in the Makefile"
        );
    }
}
