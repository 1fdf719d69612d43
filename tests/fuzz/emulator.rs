// A request as bytes for the emulator. Whoever includes this has `common`, the emulator's own client.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};

use cos_emulator::{BUCKET, Emulator, SECRET_KEY};

use super::common::{authorize, connect, head, read_answer};

const HOST: &str = super::common::HOST;

/// An emulator with an object and an upload.
pub struct Server {
    cos: Emulator,
    upload: String,
}

impl Server {
    pub fn start() -> Self {
        let cos = Emulator::start();
        cos.put(BUCKET, "k", b"hello");
        send(&cos, head("POST", "/big?uploads", &[], Some(0)).as_bytes());
        let upload = cos
            .uploads(BUCKET)
            .pop()
            .map_or_else(String::new, |(_, id)| id);
        assert!(!upload.is_empty(), "the upload was refused");
        Self { cos, upload }
    }

    /// Sends bytes after `!` as they are. Others are a method and a target, header lines, an empty
    /// line and a body, and are signed: what is not stops at the signature.
    pub fn run(&self, data: &[u8]) {
        let answer = match data.strip_prefix(b"!") {
            Some(raw) => send(&self.cos, raw),
            None => send(&self.cos, &self.signed(data)),
        };
        let is_answer = answer.is_empty()
            || answer.starts_with(b"HTTP/1.1 ")
            || answer.starts_with(b"HTTP/1.0 ");
        assert!(
            is_answer,
            "{}",
            answer[..answer.len().min(50)].escape_ascii()
        );
        // The next good request is answered, whatever this one has done to the bucket.
        let stream = connect(&self.cos);
        let good = head("GET", "/?max-keys=1", &[], None);
        (&stream).write_all(good.as_bytes()).expect("it listens");
        let answer = read_answer(&stream, false).expect("a good request is answered");
        assert!(matches!(answer.status, 200 | 404), "{}", answer.status);
        self.cos.clear_requests();
    }

    fn signed(&self, data: &[u8]) -> Vec<u8> {
        let end = |data: &[u8], mark: &[u8]| {
            let at = data.windows(mark.len()).position(|window| window == mark);
            at.unwrap_or(data.len())
        };
        let (lines, body) = data.split_at(end(data, b"\n\n"));
        let body = body.get(2..).unwrap_or_default();
        let (first, headers) = lines.split_at(end(lines, b"\n"));
        let first = String::from_utf8_lossy(first).replace("UPLOAD", &self.upload);
        let (method, target) = first.split_once(' ').unwrap_or(("GET", &first));
        // A target that cannot be decoded cannot be signed.
        let is_decodable = |text: &str| cos_emulator::encode::decode(text.as_bytes()).is_some();
        let path = target.split('?').next().unwrap_or_default();
        let query = target.split_once('?').map_or("", |(_, query)| query);
        let is_good = is_decodable(path) && cos_emulator::encode::split_query(query).is_some();
        let mut request = format!("{method} {target} HTTP/1.1\r\nHost: {HOST}\r\n").into_bytes();
        if is_good {
            let authorization = authorize(method, target, HOST, SECRET_KEY);
            request.extend(format!("Authorization: {authorization}\r\n").bytes());
        }
        for line in headers
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
        {
            request.extend(line);
            request.extend(b"\r\n");
        }
        let is_chunked = String::from_utf8_lossy(headers)
            .to_lowercase()
            .contains("chunked");
        if !is_chunked && matches!(method, "PUT" | "POST") {
            request.extend(format!("Content-Length: {}\r\n", body.len()).bytes());
        }
        request.extend(b"\r\n");
        request.extend(body);
        request
    }
}

/// Writes bytes, says that there are no more, and reads to the end of the connection.
fn send(cos: &Emulator, bytes: &[u8]) -> Vec<u8> {
    let mut stream: TcpStream = connect(cos);
    // It may close before all is written.
    let _ = stream.write_all(bytes);
    let _ = stream.shutdown(Shutdown::Write);
    let mut answer = Vec::new();
    if let Err(error) = stream.read_to_end(&mut answer) {
        let waited = matches!(
            error.kind(),
            std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
        );
        assert!(!waited, "it neither answers nor closes");
    }
    answer
}
