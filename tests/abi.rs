//! What C programs were compiled against stays as it was, and C has all that Rust has.
//!
//! `tests/abi/*.txt` hold what is promised. They only grow: COSLINK_BLESS=1 adds what is new and
//! refuses to change what is there. To break a promise on purpose, before the first release or with
//! a new major version, delete the file first.
#![cfg(all(unix, target_pointer_width = "64", feature = "capi"))]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use coslink::{ErrorKind, OPERATIONS};

#[path = "abi/description.rs"]
mod description;
#[path = "abi/header.rs"]
mod header;

use header::{Header, Struct};

/// Operations whose success says everything: their result has no output.
const WITHOUT_OUTPUT: &[&str] = &["abort_multipart_upload", "put_object_acl"];

/// Structs that never change, not even at their end.
const FROZEN: &[&str] = &[
    "coslink_pair",
    "coslink_completed_part",
    "coslink_object_version",
    "coslink_grant",
    "coslink_form_condition",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn c_has_every_operation_with_every_parameter() {
    let header = Header::read();
    assert!(OPERATIONS.len() >= 10);
    for operation in OPERATIONS {
        let name = operation.c_name;
        header.needs_function(&format!("coslink_{name}"));
        let fields = header.fields(&format!("coslink_{name}_options"));
        for param in operation.params.iter().copied().flatten() {
            let field = match param.name {
                "range" => "range_first",
                "copy_source_range" => "copy_source_range_first",
                name => name,
            };
            let has = fields.contains(&field);
            assert!(
                has,
                "coslink_{name}_options has no {field} for the parameter {}",
                param.name
            );
        }
        for free in ["headers", "header_count", "query", "query_count"] {
            assert!(
                fields.contains(&free),
                "coslink_{name}_options has no {free}"
            );
        }
        if !WITHOUT_OUTPUT.contains(&name) {
            header.needs_function(&format!("coslink_result_{name}"));
            assert!(!header.fields(&format!("coslink_{name}_output")).is_empty());
        }
        let scenario = root().join(format!("tests/c/{name}.c"));
        assert!(
            scenario.is_file(),
            "there is no scenario {}",
            scenario.display()
        );
    }
}

#[test]
fn statuses_are_the_kinds_of_errors() {
    let values = Header::read().values();
    for kind in ErrorKind::ALL {
        let end = format!(" = {}", *kind as i32);
        let is_kind = |value: &&String| {
            let name = value
                .strip_suffix(&end)
                .and_then(|v| v.strip_prefix("COSLINK_ERROR_"));
            name.is_some_and(|name| {
                name.replace('_', "")
                    .eq_ignore_ascii_case(&format!("{kind:?}"))
            })
        };
        assert!(
            values.iter().any(|v| is_kind(&v)),
            "no status for {kind:?}: {values:?}"
        );
    }
}

#[test]
fn functions_stay() {
    compare("symbols.txt", &Header::read().function_names());
}

#[test]
fn values_stay() {
    compare("values.txt", &Header::read().values());
}

#[test]
fn layouts_stay() {
    compare("layout.txt", &layout());
}

/// Option structs are copied by their size, so a field that is added must never come to lie in what
/// was padding before, where callers of older headers leave anything.
#[test]
fn option_structs_begin_with_their_size_and_have_no_padding_at_their_end() {
    let (header, layout) = (Header::read(), layout());
    let numbers = |line: &str| -> Vec<usize> {
        line.split_whitespace()
            .filter_map(|word| word.parse().ok())
            .collect()
    };
    let line = |start: String| {
        let found = layout.iter().find(|line| line.starts_with(&start));
        numbers(found.unwrap_or_else(|| panic!("no layout of {start}")))
    };
    let options = |s: &&Struct| s.kind == "option";
    for Struct { name, .. } in header.structs.iter().filter(options) {
        let fields = header.fields(name);
        assert_eq!(fields.first(), Some(&"size"), "{name}");
        assert_eq!(
            line(format!("{name}.size ")),
            [0, size_of::<usize>()],
            "{name}"
        );
        let last = line(format!("{name}.{} ", fields.last().expect("fields")));
        assert_eq!(
            line(format!("{name} ")),
            [last[0] + last[1]],
            "{name} ends with padding"
        );
    }
}

/// One line for the size of each struct, and one for the offset and size of each field.
fn layout() -> Vec<String> {
    let mut program = String::from(
        "#include \"coslink.h\"\n#include <stdio.h>\n\
         #define SIZE(s) printf(\"%s size %zu\\n\", #s, sizeof(s));\n\
         #define FIELD(s, f) \\\n  printf(\"%s.%s offset %zu size %zu\\n\", #s, #f, offsetof(s, f), \
         sizeof(((s *)0)->f));\n\
         int main(void) {\n",
    );
    for Struct { name, fields, .. } in Header::read().structs {
        program.push_str(&format!("  SIZE({name})\n"));
        for field in fields {
            program.push_str(&format!("  FIELD({name}, {})\n", field.name));
        }
    }
    program.push_str("  return 0;\n}\n");
    let directory = tempfile::tempdir().expect("a scratch directory");
    let (source, binary) = (
        directory.path().join("layout.c"),
        directory.path().join("layout"),
    );
    fs::write(&source, program).expect("the program can be written");
    let include = root().join("include");
    output(
        Command::new("cc")
            .arg("-I")
            .arg(include)
            .arg("-o")
            .arg(&binary)
            .arg(&source),
    );
    output(&mut Command::new(&binary))
        .lines()
        .map(str::to_owned)
        .collect()
}

/// Compares with what is promised.
fn compare(file: &str, now: &[String]) {
    let path = root().join("tests/abi").join(file);
    let promised = fs::read_to_string(&path).unwrap_or_default();
    let promised: Vec<&str> = promised.lines().collect();
    let broken: Vec<_> = promised.iter().filter(|line| !is_kept(line, now)).collect();
    assert!(
        broken.is_empty(),
        "what C programs rely on has changed: {broken:#?}\n\
         The rule: functions, enum values and fields are never removed, renamed, renumbered or \
         moved; fields are added at the end of a struct that is not frozen; see tests/abi.rs"
    );
    if std::env::var_os("COSLINK_BLESS").is_some() {
        fs::write(&path, now.join("\n") + "\n").expect("the promises can be written");
        return;
    }
    let added: Vec<_> = now
        .iter()
        .filter(|line| !promised.contains(&line.as_str()))
        .collect();
    assert!(
        added.is_empty(),
        "C has something new: {added:#?}\n\
         When that is meant, run COSLINK_BLESS=1 cargo test --test abi, and commit tests/abi"
    );
}

/// Whether a promise is kept: the line is still there, or says a size that has grown as it may.
fn is_kept(line: &str, now: &[String]) -> bool {
    if now.iter().any(|other| other == line) {
        return true;
    }
    let Some((name, size)) = line
        .split_once(" size ")
        .filter(|(name, _)| !name.contains('.'))
    else {
        return false;
    };
    let parse = |size: &str| size.parse::<usize>().ok();
    let sizes = now
        .iter()
        .filter_map(|other| other.strip_prefix(name)?.strip_prefix(" size "));
    !FROZEN.contains(&name) && sizes.filter_map(parse).any(|now| Some(now) > parse(size))
}

#[test]
#[cfg(target_os = "linux")]
fn the_shared_library_shows_what_the_header_declares_and_nothing_else() {
    let listed = output(
        Command::new("nm")
            .args(["-D", "--defined-only"])
            .arg(shared_library()),
    );
    let shown: BTreeSet<&str> = listed
        .lines()
        .filter_map(|line| line.split_whitespace().nth(2))
        .collect();
    let functions = Header::read().function_names();
    let declared: BTreeSet<&str> = functions.iter().map(String::as_str).collect();
    assert_eq!(shown, declared);
}

/// The library that was built together with this test: cargo puts it beside the test, and an older
/// one may lie one level up.
#[cfg(target_os = "linux")]
fn shared_library() -> PathBuf {
    let test = std::env::current_exe().expect("the path of this test");
    let deps = test.parent().expect("a directory");
    let places = [deps.join("libcoslink.so"), deps.join("../libcoslink.so")];
    let found = places.iter().find(|place| place.is_file());
    found
        .unwrap_or_else(|| panic!("there is no library in {places:?}"))
        .clone()
}

fn output(command: &mut Command) -> String {
    let output = command
        .output()
        .unwrap_or_else(|e| panic!("cannot run {command:?}: {e}"));
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{command:?} failed, {}:\n{text}",
        output.status
    );
    String::from_utf8(output.stdout).expect("plain text")
}
