//! Memory as a caller from C would fill it.

use std::ffi::{CStr, CString};
use std::ptr;

use libc::{c_char, c_int, c_void};

use super::fields::{Field, shape};
use crate::ffi::acl::coslink_grant;
use crate::ffi::callback::coslink_progress;
use crate::ffi::client::coslink_bucket;
use crate::ffi::convert::coslink_pair;
use crate::ffi::delete::coslink_object_version;
use crate::ffi::form::coslink_form_condition;
use crate::ffi::multipart::coslink_completed_part;
use crate::ffi::result::coslink_result;
use crate::ffi::status::{coslink_error, coslink_status};

/// How many entries each array has.
const ENTRIES: usize = 4;

/// How many bytes each buffer has.
const BYTES: usize = 64;

/// What pointers lead to.
pub(super) struct Pool {
    texts: Vec<CString>,
    file: &'static CStr,
    bucket: *const coslink_bucket,
    pairs: [coslink_pair; ENTRIES],
    grants: [coslink_grant; ENTRIES],
    conditions: [coslink_form_condition; ENTRIES],
    pub(super) parts: [coslink_completed_part; 2],
    pub(super) objects: [coslink_object_version; 2],
    buffer: *mut [u8; BYTES],
}

/// Texts that something takes.
const KNOWN: &[&CStr] = &[
    c"k",
    c"u",
    c"b-1",
    c"ap-guangzhou",
    c"AES256",
    c"private",
    c"url",
    c"1",
];

impl Pool {
    pub(super) fn new(texts: &[u8], file: &'static CStr, bucket: *const coslink_bucket) -> Self {
        // A NUL ends the text, as in C.
        let text = |line: &[u8]| {
            CString::new(line.split(|byte| *byte == 0).next().unwrap_or_default())
                .unwrap_or_default()
        };
        let lines = texts.split(|byte| *byte == b'\n').skip(1).take(40);
        let known = KNOWN.iter().map(|known| CString::from(*known));
        let texts: Vec<CString> = known.chain(lines.map(text)).collect();
        // The last lines make the arrays; one more than those is NULL.
        let end = |back: usize| {
            texts
                .len()
                .checked_sub(back)
                .map_or(ptr::null(), |at| texts[at].as_ptr())
        };
        let pairs = [1, 2, 3, 4].map(|n| coslink_pair {
            name: end(n),
            value: end(n + 1),
        });
        let grants = [1, 2, 3, 4].map(|n| coslink_grant {
            id: end(n),
            display_name: ptr::null(),
            uri: if n.is_multiple_of(2) {
                end(n + 1)
            } else {
                ptr::null()
            },
            permission: end(n + 2),
        });
        let conditions = [0, 1, 2, 9].map(|kind| coslink_form_condition {
            kind,
            field: end(1),
            value: end(2),
        });
        let parts = [1, 2].map(|part_number| coslink_completed_part {
            part_number,
            etag: end(1),
        });
        let objects = [1, 2].map(|n| coslink_object_version {
            key: end(n),
            version_id: end(3),
        });
        let buffer = Box::into_raw(Box::new([b'x'; BYTES]));
        Self {
            texts,
            file,
            bucket,
            pairs,
            grants,
            conditions,
            parts,
            objects,
            buffer,
        }
    }

    /// NULL or a text.
    pub(super) fn text(&self, choice: u8) -> *const c_char {
        match usize::from(choice).checked_sub(1) {
            None => ptr::null(),
            Some(choice) => self.texts[choice % self.texts.len()].as_ptr(),
        }
    }

    /// NULL, the file, or none that is there. No other file may be written over.
    pub(super) fn path(&self, choice: u8) -> *const c_char {
        match choice % 4 {
            0 => ptr::null(),
            1 => self.file.as_ptr(),
            2 => c"".as_ptr(),
            _ => c"/nowhere/\xFFdirectory/file".as_ptr(),
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        // SAFETY: `new` made it, and nothing uses it after the call.
        drop(unsafe { Box::from_raw(self.buffer) });
    }
}

/// A struct of options; as many bytes as the largest that is looked at.
pub(super) struct Block {
    words: Vec<u64>,
    is_null: bool,
}

const WORDS: usize = 4096 / 8;

impl Block {
    pub(super) fn new(name: &str, choices: &mut impl Iterator<Item = u8>, pool: &Pool) -> Self {
        let shape = shape(name);
        let mut words = vec![0; WORDS];
        let mode = choices.next().unwrap_or(0);
        let memory = words.as_mut_ptr().cast::<u8>();
        let mut array = 0;
        for field in &shape.fields {
            assert!(
                field.offset + 8 <= WORDS * 8,
                "{name} is too large for this test"
            );
            // SAFETY: the place is inside the words, and as aligned as they are.
            unsafe { fill(memory, field, choices, pool, &mut array) };
        }
        let known = shape.size;
        let size = match mode % 16 {
            8 => known + 64,
            9 => {
                words[known / 8] = 1;
                known + 8
            }
            10 => known - 8,
            11 => known / 16 * 8,
            12 => 8,
            13 => 0,
            14 => known + 1,
            15 => usize::MAX - 7,
            _ => known,
        };
        words[0] = size as u64;
        Self {
            words,
            is_null: mode == 0xFF,
        }
    }

