//! The one error of the crate: a kind to branch on, and what the service said.

use std::fmt;

/// The result of every fallible call.
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong, by meaning.
///
/// The numbers are the C library's `coslink_status`: they are never reused and never change.
/// New kinds may appear in any version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(i32)]
pub enum ErrorKind {
    /// An argument cannot be used; the message names it. No byte was sent.
    InvalidArgument = 1,
    /// There are no usable credentials. No byte was sent.
    Credentials = 2,
    /// A local file could not be opened, read, written or renamed.
    LocalIo = 3,
    /// The connection could not be made, broke, or was not secure.
    Transport = 4,
    /// The name lookup, the connection or the data did not move in time.
    Timeout = 5,
    /// The service refused the credentials, the signature or the permission (401, 403).
    Denied = 6,
    /// The bucket, object, version or upload does not exist (404).
    NotFound = 7,
    /// A condition of the request was not met (304 where it is no answer, 409, 412, 416).
    Precondition = 8,
    /// The service asks for fewer requests (429, 503 `SlowDown`).
    Throttled = 9,
    /// Any other error answer of the service.
    Service = 10,
    /// The answer is not what the protocol allows: cut short, malformed, or for another request.
    Protocol = 11,
    /// Length, Content-MD5 or CRC64 of the data differ from what was promised.
    Integrity = 12,
    /// The caller asked to stop.
    Cancelled = 13,
    /// The object of the call is not in a state that allows it.
    WrongState = 14,
    /// A function of the caller's (reader, writer, progress) failed.
    Callback = 15,
    /// A bug in coslink. Please report it.
    Internal = 16,
    /// The local file changed while it was being sent.
    SourceChanged = 17,
    /// Another transfer, of this or another process, is at the same file.
    Busy = 18,
}

impl ErrorKind {
    /// All kinds, in the order of their numbers.
    pub const ALL: &[ErrorKind] = &[
        Self::InvalidArgument,
        Self::Credentials,
        Self::LocalIo,
        Self::Transport,
        Self::Timeout,
        Self::Denied,
        Self::NotFound,
        Self::Precondition,
        Self::Throttled,
        Self::Service,
        Self::Protocol,
        Self::Integrity,
        Self::Cancelled,
        Self::WrongState,
        Self::Callback,
        Self::Internal,
        Self::SourceChanged,
        Self::Busy,
    ];

    /// The kind that an error answer of the service belongs to.
    pub(crate) fn of_answer(status: u16, code: &str) -> Self {
        match (status, code) {
            (503, "SlowDown") | (429, _) => Self::Throttled,
            (401 | 403, _) => Self::Denied,
            (404, _) => Self::NotFound,
            (304 | 409 | 412 | 416, _) => Self::Precondition,
            _ => Self::Service,
        }
    }

