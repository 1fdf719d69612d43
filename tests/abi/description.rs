//! `include/coslink-abi.json`: the header for programs, such as those that make bindings.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;

use super::header::{Function, Header, Typed};
use super::{FROZEN, root};

/// The description; names and types of C need no escapes in JSON.
fn describe(header: &Header) -> String {
    let constants = header.constants.iter();
    let enums = header.enums.iter().map(|e| {
        let values = e.values.iter();
        let values =
            values.map(|(name, number)| format!("{{\"name\": \"{name}\", \"value\": {number}}}"));
        format!(
            "{{\"name\": \"{}\", \"type\": \"int32_t\", \"values\": {}}}",
            e.name,
            list(values, 3)
        )
    });
    let structs = header.structs.iter().map(|s| {
        let (name, kind) = (&s.name, s.kind);
        let fields = list(s.fields.iter().map(describe_typed), 3);
        format!("{{\"name\": \"{name}\", \"kind\": \"{kind}\", \"fields\": {fields}}}")
    });
    let mut text = format!(
        "{{\n  \"library\": \"coslink\",\n  \"version\": \"{}\",\n",
        env!("CARGO_PKG_VERSION")
    );
    let handles = header.handles.iter().map(|name| format!("\"{name}\""));
    let functions = header.functions.iter();
    for (name, list) in [
        ("constants", list(constants.map(describe_number), 2)),
        ("enums", list(enums, 2)),
        ("handles", list(handles, 2)),
        ("structs", list(structs, 2)),
        (
            "callbacks",
            list(header.callbacks.iter().map(describe_function), 2),
        ),
        ("functions", list(functions.map(describe_function), 2)),
    ] {
        let comma = if name == "functions" { "" } else { "," };
        writeln!(text, "  \"{name}\": {list}{comma}").expect("text can be written");
    }
    text + "}\n"
}

fn describe_number((name, number): &(String, i32)) -> String {
    format!("{{\"name\": \"{name}\", \"value\": {number}}}")
}

fn describe_typed(typed: &Typed) -> String {
    format!(
        "{{\"name\": \"{}\", \"type\": \"{}\"}}",
        typed.name, typed.kind
    )
}

fn describe_function(function: &Function) -> String {
    let Function {
        name,
        returns,
        parameters,
        since,
    } = function;
    let parameters = list(parameters.iter().map(describe_typed), 3);
    let since = since
        .as_ref()
        .map(|version| format!("\"since\": \"{version}\", "));
    let since = since.unwrap_or_default();
    format!(
        "{{\"name\": \"{name}\", {since}\"returns\": \"{returns}\", \"parameters\": {parameters}}}"
    )
}

/// An array with an element on each line.
fn list(elements: impl Iterator<Item = String>, depth: usize) -> String {
    let inner = "  ".repeat(depth);
    let elements: Vec<_> = elements
        .map(|element| format!("\n{inner}{element}"))
        .collect();
    match elements.is_empty() {
        true => "[]".to_owned(),
        false => format!("[{}\n{}]", elements.join(","), "  ".repeat(depth - 1)),
    }
}

#[test]
fn the_description_is_that_of_the_header() {
    let header = Header::read();
    let described = describe(&header);
    let parsed: serde_json::Value = serde_json::from_str(&described).expect("JSON");
    let count = |name: &str| parsed[name].as_array().map_or(0, Vec::len);
    assert!(
        count("functions") > 80 && count("structs") > 60,
        "the header is read"
    );
    let frozen = header.structs.iter().filter(|s| s.kind == "frozen");
    let frozen: BTreeSet<_> = frozen.map(|s| s.name.as_str()).collect();
    assert_eq!(frozen, FROZEN.iter().copied().collect());
    for function in &header.functions {
        assert!(
            function.since.is_some(),
            "{} does not say since when",
            function.name
        );
    }
    let path = root().join("include/coslink-abi.json");
    if std::env::var_os("COSLINK_BLESS").is_some() {
        fs::write(&path, &described).expect("the description can be written");
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == described,
        "include/coslink-abi.json is not what the header says;\n\
         run COSLINK_BLESS=1 cargo test --test abi, and commit it"
    );
}
