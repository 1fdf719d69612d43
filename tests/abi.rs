//! What C programs were compiled against stays as it was, and C has all that Rust has.
//!
//! `tests/abi/*.txt` hold what is promised. They only grow: COSLINK_BLESS=1 adds what is new, and
//! refuses to change what is there. To break a promise on purpose, before a release or with a new
//! major version, delete the file first.
#![cfg(all(unix, target_pointer_width = "64", feature = "capi"))]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Operations whose success says everything: they have no output.
const WITHOUT_OUTPUT: &[&str] = &["abort_multipart_upload"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What the header declares.
struct Header {
    functions: Vec<String>,
    structs: Vec<Struct>,
    values: Vec<String>,
}

struct Struct {
    name: String,
    fields: Vec<String>,
}

impl Header {
    fn read() -> Self {
        let text = fs::read_to_string(root().join("include/coslink.h")).expect("the header");
        let text = without_comments(&text);
        let mut header = Self { functions: Vec::new(), structs: Vec::new(), values: Vec::new() };
        for statement in text.split(';') {
            if let Some((_, fields)) = statement.split_once('{').filter(|_| is_struct(statement)) {
                let name = statement.split_whitespace().nth_back_of_struct();
                header.structs.push(Struct { name, fields: vec![field(fields)] });
            } else if let Some((before, _)) = statement.split_once('(') {
                let name = before.split(|c: char| !is_word(c)).next_back().unwrap_or_default();
                if name.starts_with("coslink_") && !statement.contains("typedef") {
                    header.functions.push(name.to_owned());
                }
            }
        }
        header
    }
}
