//! Writing answers, good and bad.
//!
//! The HTTP stack reads requests; answers are written here. So header names keep the case that the
//! service gives them (the official Python SDK depends on it), and a fault can leave an answer at
//! any byte.

use std::future::poll_fn;
use std::io;
use std::net::Shutdown;
use std::time::Duration;

use bytes::Bytes;
use hyper::StatusCode;
use socket2::SockRef;
use tokio::io::{AsyncReadExt, AsyncWriteExt, Interest};
use tokio::time::{sleep, timeout};

use crate::fault::{Ending, Where};
use crate::journal::Ongoing;
use crate::outgoing::Outgoing;
use crate::reply::Reply;
use crate::stream::Stream;

/// How long a client gets to read an answer before a connection with unread input is closed,
/// which resets it.
const GRACE: Duration = Duration::from_millis(500);
/// How often a held connection is looked at.
const LOOK: Duration = Duration::from_millis(20);
/// A first block up to this size is written together with the head.
const TOGETHER: usize = 64 * 1024;

pub(crate) struct Play {
    head: Vec<u8>,
    body: Option<Outgoing>,
    /// Bytes of the body to send; none is all.
    limit: Option<u64>,
    chunked: bool,
    rate: Option<u64>,
    slow_head: Option<Duration>,
    ending: Ending,
    /// The end was announced: TLS takes its leave, too.
    orderly: bool,
    /// Until the answer has gone out.
    ongoing: Option<Ongoing>,
}

/// How an answer is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Manner {
    pub(crate) flip: Option<u64>,
    /// Where the body ends too early.
    pub(crate) limit: Option<Where>,
    pub(crate) rate: Option<u64>,
    /// Between two bytes of the head.
    pub(crate) slow_head: Option<Duration>,
    pub(crate) ending: Ending,
    /// The head announces the end.
    pub(crate) says_close: bool,
    /// Chunked coding may be used.
    pub(crate) may_chunk: bool,
}

impl Play {
    /// No answer.
    pub(crate) fn silent(ending: Ending, ongoing: Ongoing) -> Self {
        Self {
            head: Vec::new(),
            body: None,
            limit: None,
            chunked: false,
            rate: None,
            slow_head: None,
            ending,
            orderly: false,
            ongoing: Some(ongoing),
        }
    }

    /// These bytes and the end.
    pub(crate) fn raw(bytes: Vec<u8>, slow_head: Option<Duration>, ongoing: Ongoing) -> Self {
        Self {
            head: bytes,
            slow_head,
            ..Self::silent(Ending::Close, ongoing)
        }
    }

    /// An answer, in whole or in part.
    pub(crate) fn answer(reply: &Reply, manner: Manner, ongoing: Ongoing) -> Self {
        let mut body = Outgoing::new(&reply.body, manner.flip);
        if reply.chunked {
            body.hide_size();
        }
        let bodiless = matches!(reply.status, 204 | 304);
        let may_chunk = manner.may_chunk && !reply.http_10 && reply.length_off == 0;
        let chunked = body.size().is_none() && manner.limit.is_none() && may_chunk;
        let size = body.size().unwrap_or_else(|| reply.size());
        let framing = if bodiless {
            String::new()
        } else if chunked {
            "Transfer-Encoding: chunked\r\n".to_owned()
        } else {
            let length = reply.head_length.unwrap_or(size);
            let length = length.saturating_add_signed(reply.length_off);
            format!("Content-Length: {length}\r\n")
        };
        Self {
            head: write_head(reply, &framing, manner.says_close),
            body: (!bodiless).then_some(body),
            limit: manner.limit.map(|limit| limit.of(size)),
            chunked: chunked && reply.head_length.is_none(),
            rate: manner.rate,
            slow_head: manner.slow_head,
            ending: manner.ending,
            orderly: manner.says_close,
            ongoing: Some(ongoing),
        }
    }

    /// Writes it. Gives the connection back when it can go on.
    pub(crate) async fn run(mut self, mut stream: Stream) -> Option<Stream> {
        // A client that went away has seen what there was to see.
        let written = self.write(&mut stream).await;
        match self.ending {
            Ending::Keep => return written.is_ok().then_some(stream),
            Ending::Reset => {
                let _ = SockRef::from(stream.socket()).set_linger(Some(Duration::ZERO));
            }
            Ending::Close if self.head.is_empty() => {}
            Ending::Close => end(stream, self.orderly).await,
            Ending::Hold => hold(&stream).await,
        }
        None
    }

