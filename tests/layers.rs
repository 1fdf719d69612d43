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
    &["bench", "fuzz"],
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

/// What only some systems have is named below a `cfg` that says so.
#[test]
fn what_one_system_has_is_gated() {
    const NAMES: &[&str] = &[
        "std::os::unix",
        "std::os::linux",
        "std::os::fd",
        "std::os::windows",
        "os::unix::",
        "os::fd::",
        "os::windows::",
        "libc::",
    ];
    // Names of libc that are of C itself, and so are everywhere.
    const EVERYWHERE: &[&str] = &["libc::c_", "libc::size_t", "libc::{c_", "libc::memchr("];
    let indent = |line: &str| line.len() - line.trim_start().len();
    let sources = sources();
    // Modules that are declared below a cfg are gated as a whole.
    let mut gated_modules = Vec::new();
    for (_, code) in &sources {
        let lines: Vec<&str> = code.lines().collect();
        for pair in lines.windows(2) {
            let name = pair[1].trim().strip_suffix(';').unwrap_or_default();
            let name = name.rsplit(' ').next().unwrap_or_default();
            if pair[0].trim().starts_with("#[cfg(") && pair[1].contains("mod ") {
                gated_modules.push(name.to_owned());
            }
        }
    }
    let (mut seen, mut open) = (0, Vec::new());
    for (file, code) in &sources {
        let module = file.rsplit('/').next().unwrap().trim_end_matches(".rs");
        let lines: Vec<&str> = code.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let names = NAMES.iter().any(|name| line.contains(name));
            if !names || EVERYWHERE.iter().any(|name| line.contains(name)) {
                continue;
            }
            seen += 1;
            // Upwards through the attributes of this line, then of the line that opens its block, …
            let mut gated =
                code.starts_with("#![cfg(") || gated_modules.iter().any(|name| name == module);
            let mut depth = indent(line);
            for above in lines[..at].iter().rev() {
                let is_attribute = above.trim().starts_with("#[");
                if above.trim().is_empty() || indent(above) > depth {
                    continue;
                }
                if is_attribute && indent(above) == depth {
                    gated |= above.contains("cfg(");
                    continue;
                }
                if indent(above) == depth {
                    // Another item of the same block: its attributes say nothing of this one.
                    match depth.checked_sub(1) {
                        Some(outer) => depth = outer,
                        None => break,
                    }
                    continue;
                }
                depth = indent(above);
            }
            if !gated {
                open.push(format!("{file}: {}", line.trim()));
            }
        }
    }
    assert!(
        seen > 5,
        "only {seen} names; does this test still see them?"
    );
    assert!(open.is_empty(), "not below a cfg: {open:#?}");
}
