//! The arguments that every client takes: `OP --name value ...`.

use std::collections::HashMap;
use std::io::{Error, Result};
use std::str::FromStr;

/// What a client is to do.
#[derive(Clone, Debug)]
pub struct Words {
    /// put, get, put1, small-put, small-get or list.
    pub op: String,
    values: HashMap<String, String>,
}

impl Words {
    /// Of the arguments after the program's name.
    pub fn new(arguments: impl IntoIterator<Item = String>) -> Result<Self> {
        let mut arguments = arguments.into_iter();
        let op = arguments
            .next()
            .ok_or_else(|| Error::other("which workload?"))?;
        let mut values = HashMap::new();
        while let Some(name) = arguments.next() {
            let missing = || Error::other(format!("{name} has no value"));
            values.insert(name.clone(), arguments.next().ok_or_else(missing)?);
        }
        Ok(Self { op, values })
    }

    /// The value of `--name`.
    pub fn text<'a>(&'a self, name: &str, standard: &'a str) -> &'a str {
        self.values.get(name).map_or(standard, String::as_str)
    }

    /// The value of `--name` as a number.
    pub fn number<T: FromStr>(&self, name: &str, standard: T) -> Result<T> {
        let Some(text) = self.values.get(name) else {
            return Ok(standard);
        };
        text.parse()
            .map_err(|_| Error::other(format!("{name}: {text} is no number")))
    }
}