    async fn write(&mut self, stream: &mut Stream) -> io::Result<()> {
        let mut pending = self.head.clone();
        if let Some(pause) = self.slow_head {
            for byte in pending.drain(..) {
                stream.write_all(&[byte]).await?;
                stream.flush().await?;
                sleep(pause).await;
            }
        }
        let mut left = self.limit.unwrap_or(u64::MAX);
        let mut body = self.body.take();
        while let Some(body) = body.as_mut().filter(|_| left > 0) {
            if body.is_slow() && !pending.is_empty() {
                stream.write_all(&pending).await?;
                stream.flush().await?;
                pending.clear();
            }
            let Some(block) = poll_fn(|context| body.poll_block(context)).await else {
                break;
            };
            let mut block = block?;
            block.truncate(usize::try_from(left).unwrap_or(usize::MAX));
            left -= block.len() as u64;
            if self.chunked {
                block = chunk(&block);
            }
            if pending.len() + block.len() <= TOGETHER && self.rate.is_none() {
                pending.extend_from_slice(&block);
                continue;
            }
            stream.write_all(&pending).await?;
            pending.clear();
            if body.is_exhausted() && self.rate.is_none() {
                self.over();
            }
            self.write_block(stream, &block).await?;
        }
        if self.chunked {
            pending.extend_from_slice(b"0\r\n\r\n");
        }
        self.over();
        stream.write_all(&pending).await?;
        stream.flush().await
    }

    /// A client that has read the last byte must find its request ended, so that is said before
    /// the byte is written. A held request goes on.
    fn over(&mut self) {
        if self.ending != Ending::Hold {
            self.ongoing = None;
        }
    }

    async fn write_block(&self, stream: &mut Stream, block: &Bytes) -> io::Result<()> {
        let Some(rate) = self.rate else {
            return stream.write_all(block).await;
        };
        let tick = usize::try_from(rate / 50).unwrap_or(usize::MAX).max(1);
        for piece in block.chunks(tick) {
            stream.write_all(piece).await?;
            stream.flush().await?;
            sleep(Duration::from_secs_f64(piece.len() as f64 / rate as f64)).await;
        }
        Ok(())
    }
}

fn chunk(block: &Bytes) -> Bytes {
    let mut coded = format!("{:x}\r\n", block.len()).into_bytes();
    coded.extend_from_slice(block);
    coded.extend_from_slice(b"\r\n");
    Bytes::from(coded)
}

/// Says that nothing more will come, and gives the client time to read. In a disorderly end TLS
/// does not say so: the answer looks cut off.
pub(crate) async fn end(mut stream: Stream, orderly: bool) {
    if orderly {
        let _ = timeout(GRACE, stream.shutdown()).await;
    }
    let _ = SockRef::from(stream.socket()).shutdown(Shutdown::Write);
    let mut unread = [0; 4096];
    let read = async { while stream.read(&mut unread).await.is_ok_and(|size| size > 0) {} };
    let _ = timeout(GRACE, read).await;
}

/// Waits for the client to give up, reading nothing.
async fn hold(stream: &Stream) {
    loop {
        match stream.socket().ready(Interest::READABLE).await {
            Ok(ready) if !ready.is_read_closed() => sleep(LOOK).await,
            _ => return,
        }
    }
}

fn write_head(reply: &Reply, framing: &str, says_close: bool) -> Vec<u8> {
    let reason = StatusCode::from_u16(reply.status)
        .ok()
        .and_then(|s| s.canonical_reason());
    let version = if reply.http_10 { "1.0" } else { "1.1" };
    let reason = reason.unwrap_or("");
    let mut head = format!("HTTP/{version} {} {reason}\r\n", reply.status).into_bytes();
    for (name, value) in &reply.headers {
        head.extend_from_slice(name.as_bytes());
        head.extend_from_slice(b": ");
        // What a header cannot carry must not become another header.
        head.extend(value.iter().map(|&byte| {
            if matches!(byte, b'\r' | b'\n' | 0) {
                b' '
            } else {
                byte
            }
        }));
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(framing.as_bytes());
    let connection = if says_close { "close" } else { "keep-alive" };
    head.extend_from_slice(format!("Connection: {connection}\r\n\r\n").as_bytes());
    head
}
