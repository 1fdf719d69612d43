//! Reading `multipart/form-data` piece by piece: small fields, then one file.

use crate::blob::{Received, Sink};
use crate::inbound::{Inbound, broken};
use crate::reply::{Refusal, refuse};
use crate::request::Request;

const LARGEST_HEADERS: usize = 16 * 1024;
const LARGEST_FIELD: usize = 64 * 1024;
const MOST_FIELDS: usize = 200;

pub(crate) fn malformed_form(what: &str) -> Refusal {
    refuse(
        400,
        "MalformedPOSTRequest",
        format!("The body is not a well-formed form: {what}."),
    )
}

/// The fields before the file.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    /// Names in lower case, each once.
    pub(crate) values: Vec<(String, String)>,
    pub(crate) file_name: String,
}

impl Fields {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.values
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    }
}

/// A form whose body is still coming in.
pub(crate) struct Form<'a> {
    body: &'a mut Inbound,
    buffer: Vec<u8>,
    /// What stands between two parts.
    delimiter: Vec<u8>,
}

impl<'a> Form<'a> {
    pub(crate) fn new(body: &'a mut Inbound, request: &Request) -> Result<Self, Refusal> {
        let kind = request.text("content-type")?.unwrap_or("");
        let (name, parameters) = kind.split_once(';').unwrap_or((kind, ""));
        if !name.trim().eq_ignore_ascii_case("multipart/form-data") {
            return Err(malformed_form("its type is not multipart/form-data"));
        }
        let boundary = parameters
            .split(';')
            .find_map(|one| one.trim().strip_prefix("boundary="))
            .map(|boundary| boundary.trim_matches('"'))
            .filter(|boundary| (1..=70).contains(&boundary.len()))
            .ok_or_else(|| malformed_form("its type has no boundary"))?;
        Ok(Self {
            body,
            // The first boundary has no line end before it.
            buffer: b"\r\n".to_vec(),
            delimiter: format!("\r\n--{boundary}").into_bytes(),
        })
    }

    /// Reads up to the first byte of the file.
    pub(crate) async fn fields(&mut self) -> Result<Fields, Refusal> {
        let mut fields = Fields::default();
        let delimiter = self.delimiter.clone();
        self.until(&delimiter, LARGEST_FIELD).await?;
        loop {
            let line = self.until(b"\r\n", LARGEST_HEADERS).await?;
            if line.starts_with(b"--") {
                return Err(refuse(
                    400,
                    "IncorrectNumberOfFilesInPostRequest",
                    "POST requires exactly one file upload per request.",
                ));
            }
            if line.iter().any(|byte| !b" \t".contains(byte)) {
                return Err(malformed_form("something follows a boundary"));
            }
            let headers = self.until(b"\r\n\r\n", LARGEST_HEADERS).await?;
            let headers = text(headers)?;
            let disposition = headers
                .split("\r\n")
                .filter_map(|line| line.split_once(':'))
                .find(|(name, _)| name.trim().eq_ignore_ascii_case("content-disposition"))
                .ok_or_else(|| malformed_form("a part has no Content-Disposition"))?
                .1;
            let name = parameter(disposition, "name")
                .ok_or_else(|| malformed_form("a part has no name"))?
                .to_lowercase();
            if name == "file" {
                fields.file_name = parameter(disposition, "filename").unwrap_or_default();
                return Ok(fields);
            }
            let value = text(self.until(&delimiter, LARGEST_FIELD).await?)?;
            if fields.get(&name).is_some() {
                return Err(malformed_form("a field is given twice"));
            }
            fields.values.push((name, value));
            if fields.values.len() > MOST_FIELDS {
                return Err(malformed_form("too many fields"));
            }
        }
    }

    /// Stores the file, up to `limit` bytes. What follows it is not looked at.
    pub(crate) async fn file(&mut self, mut sink: Sink, limit: u64) -> Result<Received, Refusal> {
        let mut size = 0;
        loop {
            let found = find(&self.buffer, &self.delimiter);
            // The end of the buffer may be the start of the delimiter.
            let sure = self.buffer.len().saturating_sub(self.delimiter.len() - 1);
            let taken: Vec<u8> = self.buffer.drain(..found.unwrap_or(sure)).collect();
            size += taken.len() as u64;
            if size > limit {
                return Err(refuse(
                    400,
                    "EntityTooLarge",
                    "Your proposed upload exceeds the maximum allowed object size.",
                ));
            }
            sink.write(&taken).map_err(broken)?;
            if found.is_some() {
                return Ok(sink.finish());
            }
            self.more().await?;
        }
    }

    async fn more(&mut self) -> Result<(), Refusal> {
        let piece = self.body.next().await?;
        let piece = piece.ok_or_else(|| malformed_form("it ends too early"))?;
        self.buffer.extend_from_slice(&piece);
        Ok(())
    }

    /// What comes before `mark`, which is taken away with it.
    async fn until(&mut self, mark: &[u8], limit: usize) -> Result<Vec<u8>, Refusal> {
        loop {
            if let Some(at) = find(&self.buffer, mark) {
                let mut taken: Vec<u8> = self.buffer.drain(..at + mark.len()).collect();
                taken.truncate(at);
                return Ok(taken);
            }
            if self.buffer.len() > limit {
                return Err(malformed_form("a field or its head is too long"));
            }
            self.more().await?;
        }
    }
}

fn text(bytes: Vec<u8>) -> Result<String, Refusal> {
    String::from_utf8(bytes).map_err(|_| malformed_form("a field is not UTF-8"))
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    let first = needle.first()?;
    let mut from = 0;
    while let Some(at) = haystack[from..].iter().position(|byte| byte == first) {
        from += at;
        if haystack[from..].starts_with(needle) {
            return Some(from);
        }
        from += 1;
    }
    None
}

/// A parameter of Content-Disposition, with its quotes undone.
fn parameter(disposition: &str, name: &str) -> Option<String> {
    let mut rest = disposition;
    while let Some((_, after)) = rest.split_once(';') {
        let (found, value) = after.trim_start().split_once('=')?;
        let Some(quoted) = value.strip_prefix('"') else {
            let end = value.find(';').unwrap_or(value.len());
            if found.eq_ignore_ascii_case(name) {
                return Some(value[..end].trim().to_owned());
            }
            rest = &value[end..];
            continue;
        };
        let (mut plain, mut escaped, mut end) = (String::new(), false, None);
        for (at, character) in quoted.char_indices() {
            match character {
                '"' if !escaped => {
                    end = Some(at);
                    break;
                }
                '\\' if !escaped && quoted[at + 1..].starts_with('"') => escaped = true,
                other => {
                    plain.push(other);
                    escaped = false;
                }
            }
        }
        if found.eq_ignore_ascii_case(name) {
            return Some(plain);
        }
        rest = &quoted[end?..];
    }
    None
}
