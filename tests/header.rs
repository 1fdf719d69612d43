//! The committed header is the one that the source makes, and it compiles alone wherever C does.
#![cfg(feature = "capi")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// The files of `src/ffi` in the order in which their items stand in the header.
const SOURCES: &[&str] = &[
    "version.rs",
    "status.rs",
    "convert.rs",
    "choices.rs",
    "client.rs",
    "bucket.rs",
    "log.rs",
    "callback.rs",
    "body.rs",
    "result.rs",
    "transfer.rs",
    "stream.rs",
    "copy_file.rs",
    "batch.rs",
    "queue.rs",
    "queue_push.rs",
    "queue_event.rs",
    "queue_task.rs",
    "list.rs",
    "object_options.rs",
    "object.rs",
    "get.rs",
    "copy_options.rs",
    "copy.rs",
    "delete.rs",
    "restore.rs",
    "acl.rs",
    "cors.rs",
    "multipart_options.rs",
    "multipart.rs",
    "uploads.rs",
    "leftovers.rs",
    "presign.rs",
    "presigned.rs",
    "post.rs",
    "form.rs",
    "request.rs",
    "output.rs",
    "transfer_output.rs",
];

/// Files without anything that C sees.
const INTERNAL: &[&str] = &[
    "arena.rs",
    "credentials.rs",
    "fuzz",
    "fuzz.rs",
    "mod.rs",
    "network.rs",
    "pages.rs",
    "rows.rs",
    "sink.rs",
    "view.rs",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn committed() -> PathBuf {
    root().join("include/coslink.h")
}

fn generate() -> String {
    let config = cbindgen::Config::from_file(root().join("cbindgen.toml")).expect("cbindgen.toml");
    let mut builder = cbindgen::Builder::new().with_config(config);
    for source in SOURCES {
        builder = builder.with_src(root().join("src/ffi").join(source));
    }
    let mut header = Vec::new();
    builder
        .generate()
        .expect("src/ffi is what cbindgen understands")
        .write(&mut header);
    String::from_utf8(header).expect("a header in UTF-8")
}

/// The header that the source makes; with COSLINK_BLESS it is the committed one from now on.
fn generated() -> &'static str {
    static GENERATED: LazyLock<String> = LazyLock::new(|| {
        let generated = generate();
        if std::env::var_os("COSLINK_BLESS").is_some() {
            fs::write(committed(), &generated).expect("include/coslink.h can be written");
        }
        generated
    });
    &GENERATED
}

#[test]
fn the_committed_header_is_the_one_of_the_source() {
    let generated = generated();
    let committed = fs::read_to_string(committed()).unwrap_or_default();
    let differs = generated
        .lines()
        .zip(committed.lines())
        .find(|(new, old)| new != old);
    assert!(
        generated == committed,
        "include/coslink.h is not what src/ffi makes (first difference: {differs:?});\n\
         run COSLINK_BLESS=1 cargo test --test header, and commit it"
    );
}

#[test]
fn every_file_of_the_c_library_is_in_the_header() {
    let listed = fs::read_dir(root().join("src/ffi")).expect("src/ffi");
    for entry in listed {
        let name = entry
            .expect("an entry")
            .file_name()
            .into_string()
            .expect("a plain name");
        let is_known = SOURCES.contains(&name.as_str()) || INTERNAL.contains(&name.as_str());
        assert!(is_known, "{name} is not in the lists of tests/header.rs");
    }
}

#[test]
fn the_version_macros_are_the_version_of_the_crate() {
    let version = env!("CARGO_PKG_VERSION");
    let parts: Vec<u32> = version
        .split('.')
        .map(|part| part.parse().expect("a number"))
        .collect();
    let number = parts[0] * 1_000_000 + parts[1] * 1_000 + parts[2];
    let program = format!(
        "#include \"coslink.h\"\n\
         #include <string.h>\n\
         #if COSLINK_VERSION_NUMBER != {number}\n\
         #error COSLINK_VERSION_NUMBER\n\
         #endif\n\
         int main(void) {{\n\
           return COSLINK_VERSION_MAJOR != {} || COSLINK_VERSION_MINOR != {} ||\n\
             COSLINK_VERSION_PATCH != {} || strcmp(COSLINK_VERSION_STRING, \"{version}\") != 0;\n\
         }}\n",
        parts[0], parts[1], parts[2]
    );
    let directory = scratch("version");
    let (source, binary) = (directory.join("version.c"), directory.join("version"));
    fs::write(&source, program).expect("the program can be written");
    run(cc("cc").arg("-o").arg(&binary).arg(&source));
    run(&mut Command::new(&binary));
}

