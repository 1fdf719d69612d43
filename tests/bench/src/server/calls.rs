//! The calls of the API.

use std::fmt::Write;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::App;
use super::content::{Content, Window};
use super::http::{Connection, Request};
use super::listing::{escape, page};
use super::pace::Pace;
use super::sums::{KNOWN_BY, Running, Sums};

/// Bodies up to this size are kept, in bytes.
const KEPT: u64 = 1 << 20;

enum Body {
    Text(String),
    Window(Window),
    /// Only the length of what GET would send.
    Length(u64),
}

struct Answer {
    status: u16,
    headers: String,
    body: Body,
}

impl Answer {
    fn text(status: u16, text: String) -> Self {
        Self {
            status,
            headers: String::new(),
            body: Body::Text(text),
        }
    }

    fn xml(text: String) -> Self {
        Self::text(200, text).header("Content-Type", "application/xml")
    }

    fn error(status: u16, code: &str) -> Self {
        let text = format!("<Error><Code>{code}</Code><Message>{code}</Message></Error>");
        Self {
            status,
            ..Self::xml(text)
        }
    }

    fn header(mut self, name: &str, value: &str) -> Self {
        // Writing to a String cannot fail.
        let _ = write!(self.headers, "{name}: {value}\r\n");
        self
    }

    fn sums(self, sums: &Sums) -> Self {
        let crc64 = sums.crc64.to_string();
        self.header("ETag", &format!("\"{}\"", sums.etag))
            .header("x-cos-hash-crc64ecma", &crc64)
    }
}

/// Answers until the client goes away.
pub(crate) fn answer_all(app: &App, mut connection: Connection) -> io::Result<()> {
    let mut is_counted = false;
    while let Some(request) = connection.request()? {
        if let Some(command) = request.path.strip_prefix("/__cosbench/") {
            let text = app.stats.command(command, &request);
            let length = text.len();
            let text = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{text}");
            connection.send(text.as_bytes())?;
            continue;
        }
        if !is_counted {
            is_counted = true;
            app.stats.connections.fetch_add(1, Relaxed);
        }
        app.stats.requests.fetch_add(1, Relaxed);
        let in_flight = app.stats.in_flight.fetch_add(1, Relaxed) + 1;
        app.stats.max_in_flight.fetch_max(in_flight, Relaxed);
        let done = one(app, &mut connection, &request);
        app.stats.in_flight.fetch_sub(1, Relaxed);
        done?;
        if !request.keeps_alive() {
            break;
        }
    }
    Ok(())
}

fn one(app: &App, connection: &mut Connection, request: &Request) -> io::Result<()> {
    if request.expects_continue() {
        app.latency();
        connection.send(b"HTTP/1.1 100 Continue\r\n\r\n")?;
    }
    let answer = call(app, connection, request)?;
    app.latency();
    if answer.status >= 400 {
        app.stats.errors.fetch_add(1, Relaxed);
    }
    send(app, connection, request, answer)
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        204 => "No Content",
        206 => "Partial Content",
        404 => "Not Found",
        416 => "Range Not Satisfiable",
        _ => "Error",
    }
}

fn send(
    app: &App,
    connection: &mut Connection,
    request: &Request,
    answer: Answer,
) -> io::Result<()> {
    let length = match &answer.body {
        Body::Text(text) => text.len() as u64,
        Body::Window(window) => window.length,
        Body::Length(length) => *length,
    };
    let Answer {
        status, headers, ..
    } = &answer;
    let keep = if request.keeps_alive() {
        "keep-alive"
    } else {
        "close"
    };
    let number = app.stats.requests.load(Relaxed);
    let mut head = format!(
        "HTTP/1.1 {status} {}\r\nServer: tencent-cos\r\nDate: {}\r\nConnection: {keep}\r\n\
         x-cos-request-id: NjA{number:024x}==\r\n{headers}",
        reason(*status),
        httpdate::HttpDate::from(std::time::SystemTime::now()),
    );
    if *status != 204 {
        let _ = write!(head, "Content-Length: {length}\r\n");
    }
    head.push_str("\r\n");
    match answer.body {
        Body::Text(text) if request.method != "HEAD" => {
            head.push_str(&text);
            connection.send(head.as_bytes())
        }
        Body::Window(window) => {
            let mut pace = Pace::new(app.stats.conn_mbps.load(Relaxed));
            let count = &app.stats.body_out;
            connection.send_with(head.into_bytes(), &window, &mut pace, count)
        }
        _ => connection.send(head.as_bytes()),
    }
}

fn call(app: &App, connection: &mut Connection, request: &Request) -> io::Result<Answer> {
    let path = request.path.trim_start_matches('/');
    let bucket = app.options.bucket.as_str();
    let key = match path.strip_prefix(bucket) {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => rest.trim_start_matches('/'),
        _ => path,
    };
    let asks = |name| request.parameter(name).is_some();
    let upload = request.parameter("uploadId");
    if request.method == "PUT" {
        let content = receive(app, connection, request)?;
        return Ok(stored(app, request, key, content));
    }
    let body = document(connection, request)?;
    Ok(match (request.method.as_str(), upload) {
        ("POST", None) if asks("uploads") => {
            let id = app.store.begin();
            Answer::xml(format!(
                "<InitiateMultipartUploadResult><Bucket>{bucket}</Bucket><Key>{}</Key>\
                 <UploadId>{id}</UploadId></InitiateMultipartUploadResult>",
                escape(key)
            ))
        }
        ("POST", Some(id)) => complete(app, key, id, &body),
        ("DELETE", Some(id)) => {
            app.store.abort(id);
            Answer::text(204, String::new())
        }
        ("DELETE", None) => {
            app.store.remove(key);
            Answer::text(204, String::new())
        }
        ("GET", None) if asks("uploads") => Answer::xml(format!(
            "<ListMultipartUploadsResult><Bucket>{bucket}</Bucket>\
             <IsTruncated>false</IsTruncated></ListMultipartUploadsResult>"
        )),
        ("GET", None) if key.is_empty() => Answer::xml(page(request, bucket, app.options.keys)),
        ("GET" | "HEAD", None) => object(app, request, key),
        ("GET", Some(_)) => Answer::error(404, "NoSuchUpload"),
        _ => Answer::error(405, "MethodNotAllowed"),
    })
}

