//! The fault script: one line says what goes wrong, for which request, how often.
//!
//! ```text
//! OPERATION [key=K] [part=N] [after=N] [times=N|forever] [chance=P seed=N] ACTION...
//! ```
//!
//! `OPERATION` is a name of the journal (`PutObject`, `UploadPart`, ...) or `*`. `after=N` lets N
//! matching requests pass first; `times` is 1 unless said otherwise; `chance=P` strikes P of a
//! hundred, drawn from the seed. `key`, `code`, `message`,
//! `body`, `header` and `raw` are percent-decoded. Several actions on one line work together.
//! NOTES.md lists the actions.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::damage::{Damage, check_place};
use crate::encode::decode;
use crate::luck::Luck;

/// A place in the body of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Where {
    Byte(u64),
    FromEnd(u64),
    Half,
}

impl Where {
    pub(crate) fn of(self, size: u64) -> u64 {
        match self {
            Self::Byte(at) => at.min(size),
            Self::FromEnd(count) => size.saturating_sub(count),
            Self::Half => size / 2,
        }
    }
}

/// How a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// It goes on.
    Keep,
    Close,
    Reset,
    /// Nothing more is sent or read; the connection stays open.
    Hold,
}

/// What happens instead of the operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Instead {
    /// No answer.
    End(Ending),
    /// These bytes, then the end of the connection.
    Raw(Vec<u8>),
    /// An error answer after the body was read.
    Status(u16),
    /// An error answer while the body is still unread.
    Early(u16, Ending),
    /// Status 200, white space, then this error.
    ErrorIn200(String),
    /// Status 200 and nothing else.
    Empty200,
}

/// A change of a good answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Edit {
    NoRequestId,
    Empty,
    TruncateXml,
    Blanks(u32),
    WrongEtag,
    WrongCrc,
    NoCrc,
    WrongContentRange,
    HugeHeaders(usize),
    HugeXml(usize),
    DeepXml(usize),
    Header(String, Vec<u8>),
    AddHeader(String, Vec<u8>),
    Drop(String),
    Date(i64),
    Flip(u64),
    Chunked,
    Length(i64),
    Http10,
}

/// All that one line does to one request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) instead: Option<Instead>,
    /// Bytes of the request's body to read before `instead`.
    pub(crate) upload: Option<u64>,
    pub(crate) code: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) delay: Option<Duration>,
    pub(crate) ignore_range: bool,
    pub(crate) edits: Vec<Edit>,
    /// Where in the answer's body the connection ends, and how.
    pub(crate) ending: Option<(Where, Ending)>,
    /// The operation is done, then the connection ends without an answer.
    pub(crate) drop_answer: bool,
    /// Bytes a second of the answer's body.
    pub(crate) rate: Option<u64>,
    /// The head of the answer comes a byte at a time, with so much between two.
    pub(crate) slow_head: Option<Duration>,
    /// Seconds by which the clock of an answer differs.
    pub(crate) skew: Option<i64>,
    /// The error of one key of a request for many.
    pub(crate) deny: Option<String>,
    pub(crate) damage: Damage,
}

/// Why one key of many was not served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Denial {
    pub(crate) code: String,
    pub(crate) message: String,
}

#[derive(Debug, Clone)]
struct Fault {
    operation: String,
    key: Option<String>,
    part: Option<String>,
    after: u64,
    /// None is for ever.
    times: Option<u64>,
    /// None is always.
    luck: Option<Luck>,
    plan: Plan,
}

/// The script in force; earlier lines come first.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    pub(crate) fn add(&self, line: &str) -> Result<(), String> {
        let fault = parse(line)?;
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(fault);
        Ok(())
    }

    pub(crate) fn clear(&self) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    /// The plan of the first line that strikes this request. Each matching line counts the
    /// request until one strikes.
    pub(crate) fn strike(&self, operation: &str, key: &str, part: Option<&str>) -> Option<Plan> {
        self.first(operation, key, part, false)
    }

    /// The error that strikes one key of a request for many.
    pub(crate) fn deny(&self, operation: &str, key: &str) -> Option<Denial> {
        let plan = self.first(operation, key, None, true)?;
        Some(Denial {
            code: plan.deny?,
            message: plan
                .message
                .unwrap_or_else(|| "A fault of the script.".to_owned()),
        })
    }

    fn first(&self, operation: &str, key: &str, part: Option<&str>, denials: bool) -> Option<Plan> {
        let mut faults = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for fault in faults.iter_mut() {
            let fits = (fault.operation == "*" || fault.operation == operation)
                && fault.key.as_ref().is_none_or(|wanted| wanted == key)
                && fault
                    .part
                    .as_ref()
                    .is_none_or(|wanted| Some(wanted.as_str()) == part);
            if !fits || fault.times == Some(0) || fault.plan.deny.is_some() != denials {
                continue;
            }
            if fault.after > 0 {
                fault.after -= 1;
                continue;
            }
            if fault.luck.as_mut().is_some_and(|luck| !luck.strikes()) {
                continue;
            }
            fault.times = fault.times.map(|times| times - 1);
            return Some(fault.plan.clone());
        }
        None
    }
}

