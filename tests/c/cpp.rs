//! The C++ wrapper: programs of `tests/c` by both standards and both compilers, with and without
//! exceptions, under valgrind and the sanitizers.

use std::fs;
use std::process::Command;

use cos_emulator::{CorsRule, Emulator};

use super::tools::{
    Link, SANITIZER, compile, is_there, root, sanitizer_works, scratch, succeed, under, valgrind,
};
use super::{PLAIN, Scenario, fault};

const STRICT: &[&str] = &["-Wshadow", "-Wconversion"];

/// Programs, and what else each is compiled from.
const PROGRAMS: &[(&str, &[&str])] = &[
    ("cpp_api", &[]),
    ("cpp_values", &["cpp_unit.cpp"]),
    ("cpp_transfer", &[]),
    ("cpp_queue", &[]),
];

/// Ways to compile them: a name, and flags.
const NEW: &[&str] = &["-std=c++20"];
const OLD: &[&str] = &["-std=c++17"];
const BARE: &[&str] = &["-std=c++17", "-fno-exceptions", "-fno-rtti"];

fn start() -> Emulator {
    let rules = vec![CorsRule {
        id: String::new(),
        origins: vec!["https://www.qq.com".to_owned()],
        methods: vec!["PUT".to_owned()],
        headers: Vec::new(),
        expose: Vec::new(),
        max_age_seconds: None,
    }];
    Emulator::builder()
        .cors(cos_emulator::BUCKET, rules)
        .start()
}

fn prepare(cos: &Emulator) {
    fault(cos, "UploadPart key=slow times=forever delay=60");
    fault(cos, "UploadPart key=queued times=forever delay=500");
    fault(cos, "DeleteMultipleObjects key=denied deny=AccessDenied");
}

fn play(name: &'static str, more: &[&str], kind: &str, flags: &[&str], runner: Option<Command>) {
    let directory = root().join("tests/c");
    let others: Vec<String> = more
        .iter()
        .map(|other| directory.join(other).to_string_lossy().into_owned())
        .collect();
    let flags: Vec<&str> = STRICT
        .iter()
        .chain(flags)
        .copied()
        .chain(others.iter().map(String::as_str))
        .collect();
    let scenario = Scenario {
        name,
        start,
        prepare,
        ..PLAIN
    };
    let into = scratch(&format!("{name}-{kind}"));
    let binary = compile(
        &directory.join(format!("{name}.cpp")),
        &into,
        Link::Shared,
        &flags,
    );
    scenario.run(under(runner, &binary), &into);
}

fn all(kind: &str, flags: &[&str], runner: fn() -> Option<Command>) {
    for (name, more) in PROGRAMS {
        play(name, more, kind, flags, runner());
    }
}

#[test]
fn by_the_new_standard() {
    all("new", NEW, || None);
}

#[test]
fn by_the_old_standard_in_valgrind() {
    if is_there("valgrind") {
        all("old", OLD, || Some(valgrind()));
    }
}

#[test]
fn without_exceptions() {
    all("bare", BARE, || None);
}

/// One program of two units, of which only one has exceptions.
#[test]
fn units_with_and_without_exceptions_go_together() {
    let directory = scratch("cpp-mixed");
    let unit = directory.join("unit.o");
    let mut compiler = Command::new("c++");
    compiler
        .args(BARE)
        .arg("-c")
        .arg("-I")
        .arg(root().join("include"));
    compiler
        .arg(root().join("tests/c/cpp_unit.cpp"))
        .arg("-o")
        .arg(&unit);
    succeed(&mut compiler);
    let unit = unit.to_string_lossy().into_owned();
    play("cpp_values", &[], "mixed", &["-std=c++17", &unit], None);
}

#[test]
fn by_the_other_compiler() {
    if !is_there("clang++") {
        return;
    }
    for (name, _) in PROGRAMS {
        for flags in [NEW, OLD, BARE] {
            let mut clang = Command::new("clang++");
            clang.args(["-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]);
            clang
                .args(STRICT)
                .args(flags)
                .arg("-I")
                .arg(root().join("include"));
            succeed(clang.arg(root().join(format!("tests/c/{name}.cpp"))));
        }
    }
}

#[test]
fn sanitizers() {
    if sanitizer_works() {
        let flags: Vec<&str> = NEW.iter().chain(SANITIZER).copied().collect();
        all("sanitizer", &flags, || None);
    }
}

/// What a program of C++ cannot call by the wrapper.
const WITHOUT: &[&str] = &["coslink_init"];

#[test]
fn the_wrapper_has_every_function() {
    let read = |name: &str| fs::read_to_string(root().join("include").join(name)).expect(name);
    let (header, wrapper) = (read("coslink.h"), read("coslink.hpp"));
    let functions: Vec<&str> = header
        .lines()
        .filter(|line| line.contains('(') && !line.starts_with([' ', '/', '#']))
        .filter_map(|line| line.split('(').next()?.rsplit([' ', '*']).next())
        .filter(|name| name.starts_with("coslink_"))
        .collect();
    assert!(functions.len() > 80, "{functions:?}");
    for name in functions {
        let is_named =
            wrapper.contains(&format!("{name}(")) || wrapper.contains(&format!("{name},"));
        let is_named = is_named || wrapper.contains(&format!("{name})"));
        assert!(is_named || WITHOUT.contains(&name), "{name}");
    }
}