/// The body of a request that is no object.
fn document(connection: &mut Connection, request: &Request) -> io::Result<String> {
    let (mut bytes, nowhere) = (Vec::new(), AtomicU64::new(0));
    let mut take = |piece: &[u8]| {
        bytes.extend_from_slice(piece);
        true
    };
    match request.length() {
        Some(length) => connection.body(length, &mut Pace::new(0), &nowhere, &mut take)?,
        None => connection.chunked(&mut Pace::new(0), &nowhere, &mut take)?,
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The body of a request that is an object or a part.
fn receive(app: &App, connection: &mut Connection, request: &Request) -> io::Result<Content> {
    let length = request.length();
    let is_kept = length.is_none_or(|length| length <= KEPT);
    let (mut bytes, mut first, mut total) = (Vec::new(), Vec::new(), 0);
    let (mut running, mut known) = (Running::new(), None);
    let mut take = |piece: &[u8]| {
        total += piece.len() as u64;
        if is_kept {
            bytes.extend_from_slice(piece);
        }
        if first.len() < KNOWN_BY {
            first.extend_from_slice(&piece[..piece.len().min(KNOWN_BY - first.len())]);
            known = length.and_then(|length| app.store.memo.get(length, &first));
        }
        if known.is_none() {
            running.update(piece);
        }
        is_kept || known.is_none()
    };
    let mut pace = Pace::new(app.stats.conn_mbps.load(Relaxed));
    match length {
        Some(length) => connection.body(length, &mut pace, &app.stats.body_in, &mut take)?,
        None => connection.chunked(&mut pace, &app.stats.body_in, &mut take)?,
    }
    let size = length.unwrap_or(total);
    let sums = known.unwrap_or_else(|| {
        let sums = running.sums();
        app.store.memo.set(size, first, &sums);
        sums
    });
    Ok(match is_kept {
        true => Content::kept(bytes, sums),
        false => Content::gone(size, sums),
    })
}

fn stored(app: &App, request: &Request, key: &str, content: Content) -> Answer {
    let answer = Answer::text(200, String::new()).sums(&content.sums);
    let number = request.parameter("partNumber").map(str::parse);
    match (request.parameter("uploadId"), number) {
        (Some(id), Some(Ok(number))) if app.store.put_part(id, number, content.clone()) => answer,
        (None, None) if !key.is_empty() => {
            app.store.put(key, content);
            answer
        }
        (Some(_), _) => Answer::error(404, "NoSuchUpload"),
        _ => Answer::error(400, "InvalidArgument"),
    }
}

fn complete(app: &App, key: &str, id: &str, body: &str) -> Answer {
    let count = body.matches("<PartNumber>").count();
    match app.store.complete(id, key, count) {
        Some(sums) => Answer::xml(format!(
            "<CompleteMultipartUploadResult><Location>/{0}</Location><Bucket>{1}</Bucket>\
             <Key>{0}</Key><ETag>&quot;{2}&quot;</ETag></CompleteMultipartUploadResult>",
            escape(key),
            app.options.bucket,
            sums.etag
        ))
        .sums(&sums),
        None => Answer::error(400, "InvalidPart"),
    }
}

fn object(app: &App, request: &Request, key: &str) -> Answer {
    let is_head = request.method == "HEAD";
    let there = app
        .store
        .get(key)
        .filter(|content| is_head || content.is_there());
    let Some(content) = there else {
        return Answer::error(404, "NoSuchKey");
    };
    let (status, offset, length) = match request.header("range") {
        None => (200, 0, content.size),
        Some(range) => match range_of(range, content.size) {
            Some((offset, length)) => (206, offset, length),
            None => return Answer::error(416, "InvalidRange"),
        },
    };
    let body = match is_head {
        true => Body::Length(length),
        false => Body::Window(content.window(offset, length)),
    };
    let answer = Answer {
        status,
        headers: String::new(),
        body,
    }
    .sums(&content.sums)
    .header("Last-Modified", &app.date)
    .header("Accept-Ranges", "bytes")
    .header("Content-Type", "application/octet-stream");
    match status {
        206 => {
            let last = offset + length - 1;
            answer.header(
                "Content-Range",
                &format!("bytes {offset}-{last}/{}", content.size),
            )
        }
        _ => answer,
    }
}

/// The first byte of a range and how many there are.
fn range_of(text: &str, size: u64) -> Option<(u64, u64)> {
    let (first, last) = text.strip_prefix("bytes=")?.split_once('-')?;
    match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) if first < size && first <= last => {
            Some((first, last.min(size - 1) - first + 1))
        }
        (Ok(first), Err(_)) if first < size && last.is_empty() => Some((first, size - first)),
        (Err(_), Ok(count)) if count > 0 && size > 0 && first.is_empty() => {
            Some((size - count.min(size), count.min(size)))
        }
        _ => None,
    }
}
