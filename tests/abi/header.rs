//! What `include/coslink.h` declares.

use std::fs;

use super::root;

#[derive(Default)]
pub(crate) struct Header {
    /// Macros that are numbers in parentheses.
    pub(crate) constants: Vec<(String, i32)>,
    pub(crate) enums: Vec<Enum>,
    /// Opaque structs.
    pub(crate) handles: Vec<String>,
    pub(crate) structs: Vec<Struct>,
    /// Types of functions that the library calls.
    pub(crate) callbacks: Vec<Function>,
    /// In the order of the header.
    pub(crate) functions: Vec<Function>,
}

pub(crate) struct Enum {
    pub(crate) name: String,
    pub(crate) values: Vec<(String, i32)>,
}

pub(crate) struct Struct {
    pub(crate) name: String,
    /// `option`, `output` or `frozen`, as its comment says.
    pub(crate) kind: &'static str,
    pub(crate) fields: Vec<Typed>,
}

pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) returns: String,
    pub(crate) parameters: Vec<Typed>,
    /// The version that had it first; nothing for callbacks.
    pub(crate) since: Option<String>,
}

/// A field or a parameter.
pub(crate) struct Typed {
    pub(crate) name: String,
    /// As C writes it, without `struct`: `const coslink_pair *`.
    pub(crate) kind: String,
}

impl Header {
    pub(crate) fn read() -> Self {
        let text = fs::read_to_string(root().join("include/coslink.h")).expect("the header");
        let mut header = Self::default();
        let mut doc = String::new();
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            if line.starts_with("/*") {
                doc.clear();
            }
            if line.starts_with("/*") || line.starts_with(" *") {
                doc.push_str(line.trim_start_matches(['/', '*', ' ']));
                doc.push(' ');
                continue;
            }
            let until = |end: &str, lines: &mut std::str::Lines<'_>| -> Vec<String> {
                let inner = lines.by_ref().take_while(|line| !line.starts_with(end));
                let inner = inner.map(str::to_owned).collect::<Vec<_>>().join("\n");
                let inner = without_comments(&inner);
                let kept = inner.lines().map(str::trim).filter(|line| !line.is_empty());
                kept.map(str::to_owned).collect()
            };
            if let Some((name, number)) = line
                .strip_prefix("#define ")
                .and_then(|rest| rest.strip_suffix(')')?.split_once(" ("))
            {
                let numbers = number.parse().map(|number| (name.to_owned(), number));
                header.constants.extend(numbers);
            } else if let Some(name) = line.strip_prefix("enum ") {
                let values = until("};", &mut lines);
                let values = values.iter().filter_map(|line| {
                    let (name, number) = line.strip_suffix(',')?.split_once(" = ")?;
                    Some((name.to_owned(), number.parse().expect("a number")))
                });
                header.enums.push(Enum {
                    name: name.to_owned(),
                    values: values.collect(),
                });
            } else if let Some(rest) = line.strip_prefix("typedef struct ") {
                if let Some(name) = rest.strip_suffix(" {") {
                    let fields = until("}", &mut lines);
                    let fields = fields.iter().filter_map(|line| line.strip_suffix(';'));
                    header.structs.push(Struct {
                        name: name.to_owned(),
                        kind: kind(name, &doc),
                        fields: fields.map(typed).collect(),
                    });
                } else {
                    header
                        .handles
                        .push(last_word(rest.trim_end_matches(';')).to_owned());
                }
            } else if line.contains('(') && !line.starts_with([' ', '#', '}']) {
                if line.starts_with("template") {
                    continue;
                }
                let mut whole = line.to_owned();
                while !whole.ends_with(';') {
                    whole.push(' ');
                    whole.push_str(lines.next().expect("the end of a declaration").trim());
                }
                if let Some(callback) = whole.strip_prefix("typedef ") {
                    header.callbacks.push(function(callback, &doc));
                } else {
                    header.functions.push(function(&whole, &doc));
                }
            }
        }
        header
    }

    /// By name, sorted.
    pub(crate) fn function_names(&self) -> Vec<String> {
        let mut names: Vec<_> = self.functions.iter().map(|f| f.name.clone()).collect();
        names.sort();
        names
    }

    /// As `NAME = NUMBER`.
    pub(crate) fn values(&self) -> Vec<String> {
        let values = self.enums.iter().flat_map(|e| &e.values);
        values
            .map(|(name, number)| format!("{name} = {number}"))
            .collect()
    }

    pub(crate) fn fields(&self, name: &str) -> Vec<&str> {
        let found = self.structs.iter().find(|s| s.name == name);
        let found = found.unwrap_or_else(|| panic!("the header has no {name}"));
        found.fields.iter().map(|f| f.name.as_str()).collect()
    }

    pub(crate) fn needs_function(&self, name: &str) {
        let has = self.functions.iter().any(|f| f.name == name);
        assert!(has, "the header has no {name}()");
    }
}

fn kind(name: &str, doc: &str) -> &'static str {
    let kinds = [
        ("An option struct", "option"),
        ("An output struct", "output"),
        ("Frozen:", "frozen"),
    ];
    let said: Vec<_> = kinds
        .iter()
        .filter(|(text, _)| doc.contains(text))
        .collect();
    assert_eq!(
        said.len(),
        1,
        "the comment of {name} says one kind of struct"
    );
    said[0].1
}

/// `RETURNS NAME(PARAMETERS);` or, for a callback, `RETURNS (*NAME)(PARAMETERS);`.
fn function(text: &str, doc: &str) -> Function {
    let (before, after) = text.rsplit_once('(').expect("parameters");
    let parameters = after.strip_suffix(");").expect("the end of the parameters");
    let named = typed(before.trim_end_matches(')'));
    let since = doc
        .split_once("Since ")
        .map(|(_, version)| version.trim().trim_end_matches('.').to_owned());
    Function {
        returns: named.kind.trim_end_matches("(*").trim_end().to_owned(),
        name: named.name,
        parameters: match parameters {
            "void" => Vec::new(),
            parameters => parameters.split(", ").map(typed).collect(),
        },
        since,
    }
}

fn typed(text: &str) -> Typed {
    let name = last_word(text);
    let kind = text.strip_suffix(name).expect("the name at the end");
    Typed {
        name: name.to_owned(),
        kind: kind.trim().replace("struct ", ""),
    }
}

fn without_comments(text: &str) -> String {
    let mut rest = text;
    let mut kept = String::new();
    while let Some((before, after)) = rest.split_once("/*") {
        kept.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    kept + rest
}

fn last_word(text: &str) -> &str {
    text.rsplit(|c: char| c != '_' && !c.is_ascii_alphanumeric())
        .next()
        .unwrap_or_default()
}
