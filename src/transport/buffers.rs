//! The buffers of one connection, sized by what they have to carry.

use std::ops::Range;

/// The first size of the input buffer, in bytes: enough for a head and a small document.
const INPUT_FIRST: usize = 8 << 10;
/// The largest size of the input buffer, in bytes.
const INPUT_MOST: usize = 256 << 10;

/// The most that the buffers of a connection take, in bytes, when at most `output` is sent at once.
pub(super) const fn most(output: usize) -> usize {
    INPUT_MOST + output
}

/// Output and input of a connection.
///
/// The head of a request stays in the output buffer until the first piece of the body stands
/// behind it, so that both leave in one write. The input buffer grows fourfold when a read fills
/// it, so that only downloads hold 256 KiB.
pub(super) struct Buffers {
    output: Vec<u8>,
    held: usize,
    in_head: bool,
    head_room: usize,
    chunk: usize,
    input: Vec<u8>,
    start: usize,
    end: usize,
    fresh: bool,
    unseen: bool,
    tight: bool,
}

impl Buffers {
    /// Buffers that take no memory yet.
    pub(super) fn new() -> Self {
        Self {
            output: Vec::new(),
            held: 0,
            in_head: true,
            head_room: 0,
            chunk: 0,
            input: Vec::new(),
            start: 0,
            end: 0,
            fresh: false,
            unseen: false,
            tight: false,
        }
    }

    /// Makes ready for a request whose head takes at most `head_room` bytes and whose body is
    /// sent in pieces of at most `chunk` bytes.
    pub(super) fn plan(&mut self, head_room: usize, chunk: usize) {
        (self.head_room, self.chunk) = (head_room, chunk);
        (self.held, self.in_head) = (0, true);
    }

    /// Keeps `amount` bytes that were just written into the output. Whether they are of the body,
    /// so that all that is held can go.
    pub(super) fn hold(&mut self, amount: usize) -> bool {
        self.held += amount;
        !self.in_head
    }

    /// How many bytes wait to be sent; none from now on.
    pub(super) fn take_held(&mut self) -> usize {
        std::mem::take(&mut self.held)
    }

    /// A piece of what was held and is to be sent.
    pub(super) fn sent(&self, piece: Range<usize>) -> &[u8] {
        &self.output[piece]
    }

    /// The free part of the input buffer; empty when even the largest buffer is full.
    pub(super) fn free(&mut self) -> &mut [u8] {
        if self.input.is_empty() {
            self.input = vec![0; INPUT_FIRST];
        }
        if self.start > 0 && (self.start == self.end || self.end == self.input.len()) {
            self.input.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        if self.tight && self.input.len() < INPUT_MOST {
            let size = (self.input.len() * 4).min(INPUT_MOST);
            self.input.resize(size, 0);
        }
        self.tight = false;
        &mut self.input[self.end..]
    }

    /// Adds `amount` bytes that were read into the free part.
    pub(super) fn appended(&mut self, amount: usize) {
        self.end += amount;
        self.fresh = true;
        self.tight = self.end == self.input.len();
    }

    /// Makes ureq read on, whatever is here. While it waits for "100 Continue" it does not say
    /// when what it has is not enough, and would ask for the same bytes without end.
    pub(super) fn defer(&mut self) {
        (self.fresh, self.unseen) = (false, true);
    }

    /// Whether there is input that was deferred; it is not from now on.
    pub(super) fn take_unseen(&mut self) -> bool {
        std::mem::take(&mut self.unseen) && self.start < self.end
    }

    /// Whether an answer has begun that makes the rest of the request pointless: a status of 300
    /// and above, or no HTTP at all. Interim answers (1xx) and successes are none.
    pub(super) fn is_refused(&self) -> bool {
        let mut text = &self.input[self.start..self.end];
        loop {
            let Some(digit) = text.get(9) else {
                return false;
            };
            match digit {
                _ if !text.starts_with(b"HTTP/1.") => return true,
                b'2' => return false,
                b'1' => {}
                _ => return true,
            }
            let Some(end) = text.windows(4).position(|four| four == b"\r\n\r\n") else {
                return false;
            };
            text = &text[end + 4..];
        }
    }

    fn grow_output(&mut self, size: usize) {
        if self.output.len() < size {
            self.output.resize(size, 0);
        }
    }
}

impl ureq::unversioned::transport::Buffers for Buffers {
    fn output(&mut self) -> &mut [u8] {
        self.in_head = true;
        self.grow_output(self.held + self.head_room);
        &mut self.output[self.held..]
    }

    fn tmp_and_output(&mut self) -> (&mut [u8], &mut [u8]) {
        self.in_head = false;
        let end = self.held + self.chunk;
        self.grow_output(end);
        // The first slice is for chunked requests, which are never made.
        (&mut [], &mut self.output[self.held..end])
    }

    fn input(&self) -> &[u8] {
        &self.input[self.start..self.end]
    }

    fn input_append_buf(&mut self) -> &mut [u8] {
        self.free()
    }

    fn input_appended(&mut self, amount: usize) {
        self.appended(amount);
    }

    fn input_consume(&mut self, amount: usize) {
        self.start += amount;
        (self.fresh, self.unseen) = (amount > 0, false);
    }

    fn can_use_input(&self) -> bool {
        self.fresh && self.start < self.end
    }
}

#[cfg(test)]
mod tests {
    use super::Buffers;

    fn refused(text: &str) -> bool {
        let mut buffers = Buffers::new();
        buffers.free()[..text.len()].copy_from_slice(text.as_bytes());
        buffers.appended(text.len());
        buffers.is_refused()
    }

    #[test]
    fn only_a_final_failure_ends_an_upload() {
        assert!(!refused(""));
        assert!(!refused("HTTP/1.1 "));
        assert!(!refused("HTTP/1.1 100 Continue\r\n\r\n"));
        assert!(!refused("HTTP/1.1 102 Processing\r\nA: b\r\n"));
        assert!(!refused("HTTP/1.1 200 OK\r\n"));
        assert!(refused("HTTP/1.1 4"));
        assert!(refused("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 503 Slow"));
        assert!(refused("SSH-2.0-OpenSSH"));
    }

    #[test]
    fn the_input_grows_only_when_a_read_fills_it() {
        let mut buffers = Buffers::new();
        assert_eq!(buffers.free().len(), super::INPUT_FIRST);
        buffers.appended(100);
        assert_eq!(buffers.free().len(), super::INPUT_FIRST - 100);
        buffers.appended(super::INPUT_FIRST - 100);
        assert_eq!(buffers.free().len(), super::INPUT_FIRST * 3);
    }
}
