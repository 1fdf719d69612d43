//! Compiling C programs strictly, and running them.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

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

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The directory with the libraries that were built together with this test.
pub(crate) fn libraries() -> &'static Path {
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

pub(crate) fn shared_library() -> PathBuf {
    let names = ["libcoslink.so", "libcoslink.dylib"].map(|name| libraries().join(name));
    names
        .into_iter()
        .find(|path| path.is_file())
        .expect("libraries() has found one")
}

pub(crate) fn scratch(name: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("c").join(name);
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).expect("a scratch directory");
    directory
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Link {
    Shared,
    Static,
    /// Not at all: the program loads the shared library itself.
    Loaded,
}

/// Compiles a program, strictly, and links it.
pub(crate) fn compile(source: &Path, into: &Path, link: Link, flags: &[&str]) -> PathBuf {
    let is_cpp = source.extension() == Some(OsStr::new("cpp"));
    let (compiler, standard) = if is_cpp {
        ("c++", "-std=c++17")
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

pub(crate) fn succeed(command: &mut Command) -> Output {
    // Cargo names its directories there, and an older build in one of them would be loaded before
    // the library that the program was linked with.
    let output = command
        .env_remove("LD_LIBRARY_PATH")
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

/// A program that keeps its journals below this directory.
pub(crate) fn at_home<'p>(program: &'p mut Command, directory: &Path) -> &'p mut Command {
    program
        .env("HOME", directory)
        .env("XDG_STATE_HOME", directory.join("state"))
}

pub(crate) fn is_there(tool: &str) -> bool {
    let found = Command::new(tool).arg("--version").output().is_ok();
    if !found {
        println!("note: there is no {tool}");
    }
    found
}

pub(crate) fn valgrind() -> Command {
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

/// The program, in a runner such as valgrind if there is one.
pub(crate) fn under(runner: Option<Command>, binary: &Path) -> Command {
    match runner {
        Some(mut runner) => {
            runner.arg(binary);
            runner
        }
        None => Command::new(binary),
    }
}

pub(crate) const SANITIZER: &[&str] =
    &["-fsanitize=address,undefined", "-fno-sanitize-recover=all"];

/// Whether programs with the sanitizers can be made and run here.
pub(crate) fn sanitizer_works() -> bool {
    let directory = scratch("sanitizer-probe");
    let (probe, binary) = (directory.join("probe.c"), directory.join("probe"));
    fs::write(&probe, "int main(void) { return 0; }\n").expect("the probe can be written");
    let mut cc = Command::new("cc");
    cc.args(SANITIZER).arg("-o").arg(&binary).arg(&probe);
    let succeeds = |command: &mut Command| command.output().is_ok_and(|o| o.status.success());
    let works = succeeds(&mut cc) && succeeds(&mut Command::new(&binary));
    if !works {
        println!("note: the address sanitizer does not work here");
    }
    works
}