#[test]
fn the_header_compiles_alone_and_twice_everywhere() {
    let directory = scratch("compile");
    let once = "#include \"coslink.h\"\n";
    // Two units, each with the header twice; the second one uses what the header makes inline.
    let first = "#include \"coslink.h\"\n#include \"coslink.h\"\n\
                 size_t other(void);\n\
                 int main(void) {\n\
                   coslink_body body = COSLINK_INIT(coslink_body);\n\
                   return body.size == sizeof(coslink_body) && body.data == NULL && \
                 other() == sizeof(coslink_client_options) ? 0 : 1;\n\
                 }\n";
    let second = "#include \"coslink.h\"\n#include \"coslink.h\"\n\
                  size_t other(void);\n\
                  size_t other(void) {\n\
                    coslink_client_options options = COSLINK_INIT(coslink_client_options);\n\
                    return options.size;\n\
                  }\n";
    for (extension, compilers, standards) in [
        (
            "c",
            &["cc", "gcc", "clang"][..],
            &["c99", "c11", "c17", "c23"][..],
        ),
        (
            "cpp",
            &["c++", "g++", "clang++"][..],
            &["c++11", "c++14", "c++17", "c++20"][..],
        ),
    ] {
        let file = |name: &str, text: &str| {
            let path = directory.join(format!("{name}.{extension}"));
            fs::write(&path, text).expect("the unit can be written");
            path
        };
        let once = file("once", once);
        let units = [file("first", first), file("second", second)];
        let mut used = 0;
        for compiler in compilers {
            if Command::new(compiler).arg("--version").output().is_err() {
                println!("note: there is no {compiler}, so the header is not tried with it");
                continue;
            }
            used += 1;
            for standard in standards {
                let std = format!("-std={standard}");
                if *standard == "c23" && !knows(compiler, &std) {
                    println!("note: {compiler} is too old for {standard}");
                    continue;
                }
                let object = directory.join(format!("once-{extension}.o"));
                run(cc(compiler)
                    .arg(&std)
                    .arg("-c")
                    .arg("-o")
                    .arg(object)
                    .arg(&once));
                let binary = directory.join(format!("twice-{extension}"));
                run(cc(compiler).arg(&std).arg("-o").arg(&binary).args(&units));
                run(&mut Command::new(&binary));
            }
        }
        assert!(used > 0, "there is no compiler for .{extension}");
    }
}

/// Whether the compiler has this standard.
fn knows(compiler: &str, std: &str) -> bool {
    let directory = scratch("standard");
    let probe = directory.join("probe.c");
    fs::write(&probe, "typedef int probe;\n").expect("the probe can be written");
    let output = Command::new(compiler)
        .args([std, "-fsyntax-only"])
        .arg(&probe)
        .output();
    output.is_ok_and(|output| output.status.success())
}

fn scratch(name: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("header")
        .join(name);
    fs::create_dir_all(&directory).expect("a scratch directory");
    directory
}

fn cc(compiler: &str) -> Command {
    generated();
    let mut command = Command::new(compiler);
    command
        .args(["-Wall", "-Wextra", "-Wpedantic", "-Werror"])
        // What programs may have switched on beside, for whatever they include.
        .args(["-Wshadow", "-Wconversion", "-Wsign-conversion", "-Wundef"])
        .args(["-Wcast-qual", "-Wwrite-strings", "-I"])
        .arg(root().join("include"));
    command
}

fn run(command: &mut Command) {
    let output = command
        .output()
        .unwrap_or_else(|e| panic!("cannot run {command:?}: {e}"));
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{command:?} failed, {}:\n{text}",
        output.status
    );
}
