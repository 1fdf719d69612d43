//! The body of an answer on its way out.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Sleep, sleep};

use crate::blob::Blocks;
use crate::damage::flip;
use crate::reply::Payload;

/// Between two lines of white space that keep a connection alive.
const PAUSE: Duration = Duration::from_millis(50);

/// Blocks one after the other.
pub(crate) struct Outgoing {
    blocks: Blocks,
    position: u64,
    flip: Option<u64>,
    size: Option<u64>,
    pauses: bool,
    pause: Option<Pin<Box<Sleep>>>,
}

impl Outgoing {
    pub(crate) fn new(payload: &Payload, flip: Option<u64>) -> Self {
        let ready = |block: &[u8]| Blocks::Ready(VecDeque::from([Bytes::copy_from_slice(block)]));
        let (blocks, size, pauses) = match payload {
            Payload::Nothing => (Blocks::Ready(VecDeque::new()), Some(0), false),
            Payload::Text(text) => (ready(text), Some(text.len() as u64), false),
            Payload::Blob(blob) => (blob.open(), Some(blob.size()), false),
            Payload::Trickle { blanks, text } => {
                let blank = Bytes::from_static(b" \n");
                let mut lines: VecDeque<Bytes> = (0..*blanks).map(|_| blank.clone()).collect();
                lines.push_back(Bytes::copy_from_slice(text));
                (Blocks::Ready(lines), None, true)
            }
        };
        Self {
            blocks,
            position: 0,
            flip,
            size,
            pauses,
            pause: None,
        }
    }

    /// Blocks come with pauses between them.
    pub(crate) fn is_slow(&self) -> bool {
        self.pauses
    }

    /// There is no further block, as far as is known without waiting.
    pub(crate) fn is_exhausted(&self) -> bool {
        match &self.blocks {
            Blocks::Ready(blocks) => blocks.is_empty(),
            Blocks::Read(_) => self.size == Some(self.position),
        }
    }

    pub(crate) fn hide_size(&mut self) {
        self.size = None;
    }

    /// The bytes in all, where they are known beforehand.
    pub(crate) fn size(&self) -> Option<u64> {
        self.size
    }

    pub(crate) fn poll_block(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Bytes>>> {
        if let Some(pause) = &mut self.pause {
            if pause.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            self.pause = None;
        }
        let block = match &mut self.blocks {
            Blocks::Ready(blocks) => blocks.pop_front().map(Ok),
            Blocks::Read(take) => match take.poll_recv(context) {
                Poll::Ready(block) => block,
                Poll::Pending => return Poll::Pending,
            },
        };
        let Some(Ok(block)) = block else {
            return Poll::Ready(block);
        };
        if self.pauses && !self.is_exhausted() {
            self.pause = Some(Box::pin(sleep(PAUSE)));
        }
        let start = self.position;
        self.position += block.len() as u64;
        Poll::Ready(Some(Ok(match self.flip {
            Some(at) => flip(start, block, at),
            None => block,
        })))
    }
}
