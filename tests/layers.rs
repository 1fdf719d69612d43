//! The order of the layers: each module uses only those before it. And what stays in which room.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

/// The layers from the first to the last; modules on one line do not use each other.
const LAYERS: &[&[&str]] = &[
    &["error"],
    &["credentials", "limit"],
    &["watch", "file"],
    &["wire"],
    &["op"],
    &["endpoint", "retry"],
    &["transport", "pool"],
    &["client"],
    &["transfer"],
    &["queue"],
    &["ffi"],
    &["fuzz"],
];

/// What only one room may name.
const ROOMS: &[(&str, &str)] = &[
    ("ureq::", "src/transport/"),
    ("rustls::", "src/transport/"),
    ("rayon::", "src/pool.rs"),
    ("crossbeam_channel::", "src/transfer/"),
    ("hmac::", "src/wire/sign.rs"),
    ("sha1::", "src/wire/sign.rs"),
    ("md5::", "src/wire/digest.rs"),
    ("crc64fast::", "src/wire/digest.rs"),
    ("quick_xml::", "src/wire/xml.rs"),
    ("mime_guess::", "src/op/object_headers.rs"),
    ("libc::", "src/ffi/"),
    ("extern \"C\"", "src/ffi/"),
    ("unsafe ", "src/ffi/"),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The paths below the project's root and the code of all source files, without comments.
fn sources() -> Vec<(String, String)> {
    let mut directories = vec![root().join("src")];
    let mut files: Vec<PathBuf> = Vec::new();
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path)
            } else {
                files.push(path)
            }
        }
    }
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        let is_code = |line: &&str| !line.trim_start().starts_with("//");
        let code: Vec<&str> = text.lines().filter(is_code).collect();
        let name = path
            .strip_prefix(root())
            .unwrap()
            .to_str()
            .unwrap()
            .replace('\\', "/");
        (name, code.join("\n"))
    };
    files.into_iter().map(read).collect()
}

fn layer_of(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

/// The modules that a piece of code names after `crate::`.
fn used(code: &str) -> Vec<&str> {
    let name = |rest: &'_ str| rest.find(|c: char| !c.is_alphanumeric() && c != '_');
    let rests = code.split("crate::").skip(1);
    rests
        .map(|rest| &rest[..name(rest).unwrap_or(rest.len())])
        .collect()
}

#[test]
fn layers_point_one_way() {
    let mut edges = 0;
    for (file, code) in sources() {
        let module = file
            .trim_start_matches("src/")
            .split(['/', '.'])
            .next()
            .unwrap();
        if module == "lib" {
            continue;
        }
        let own = layer_of(module).unwrap_or_else(|| panic!("{file} is in no layer"));
        for name in used(&code) {
            // Names of the crate's root are types; modules begin with a small letter.
            let Some(other) = layer_of(name).filter(|_| name != module) else {
                continue;
            };
            assert!(
                other < own,
                "{file} uses crate::{name}, which is not before it"
            );
            edges += 1;
        }
    }
    assert!(
        edges > 100,
        "only {edges} uses were found; does this test still see the code?"
    );
}

#[test]
fn every_package_stays_in_its_room() {
    for (file, code) in sources() {
        for (name, room) in ROOMS {
            let begins = |at: usize| {
                let before = code[..at].chars().next_back();
                !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
            };
            let named = code.match_indices(name).any(|(at, _)| begins(at));
            assert!(
                !named || file.starts_with(room),
                "{file} names {name}, which lives in {room}"
            );
        }
    }
}

#[test]
fn rooms_stay_small() {
    for (file, _) in sources() {
        let lines = fs::read_to_string(root().join(&file))
            .unwrap()
            .lines()
            .count();
        assert!(
            lines <= 450,
            "{file} has {lines} lines; is it still one thing?"
        );
    }
}

#[test]
fn the_emulator_shares_nothing_that_it_checks() {
    let manifest = fs::read_to_string(root().join("tests/emulator/Cargo.toml")).unwrap();
    let packages: Vec<&str> = manifest
        .lines()
        .filter_map(|line| line.split_once('='))
        .map(|(name, _)| name.trim())
        .collect();
    assert!(packages.contains(&"hyper"));
    for shared in [
        "coslink",
        "ureq",
        "hmac",
        "sha1",
        "md-5",
        "quick-xml",
        "crc64fast",
    ] {
        assert!(!packages.contains(&shared), "{shared}");
    }
}