fn parse(line: &str) -> Result<Fault, String> {
    let mut words = line.split_whitespace();
    let operation = words.next().ok_or("an empty fault")?.to_owned();
    if !operation.starts_with(|c: char| c.is_ascii_uppercase() || c == '*')
        || operation.contains('=')
    {
        return Err(format!(
            "a fault begins with an operation or *, not {operation}"
        ));
    }
    let mut fault = Fault {
        operation,
        key: None,
        part: None,
        after: 0,
        times: Some(1),
        luck: None,
        plan: Plan::default(),
    };
    let (mut chance, mut seed) = (None, 0);
    for word in words {
        let (name, value) = word
            .split_once('=')
            .map_or((word, None), |(n, v)| (n, Some(v)));
        match (name, value) {
            ("key", Some(value)) => fault.key = Some(text(name, value)?),
            ("part", Some(value)) => fault.part = Some(number::<u32>(name, value)?.to_string()),
            ("after", Some(value)) => fault.after = number(name, value)?,
            ("times", Some("forever")) => fault.times = None,
            ("times", Some(value)) => fault.times = Some(number(name, value)?),
            ("chance", Some(value)) => chance = Some(number(name, value)?),
            ("seed", Some(value)) => seed = number(name, value)?,
            _ => {
                check_place(&fault.operation, name)?;
                fault.plan.read(name, value)?;
            }
        }
    }
    fault.luck = chance.map(|percent| Luck::new(percent, seed));
    if fault.plan == Plan::default() {
        return Err(format!("no action in {line:?}"));
    }
    let denial = Plan {
        deny: fault.plan.deny.clone(),
        message: fault.plan.message.clone(),
        ..Plan::default()
    };
    if fault.plan.deny.is_some() && fault.plan != denial {
        return Err("deny goes with message only".to_owned());
    }
    if fault.plan.instead.is_none() && fault.plan.deny.is_none() && fault.plan.names_error() {
        return Err("code, message, body and upload go with an action that needs them".to_owned());
    }
    Ok(fault)
}

impl Plan {
    fn names_error(&self) -> bool {
        self.code.is_some()
            || self.message.is_some()
            || self.body.is_some()
            || self.upload.is_some()
    }

    fn read(&mut self, name: &str, value: Option<&str>) -> Result<(), String> {
        let seconds = |value: &str| -> Result<i64, String> { number(name, value) };
        match (name, value) {
            ("reset", None) => self.instead(Instead::End(Ending::Reset))?,
            ("close", None) => self.instead(Instead::End(Ending::Close))?,
            ("stall", None) => self.instead(Instead::End(Ending::Hold))?,
            ("cut", Some(value)) => self.ending(value, Ending::Close)?,
            ("reset", Some(value)) => self.ending(value, Ending::Reset)?,
            ("stall", Some(value)) => self.ending(value, Ending::Hold)?,
            ("raw", Some(value)) => self.instead(Instead::Raw(bytes(name, value)?))?,
            ("status", Some(value)) => self.instead(Instead::Status(status(value)?))?,
            ("early", Some(value)) => self.instead(Instead::Early(status(value)?, Ending::Hold))?,
            ("early-close", Some(value)) => {
                self.instead(Instead::Early(status(value)?, Ending::Close))?;
            }
            ("early-reset", Some(value)) => {
                self.instead(Instead::Early(status(value)?, Ending::Reset))?;
            }
            ("error-200", Some(value)) => self.instead(Instead::ErrorIn200(text(name, value)?))?,
            ("refused-empty-200", None) => self.instead(Instead::Empty200)?,
            ("upload", Some(value)) => self.upload = Some(number(name, value)?),
            ("deny", Some(value)) => self.deny = Some(text(name, value)?),
            ("code", Some(value)) => self.code = Some(text(name, value)?),
            ("message", Some(value)) => self.message = Some(text(name, value)?),
            ("body", Some(value)) => self.body = Some(bytes(name, value)?),
            ("delay", Some(value)) => {
                self.delay = Some(Duration::from_millis(number(name, value)?))
            }
            ("slow-head", Some(value)) => {
                self.slow_head = Some(Duration::from_millis(number(name, value)?));
            }
            ("rate", Some(value)) => self.rate = Some(number::<u64>(name, value)?.max(1)),
            ("skew", Some(value)) => {
                self.skew = Some(seconds(value)?);
                self.instead(Instead::Status(403))?;
                self.code
                    .get_or_insert_with(|| "RequestTimeTooSkewed".to_owned());
            }
            ("drop-answer", None) => self.drop_answer = true,
            ("ignore-range", None) => self.ignore_range = true,
            ("retry-after", Some(value)) => {
                let header = Edit::Header("Retry-After".into(), bytes(name, value)?);
                self.edits.push(header);
            }
            _ if self.damage.read(name, value)? => {}
            _ => self.edits.push(edit(name, value)?),
        }
        Ok(())
    }

