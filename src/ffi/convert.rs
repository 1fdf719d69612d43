//! What comes in from C, checked.

use std::ffi::CStr;

use libc::c_char;
use std::mem::MaybeUninit;
use std::path::Path;
use std::ptr;
use std::slice;
use std::time::{Duration, SystemTime};

use crate::error::{Error, Result};

/// A name and its value. Frozen: it never grows, so that arrays of it are possible.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct coslink_pair {
    /// The name.
    pub name: *const c_char,
    /// The value.
    pub value: *const c_char,
}

/// The place that a call hands something out to; NULL when the caller does not want it.
pub(super) struct Out<T>(*mut *mut T);

impl<T> Out<T> {
    /// Takes the caller's pointer and sets what it leads to to NULL, so that it can be freed
    /// whatever happens next.
    ///
    /// # Safety
    /// `slot` is NULL or can be written until the call ends.
    pub(super) unsafe fn new(slot: *mut *mut T) -> Self {
        if !slot.is_null() {
            // SAFETY: as promised by the caller.
            unsafe { slot.write(ptr::null_mut()) };
        }
        Self(slot)
    }

    /// The same for an output that makes no sense to do without.
    pub(super) fn required(self, name: &str) -> Result<Self> {
        if self.0.is_null() {
            Err(Error::invalid(name, "is NULL"))
        } else {
            Ok(self)
        }
    }

    /// Hands a value out, as the owner's from now on.
    pub(super) fn give(self, value: T) {
        self.give_raw(|| Box::into_raw(Box::new(value)));
    }

    /// Hands out what `make` returns; it is not called when nobody wants it.
    pub(super) fn give_raw(self, make: impl FnOnce() -> *mut T) {
        if !self.0.is_null() {
            // SAFETY: `new` was promised that the slot can be written.
            unsafe { self.0.write(make()) };
        }
    }
}

/// # Safety
/// The pointer is NULL or leads to a value that lives, and is only read, during the call.
pub(super) unsafe fn required<'a, T>(pointer: *const T, name: &str) -> Result<&'a T> {
    // SAFETY: as promised by the caller.
    unsafe { pointer.as_ref() }.ok_or_else(|| Error::invalid(name, "is NULL"))
}

/// An option struct: its first field is `size_t size`, and all bytes zero mean the defaults.
///
/// # Safety
/// The type is `repr(C)`, begins with a `usize`, and any bytes from C are a valid value of it.
pub(super) unsafe trait Options: Copy {}

/// The largest struct that is believed in, in bytes; more is an uninitialised size.
const MAX_SIZE: usize = 4096;

/// Copies an option struct of any version: what an older caller does not know is zero, what a newer
/// one knows must be. NULL means the defaults.
///
/// # Safety
/// The pointer is NULL or leads to as many bytes as their `size` says.
pub(super) unsafe fn read_sized<T: Options>(given: *const T, name: &str) -> Result<T> {
    let known = size_of::<T>();
    let mut options = MaybeUninit::<T>::zeroed();
    if !given.is_null() {
        // SAFETY: the struct has at least its `size`.
        let size = unsafe { given.cast::<usize>().read_unaligned() };
        if size == 0 {
            return Err(Error::invalid(
                name,
                "its size is 0; begin with COSLINK_INIT",
            ));
        }
        // All versions end at a multiple, so no pointer is ever cut in two.
        if size > MAX_SIZE || !size.is_multiple_of(align_of::<T>()) {
            return Err(Error::invalid(
                name,
                format!("its size of {size} cannot be"),
            ));
        }
        // SAFETY: the caller promised `size` readable bytes.
        let bytes = unsafe { slice::from_raw_parts(given.cast::<u8>(), size) };
        if bytes[known.min(size)..].iter().any(|byte| *byte != 0) {
            let why = "it sets fields that this version of coslink does not know";
            return Err(Error::invalid(name, why));
        }
        let count = known.min(size);
        // SAFETY: both sides have `count` bytes and are different objects.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), options.as_mut_ptr().cast(), count) };
    }
    // SAFETY: any bytes are a valid `T`, and all are initialised.
    Ok(unsafe { options.assume_init() })
}

