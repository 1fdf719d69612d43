//! Error answers, and what faults make of good ones.

use crate::fault::{Edit, Plan};
use crate::reply::{Ids, Payload, Refusal, Reply, error_document, iso_date};
use crate::request::Request;
use crate::state::at;

pub(crate) fn refusal_reply(refusal: &Refusal, request: &Request, ids: &Ids) -> Reply {
    let text = error_document(
        refusal.code,
        &refusal.message,
        &request.resource(),
        ids,
        &refusal.details,
    );
    let mut reply = Reply::xml(refusal.status, text);
    for (name, value) in &refusal.headers {
        reply = reply.with(name, value);
    }
    reply.with("x-cos-trace-id", &ids.trace)
}

/// An error that a fault asks for.
pub(crate) fn error_reply(status: u16, plan: &Plan, request: &Request, ids: &Ids) -> Reply {
    let usual = match status {
        301 => "PermanentRedirect",
        302 | 307 => "TemporaryRedirect",
        400 => "InvalidRequest",
        403 => "AccessDenied",
        404 => "NoSuchKey",
        409 => "OperationAborted",
        411 => "MissingContentLength",
        412 => "PreconditionFailed",
        416 => "InvalidRange",
        501 => "NotImplemented",
        429 | 503 => "SlowDown",
        _ => "InternalError",
    };
    let code = plan.code.as_deref().unwrap_or(usual);
    let message = plan.message.as_deref().unwrap_or("A fault of the script.");
    let mut reply = match &plan.body {
        Some(body) => {
            let mut reply = Reply::new(status).with("Content-Type", "text/html");
            reply.body = Payload::Text(body.clone());
            reply
        }
        None => {
            let text = error_document(code, message, &request.resource(), ids, &[]);
            Reply::xml(status, text)
        }
    };
    if status == 304 || status == 204 {
        reply.body = Payload::Nothing;
    }
    reply.with("x-cos-trace-id", &ids.trace)
}

/// Completes an answer and makes the changes that a plan asks for. Gives the byte to flip, too.
pub(crate) fn apply(
    mut reply: Reply,
    plan: &Plan,
    request: &Request,
    ids: &Ids,
    now: i64,
) -> (Reply, Option<u64>) {
    let shift = plan.skew.unwrap_or(0);
    let now = now.saturating_add(shift);
    reply.set("x-cos-request-id", &ids.request);
    reply.set("Date", httpdate::fmt_http_date(at(now)));
    reply.set("Server", "tencent-cos");
    if plan.skew.is_some() {
        let time = format!("\t<ServerTime>{}</ServerTime>\n</Error>", iso_date(now));
        edit_text(&mut reply, |text| text.replace("</Error>", &time));
    }
    let mut flip = None;
    for edit in &plan.edits {
        match edit {
            Edit::Flip(at) => flip = Some(*at),
            Edit::Date(shift) => {
                let date = httpdate::fmt_http_date(at(now.saturating_add(*shift)));
                reply.set("Date", date);
            }
            edit => change(&mut reply, edit, ids),
        }
    }
    if request.method == "HEAD" {
        let size = match &reply.body {
            Payload::Text(text) => Some(text.len() as u64),
            _ => None,
        };
        reply.head_length = reply.head_length.or(size);
        reply.body = Payload::Nothing;
    }
    (reply, flip)
}

