//! The body of a request, taken in piece by piece.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use data_encoding::{BASE64, HEXLOWER_PERMISSIVE};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::sync::mpsc;

use crate::blob::{Received, Shelf, Sink};
use crate::damage::Spoil;
use crate::journal::Entry;
use crate::reply::{Refusal, refuse};
use crate::request::{Framing, Request};

/// Bodies up to this size are digested in place; larger ones get a thread of their own.
const IN_PLACE: u64 = 64 * 1024;
/// Pieces that wait for a thread. A piece is what one read of the socket gave.
const WAITING: usize = 16;
/// How much of an unwanted body is read so that the connection can go on.
const DRAIN: u64 = 1024 * 1024;

pub(crate) struct Inbound {
    incoming: Incoming,
    framing: Framing,
    expects_continue: bool,
    finished: bool,
    entry: Arc<Entry>,
    /// What becomes of a body that is stored.
    spoil: Option<Spoil>,
}

impl Inbound {
    pub(crate) fn new(incoming: Incoming, request: &Request, entry: Arc<Entry>) -> Self {
        Self {
            incoming,
            framing: request.framing(),
            finished: matches!(request.framing(), Framing::None | Framing::Length(0)),
            expects_continue: request.header("expect").is_some(),
            entry,
            spoil: None,
        }
    }

    /// Everything was read, so that another request may follow.
    pub(crate) fn is_finished(&self) -> bool {
        self.finished
    }

    fn received(&self) -> u64 {
        self.entry.received()
    }

    /// The next piece; an error when the client went away before the promised end.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, Refusal> {
        loop {
            match self.incoming.frame().await {
                None => {
                    self.finished = true;
                    return Ok(None);
                }
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        self.entry.count(data.len() as u64);
                        return Ok(Some(data));
                    }
                }
                Some(Err(_)) => {
                    return Err(refuse(
                        400,
                        "IncompleteBody",
                        "You did not provide the number of bytes specified by the Content-Length \
                         HTTP header.",
                    ));
                }
            }
        }
    }

    /// Reads `limit` bytes or a little more, and forgets them.
    pub(crate) async fn skip(&mut self, limit: u64) {
        while self.received() < limit && matches!(self.next().await, Ok(Some(_))) {}
    }

    /// Reads a body that nobody wants, when it is small and the client sends it unasked: an answer
    /// to the rest goes out early and ends the connection.
    pub(crate) async fn drain(&mut self) {
        let small = match self.framing {
            Framing::None => false,
            Framing::Length(length) => length <= DRAIN,
            Framing::Chunked => true,
        };
        if small && (self.received() > 0 || !self.expects_continue) {
            self.skip(DRAIN + 1).await;
        }
    }

    /// A small body as a whole.
    pub(crate) async fn text(&mut self, limit: u64) -> Result<Vec<u8>, Refusal> {
        let mut text = Vec::new();
        while let Some(piece) = self.next().await? {
            text.extend_from_slice(&piece);
            if text.len() as u64 > limit {
                return Err(refuse(400, "XMLSizeLimit", "The body is too large."));
            }
        }
        Ok(text)
    }

    /// Puts the body on the shelf. What a fault spoils on the way is not the announced body.
    pub(crate) async fn store(
        &mut self,
        shelf: &Shelf,
        request: &Request,
        needs_md5: bool,
        spoil: Option<Spoil>,
    ) -> Result<Received, Refusal> {
        self.spoil = spoil;
        let mut sink = shelf
            .sink(request.header("x-cos-content-sha1").is_some())
            .map_err(broken)?;
        if !needs_md5 && announced_md5(request)?.is_none() {
            sink.take_md5();
        }
        let in_place = matches!(self.framing, Framing::Length(length) if length <= IN_PLACE);
        let received = if in_place {
            self.fill(sink).await?
        } else {
            self.fill_aside(sink).await?
        };
        check_digests(request, &received)?;
        Ok(received)
    }

    /// The next piece as it is stored.
    async fn arrival(&mut self) -> Result<Option<Bytes>, Refusal> {
        let start = self.received();
        let piece = self.next().await?;
        Ok(match self.spoil {
            Some(spoil) => piece.map(|piece| spoil.arrives(start, piece)),
            None => piece,
        })
    }

    async fn fill(&mut self, mut sink: Sink) -> Result<Received, Refusal> {
        while let Some(piece) = self.arrival().await? {
            sink.write(&piece).map_err(broken)?;
        }
        Ok(sink.finish())
    }

    /// The MD5 is what takes longest, so it has a thread of its own beside the one that stores.
    async fn fill_aside(&mut self, mut sink: Sink) -> Result<Received, Refusal> {
        let mut md5 = sink.take_md5();
        let (give_sink, mut take) = mpsc::channel::<Bytes>(WAITING);
        let storing = tokio::task::spawn_blocking(move || -> io::Result<Sink> {
            while let Some(piece) = take.blocking_recv() {
                sink.write(&piece)?;
            }
            Ok(sink)
        });
        let (give_md5, mut take) = mpsc::channel::<Bytes>(WAITING);
        let digesting = tokio::task::spawn_blocking(move || {
            while let Some(piece) = take.blocking_recv() {
                md5.iter_mut().for_each(|md5| md5.consume(&piece));
            }
            md5
        });
        while let Some(piece) = self.arrival().await? {
            let stored = give_sink.send(piece.clone()).await;
            if stored.and(give_md5.send(piece).await).is_err() {
                break;
            }
        }
        drop((give_sink, give_md5));
        let gone = |error| broken(io::Error::other(error));
        let mut sink = storing.await.map_err(gone)?.map_err(broken)?;
        sink.set_md5(digesting.await.map_err(gone)?);
        Ok(sink.finish())
    }
}

/// Refuses a body that is not the one announced by Content-MD5 or `x-cos-content-sha1`.
fn check_digests(request: &Request, received: &Received) -> Result<(), Refusal> {
    check_md5(request, &received.md5)?;
    if let (Some(expected), Some(actual)) = (request.header("x-cos-content-sha1"), &received.sha1)
        && HEXLOWER_PERMISSIVE.decode(expected).ok().as_ref() != Some(actual)
    {
        return Err(refuse(
            400,
            "InvalidSHA1Digest",
            "The x-cos-content-sha1 you specified is not that of the received body.",
        ));
    }
    Ok(())
}

/// Refuses a body whose MD5 is not the announced one.
pub(crate) fn check_md5(request: &Request, actual: &[u8; 16]) -> Result<(), Refusal> {
    match announced_md5(request)? {
        Some(expected) if expected != actual => Err(refuse(
            400,
            "BadDigest",
            "The Content-MD5 you specified did not match what we received.",
        )),
        _ => Ok(()),
    }
}

/// The bytes of Content-MD5; refused when they are not 16.
pub(crate) fn announced_md5(request: &Request) -> Result<Option<Vec<u8>>, Refusal> {
    let Some(header) = request.header("content-md5") else {
        return Ok(None);
    };
    match BASE64.decode(header) {
        Ok(bytes) if bytes.len() == 16 => Ok(Some(bytes)),
        _ => Err(refuse(
            400,
            "InvalidDigest",
            "The Content-MD5 you specified is not valid.",
        )),
    }
}

pub(crate) fn broken(error: io::Error) -> Refusal {
    refuse(
        500,
        "InternalError",
        format!("The emulator's store failed: {error}"),
    )
}
