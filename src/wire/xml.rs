//! XML in and out.
//!
//! Listings are read by [`Cursor`], which owns nothing but what is asked of it; small documents by
//! serde. Names are matched without namespace prefix, unknown elements are passed over, text is not
//! trimmed. The root decides what a document is: `<Error>` is an error under any status.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::fault;
use crate::error::{Error, ErrorKind, Result};

/// How deep elements may stand in each other; COS's documents need 6.
const MAX_DEPTH: usize = 32;

/// The `<Error>` document; every part may be missing.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct ErrorDocument {
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) resource: String,
    pub(crate) request_id: String,
    pub(crate) trace_id: String,
}

/// Reads a small document with this root under a success status.
pub(crate) fn read<T: DeserializeOwned>(document: &[u8], root: &str, status: u16) -> Result<T> {
    Cursor::open(document, root, status)?;
    quick_xml::de::from_str(text_of(document)?).map_err(malformed)
}

/// The document as an error document, when its root is `<Error>`.
pub(crate) fn error_document(document: &[u8]) -> Option<ErrorDocument> {
    let text = std::str::from_utf8(document).ok()?;
    let mut cursor = Cursor::new(text);
    if cursor.root().ok()?.as_deref() != Some("Error") {
        return None;
    }
    cursor.error_document().ok()
}

/// Writes a document.
pub(crate) fn write(document: &impl Serialize) -> Result<String> {
    quick_xml::se::to_string(document)
        .map_err(|e| Error::new(ErrorKind::Internal, "cannot write XML").with_source(e))
}

fn text_of(document: &[u8]) -> Result<&str> {
    let start = document.iter().position(|byte| !byte.is_ascii_whitespace());
    let document = &document[start.unwrap_or(document.len())..];
    std::str::from_utf8(document).map_err(malformed)
}

fn malformed(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    let error = error.into();
    // What is malformed may be shown in a terminal or a log.
    let message = fault::one_line(&format!("the answer is malformed XML: {error}"));
    Error::new(ErrorKind::Protocol, message).with_source(error)
}

/// Walks through a document, element by element.
pub(crate) struct Cursor<'a> {
    reader: Reader<&'a [u8]>,
    depth: usize,
}

impl<'a> Cursor<'a> {
    fn new(document: &'a str) -> Self {
        // The service trickles white space before the document while it works.
        let mut reader = Reader::from_str(document.trim_ascii_start());
        reader.config_mut().expand_empty_elements = true;
        Self { reader, depth: 0 }
    }

    /// Enters the root element, which must have this name. `<Error>` becomes the error it says, an
    /// empty document or any other root a `Protocol` error.
    pub(crate) fn open(document: &'a [u8], root: &str, status: u16) -> Result<Self> {
        let mut cursor = Self::new(text_of(document)?);
        match cursor.root()?.as_deref() {
            Some(name) if name == root => Ok(cursor),
            Some("Error") => Err(fault::in_success(status, cursor.error_document()?)),
            Some(name) => {
                let message = format!("the answer is <{name}> where <{root}> was expected");
                Err(Error::new(ErrorKind::Protocol, fault::one_line(&message)))
            }
            None => {
                let message = format!("the answer is empty where <{root}> was expected");
                Err(Error::new(ErrorKind::Protocol, message).with_retryable(true))
            }
        }
    }

    fn root(&mut self) -> Result<Option<String>> {
        self.child()
    }

    fn error_document(&mut self) -> Result<ErrorDocument> {
        let mut error = ErrorDocument::default();
        while let Some(name) = self.child()? {
            match name.as_str() {
                "Code" => error.code = self.text()?,
                "Message" => error.message = self.text()?,
                "Resource" => error.resource = self.text()?,
                "RequestId" => error.request_id = self.text()?,
                "TraceId" => error.trace_id = self.text()?,
                _ => self.skip()?,
            }
        }
        Ok(error)
    }

    /// Enters the next child of the current element and returns its local name; at the end of the
    /// current element leaves it and returns None.
    pub(crate) fn child(&mut self) -> Result<Option<String>> {
        loop {
            match self.reader.read_event().map_err(malformed)? {
                Event::Start(start) => {
                    let name = local_name(&start);
                    self.enter()?;
                    return Ok(Some(name));
                }
                Event::End(_) => {
                    self.depth -= 1;
                    return Ok(None);
                }
                Event::Eof if self.depth > 0 => return Err(cut_short()),
                Event::Eof => return Ok(None),
                _ => {}
            }
        }
    }

    /// The text of the element just entered, up to and with its end.
    pub(crate) fn text(&mut self) -> Result<String> {
        let mut text = String::new();
        loop {
            match self.reader.read_event().map_err(malformed)? {
                Event::Text(part) => text.push_str(&part.xml10_content()),
                Event::CData(part) => text.push_str(&part.xml10_content()),
                Event::GeneralRef(reference) => {
                    if let Some(c) = reference.resolve_char_ref().map_err(malformed)? {
                        text.push(c);
                    } else {
                        let known = resolve_predefined_entity(&reference);
                        let unknown = || malformed(format!("unknown entity &{};", &*reference));
                        text.push_str(known.ok_or_else(unknown)?);
                    }
                }
                Event::Start(_) => {
                    self.enter()?;
                    self.skip()?;
                }
                Event::End(_) => {
                    self.depth -= 1;
                    return Ok(text);
                }
                Event::Eof => return Err(cut_short()),
                _ => {}
            }
        }
    }

    /// The text of the element just entered as a number.
    pub(crate) fn number<T: std::str::FromStr>(&mut self) -> Result<T> {
        let text = self.text()?;
        let not_a_number = |_| malformed(format!("{text:?} is no number"));
        text.trim().parse().map_err(not_a_number)
    }

    /// The text of the element just entered as a truth value.
    pub(crate) fn boolean(&mut self) -> Result<bool> {
        let text = self.text()?;
        match text.trim() {
            "true" | "TRUE" | "True" => Ok(true),
            "false" | "FALSE" | "False" => Ok(false),
            other => Err(malformed(format!("{other:?} is neither true nor false"))),
        }
    }

    /// Passes over the rest of the element just entered.
    pub(crate) fn skip(&mut self) -> Result<()> {
        let outside = self.depth - 1;
        while self.depth > outside {
            match self.reader.read_event().map_err(malformed)? {
                Event::Start(_) => self.enter()?,
                Event::End(_) => self.depth -= 1,
                Event::Eof => return Err(cut_short()),
                _ => {}
            }
        }
        Ok(())
    }

    fn enter(&mut self) -> Result<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(malformed("elements stand too deep in each other"));
        }
        Ok(())
    }
}

fn local_name(start: &BytesStart<'_>) -> String {
    start.local_name().as_ref().to_owned()
}

fn cut_short() -> Error {
    Error::new(
        ErrorKind::Protocol,
        "the answer ends in the middle of its XML",
    )
    .with_retryable(true)
}
