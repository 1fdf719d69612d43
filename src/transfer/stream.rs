//! A reader of unknown length into a bucket.

use std::collections::{BTreeMap, VecDeque};
use std::io::{self, Read};
use std::sync::{Arc, Mutex, MutexGuard};

use crossbeam_channel::{Receiver, Sender, unbounded};

use super::ask::{Way, ask};
use super::ended::{Ended, close, open};
use super::multipart::Multipart;
use super::part::{PartSender, Sent};
use super::plan::{MAX_PART, MIN_PART};
use super::run::{Moved, Moving};
use super::session::Session;
use super::upload::Uploaded;
use crate::client::Bucket;
use crate::client::settings::{Resume, Verify};
use crate::error::{Error, ErrorKind, Result};
use crate::op::PutObject;
use crate::op::object_headers::object_headers;
use crate::op::upload_part::MAX_PART_NUMBER;
use crate::pool::{Take, Work};
use crate::transport::stop::Control;
use crate::watch::{INTERVAL, Meter, Watch};
use crate::wire::{Body, Pairs};

/// Where the bytes of a reader go whose length nobody knows: one request when they are few, else an
/// upload in parts.
///
/// Up to `parallel` parts and one more are in memory at the same time. It is plain data.
#[derive(Clone, Debug)]
pub struct UploadStream {
    key: String,
    headers: Pairs,
    part_size: u64,
    parallel: usize,
    verify: Verify,
}

/// The size of a part when unset, in bytes, and how many parts at once: 32 MiB of memory.
const PART_SIZE: u64 = 8 << 20;
const PARALLEL: u32 = 4;

/// Parts double after so many, up to the largest, so that even an endless stream has room.
const PARTS_OF_A_SIZE: u32 = 1000;
const LARGEST_PART: u64 = 64 << 20;

impl UploadStream {
    /// The object's key.
    pub fn new(key: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            headers: Pairs::new(),
            part_size: PART_SIZE,
            parallel: 0,
            verify: Verify::default(),
        }
    }

    /// The size of a part in bytes, 1 MiB to 5 GiB; 8 MiB when unset. It doubles after each 1000
    /// parts up to 64 MiB, so that up to some 430 GiB find room in 10,000 parts.
    #[must_use]
    pub fn part_size(mut self, bytes: u64) -> Self {
        self.part_size = bytes;
        self
    }

    /// How many parts are in memory and under way at the same time. Unset or 0: 4.
    #[must_use]
    pub fn parallel(mut self, parts: usize) -> Self {
        self.parallel = parts;
        self
    }

    /// Whether the CRC64 of the whole object must be known. Preferred when unset.
    #[must_use]
    pub fn verify(mut self, verify: Verify) -> Self {
        self.verify = verify;
        self
    }

    object_headers!();

    /// Any other header of the object; it is signed when its name begins with `x-cos-`.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.set(name.into(), value);
        self
    }

    fn size_of_part(&self, index: u32) -> u64 {
        let doubled = self.part_size << (index / PARTS_OF_A_SIZE).min(6);
        doubled.min(LARGEST_PART.max(self.part_size))
    }
}

impl Bucket {
    /// Uploads everything that a reader yields and returns when the object is there and checked.
    ///
    /// The reader is called on the calling thread.
    ///
    /// # Errors
    /// `Callback` when the reader fails. Parts on the server are deleted when the upload fails.
    pub fn upload_stream(&self, upload: &UploadStream, reader: impl Read) -> Result<Uploaded> {
        self.upload_stream_with(upload, reader, ())
    }

    /// The same, while `watch` looks on from the calling thread; `total` is what was read so far.
    pub fn upload_stream_with(
        &self,
        upload: &UploadStream,
        mut reader: impl Read,
        mut watch: impl Watch,
    ) -> Result<Uploaded> {
        if !(MIN_PART..=MAX_PART).contains(&upload.part_size) {
            let why = format!(
                "{} bytes is not in {MIN_PART} to {MAX_PART}",
                upload.part_size
            );
            return Err(Error::invalid("part_size", why));
        }
        crate::wire::names::check_key(&upload.key)?;
        crate::wire::names::check_headers(&upload.headers)?;
        let mut meter = Meter::new(&mut watch, 0);
        let first = block(&mut reader, upload.size_of_part(0))?;
        meter.widen(first.len() as u64);
        meter.reach_or_stop(0)?;
        if (first.len() as u64) < upload.size_of_part(0) {
            let size = first.len() as u64;
            let put = PutObject::new(&upload.key, first).with_headers(&upload.headers);
            let response = ask(self, put, Way::Counted, &mut meter)?;
            let _ = meter.finish();
            let uploaded = Uploaded::whole(self, &upload.key, size, response);
            uploaded.require(upload.verify)?;
            return Ok(uploaded);
        }
        let (headers, verify) = (&upload.headers, upload.verify);
        let multipart = Multipart::new(self, &upload.key, headers, verify, &mut meter);
        let mut session = Session::of_stream(multipart);
        let outcome = send_parts(&mut session, upload, first, &mut reader);
        session.end(outcome)
    }
}

fn send_parts(
    session: &mut Session<'_, '_>,
    upload: &UploadStream,
    first: Vec<u8>,
    reader: &mut impl Read,
) -> Result<Uploaded> {
    session.start(Resume::Off, None, None)?;
    let sender = PartSender::new(&session.multipart, &session.begun);
    let mut feed = Feed::new(session.multipart.bucket, upload, sender);
    let sent = feed.run(first, reader, session.multipart.meter)?;
    session.multipart.receipt.moved = feed.parts.moved.wire();
    for (index, sent) in sent {
        session.add(index, sent);
    }
    let made = session.complete(None)?;
    let _ = session.multipart.meter.finish();
    Ok(Uploaded::in_parts(session, made))
}

