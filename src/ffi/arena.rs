//! Where the texts and arrays live that C reads through a handle.

use libc::{c_char, c_void};
use std::any::Any;
use std::path::Path;
use std::ptr;

use super::convert::coslink_pair;

/// Keeps whatever its pointers lead to until it is dropped. Moving it does not move that.
#[derive(Default)]
pub(super) struct Arena {
    texts: Vec<Vec<u8>>,
    kept: Vec<Box<dyn Any>>,
    body: Option<(*const c_void, usize)>,
}

/// How many bytes of texts share an allocation.
const BLOCK: usize = 4096;

/// The same of the first one, in which most have all they need: an allocator has such small ones at
/// hand.
const FIRST: usize = 1000;

impl Arena {
    /// Forgets all of it, but for a block to write the next texts into.
    pub(super) fn clear(&mut self) {
        self.texts.drain(..self.texts.len().saturating_sub(1));
        self.texts.iter_mut().for_each(Vec::clear);
        self.kept.clear();
        self.body = None;
    }

    /// A text with its NUL. A NUL inside, which C could not see past, becomes U+FFFD: cutting there
    /// would turn one key into another.
    pub(super) fn text(&mut self, text: &str) -> *const c_char {
        // SAFETY: it reads the bytes of the text, and no others.
        let nul = unsafe { libc::memchr(text.as_ptr().cast(), 0, text.len()) };
        match nul.is_null() {
            true => self.text_of_bytes(text.as_bytes()),
            false => self.text_of_bytes(text.replace('\0', "\u{FFFD}").as_bytes()),
        }
    }

    /// A path: the bytes that the file system knows on Unix, where they have no NUL; UTF-8 elsewhere.
    pub(super) fn path(&mut self, path: &Path) -> *const c_char {
        #[cfg(unix)]
        {
            use std::os::unix::ffi::OsStrExt;
            self.text_of_bytes(path.as_os_str().as_bytes())
        }
        #[cfg(not(unix))]
        self.text(&path.to_string_lossy())
    }

    /// These bytes with a NUL.
    fn text_of_bytes(&mut self, text: &[u8]) -> *const c_char {
        let needed = text.len() + 1;
        // A block never grows beyond its capacity, so earlier texts stay where they are.
        let has_room = |block: &Vec<u8>| block.capacity() - block.len() >= needed;
        if !self.texts.last().is_some_and(has_room) {
            let size = if self.texts.is_empty() { FIRST } else { BLOCK };
            self.texts.push(Vec::with_capacity(needed.max(size)));
        }
        let Some(block) = self.texts.last_mut() else {
            return ptr::null();
        };
        let start = block.len();
        block.extend_from_slice(text);
        block.push(0);
        block[start..].as_ptr().cast()
    }

    /// A text, or NULL.
    pub(super) fn optional(&mut self, text: Option<&str>) -> *const c_char {
        text.map_or(ptr::null(), |text| self.text(text))
    }

    /// An array of texts; NULL when it is empty.
    pub(super) fn texts(&mut self, texts: &[String]) -> *const *const c_char {
        let pointers = texts.iter().map(|text| self.text(text)).collect();
        self.array(pointers)
    }

    /// An array of pairs; NULL when it is empty.
    pub(super) fn pairs<'a>(
        &mut self,
        pairs: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> *const coslink_pair {
        let pair = |(name, value)| coslink_pair {
            name: self.text(name),
            value: self.text(value),
        };
        let pairs = pairs.map(pair).collect();
        self.array(pairs)
    }

    /// An array of values; NULL when it is empty.
    pub(super) fn array<T: 'static>(&mut self, items: Vec<T>) -> *const T {
        if items.is_empty() {
            return ptr::null();
        }
        let first = items.as_ptr();
        self.kept.push(Box::new(items));
        first
    }

    /// An array of pointers to values, whose type may thus grow; NULL when it is empty.
    pub(super) fn pointers<T: 'static>(&mut self, items: Vec<T>) -> *const *const T {
        let count = items.len();
        let first = self.array(items);
        self.array((0..count).map(|index| first.wrapping_add(index)).collect())
    }

    /// One value.
    pub(super) fn keep<T: 'static>(&mut self, item: T) -> *const T {
        self.array(vec![item])
    }

    /// The bytes of `coslink_result_body`.
    pub(super) fn keep_body(&mut self, bytes: Vec<u8>) -> *const c_void {
        let length = bytes.len();
        // An empty body is still a body: the pointer is not NULL.
        let first = bytes.as_ptr().cast();
        self.kept.push(Box::new(bytes));
        self.body = Some((first, length));
        first
    }

    /// What [`keep_body`](Self::keep_body) kept.
    pub(super) fn body(&self) -> Option<(*const c_void, usize)> {
        self.body
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::CStr;

    use super::*;

    #[test]
    fn texts_stay_where_they_are_and_a_nul_is_shown() {
        let mut arena = Arena::default();
        let long = "x".repeat(BLOCK);
        let expected: Vec<String> = (0..2000)
            .map(|n| format!("{n}"))
            .chain([long, String::new()])
            .collect();
        let pointers: Vec<_> = expected.iter().map(|text| arena.text(text)).collect();
        let nul = arena.text("a\0b");
        let arena = Box::new(arena);
        // SAFETY: the arena, which all of them lead into, is alive.
        let text = |pointer| unsafe { CStr::from_ptr(pointer) }.to_str();
        for (pointer, expected) in pointers.into_iter().zip(&expected) {
            assert_eq!(text(pointer), Ok(expected.as_str()));
        }
        assert_eq!(text(nul), Ok("a\u{FFFD}b"));
        drop(arena);
    }
}
