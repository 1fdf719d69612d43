//! A hand-made HTTP client for the emulator's own tests.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cos_emulator::encode::{decode, split_query};
use cos_emulator::{BUCKET, Emulator, SECRET_ID, SECRET_KEY};
use ring::{digest, hmac};

pub const HOST: &str = "examplebucket-1250000000.cos.ap-guangzhou.myqcloud.com";
pub const MIB: usize = 1024 * 1024;

#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// The body ended where its framing said.
    pub complete: bool,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The text of the first element of that name.
    pub fn element(&self, name: &str) -> Option<String> {
        self.elements(name).into_iter().next()
    }

    /// The texts of all elements of that name, anywhere.
    pub fn elements(&self, name: &str) -> Vec<String> {
        let text = self.text();
        let document = roxmltree::Document::parse(text.trim_start()).unwrap();
        document
            .descendants()
            .filter(|node| node.tag_name().name() == name)
            .map(|node| node.text().unwrap_or_default().to_owned())
            .collect()
    }

    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }

    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(
            self.element("Code").as_deref(),
            Some(code),
            "{}",
            self.text()
        );
        assert!(self.element("RequestId").is_some_and(|id| !id.is_empty()));
        assert!(
            self.header("x-cos-request-id").is_some() && self.header("x-cos-trace-id").is_some()
        );
        self
    }
}

pub fn connect(cos: &Emulator) -> TcpStream {
    let stream = TcpStream::connect(cos.authority()).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    stream
}

/// Writes bytes as they are and reads one answer.
pub fn raw(cos: &Emulator, request: impl AsRef<[u8]>) -> io::Result<Answer> {
    let mut stream = connect(cos);
    stream.write_all(request.as_ref())?;
    read_answer(&stream, false)
}

pub fn read_answer(stream: &TcpStream, to_head: bool) -> io::Result<Answer> {
    let mut reader = BufReader::new(stream);
    let line = |reader: &mut BufReader<&TcpStream>| -> io::Result<String> {
        let mut line = Vec::new();
        reader.read_until(b'\n', &mut line)?;
        if !line.ends_with(b"\r\n") {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(String::from_utf8_lossy(&line[..line.len() - 2]).into_owned())
    };
    let status = line(&mut reader)?;
    let status = status
        .split(' ')
        .nth(1)
        .and_then(|s| s.parse().ok())
        .ok_or(io::ErrorKind::InvalidData)?;
    let mut headers = Vec::new();
    loop {
        let header = line(&mut reader)?;
        if header.is_empty() {
            break;
        }
        let (name, value) = header.split_once(": ").ok_or(io::ErrorKind::InvalidData)?;
        headers.push((name.to_owned(), value.to_owned()));
    }
    let mut answer = Answer {
        status,
        headers,
        body: Vec::new(),
        complete: true,
    };
    if to_head || status == 204 || status == 304 {
        return Ok(answer);
    }
    if answer.header("transfer-encoding") == Some("chunked") {
        loop {
            let size = usize::from_str_radix(&line(&mut reader)?, 16).unwrap();
            let mut chunk = vec![0; size + 2];
            reader.read_exact(&mut chunk)?;
            if size == 0 {
                return Ok(answer);
            }
            answer.body.extend_from_slice(&chunk[..size]);
        }
    }
    let length: u64 = answer
        .header("content-length")
        .and_then(|l| l.parse().ok())
        .unwrap_or(0);
    let outcome = (&mut reader).take(length).read_to_end(&mut answer.body);
    answer.complete = outcome.is_ok() && answer.body.len() as u64 == length;
    Ok(answer)
}

thread_local! {
    static SHIFT: Cell<i64> = const { Cell::new(0) };
}

/// Sets the clocks of the emulator and of this thread's signatures.
pub fn set_clocks(cos: &Emulator, offset: i64) {
    cos.set_clock(offset);
    SHIFT.set(offset);
}

pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_secs()).unwrap() + SHIFT.get()
}