/// Reads up to `size` bytes; fewer at the end only.
fn block(reader: &mut impl Read, size: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader
        .by_ref()
        .take(size)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    Ok(bytes)
}

fn failed(error: io::Error) -> Error {
    Error::from_io(error).unwrap_or_else(|e| {
        Error::new(ErrorKind::Callback, format!("the reader failed: {e}")).with_source(e)
    })
}

/// Hands parts to the pool as they are read. Dropping it, also when the watch or the reader panics,
/// leaves none under way.
struct Feed<'a> {
    bucket: &'a Bucket,
    upload: &'a UploadStream,
    parts: Arc<Parts>,
    receiver: Receiver<Ended>,
    pushed: u32,
    ended: u32,
}

struct Parts {
    sender: PartSender,
    state: Mutex<State>,
    moved: Moved,
    ended: Sender<Ended>,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<(u32, Vec<u8>)>,
    taken: BTreeMap<u32, (Arc<Vec<u8>>, Control)>,
}

impl<'a> Feed<'a> {
    fn new(bucket: &'a Bucket, upload: &'a UploadStream, sender: PartSender) -> Self {
        let (ended, receiver) = unbounded();
        let parts = Arc::new(Parts {
            sender,
            state: Mutex::default(),
            moved: Moved::default(),
            ended,
        });
        Self {
            bucket,
            upload,
            parts,
            receiver,
            pushed: 0,
            ended: 0,
        }
    }

    /// Reads ahead as far as there is room, sends, and collects.
    fn run(
        &mut self,
        first: Vec<u8>,
        reader: &mut impl Read,
        meter: &mut Meter<'_>,
    ) -> Result<BTreeMap<u32, Sent>> {
        let limit = match self.upload.parallel {
            0 => PARALLEL,
            parallel => u32::try_from(parallel).unwrap_or(u32::MAX),
        };
        let mut sent = BTreeMap::new();
        let mut next = first;
        let mut failure = None;
        while !next.is_empty() || self.ended < self.pushed {
            let has_room = self.pushed - self.ended < limit;
            let step = if !next.is_empty() && has_room {
                self.push(std::mem::take(&mut next)).and_then(|()| {
                    next = block(reader, self.upload.size_of_part(self.pushed))?;
                    meter.widen(next.len() as u64);
                    Ok(())
                })
            } else {
                match self.receive() {
                    Some((part, result)) => {
                        result.and_then(open).map(|ok| drop(sent.insert(part, ok)))
                    }
                    None => Ok(()),
                }
            };
            let step = step.and_then(|()| meter.reach_or_stop(self.parts.moved.content()));
            if let Err(error) = step {
                // Parts that are stopped for the first error fail too; theirs is not the reason.
                failure.get_or_insert(error);
                next = Vec::new();
                self.stop();
            }
        }
        match failure {
            Some(error) => Err(error),
            None => Ok(sent),
        }
    }

    fn push(&mut self, bytes: Vec<u8>) -> Result<()> {
        if self.pushed == MAX_PART_NUMBER {
            let why = format!("the stream is longer than {MAX_PART_NUMBER} parts");
            return Err(Error::invalid("part_size", why));
        }
        self.parts.state().waiting.push_back((self.pushed, bytes));
        self.pushed += 1;
        self.bucket
            .pool()
            .submit(Arc::clone(&self.parts) as Arc<dyn Work>)
    }

    /// The next part that ends, if one does before it is time to report.
    fn receive(&mut self) -> Option<Ended> {
        let ended = self.receiver.recv_timeout(INTERVAL).ok();
        self.ended += u32::from(ended.is_some());
        ended
    }

    fn stop(&mut self) {
        self.ended += self.parts.stop();
    }
}

impl Drop for Feed<'_> {
    fn drop(&mut self) {
        self.stop();
        while self.ended < self.pushed {
            self.receive();
        }
    }
}

impl Parts {
    fn state(&self) -> MutexGuard<'_, State> {
        // The lock is never held while a part is sent, so a poisoned value is still whole.
        self.state
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Stops what is under way, and returns how many parts were not yet.
    fn stop(&self) -> u32 {
        let mut state = self.state();
        for (_, control) in state.taken.values() {
            control.stop();
        }
        state.waiting.drain(..).count() as u32
    }

    fn end(&self, part: u32, result: Result<Sent>) {
        self.state().taken.remove(&part);
        // The coordinator waits for every part that was taken, so it is there to receive.
        let _ = self.ended.send((part, close(result)));
    }
}

impl Work for Parts {
    fn take(&self) -> Take {
        let mut state = self.state();
        // Each part is submitted by itself, so that nothing to do now is nothing to do at all.
        let Some((part, bytes)) = state.waiting.pop_front() else {
            return Take::Nothing;
        };
        state.taken.insert(part, (Arc::new(bytes), Control::new()));
        Take::Part(part)
    }

    fn run(&self, part: u32) {
        let taken = self.state().taken.get(&part).cloned();
        let Some((bytes, control)) = taken else {
            return self.panicked(part);
        };
        let moving = Moving::new(&control, &self.moved);
        let result = self
            .sender
            .send(part, Body::from(bytes.as_slice()), None, &moving);
        drop(bytes);
        self.end(part, result);
    }

    fn panicked(&self, part: u32) {
        self.end(
            part,
            Err(Error::new(ErrorKind::Internal, "moving a part panicked")),
        );
    }
}
