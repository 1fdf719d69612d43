//! The programs of `tests/c` call every function of the header: once with success, and once with
//! each of its pointers NULL.

use std::fs;

use super::root;

/// Pointers that may be NULL in every function that has them, and the one that is never refused.
const OPTIONAL: &[&str] = &["options", "result", "user_data", "error"];
/// Functions whose optional pointers differ, or which say NULL in a way of their own.
const OTHERWISE: &[(&str, &[&str])] = &[
    // The key pair is refused as one, by CREDENTIALS (tests/c/errors.c); a token may be missing.
    (
        "coslink_client_set_credentials",
        &["secret_id", "secret_key", "security_token"],
    ),
    // NULL is the whole bucket.
    ("coslink_abort_uploads", &["prefix"]),
    // The number is not wanted: events tell it.
    ("coslink_queue_push_upload", &["task"]),
    ("coslink_queue_push_bytes", &["task"]),
    ("coslink_queue_push_download", &["task"]),
    ("coslink_queue_push_copy", &["task"]),
];
const WITHOUT_POINTERS: &[&str] = &["coslink_version", "coslink_status_name"];

struct Function {
    name: String,
    /// The names of its pointers, in order.
    pointers: Vec<String>,
}

fn functions() -> Vec<Function> {
    let header = fs::read_to_string(root().join("include/coslink.h")).expect("the header");
    let statements = header
        .split(';')
        .map(|s| s.rsplit("*/").next().unwrap_or(s));
    let mut functions = Vec::new();
    for statement in statements {
        let Some((before, parameters)) = statement.split_once('(') else {
            continue;
        };
        let name = before.rsplit([' ', '*', '\n']).next().unwrap_or(before);
        let is_prototype = name.starts_with("coslink_") && !statement.contains(['{', '}', '#']);
        if !is_prototype {
            continue;
        }
        let parameters = parameters.trim_end().trim_end_matches(')');
        let pointers = parameters.split(',').filter(|p| p.contains('*'));
        let pointers = pointers.map(|p| p.rsplit('*').next().unwrap_or(p).trim().to_owned());
        functions.push(Function {
            name: name.to_owned(),
            pointers: pointers.collect(),
        });
    }
    functions
}

fn may_be_null(function: &str, pointer: &str) -> bool {
    let otherwise = OTHERWISE.iter().find(|(name, _)| *name == function);
    OPTIONAL.contains(&pointer)
        || otherwise.is_some_and(|(_, pointers)| pointers.contains(&pointer))
}

#[test]
fn every_function_succeeds_once_and_refuses_each_null_once() {
    let directory = fs::read_dir(root().join("tests/c")).expect("tests/c");
    let programs: String = directory
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|e| e == "c"))
        .map(|path| fs::read_to_string(path).expect("a program"))
        .collect();
    // One space between words, so that a call may be broken over lines.
    let programs = programs.split_whitespace().collect::<Vec<_>>().join(" ");

    let functions = functions();
    assert!(functions.len() > 60, "only {} functions", functions.len());
    let mut missing = Vec::new();
    for Function { name, pointers } in &functions {
        let answers_status = pointers.iter().any(|p| p == "error") && !name.ends_with("_free");
        let mut need = |call: String| {
            if !programs.contains(&call) {
                missing.push(call);
            }
        };
        if answers_status {
            need(format!("OK({name}("));
            for pointer in pointers.iter().filter(|p| !may_be_null(name, p)) {
                need(format!("REFUSED(\"{pointer}\", {name}("));
            }
        } else if WITHOUT_POINTERS.contains(&name.as_str()) {
            need(format!("{name}("));
        } else {
            need(format!("{name}(NULL"));
        }
    }
    assert!(missing.is_empty(), "no program of tests/c has {missing:#?}");
}
