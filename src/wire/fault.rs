//! Error answers, and errors that travelled through a reader.

use std::io::{self, Read};

use super::{Reply, xml};
use crate::error::{Answer, Error, ErrorKind};

/// The most of an error answer that is read, in bytes.
const MAX_ERROR_DOCUMENT: u64 = 64 << 10;

/// Turns an answer with an error status into an error.
pub(crate) fn of_reply(mut reply: Reply) -> Error {
    let mut answer = answer_of(&reply);
    let mut document = Vec::new();
    let body = std::mem::replace(&mut reply.body, Box::new(io::empty()));
    // An error answer that breaks off still has its status and request id.
    let _ = body.take(MAX_ERROR_DOCUMENT).read_to_end(&mut document);
    let said = xml::error_document(&document);
    let message = match said {
        Some(said) => fill(&mut answer, said),
        None if document.is_empty() => String::new(),
        None => "the answer is no COS error document".to_owned(),
    };
    build(answer, message)
}

/// Turns an `<Error>` that came under a success status into an error.
pub(crate) fn in_success(reply_status: u16, said: xml::ErrorDocument) -> Error {
    let mut answer = Answer {
        status: Some(reply_status),
        ..Answer::default()
    };
    let message = fill(&mut answer, said);
    build(answer, message)
}

fn answer_of(reply: &Reply) -> Answer {
    Answer {
        status: Some(reply.status),
        request_id: reply.text("x-cos-request-id"),
        trace_id: reply.text("x-cos-trace-id"),
        headers: reply.headers.to_vec(),
        ..Answer::default()
    }
}

fn fill(answer: &mut Answer, said: xml::ErrorDocument) -> String {
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    answer.code = some(said.code);
    answer.resource = some(said.resource);
    answer.request_id = answer.request_id.take().or(some(said.request_id));
    answer.trace_id = answer.trace_id.take().or(some(said.trace_id));
    said.message
}

fn build(answer: Answer, message: String) -> Error {
    let status = answer.status.unwrap_or_default();
    let code = answer.code.as_deref().unwrap_or_default();
    let kind = match status {
        300..=399 if status != 304 => ErrorKind::Protocol,
        _ => ErrorKind::of_answer(status, code),
    };
    let message = match (kind, message.is_empty()) {
        (ErrorKind::Protocol, true) => "the service redirects; check bucket and region".to_owned(),
        _ => one_line(&message),
    };
    let retryable = is_retryable(status, code);
    Error::new(kind, message)
        .with_answer(answer)
        .with_retryable(retryable)
}

/// Whether the same request may succeed a moment later (protocol sheet, sections 12 and 13).
fn is_retryable(status: u16, code: &str) -> bool {
    match status {
        501 => false,
        500.. | 408 | 429 => true,
        400 => matches!(
            code,
            "RequestTimeout" | "UserNetworkTooSlow" | "IncompleteBody"
        ),
        409 => code == "OperationAborted",
        200..=299 => matches!(code, "InternalError" | "SlowDown" | "ServiceUnavailable"),
        _ => false,
    }
}

/// The text without control characters and of no more than 500 characters.
pub(crate) fn one_line(text: &str) -> String {
    let clean = |c: char| if c.is_control() { ' ' } else { c };
    text.chars()
        .map(clean)
        .take(500)
        .collect::<String>()
        .trim()
        .to_owned()
}

/// An error of reading an answer, with the coslink error inside it taken out. A request whose answer
/// is read was sent.
pub(crate) fn while_reading(error: io::Error) -> Error {
    let error = Error::from_io(error).unwrap_or_else(|error| {
        Error::new(
            ErrorKind::Transport,
            format!("reading the answer failed: {error}"),
        )
        .with_retryable(true)
        .with_source(error)
    });
    let attempts = error.attempts().max(1);
    error.with_attempts(attempts)
}