    /// The kind in words, as the first part of an error's text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidArgument => "invalid argument",
            Self::Credentials => "no usable credentials",
            Self::LocalIo => "local file error",
            Self::Transport => "transport error",
            Self::Timeout => "timed out",
            Self::Denied => "denied",
            Self::NotFound => "not found",
            Self::Precondition => "precondition not met",
            Self::Throttled => "throttled",
            Self::Service => "service error",
            Self::Protocol => "protocol error",
            Self::Integrity => "integrity error",
            Self::Cancelled => "cancelled",
            Self::WrongState => "wrong state",
            Self::Callback => "callback failed",
            Self::Internal => "internal error",
            Self::SourceChanged => "source changed",
            Self::Busy => "busy",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a call failed. One word in size.
///
/// Branch on [`kind`](Self::kind); show the [`Display`](fmt::Display) text, which is one line and
/// never holds a secret or a signed URL; keep [`request_id`](Self::request_id) for a support
/// ticket.
pub struct Error(Box<Inner>);

#[derive(Default)]
struct Inner {
    kind: Option<ErrorKind>,
    message: String,
    operation: &'static str,
    answer: Answer,
    attempts: u32,
    retryable: bool,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// What the service said in an error answer; all parts may be missing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answer {
    pub(crate) status: Option<u16>,
    pub(crate) code: Option<String>,
    pub(crate) resource: Option<String>,
    pub(crate) request_id: Option<String>,
    pub(crate) trace_id: Option<String>,
    pub(crate) headers: Vec<(String, String)>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind: Some(kind),
            message: message.into(),
            ..Inner::default()
        }))
    }

    /// An argument that cannot be used: `name` is the parameter as the caller knows it.
    pub(crate) fn invalid(name: &str, why: impl fmt::Display) -> Self {
        Self::new(ErrorKind::InvalidArgument, format!("{name}: {why}"))
    }

    /// A local file that failed: `what` was to be done with `path`.
    pub(crate) fn local(what: &str, path: &std::path::Path, source: std::io::Error) -> Self {
        Self::new(
            ErrorKind::LocalIo,
            format!("cannot {what} {}: {source}", path.display()),
        )
        .with_source(source)
    }

    pub(crate) fn with_source(
        mut self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        self.0.source = Some(source.into());
        self
    }

    pub(crate) fn with_operation(mut self, operation: &'static str) -> Self {
        if self.0.operation.is_empty() {
            self.0.operation = operation;
        }
        self
    }

    pub(crate) fn with_answer(mut self, answer: Answer) -> Self {
        self.0.answer = answer;
        self
    }

    /// Adds what is known of the answer, where the error does not say it itself.
    pub(crate) fn with_request(mut self, status: u16, request_id: Option<&str>) -> Self {
        let answer = &mut self.0.answer;
        answer.status.get_or_insert(status);
        answer.request_id = answer.request_id.take().or(request_id.map(str::to_owned));
        self
    }

    /// Adds the headers of the answer.
    pub(crate) fn with_headers(mut self, headers: Vec<(String, String)>) -> Self {
        self.0.answer.headers = headers;
        self
    }

    /// Adds to the message.
    pub(crate) fn with_note(mut self, note: &str) -> Self {
        if !self.0.message.is_empty() {
            self.0.message.push_str("; ");
        }
        self.0.message.push_str(note);
        self
    }

    pub(crate) fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    pub(crate) fn with_retryable(mut self, retryable: bool) -> Self {
        self.0.retryable = retryable;
        self
    }

    /// What went wrong, by meaning.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind.unwrap_or(ErrorKind::Internal)
    }

    /// What went wrong, in one line, without the kind and the operation.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The HTTP status, when the service answered.
    pub fn status(&self) -> Option<u16> {
        self.0.answer.status
    }

    /// The service's own code, such as `NoSuchKey`. None when there was no error document, as for
    /// every HEAD.
    pub fn code(&self) -> Option<&str> {
        self.0.answer.code.as_deref()
    }

    /// The `x-cos-request-id` of the answer.
    pub fn request_id(&self) -> Option<&str> {
        self.0.answer.request_id.as_deref()
    }

    /// The `x-cos-trace-id` of the answer.
    pub fn trace_id(&self) -> Option<&str> {
        self.0.answer.trace_id.as_deref()
    }

    /// The address of the bucket or object, as the service names it.
    pub fn resource(&self) -> Option<&str> {
        self.0.answer.resource.as_deref()
    }

    /// The headers of the answer, in order; none when the service did not answer.
    pub fn headers(&self) -> &[(String, String)] {
        &self.0.answer.headers
    }

    /// The operation that failed, as COS names it (`PutObject`); empty when none was under way.
    pub fn operation(&self) -> &'static str {
        self.0.operation
    }

    /// How many times the request was sent; 0 when no byte left.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Whether the same call may succeed a moment later.
    pub fn is_retryable(&self) -> bool {
        self.0.retryable
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.0.operation.is_empty() {
            write!(f, "{}: ", self.0.operation)?;
        }
        write!(f, "{}", self.kind())?;
        if !self.0.message.is_empty() {
            write!(f, ": {}", self.0.message)?;
        }
        let answer = &self.0.answer;
        let Some(status) = answer.status else {
            return Ok(());
        };
        write!(f, " (HTTP {status}")?;
        if let Some(code) = &answer.code {
            write!(f, " {code}")?;
        }
        if let Some(id) = &answer.request_id {
            write!(f, ", request {id}")?;
        }
        f.write_str(")")
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.kind())
            .field("message", &self.0.message)
            .field("operation", &self.0.operation)
            .field("answer", &self.0.answer)
            .field("attempts", &self.0.attempts)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|e| e as _)
    }
}

impl From<Error> for std::io::Error {
    /// Carries the error through `Read` and `Write`; see [`Error::from_io`] for the way back.
    fn from(error: Error) -> Self {
        let kind = match error.kind() {
            ErrorKind::Timeout => std::io::ErrorKind::TimedOut,
            ErrorKind::NotFound => std::io::ErrorKind::NotFound,
            ErrorKind::Denied => std::io::ErrorKind::PermissionDenied,
            ErrorKind::InvalidArgument => std::io::ErrorKind::InvalidInput,
            _ => std::io::ErrorKind::Other,
        };
        Self::new(kind, error)
    }
}

impl Error {
    /// Takes back an error that travelled through `Read` or `Write`; any other I/O error is handed
    /// back unchanged.
    pub fn from_io(error: std::io::Error) -> std::result::Result<Self, std::io::Error> {
        if error.get_ref().is_some_and(|inner| inner.is::<Error>()) {
            let inner = error
                .into_inner()
                .and_then(|inner| inner.downcast::<Error>().ok());
            return inner
                .map(|inner| *inner)
                .ok_or_else(|| std::io::ErrorKind::Other.into());
        }
        Err(error)
    }
}
