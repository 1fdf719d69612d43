//! XML in and out.
//!
//! Listings are read by [`Cursor`], which owns nothing but what is asked of it; small documents by
//! serde. Names are matched without namespace prefix, unknown elements are passed over, text is not
//! trimmed. The root decides what a document is: `<Error>` is an error under any status.

use std::borrow::Cow;
use std::io::BufRead;

use quick_xml::Reader;
use quick_xml::escape::{resolve_predefined_entity, unescape};
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::QName;
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
    if cursor.child().ok()? != Some("Error") {
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
    document: &'a str,
    reader: Reader<&'a [u8]>,
    /// The names of the elements that were entered and not left; the last one is the current.
    open: Vec<&'a str>,
}

impl<'a> Cursor<'a> {
    fn new(document: &'a str) -> Self {
        // The service trickles white space before the document while it works.
        let document = document.trim_ascii_start();
        let mut reader = Reader::from_str(document);
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        // It sees neither every start nor every end; `leave` compares them.
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        Self {
            document,
            reader,
            open: Vec::new(),
        }
    }

    /// Enters the root element, which must have this name. `<Error>` becomes the error it says, an
    /// empty document or any other root a `Protocol` error.
    pub(crate) fn open(document: &'a [u8], root: &str, status: u16) -> Result<Self> {
        let mut cursor = Self::new(text_of(document)?);
        match cursor.child()? {
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

    fn error_document(&mut self) -> Result<ErrorDocument> {
        let mut error = ErrorDocument::default();
        while let Some(name) = self.child()? {
            match name {
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
    pub(crate) fn child(&mut self) -> Result<Option<&str>> {
        if let Some(tag) = self.plain_tag() {
            return match tag.strip_prefix('/') {
                Some(name) => self.leave(name).map(|()| None),
                None => self.enter(tag).map(|()| Some(tag)),
            };
        }
        loop {
            match self.reader.read_event().map_err(malformed)? {
                Event::Start(start) => {
                    let name = self.start(&start)?;
                    return Ok(Some(QName(name).local_name().into_inner()));
                }
                Event::End(end) => return self.leave(end.name().0).map(|()| None),
                Event::Eof if !self.open.is_empty() => return Err(cut_short()),
                Event::Eof => return Ok(None),
                _ => {}
            }
        }
    }

    /// What stands in the tag that comes next, where it is a bare name, or a slash and one: nearly all
    /// of a listing's are, and events cost more than they do. Else nothing is read.
    fn plain_tag(&mut self) -> Option<&'a str> {
        // Before the root there may be more than a tag.
        self.open.last()?;
        let rest = self.rest();
        let tag = rest.trim_ascii_start().strip_prefix('<')?;
        let is_plain = |byte: &u8| byte.is_ascii_alphanumeric();
        let slash = usize::from(tag.starts_with('/'));
        let name = tag.as_bytes()[slash..]
            .iter()
            .take_while(|byte| is_plain(byte));
        let length = slash + name.count();
        let (tag, after) = tag.split_at(length);
        let after = after.strip_prefix('>')?;
        let begins_as_name = tag.as_bytes().get(slash)?.is_ascii_alphabetic();
        begins_as_name.then(|| {
            self.reader.stream().consume(rest.len() - after.len());
            tag
        })
    }

    /// The text of the element just entered, up to and with its end.
    pub(crate) fn text(&mut self) -> Result<String> {
        self.borrow_text().map(Cow::into_owned)
    }

    /// The same, borrowed where it stands in the document as it is.
    pub(crate) fn borrow_text(&mut self) -> Result<Cow<'a, str>> {
        if let Some(text) = self.plain_text()? {
            return Ok(text);
        }
        let mut text = Cow::Borrowed("");
        loop {
            match self.reader.read_event().map_err(malformed)? {
                Event::Text(part) => append(&mut text, part.xml10_content()),
                Event::CData(part) => append(&mut text, part.xml10_content()),
                Event::GeneralRef(reference) => append(&mut text, resolved(&reference)?),
                Event::Start(start) => {
                    self.start(&start)?;
                    self.skip()?;
                }
                Event::End(end) => return self.leave(end.name().0).map(|()| text),
                Event::Eof => return Err(cut_short()),
                _ => {}
            }
        }
    }

    /// The text of the element just entered, and its end, when there is nothing else in it: most of a
    /// listing is such text, and events cost more than it does. Else nothing is read.
    fn plain_text(&mut self) -> Result<Option<Cow<'a, str>>> {
        let rest = self.rest();
        let is_special = |byte| matches!(byte, b'<' | b'&' | b'\r');
        let special = rest.bytes().position(is_special).unwrap_or_default();
        let length = match rest.as_bytes().get(special) {
            Some(b'&') => rest.find('<').unwrap_or_default(),
            _ => special,
        };
        let (raw, tail) = rest.split_at(length);
        let name = self.open.last().copied().unwrap_or_default();
        let after = tail
            .strip_prefix("</")
            .and_then(|end| end.strip_prefix(name));
        let Some(after) = after.and_then(|end| end.strip_prefix('>')) else {
            return Ok(None);
        };
        let text = match special == length {
            true => Cow::Borrowed(raw),
            false if raw.contains('\r') => return Ok(None),
            false => unescape(raw).map_err(malformed)?,
        };
        self.reader.stream().consume(rest.len() - after.len());
        self.open.pop();
        Ok(Some(text))
    }

    /// What comes in the element just entered and after it; nothing for an element without content.
    fn rest(&self) -> &'a str {
        let left = self.reader.get_ref().len();
        let (before, rest) = self.document.split_at(self.document.len() - left);
        if before.ends_with("/>") { "" } else { rest }
    }

    /// Reads the element just entered, or takes what was made of the `last` one where this one is the
    /// same to the letter, as the owners of a listing are.
    pub(crate) fn read_once<T: Clone>(
        &mut self,
        last: &mut Option<(&'a str, T)>,
        read: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        let rest = self.rest();
        if let Some((spelled, value)) = last
            && rest.starts_with(*spelled)
        {
            self.reader.stream().consume(spelled.len());
            self.open.pop();
            return Ok(value.clone());
        }
        let value = read(self)?;
        let spelled = &rest[..rest.len().saturating_sub(self.reader.get_ref().len())];
        if !spelled.is_empty() {
            *last = Some((spelled, value.clone()));
        }
        Ok(value)
    }

    /// The text of the element just entered as a number.
    pub(crate) fn number<T: std::str::FromStr>(&mut self) -> Result<T> {
        let text = self.borrow_text()?;
        let not_a_number = |_| malformed(format!("{text:?} is no number"));
        text.trim().parse().map_err(not_a_number)
    }

    /// The text of the element just entered as a truth value.
    pub(crate) fn boolean(&mut self) -> Result<bool> {
        let text = self.borrow_text()?;
        match text.trim() {
            "true" | "TRUE" | "True" => Ok(true),
            "false" | "FALSE" | "False" => Ok(false),
            other => Err(malformed(format!("{other:?} is neither true nor false"))),
        }
    }

    /// Passes over the rest of the element just entered.
    pub(crate) fn skip(&mut self) -> Result<()> {
        let current = self.open.len();
        while self.open.len() >= current {
            match self.reader.read_event().map_err(malformed)? {
                Event::Start(start) => self.start(&start).map(drop)?,
                Event::End(end) => self.leave(end.name().0)?,
                Event::Eof => return Err(cut_short()),
                _ => {}
            }
        }
        Ok(())
    }

    /// Enters what begins so, and returns its whole name, where it stands in the document.
    fn start(&mut self, start: &BytesStart<'_>) -> Result<&'a str> {
        let name = start.name().0;
        let at = name
            .as_ptr()
            .addr()
            .checked_sub(self.document.as_ptr().addr());
        let name = at.and_then(|at| self.document.get(at..at + name.len()));
        let name = name.ok_or_else(|| malformed("an element begins outside of it"))?;
        self.enter(name).map(|()| name)
    }

    fn enter(&mut self, name: &'a str) -> Result<()> {
        if self.open.len() == MAX_DEPTH {
            return Err(malformed("elements stand too deep in each other"));
        }
        self.open.push(name);
        Ok(())
    }

    fn leave(&mut self, name: &str) -> Result<()> {
        match self.open.pop() {
            Some(start) if start == name => Ok(()),
            _ => Err(malformed(format!("</{name}> ends nothing"))),
        }
    }
}

/// Puts a piece behind the others; the only one stays where it is.
fn append<'a>(text: &mut Cow<'a, str>, part: Cow<'a, str>) {
    match text.is_empty() {
        true => *text = part,
        false => text.to_mut().push_str(&part),
    }
}

/// What `&name;` or `&#number;` stands for.
fn resolved(reference: &BytesRef<'_>) -> Result<Cow<'static, str>> {
    if let Some(c) = reference.resolve_char_ref().map_err(malformed)? {
        return Ok(Cow::Owned(c.into()));
    }
    let unknown = || malformed(format!("unknown entity &{};", &**reference));
    let known = resolve_predefined_entity(reference);
    known.map(Cow::Borrowed).ok_or_else(unknown)
}

fn cut_short() -> Error {
    Error::new(
        ErrorKind::Protocol,
        "the answer ends in the middle of its XML",
    )
    .with_retryable(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(spelled: &str) -> Option<String> {
        let document = format!("<r>{spelled}<z>end</z></r>");
        let mut xml = Cursor::open(document.as_bytes(), "r", 200).ok()?;
        xml.child().ok()??;
        let text = xml.text().ok()?;
        assert_eq!(xml.child().ok()?, Some("z"));
        assert_eq!(xml.text().ok()?, "end");
        assert_eq!(xml.child().ok()?, None);
        Some(text)
    }

    /// A text is the same whether it stands alone in its element or in pieces, a tag whether it is a bare
    /// name or not.
    #[test]
    fn every_spelling_of_a_text_is_read() {
        let rows = [
            ("<a>x</a>", Some("x")),
            ("<a></a>", Some("")),
            ("<a/>", Some("")),
            ("<a b='/' >x</a >", Some("x")),
            ("<n:a>x</n:a>", Some("x")),
            ("<a> x\ty </a>", Some(" x\ty ")),
            ("<a>x\r\ny</a>", Some("x\ny")),
            ("<a>&quot;x&#233;&lt;</a>", Some("\"xé<")),
            ("<a>&amp;x\r\n</a>", Some("&x\n")),
            ("<a>x<![CDATA[<&]]>y&gt;</a>", Some("x<&y>")),
            ("<a>x<!-- > -->y</a>", Some("xy")),
            ("<a>x<b>no</b>y</a>", Some("xy")),
            ("\n <a>x</a>\t", Some("x")),
            ("x<a>x</a>y", Some("x")),
            ("<!-- <a> --><a>x</a><!-- </r> -->", Some("x")),
            ("<a>x</a></b>", None),
            ("<a>x</a></>", None),
            ("<a>x</a></1>", None),
            ("<a>x</b>", None),
            ("<a>x<b></a></b>", None),
            ("<a>&unknown;</a>", None),
            ("<a>&amp</a>", None),
            ("<a>x</a", None),
            ("</a>", None),
        ];
        for (spelled, expected) in rows {
            assert_eq!(text(spelled).as_deref(), expected, "{spelled}");
        }
    }

    #[test]
    fn only_an_element_that_is_the_same_is_not_read_again() {
        let owners = [
            "<o><i>1</i></o>",
            "<o><i>1</i></o>",
            "<o><i>1</i><i>2</i></o>",
            "<o><i>1</i></o >",
            "<o/>",
            "<o/>",
            "<o></o>",
        ];
        let document = format!("<r>{}</r>", owners.concat());
        let mut xml = Cursor::open(document.as_bytes(), "r", 200).unwrap();
        let (mut last, mut reads, mut found) = (None, 0, Vec::new());
        while xml.child().unwrap().is_some() {
            let read = |xml: &mut Cursor<'_>| {
                reads += 1;
                let mut texts = String::new();
                while xml.child()?.is_some() {
                    texts += &xml.text()?;
                }
                Ok(texts)
            };
            found.push(xml.read_once(&mut last, read).unwrap());
        }
        assert_eq!(found, ["1", "1", "12", "1", "", "", ""]);
        assert_eq!(reads, owners.len() - 1);
    }
}