fn change(reply: &mut Reply, edit: &Edit, ids: &Ids) {
    match edit {
        Edit::NoRequestId => {
            for name in ["x-cos-request-id", "x-cos-trace-id", "Server"] {
                drop_header(reply, name);
            }
            let (request, trace) = (
                format!("\t<RequestId>{}</RequestId>\n", ids.request),
                &ids.trace,
            );
            let trace = format!("\t<TraceId>{trace}</TraceId>\n");
            edit_text(reply, |text| text.replace(&request, "").replace(&trace, ""));
        }
        Edit::Empty => {
            reply.status = 200;
            reply.headers.retain(|(name, _)| name != "x-cos-trace-id");
            reply.body = Payload::Nothing;
            reply.head_length = None;
        }
        Edit::TruncateXml => edit_text(reply, |text| {
            text.chars().take(text.chars().count() / 2).collect()
        }),
        Edit::Blanks(count) => {
            if let Payload::Text(text) | Payload::Trickle { text, .. } = &mut reply.body {
                let text = std::mem::take(text);
                reply.body = Payload::Trickle {
                    blanks: *count,
                    text,
                };
            }
        }
        Edit::WrongEtag => {
            let wrong = |etag: &str| etag.replace(|c: char| c.is_ascii_hexdigit(), "0");
            if let Some(value) = reply.header("ETag") {
                *value = wrong(&String::from_utf8_lossy(value)).into_bytes();
            }
            edit_leaf(reply, "ETag", |etag| {
                Some(wrong(&etag.replace("&quot;", "\"")).replace('"', "&quot;"))
            });
        }
        Edit::WrongCrc => {
            if let Some(value) = reply.header("x-cos-hash-crc64ecma") {
                *value = wrong_crc(&String::from_utf8_lossy(value)).into_bytes();
            }
            edit_leaf(reply, "CRC64", |crc| Some(wrong_crc(crc)));
        }
        Edit::NoCrc => {
            drop_header(reply, "x-cos-hash-crc64ecma");
            edit_leaf(reply, "CRC64", |_| None);
        }
        Edit::Drop(name) => drop_header(reply, name),
        Edit::Header(name, value) => reply.set(name, value),
        Edit::WrongContentRange => {
            if let Some(value) = reply.header("Content-Range") {
                let text = String::from_utf8_lossy(value).into_owned();
                *value = shifted(&text).unwrap_or(text).into_bytes();
            }
        }
        Edit::HugeHeaders(size) => {
            for (number, start) in (0..*size).step_by(4000).enumerate() {
                let filler = "x".repeat(4000.min(size - start));
                reply.set(&format!("x-cos-filler-{number}"), filler);
            }
        }
        Edit::HugeXml(size) => edit_text(reply, |text| {
            fill(text, &FILLER.repeat(size / FILLER.len() + 1))
        }),
        Edit::DeepXml(depth) => edit_text(reply, |text| {
            fill(
                text,
                &format!("{}{}", "<d>".repeat(*depth), "</d>".repeat(*depth)),
            )
        }),
        Edit::AddHeader(name, value) => reply.headers.push((name.clone(), value.clone())),
        Edit::Chunked => reply.chunked = true,
        Edit::Length(difference) => reply.length_off = *difference,
        Edit::Http10 => reply.http_10 = true,
        Edit::Flip(_) | Edit::Date(_) => {}
    }
}

/// An element that no document of the service has.
const FILLER: &str =
    "<Filler>xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx</Filler>";

/// Puts something in behind the beginning of the root.
fn fill(text: &str, filling: &str) -> String {
    let is_root = |at: &usize| text[at + 1..].starts_with(|c: char| c.is_ascii_alphabetic());
    let root = text.match_indices('<').map(|(at, _)| at).find(is_root);
    let Some(end) = root.and_then(|at| Some(at + text[at..].find('>')? + 1)) else {
        return text.to_owned();
    };
    format!("{}{filling}{}", &text[..end], &text[end..])
}

fn wrong_crc(crc: &str) -> String {
    (crc.parse::<u64>().unwrap_or(0) ^ 1).to_string()
}

/// Changes the text of the first element of that name, or takes the element out.
fn edit_leaf(reply: &mut Reply, name: &str, edit: impl FnOnce(&str) -> Option<String>) {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    edit_text(reply, |text| {
        let Some((before, rest)) = text.split_once(&open) else {
            return text.to_owned();
        };
        let Some((inner, after)) = rest.split_once(&close) else {
            return text.to_owned();
        };
        match edit(inner) {
            Some(inner) => format!("{before}{open}{inner}{close}{after}"),
            None => format!("{before}{after}"),
        }
    });
}

fn drop_header(reply: &mut Reply, name: &str) {
    reply.headers.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
}

fn edit_text(reply: &mut Reply, edit: impl FnOnce(&str) -> String) {
    if let Payload::Text(text) | Payload::Trickle { text, .. } = &mut reply.body {
        *text = edit(&String::from_utf8_lossy(text)).into_bytes();
    }
}

/// `bytes 5-9/20` as `bytes 6-10/20`.
fn shifted(content_range: &str) -> Option<String> {
    let (range, size) = content_range.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let more = |text: &str| text.parse::<u64>().ok()?.checked_add(1);
    Some(format!("bytes {}-{}/{size}", more(first)?, more(last)?))
}