/// A text that may be left out.
///
/// # Safety
/// The pointer is NULL or leads to a NUL-terminated text that lives during the call.
pub(super) unsafe fn text<'a>(pointer: *const c_char, name: &str) -> Result<Option<&'a str>> {
    if pointer.is_null() {
        return Ok(None);
    }
    // SAFETY: as promised by the caller.
    let text = unsafe { CStr::from_ptr(pointer) };
    text.to_str()
        .map(Some)
        .map_err(|_| Error::invalid(name, "is not UTF-8"))
}

/// A text that must be there.
///
/// # Safety
/// As for [`text`].
pub(super) unsafe fn required_text<'a>(pointer: *const c_char, name: &str) -> Result<&'a str> {
    // SAFETY: as promised by the caller.
    unsafe { text(pointer, name) }?.ok_or_else(|| Error::invalid(name, "is NULL"))
}

/// A path that may be left out: the bytes that the file system knows on Unix, UTF-8 elsewhere.
///
/// # Safety
/// As for [`text`].
pub(super) unsafe fn path<'a>(pointer: *const c_char, name: &str) -> Result<Option<&'a Path>> {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        let _ = name;
        if pointer.is_null() {
            return Ok(None);
        }
        // SAFETY: as promised by the caller.
        let bytes = unsafe { CStr::from_ptr(pointer) }.to_bytes();
        Ok(Some(Path::new(std::ffi::OsStr::from_bytes(bytes))))
    }
    #[cfg(not(unix))]
    // SAFETY: as promised by the caller.
    unsafe {
        Ok(text(pointer, name)?.map(Path::new))
    }
}

/// A path that must be there.
///
/// # Safety
/// As for [`text`].
pub(super) unsafe fn required_path<'a>(pointer: *const c_char, name: &str) -> Result<&'a Path> {
    // SAFETY: as promised by the caller.
    unsafe { path(pointer, name) }?.ok_or_else(|| Error::invalid(name, "is NULL"))
}

/// An array; `(NULL, 0)` is an empty one.
///
/// # Safety
/// The pointer leads to `count` values that live, and are only read, during the call.
pub(super) unsafe fn array<'a, T>(pointer: *const T, count: usize, name: &str) -> Result<&'a [T]> {
    if count == 0 {
        return Ok(&[]);
    }
    if pointer.is_null() {
        return Err(Error::invalid(
            name,
            format!("is NULL, with a length of {count}"),
        ));
    }
    let fits = count
        .checked_mul(size_of::<T>())
        .is_some_and(|size| isize::try_from(size).is_ok());
    if !fits || !pointer.is_aligned() {
        return Err(Error::invalid(
            name,
            format!("{count} entries cannot be there"),
        ));
    }
    // SAFETY: not NULL, aligned, not too long, and as promised by the caller.
    Ok(unsafe { slice::from_raw_parts(pointer, count) })
}

/// An array of pairs, none of them with a NULL.
///
/// # Safety
/// As for [`array()`] and [`text`].
pub(super) unsafe fn pairs<'a>(
    pointer: *const coslink_pair,
    count: usize,
    name: &str,
) -> Result<Vec<(&'a str, &'a str)>> {
    // SAFETY: as promised by the caller.
    let pairs = unsafe { array(pointer, count, name) }?;
    let pair = |(index, pair): (usize, &coslink_pair)| {
        // SAFETY: as promised by the caller.
        let part = |pointer, part: &str| unsafe {
            required_text(pointer, &format!("{name}[{index}].{part}"))
        };
        Ok((part(pair.name, "name")?, part(pair.value, "value")?))
    };
    pairs.iter().enumerate().map(pair).collect()
}

/// A field of an option struct, which is either unset (NULL, 0) or a value for a setter.
pub(super) trait Given<'a> {
    /// What the setter takes.
    type Value;

    /// # Safety
    /// A pointer is NULL or leads to a NUL-terminated text that lives as long as the value.
    unsafe fn given(self, name: &str) -> Result<Option<Self::Value>>;
}

impl<'a> Given<'a> for *const c_char {
    type Value = &'a str;

    unsafe fn given(self, name: &str) -> Result<Option<&'a str>> {
        // SAFETY: as promised by the caller.
        unsafe { text(self, name) }
    }
}

macro_rules! given_numbers {
    ($($type:ty),*) => { $(impl Given<'_> for $type {
        type Value = $type;

        unsafe fn given(self, _: &str) -> Result<Option<$type>> {
            Ok(Some(self).filter(|number| *number != 0))
        }
    })* };
}
given_numbers!(u32, u64);

