//! Answers and refusals in the service's voice.

use std::fmt::Write as _;

use crate::blob::Blob;

/// The body of an answer.
#[derive(Debug, Default)]
pub(crate) enum Payload {
    #[default]
    Nothing,
    Text(Vec<u8>),
    /// Sent with chunked coding: the status line goes out before the text exists, and each of the
    /// `blanks` lines of white space keeps the connection alive meanwhile.
    Trickle {
        blanks: u32,
        text: Vec<u8>,
    },
    Blob(Blob),
}

/// An answer before it is put on the wire.
#[derive(Debug, Default)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Payload,
    /// What HEAD says the body would be.
    pub(crate) head_length: Option<u64>,
    /// Chunked coding although the length is known.
    pub(crate) chunked: bool,
    /// By how much the length that is told differs from that of the body.
    pub(crate) length_off: i64,
    pub(crate) http_10: bool,
}

impl Reply {
    pub(crate) fn new(status: u16) -> Self {
        Self {
            status,
            ..Self::default()
        }
    }

    pub(crate) fn xml(status: u16, text: String) -> Self {
        let mut reply = Self::new(status).with("Content-Type", "application/xml");
        reply.body = Payload::Text(text.into_bytes());
        reply
    }

    pub(crate) fn with(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers
            .push((name.to_owned(), value.as_ref().to_vec()));
        self
    }

    pub(crate) fn set(&mut self, name: &str, value: impl AsRef<[u8]>) {
        self.headers.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
        self.headers
            .push((name.to_owned(), value.as_ref().to_vec()));
    }

    /// The length of the body.
    pub(crate) fn size(&self) -> u64 {
        match &self.body {
            Payload::Nothing => 0,
            Payload::Text(text) => text.len() as u64,
            Payload::Trickle { blanks, text } => 2 * u64::from(*blanks) + text.len() as u64,
            Payload::Blob(blob) => blob.size(),
        }
    }

    pub(crate) fn header(&mut self, name: &str) -> Option<&mut Vec<u8>> {
        self.headers
            .iter_mut()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, v)| v)
    }
}

/// A request that is turned down.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) details: Vec<(&'static str, String)>,
    pub(crate) headers: Vec<(&'static str, String)>,
}

impl Refusal {
    pub(crate) fn detail(mut self, name: &'static str, text: impl Into<String>) -> Self {
        self.details.push((name, text.into()));
        self
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

pub(crate) fn refuse(status: u16, code: &'static str, message: impl Into<String>) -> Refusal {
    let message = message.into();
    Refusal {
        status,
        code,
        message,
        details: Vec::new(),
        headers: Vec::new(),
    }
}

pub(crate) fn invalid_argument(message: impl Into<String>) -> Refusal {
    refuse(400, "InvalidArgument", message)
}

pub(crate) fn no_such_bucket() -> Refusal {
    refuse(404, "NoSuchBucket", "The specified bucket does not exist.")
}

pub(crate) fn no_such_key() -> Refusal {
    refuse(404, "NoSuchKey", "The specified key does not exist.")
}

pub(crate) fn no_such_upload() -> Refusal {
    refuse(
        404,
        "NoSuchUpload",
        "The specified multipart upload does not exist. The upload ID might be invalid, or the \
         multipart upload might have been aborted or completed.",
    )
}

pub(crate) fn file_already_exists() -> Refusal {
    refuse(409, "FileAlreadyExists", "The file already exists.")
}

/// The ids of one answer.
#[derive(Debug, Clone)]
pub(crate) struct Ids {
    pub(crate) request: String,
    pub(crate) trace: String,
}

/// The `<Error>` document.
pub(crate) fn error_document(
    code: &str,
    message: &str,
    resource: &str,
    ids: &Ids,
    details: &[(&'static str, String)],
) -> String {
    let mut text = String::from("<?xml version='1.0' encoding='utf-8' ?>\n<Error>\n");
    let mut line = |name: &str, value: &str| {
        // An error must be readable whatever the key was.
        let printable = |c: char| {
            if c < ' ' && !"\t\n\r".contains(c) {
                '\u{fffd}'
            } else {
                c
            }
        };
        let value: String = value.chars().map(printable).collect();
        let _ = writeln!(text, "\t<{name}>{}</{name}>", escape(&value));
    };
    line("Code", code);
    line("Message", message);
    line("Resource", resource);
    line("RequestId", &ids.request);
    line("TraceId", &ids.trace);
    for (name, value) in details {
        line(name, value);
    }
    text.push_str("</Error>\n\n");
    text
}

/// Text for an element. Characters that XML 1.0 cannot carry pass as they are, as the service lets
/// them pass: asking for `encoding-type=url` is the client's duty.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\r' => escaped.push_str("&#13;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Builds a document element by element.
#[derive(Debug, Default)]
pub(crate) struct Document(String);

impl Document {
    pub(crate) fn new() -> Self {
        Self(String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"))
    }

    pub(crate) fn open(&mut self, name: &str) {
        let _ = write!(self.0, "<{name}>");
    }

    pub(crate) fn append(&mut self, other: Self) {
        self.0.push_str(&other.0);
    }

    pub(crate) fn close(&mut self, name: &str) {
        let _ = write!(self.0, "</{name}>");
    }

    pub(crate) fn leaf(&mut self, name: &str, text: &str) {
        if text.is_empty() {
            let _ = write!(self.0, "<{name}/>");
        } else {
            let _ = write!(self.0, "<{name}>{}</{name}>", escape(text));
        }
    }

    /// As [`Document::leaf`], but quotes stay: so the service writes some ETags.
    pub(crate) fn raw(&mut self, name: &str, text: &str) {
        let _ = write!(
            self.0,
            "<{name}>{}</{name}>",
            escape(text).replace("&quot;", "\"")
        );
    }

    pub(crate) fn finish(self) -> String {
        self.0
    }
}

/// `2024-03-05T07:08:09.000Z` for seconds since 1970.
pub(crate) fn iso_date(seconds: i64) -> String {
    let days = seconds.div_euclid(86_400);
    let second = seconds.rem_euclid(86_400);
    let (year, month, day) = civil(days);
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.000Z",
        second / 3600,
        second / 60 % 60,
        second % 60
    )
}

/// The days from 1970-01-01 to a date, by the same eras as [`civil`].
pub(crate) fn days_before(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The date of a day counted from 1970-01-01, by eras of 400 years that begin in March.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}