/// The Authorization header for a request that signs its host and its query.
pub fn authorize(method: &str, target: &str, host: &str, secret: &str) -> String {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let encode = cos_emulator::encode::encode;
    let mut query: Vec<(String, String)> = split_query(query)
        .unwrap()
        .iter()
        .map(|(name, value)| (encode(name).to_ascii_lowercase(), encode(value)))
        .collect();
    query.sort();
    let names: Vec<&str> = query.iter().map(|(name, _)| name.as_str()).collect();
    let pairs: Vec<String> = query.iter().map(|(n, v)| format!("{n}={v}")).collect();
    let time = format!("{};{}", now() - 60, now() + 600);
    let mut text = format!("{}\n", method.to_lowercase()).into_bytes();
    text.extend(decode(path.as_bytes()).unwrap());
    text.extend(format!("\n{}\nhost={}\n", pairs.join("&"), encode(host.as_bytes())).bytes());
    let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    let keyed = |key: &str, text: &str| {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key.as_bytes());
        hex(hmac::sign(&key, text.as_bytes()).as_ref())
    };
    let hash = hex(digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &text).as_ref());
    let signature = keyed(&keyed(secret, &time), &format!("sha1\n{time}\n{hash}\n"));
    format!(
        "q-sign-algorithm=sha1&q-ak={SECRET_ID}&q-sign-time={time}&q-key-time={time}\
         &q-header-list=host&q-url-param-list={}&q-signature={signature}",
        names.join(";")
    )
}

/// The head of a signed request, Content-Length included when there is one.
pub fn head(method: &str, target: &str, headers: &[(&str, &str)], length: Option<usize>) -> String {
    let authorization = authorize(method, target, HOST, SECRET_KEY);
    let mut head =
        format!("{method} {target} HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: {authorization}\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if let Some(length) = length {
        head.push_str(&format!("Content-Length: {length}\r\n"));
    }
    head.push_str("\r\n");
    head
}

/// One signed request on a new connection.
pub fn try_call(
    cos: &Emulator,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> io::Result<Answer> {
    let stream = connect(cos);
    send(&stream, method, target, headers, body)?;
    read_answer(&stream, method == "HEAD")
}

pub fn send(
    mut stream: &TcpStream,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> io::Result<()> {
    let sized = matches!(method, "PUT" | "POST").then_some(body.len());
    stream.write_all(head(method, target, headers, sized).as_bytes())?;
    stream.write_all(body)
}

#[track_caller]
pub fn call(
    cos: &Emulator,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Answer {
    try_call(cos, method, target, headers, body).unwrap()
}

pub fn get(cos: &Emulator, target: &str, headers: &[(&str, &str)]) -> Answer {
    call(cos, "GET", target, headers, b"")
}

pub fn put(cos: &Emulator, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    call(cos, "PUT", target, headers, body)
}

pub fn bytes_of(cos: &Emulator, key: &str) -> Option<Vec<u8>> {
    cos.object(BUCKET, key)
        .map(|object| object.bytes().unwrap())
}

/// Bytes that differ everywhere.
pub fn noise(length: usize, seed: u32) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(1);
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..length).map(|_| next()).collect()
}

/// The value of Content-MD5 for a body.
pub fn content_md5(body: &[u8]) -> String {
    data_encoding::BASE64.encode(&md5::compute(body).0)
}

/// A signed POST with Content-MD5.
#[track_caller]
pub fn post(cos: &Emulator, target: &str, body: &str) -> Answer {
    let digest = content_md5(body.as_bytes());
    call(
        cos,
        "POST",
        target,
        &[("Content-MD5", &digest)],
        body.as_bytes(),
    )
}

/// A request without a signature.
#[track_caller]
pub fn anonymous(cos: &Emulator, method: &str, target: &str, headers: &[(&str, &str)]) -> Answer {
    let mut stream = connect(cos);
    let mut head = format!("{method} {target} HTTP/1.1\r\nHost: {HOST}\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    read_answer(&stream, method == "HEAD").unwrap()
}

/// A target whose query carries the signature of `host` and the query.
pub fn presign(method: &str, target: &str, host: &str, secret: &str) -> String {
    let authorization = authorize(method, target, host, secret);
    let fields: Vec<String> = authorization
        .split('&')
        .filter_map(|field| field.split_once('='))
        .map(|(name, value)| {
            let value = cos_emulator::encode::encode(value.as_bytes());
            format!("{name}={value}")
        })
        .collect();
    let mark = if target.contains('?') { '&' } else { '?' };
    format!("{target}{mark}{}", fields.join("&"))
}

/// A request that is sent as it is, with a body and without an Authorization header.
pub fn bare(
    cos: &Emulator,
    (method, target, host): (&str, &str, &str),
    headers: &[(&str, &str)],
    body: &[u8],
) -> Answer {
    let mut stream = connect(cos);
    let mut head = format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if matches!(method, "PUT" | "POST") {
        head.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    read_answer(&stream, method == "HEAD").unwrap()
}
