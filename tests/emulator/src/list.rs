//! The walk that all listings share.

use crate::encode::encode_path;
use crate::reply::{Refusal, invalid_argument};
use crate::request::Request;

/// One line of a listing.
#[derive(Debug)]
pub(crate) enum Line<T> {
    Entry(T),
    Prefix(String),
}

/// Up to `limit` lines, and whether there are more.
#[derive(Debug)]
pub(crate) struct Page<T> {
    pub(crate) lines: Vec<Line<T>>,
    pub(crate) truncated: bool,
}

/// Rolls up the keys that share a prefix up to `delimiter`. `next` gives the first entry whose key
/// lies after a bound; `seen` is the marker: a common prefix equal to it was on an earlier page.
pub(crate) fn walk<T>(
    prefix: &str,
    delimiter: &str,
    limit: usize,
    seen: &str,
    mut next: impl FnMut(Step<'_>) -> Option<(String, T)>,
) -> Page<T> {
    let mut lines = Vec::new();
    let mut beyond = None::<String>;
    let mut rolled_last = String::new();
    loop {
        let step = beyond.as_deref().map_or(Step::Next, Step::Beyond);
        let Some((key, entry)) = next(step) else {
            break;
        };
        beyond = None;
        let Some(rest) = key.strip_prefix(prefix) else {
            break;
        };
        let rolled = (!delimiter.is_empty())
            .then(|| rest.find(delimiter))
            .flatten()
            .map(|at| &key[..prefix.len() + at + delimiter.len()]);
        let line = match rolled {
            None => Line::Entry(entry),
            // A jump may land before the end of a prefix; from there it goes step by step.
            Some(common) if common == rolled_last => continue,
            Some(common) => {
                beyond = Some(common.to_owned());
                common.clone_into(&mut rolled_last);
                if common == seen {
                    continue;
                }
                Line::Prefix(common.to_owned())
            }
        };
        if lines.len() == limit {
            return Page {
                lines,
                truncated: true,
            };
        }
        lines.push(line);
    }
    Page {
        lines,
        truncated: false,
    }
}

/// How to find the next entry of a walk.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step<'a> {
    /// The one after the last.
    Next,
    /// The first one whose key does not begin with this.
    Beyond(&'a str),
}

/// How names are written in a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spelling {
    Plain,
    Url,
}

impl Spelling {
    pub(crate) fn of(request: &Request) -> Result<Self, Refusal> {
        match request.filled("encoding-type") {
            None => Ok(Self::Plain),
            Some("url") => Ok(Self::Url),
            Some(_) => Err(invalid_argument("encoding-type is url.")),
        }
    }

    pub(crate) fn write(self, name: &str) -> String {
        match self {
            Self::Plain => name.to_owned(),
            Self::Url => encode_path(name.as_bytes()),
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Url => "url",
        }
    }
}

/// A page size: 1 to `most`, more is cut to `most`; absent or empty is `most`.
pub(crate) fn page_size(request: &Request, name: &str, most: usize) -> Result<usize, Refusal> {
    match request.filled(name).map(str::parse::<usize>) {
        None => Ok(most),
        Some(Ok(size)) if size >= 1 => Ok(size.min(most)),
        Some(_) => Err(invalid_argument(format!("{name} is 1 to {most}."))),
    }
}