    pub(super) fn pointer(&self) -> *const c_void {
        if self.is_null {
            ptr::null()
        } else {
            self.words.as_ptr().cast()
        }
    }
}

const NUMBERS: &[u64] = &[
    0,
    1,
    2,
    5,
    7,
    60,
    1_000,
    10_000,
    65_535,
    819_200,
    1 << 20,
    (1 << 20) + 1,
    838_860_801,
    1 << 31,
    u32::MAX as u64,
    1 << 32,
    5 << 30,
    (5 << 30) + 1,
    253_402_300_799,
    253_402_300_800,
    i64::MAX as u64,
    1 << 63,
    u64::MAX - 1,
    u64::MAX,
];

/// Writes a field, from one choice. `array` is how many entries the last array has.
///
/// # Safety
/// The field's place can be written.
unsafe fn fill(
    memory: *mut u8,
    field: &Field,
    choices: &mut impl Iterator<Item = u8>,
    pool: &Pool,
    array: &mut usize,
) {
    let choice = choices.next().unwrap_or(0);
    let is_set = choice != 0;
    let number = NUMBERS[usize::from(choice) % NUMBERS.len()];
    let pointer: *const c_void = match field.kind {
        // An empty directory is the current one, which is nobody's to write to.
        "const char *" if field.name == "directory" && is_set => pool.path(choice | 1).cast(),
        "const char *" if field.name == "directory" => ptr::null(),
        "const char *" if is_path(field.name) => pool.path(choice).cast(),
        "const char *" => pool.text(choice).cast(),
        "const struct coslink_pair *" if is_set => pool.pairs.as_ptr().cast(),
        "const struct coslink_grant *" if is_set => pool.grants.as_ptr().cast(),
        "const struct coslink_form_condition *" if is_set => pool.conditions.as_ptr().cast(),
        "const struct coslink_bucket *" if is_set => pool.bucket.cast(),
        "const void *" if is_set => pool.buffer.cast(),
        "void *" if is_set => pool.buffer.cast(),
        "coslink_progress_fn" if is_set => progress as *const c_void,
        "coslink_write_fn" if is_set => write as *const c_void,
        "coslink_read_fn" if is_set => read as *const c_void,
        "coslink_file_finished_fn" if is_set => finished as *const c_void,
        _ => ptr::null(),
    };
    // SAFETY: as promised by the caller.
    let at = unsafe { memory.add(field.offset) };
    // SAFETY: the place has the size of the type that is written, and its alignment.
    unsafe {
        match field.kind {
            "int32_t" if choice > 200 => at.cast::<i32>().write(-1),
            "int32_t" => at.cast::<i32>().write((choice % 8).into()),
            "uint32_t" => at.cast::<u32>().write(number as u32),
            "size_t" => at.cast::<usize>().write(match choice {
                // Any number of entries behind NULL, and more than memory has, must be refused.
                _ if *array == 0 => number as usize,
                255 => usize::MAX,
                _ => usize::from(choice) % (*array + 1),
            }),
            // Parts are kept in memory, so they stay small.
            "uint64_t" if field.name == "part_size" => {
                let is_large = (1 << 21..=5 << 30).contains(&number);
                at.cast::<u64>()
                    .write(if is_large { 1 << 20 } else { number });
            }
            // The length of what `data` leads to, which comes later.
            "uint64_t" if field.name == "length" => {
                at.cast::<u64>().write(number % (BYTES as u64 + 1))
            }
            "uint64_t" | "int64_t" => at.cast::<u64>().write(number),
            _ => at.cast::<*const c_void>().write(pointer),
        }
    }
    *array = match field.kind {
        _ if pointer.is_null() => 0,
        "const struct coslink_pair *" | "const struct coslink_grant *" => ENTRIES,
        "const struct coslink_form_condition *" => ENTRIES,
        "void *" if field.name == "buffer" => BYTES,
        _ => 0,
    };
}

fn is_path(name: &str) -> bool {
    matches!(name, "path" | "ca_file" | "credentials_file" | "journal")
}

unsafe extern "C" fn progress(told: *const coslink_progress, _: *mut c_void) -> c_int {
    // SAFETY: it lives until this returns.
    let fraction = unsafe { (*told).fraction };
    assert!((0.0..=1.0).contains(&fraction));
    0
}

unsafe extern "C" fn write(_: *const c_void, _: usize, _: *mut c_void) -> c_int {
    0
}

/// Gives a few bytes each time, and never an end.
pub(super) unsafe extern "C" fn read(buffer: *mut c_void, capacity: usize, _: *mut c_void) -> i64 {
    let count = capacity.min(1 << 16);
    // SAFETY: the buffer has room for `capacity` bytes.
    unsafe { buffer.cast::<u8>().write_bytes(b'x', count) };
    count as i64
}

unsafe extern "C" fn finished(
    _: usize,
    status: coslink_status,
    _: *const coslink_result,
    error: *const coslink_error,
    _: *mut c_void,
) -> c_int {
    assert_eq!(status as i32 == 0, error.is_null());
    0
}
