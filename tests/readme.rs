//! What the README shows works as it stands there.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

const README: &str = include_str!("../README.md");
const CHINESE: &str = include_str!("../README.zh-CN.md");

/// The first block of code in this language.
fn block(language: &str) -> &'static str {
    let from = README.split(&format!("```{language}\n")).nth(1).unwrap();
    from.split("```").next().unwrap()
}

#[test]
fn the_tests_are_the_command_that_is_checked() {
    let checked =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(".ci/run")).unwrap();
    assert!(README.contains("$ cargo test --workspace\n"));
    assert!(checked.contains("\ncargo test --workspace\n"));
    assert!(README.contains("$ cargo run --release --example quickstart"));
    assert!(checked.contains("--release --quiet --example quickstart\n"));
}

#[test]
fn the_version_of_rust_is_that_of_the_manifest() {
    let version = env!("CARGO_PKG_RUST_VERSION");
    assert!(
        README.contains(&format!("Rust {version} or newer")),
        "{version}"
    );
}

#[test]
fn every_name_of_the_table_exists_in_c() {
    let header = include_str!("../include/coslink.h");
    let names = README
        .split('`')
        .filter(|word| word.starts_with("coslink_"));
    let mut count = 0;
    for name in names {
        assert!(header.contains(&format!(" {name}(")), "{name}");
        count += 1;
    }
    assert!(count > 10);
    assert!(block("c").contains("int main(void)"));
}

#[test]
fn every_link_leads_to_a_file() {
    for (page, least) in [
        ("README.md", 40),
        ("README.zh-CN.md", 40),
        ("examples-c/MIGRATING.md", 5),
        ("include/ABI.md", 2),
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
        let text = fs::read_to_string(&path).unwrap();
        let links = text
            .split("](")
            .skip(1)
            .map(|rest| rest.split(')').next().unwrap());
        let mut count = 0;
        for link in links.filter(|link| !link.contains("://") && !link.starts_with('#')) {
            let target = path.parent().unwrap().join(link);
            assert!(target.exists(), "{page}: {link}");
            count += 1;
        }
        assert!(count >= least, "{page}: {count}");
    }
}

/// What is in the page beside its sentences: blocks of code, and what is quoted as code in tables.
fn code(page: &str) -> (Vec<&str>, Vec<&str>) {
    let blocks = page.split("\n```").skip(1).step_by(2).collect();
    let rows = page.lines().filter(|line| line.starts_with("| "));
    let cells = rows.flat_map(|row| row.split('`').skip(1).step_by(2));
    (blocks, cells.collect())
}

#[test]
fn the_chinese_page_has_the_same_code() {
    let (blocks, cells) = code(README);
    assert!(blocks.len() > 5 && cells.len() > 80);
    let (chinese_blocks, chinese_cells) = code(CHINESE);
    assert_eq!(chinese_blocks, blocks);
    assert_eq!(chinese_cells, cells);
    let headings = |page: &str| page.lines().filter(|line| line.starts_with('#')).count();
    assert_eq!(headings(CHINESE), headings(README));
    assert!(README.starts_with("[简体中文](README.zh-CN.md)\n"));
    assert!(CHINESE.starts_with("[English](README.md)\n"));
}

#[test]
fn every_name_of_the_migration_page_exists_in_c() {
    let header = include_str!("../include/coslink.h");
    let page = include_str!("../examples-c/MIGRATING.md");
    let words = page.split(|c: char| c != '_' && !c.is_ascii_alphanumeric());
    let mut count = 0;
    for name in words.filter(|word| word.to_ascii_lowercase().starts_with("coslink_")) {
        let is_there = header
            .split(|c: char| c != '_' && !c.is_ascii_alphanumeric())
            .any(|word| word == name);
        assert!(is_there || name == "coslink_", "{name}");
        count += 1;
    }
    assert!(count > 80, "{count}");
}