    fn instead(&mut self, instead: Instead) -> Result<(), String> {
        match self.instead.replace(instead) {
            None => Ok(()),
            Some(_) => Err("one line replaces the answer once only".to_owned()),
        }
    }

    fn ending(&mut self, at: &str, ending: Ending) -> Result<(), String> {
        let at = match at.strip_prefix('-') {
            _ if at == "half" => Where::Half,
            Some(count) => Where::FromEnd(number("a place from the end", count)?),
            None => Where::Byte(number("a place", at)?),
        };
        match self.ending.replace((at, ending)) {
            None => Ok(()),
            Some(_) => Err("one line ends the answer once only".to_owned()),
        }
    }
}

fn edit(name: &str, value: Option<&str>) -> Result<Edit, String> {
    Ok(match (name, value) {
        ("no-request-id", None) => Edit::NoRequestId,
        ("empty-200", None) => Edit::Empty,
        ("truncate-xml", None) => Edit::TruncateXml,
        ("blanks", Some(value)) => Edit::Blanks(number(name, value)?),
        ("wrong-etag", None) => Edit::WrongEtag,
        ("wrong-crc", None) => Edit::WrongCrc,
        ("no-crc", None) => Edit::NoCrc,
        ("wrong-content-range", None) => Edit::WrongContentRange,
        ("huge-headers", Some(value)) => Edit::HugeHeaders(number(name, value)?),
        ("huge-xml", Some(value)) => Edit::HugeXml(number(name, value)?),
        ("deep-xml", Some(value)) => Edit::DeepXml(number(name, value)?),
        ("drop-header", Some(value)) => Edit::Drop(value.to_owned()),
        ("date", Some(value)) => Edit::Date(number(name, value)?),
        ("flip", Some(value)) => Edit::Flip(number(name, value)?),
        ("chunked", None) => Edit::Chunked,
        ("length", Some(value)) => Edit::Length(number(name, value)?),
        ("http-1.0", None) => Edit::Http10,
        ("header" | "add-header", Some(value)) => {
            let (header, value) = value.split_once(':').ok_or("header=NAME:VALUE")?;
            let token = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            if header.is_empty() || !header.chars().all(token) {
                return Err(format!("{header} is no header name"));
            }
            let (header, value) = (header.to_owned(), bytes(name, value)?);
            match name {
                "header" => Edit::Header(header, value),
                _ => Edit::AddHeader(header, value),
            }
        }
        (name, None) => return Err(format!("no such action: {name}, or its value is missing")),
        (name, Some(_)) => return Err(format!("no such action with a value: {name}")),
    })
}

pub(crate) fn number<T: std::str::FromStr>(name: &str, value: &str) -> Result<T, String> {
    value
        .parse()
        .map_err(|_| format!("{name}: {value} is not a fitting number"))
}

fn status(value: &str) -> Result<u16, String> {
    let status = number("a status", value)?;
    if (200..=599).contains(&status) {
        Ok(status)
    } else {
        Err(format!("{value} is no status"))
    }
}

fn bytes(name: &str, value: &str) -> Result<Vec<u8>, String> {
    decode(value.as_bytes()).ok_or_else(|| format!("{name}: bad percent escape"))
}

fn text(name: &str, value: &str) -> Result<String, String> {
    String::from_utf8(bytes(name, value)?).map_err(|_| format!("{name} is not UTF-8"))
}
