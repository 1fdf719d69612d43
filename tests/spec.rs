//! The table of the spec names only what exists: in Rust, in C, and in the tests.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const TABLE: &str = include_str!("spec.md");
const HEADER: &str = include_str!("../include/coslink.h");

struct Row {
    line: String,
    rust: String,
    c: String,
    test: String,
}

fn rows() -> Vec<Row> {
    let lines = TABLE
        .lines()
        .filter(|line| line.starts_with("| ") && !line.contains("---"));
    let row = |line: &str| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        assert_eq!(cells.len(), 5, "{line}");
        assert!(cells.iter().all(|cell| !cell.is_empty()), "{line}");
        let plain = |cell: &str| cell.trim_matches('`').to_owned();
        Row {
            line: line.to_owned(),
            rust: plain(cells[2]),
            c: plain(cells[3]),
            test: plain(cells[4]),
        }
    };
    lines.skip(1).map(row).collect()
}

fn files(directory: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(directory);
    let mut found = Vec::new();
    for entry in fs::read_dir(root).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(path.to_str().unwrap()));
        } else {
            found.push(path);
        }
    }
    found
}

/// The public types of the crate, each with the text of the file that declares it.
fn types() -> BTreeMap<String, String> {
    let mut types: BTreeMap<String, String> = BTreeMap::new();
    // What stands beside the declaration, as the transfers of a bucket do.
    let mut elsewhere = Vec::new();
    for path in files("src")
        .iter()
        .filter(|path| !path.to_str().unwrap().contains("ffi"))
    {
        let mut text = fs::read_to_string(path).unwrap();
        // What a file takes from a shared table is declared by a macro elsewhere.
        for (call, table) in [
            ("object_headers!();", "object_headers.rs"),
            ("source_conditions!();", "copy_source.rs"),
            ("conditions!();", "get_object.rs"),
        ] {
            if text.contains(call) {
                let table = Path::new(env!("CARGO_MANIFEST_DIR"))
                    .join("src/op")
                    .join(table);
                text.push_str(&fs::read_to_string(table).unwrap());
            }
        }
        for word in ["pub struct ", "pub enum ", "pub trait ", "open_set! {"] {
            for rest in text.split(word).skip(1) {
                // In a set the name stands after the documentation.
                let code = rest.lines().map(str::trim).find(|line| {
                    !line.is_empty() && !line.starts_with("//") && !line.starts_with('#')
                });
                let end = |c: char| !c.is_alphanumeric() && c != '_';
                let name = code.unwrap().split(end).next().unwrap();
                types.insert(name.to_owned(), text.clone());
            }
        }
        for rest in text.split("\nimpl ").skip(1) {
            let name = rest.split([' ', '<']).next().unwrap().to_owned();
            elsewhere.push((name, text.clone()));
        }
    }
    for (name, text) in elsewhere {
        types.entry(name).and_modify(|known| known.push_str(&text));
    }
    types
}

#[test]
fn every_item_of_the_table_exists_in_rust() {
    let types = types();
    let mut wrong = Vec::new();
    for row in rows() {
        let name = row.rust.split([':', '.']).next().unwrap();
        let text = types.get(name).cloned().unwrap_or_default();
        let exists = if let Some((_, method)) = row.rust.split_once("::") {
            text.contains(&format!("pub fn {method}"))
                || text.contains(&format!(" {method}(&str)"))
                || text.contains(&format!(" {method}("))
        } else if let Some((_, field)) = row.rust.split_once('.') {
            text.contains(&format!("pub {field}:"))
        } else {
            !text.is_empty()
        };
        if !exists {
            wrong.push(row.line);
        }
    }
    none(wrong);
}

/// Fails with all lines that are wrong.
fn none(wrong: Vec<String>) {
    assert!(
        wrong.is_empty(),
        "{} rows:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// The body of a struct of the header.
fn c_struct(name: &str) -> Option<&'static str> {
    let from = HEADER.split(&format!("typedef struct {name} {{")).nth(1)?;
    from.split(&format!("}} {name};")).next()
}

#[test]
fn every_item_of_the_table_exists_in_c() {
    let mut wrong = Vec::new();
    for row in rows() {
        let exists = match row.c.split_once('.') {
            Some((name, field)) => c_struct(name).is_some_and(|body| {
                let ends = |tail: &str| body.contains(&format!("{field}{tail}"));
                body.contains(&format!(" {field};")) || ends(";") || ends("[")
            }),
            None => {
                HEADER.contains(&format!(" {}(", row.c))
                    || HEADER.contains(&format!("*{}(", row.c))
                    || HEADER.contains(&format!("typedef struct {} ", row.c))
            }
        };
        if !exists {
            wrong.push(row.line);
        }
    }
    none(wrong);
}

#[test]
fn every_test_of_the_table_exists_and_names_its_item() {
    let mut wrong = Vec::new();
    for row in rows() {
        let (module, test) = row.test.split_once("::").unwrap();
        let path = format!("{}/tests/behavior/{module}.rs", env!("CARGO_MANIFEST_DIR"));
        let text = fs::read_to_string(&path).unwrap_or_default();
        let item = row.rust.rsplit([':', '.']).next().unwrap();
        // Some items stand for themselves without being named, such as a type that is inferred.
        let is_named =
            text.contains(item) || ["Response", "Watch", "Error", "Owner"].contains(&item);
        if !is_named || !text.contains(&format!("fn {test}()")) {
            wrong.push(row.line);
        }
    }
    none(wrong);
}

#[test]
fn every_item_of_c_is_used_by_a_program_of_the_tests() {
    let programs = files("tests/c").into_iter().chain(files("examples-c"));
    let texts: Vec<String> = programs
        .filter(|path| path.extension().is_some_and(|ext| ext == "c"))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let is_used = |item: &str| {
        let ends = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
        let uses = |text: &String| text.split(item).skip(1).any(ends);
        texts.iter().any(uses)
    };
    let unused = |row: &Row| match row.c.split_once('.') {
        // A field is reached through a pointer, a value, or the initialiser of its array.
        Some((_, field)) => !is_used(&format!("->{field}")) && !is_used(&format!(".{field}")),
        None => !is_used(&row.c),
    };
    none(
        rows()
            .iter()
            .filter(|row| unused(row))
            .map(|row| row.line.clone())
            .collect(),
    );
}