/// A flag.
impl Given<'_> for i32 {
    type Value = bool;

    unsafe fn given(self, _: &str) -> Result<Option<bool>> {
        Ok(Some(true).filter(|_| self != 0))
    }
}

/// Seconds since 1970.
impl Given<'_> for i64 {
    type Value = SystemTime;

    unsafe fn given(self, name: &str) -> Result<Option<SystemTime>> {
        if self == 0 {
            return Ok(None);
        }
        let since = u64::try_from(self).ok().map(Duration::from_secs);
        let time = since.and_then(|since| SystemTime::UNIX_EPOCH.checked_add(since));
        // The last second that a date with a year of four digits can name.
        let time = time.filter(|_| self <= 253_402_300_799);
        time.map(Some)
            .ok_or_else(|| Error::invalid(name, format!("{self} is no time to ask for")))
    }
}

/// Calls the setter of each field that is set: `apply!(operation, options: prefix max_keys)`.
///
/// It and the macros below stand in an `unsafe` block that promises what `Given` and `pairs` ask.
macro_rules! apply {
    ($operation:ident, $options:ident: $($field:ident)*) => { $(
        let given = $crate::ffi::convert::Given::given($options.$field, stringify!($field))?;
        if let Some(value) = given {
            $operation = $operation.$field(value.into());
        }
    )* };
}
pub(super) use apply;

/// Calls a setter for each pair of an array: `apply_pairs!(operation, options: header(headers,
/// header_count))`.
macro_rules! apply_pairs {
    ($operation:ident, $options:ident: $($setter:ident($field:ident, $count:ident)),*) => { $(
        let name = stringify!($field);
        for (name, value) in $crate::ffi::convert::pairs($options.$field, $options.$count, name)? {
            $operation = $operation.$setter(name, value);
        }
    )* };
}
pub(super) use apply_pairs;

#[cfg(test)]
mod tests {
    use super::*;

    #[repr(C)]
    #[derive(Clone, Copy)]
    struct Known {
        size: usize,
        first: u64,
        second: u64,
    }

    // SAFETY: `repr(C)`, begins with its size, numbers only.
    unsafe impl Options for Known {}

    fn read(words: &[usize]) -> Result<(u64, u64)> {
        // SAFETY: no row says a size that is longer than its words, but for those that are refused.
        let known = unsafe { read_sized(words.as_ptr().cast::<Known>(), "options") }?;
        Ok((known.first, known.second))
    }

    #[test]
    fn structs_of_any_version_are_read() {
        let word = size_of::<usize>();
        let rows = [
            (vec![3 * word, 1, 2], Some((1, 2))),
            (vec![2 * word, 1], Some((1, 0))),
            (vec![word], Some((0, 0))),
            (vec![4 * word, 1, 2, 0], Some((1, 2))),
            (vec![4 * word, 1, 2, 3], None),
            (vec![0, 1, 2], None),
            (vec![word + 1, 1, 2], None),
            (vec![usize::MAX - 7, 1, 2], None),
        ];
        for (words, expected) in rows {
            assert_eq!(read(&words).ok(), expected, "{words:?}");
        }
        // SAFETY: NULL is allowed.
        let defaults = unsafe { read_sized(ptr::null::<Known>(), "options") };
        assert!(defaults.is_ok_and(|known| known.first == 0));
    }

    #[test]
    fn an_array_is_empty_only_when_it_says_so() {
        // SAFETY: nothing is read where the length is zero, the pointer NULL or the length absurd.
        unsafe {
            assert!(array(ptr::null::<u8>(), 0, "x").is_ok_and(<[u8]>::is_empty));
            assert!(array(ptr::null::<u8>(), 1, "x").is_err());
            assert!(array(ptr::dangling::<u64>(), usize::MAX / 8, "x").is_err());
            assert!(array(ptr::without_provenance::<u64>(1), 1, "x").is_err());
        }
    }

    #[test]
    fn times_are_seconds_that_a_date_can_name() {
        let rows = [
            (0, Some(None)),
            (1, Some(Some(1))),
            (-1, None),
            (i64::MAX, None),
        ];
        for (seconds, expected) in rows {
            // SAFETY: no pointer is involved.
            let time = unsafe { seconds.given("time") }.ok();
            let time = time.map(|time| {
                let since = |time: SystemTime| time.duration_since(SystemTime::UNIX_EPOCH);
                time.map(|time| since(time).unwrap_or_default().as_secs())
            });
            assert_eq!(time, expected, "{seconds}");
        }
    }
}
