//! What faults do to bytes that are kept, put together or read.

use bytes::Bytes;

use crate::blob::{Blob, Received};
use crate::crc64::flipped;
use crate::fault::number;
use crate::inbound::broken;
use crate::reply::Refusal;

/// Which operations move the bytes that an action damages.
const PLACES: [(&str, &[&str]); 8] = [
    ("store-flip", &["PutObject", "UploadPart"]),
    ("store-flip-quiet", &["PutObject", "UploadPart"]),
    ("store-truncate", &["PutObject", "UploadPart"]),
    ("join", &["CompleteMultipartUpload"]),
    ("copy-flip", &["CopyObject", "UploadPartCopy"]),
    ("shift", &["GetObject"]),
    ("stale", &["GetObject"]),
    ("shorten", &["GetObject"]),
];

/// A body that is not kept as it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spoil {
    /// The lowest bit of this byte is inverted before anything is summed.
    Flip(u64),
    /// The same after everything was summed.
    FlipQuietly(u64),
    /// Only so many bytes arrive.
    Truncate(u64),
}

/// A wrong way to put parts together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Join {
    /// The first two change places.
    Swap,
    /// The last one is left out.
    Drop,
    /// The last one comes twice.
    Double,
    Reverse,
}

/// All that one line does to bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Damage {
    pub(crate) store: Option<Spoil>,
    pub(crate) join: Option<Join>,
    /// The byte of a copy that is wrong.
    pub(crate) copy_flip: Option<u64>,
    shift: u64,
    stale: bool,
    shorten: u64,
}

impl Damage {
    /// Takes an action in; false when it is none of these.
    pub(crate) fn read(&mut self, name: &str, value: Option<&str>) -> Result<bool, String> {
        match (name, value) {
            ("store-flip", Some(value)) => self.spoil(Spoil::Flip(number(name, value)?))?,
            ("store-flip-quiet", Some(value)) => {
                self.spoil(Spoil::FlipQuietly(number(name, value)?))?;
            }
            ("store-truncate", Some(value)) => self.spoil(Spoil::Truncate(number(name, value)?))?,
            ("join", Some(value)) => self.join = Some(join(value)?),
            ("copy-flip", Some(value)) => self.copy_flip = Some(number(name, value)?),
            ("shift", Some(value)) => self.shift = number(name, value)?,
            ("stale", None) => self.stale = true,
            ("shorten", Some(value)) => self.shorten = number(name, value)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn spoil(&mut self, spoil: Spoil) -> Result<(), String> {
        match self.store.replace(spoil) {
            None => Ok(()),
            Some(_) => Err("one line spoils a body once only".to_owned()),
        }
    }

    /// What is kept of a body, and its CRC. Both differ from what the answer tells when the damage
    /// is a quiet one.
    pub(crate) fn kept(&self, received: &Received) -> Result<(Blob, u64), Refusal> {
        let (blob, size) = (&received.blob, received.blob.size());
        match self.store {
            Some(Spoil::FlipQuietly(at)) if at < size => Ok((
                blob.flipped(at).map_err(broken)?,
                flipped(received.crc64, size - at - 1),
            )),
            _ => Ok((blob.clone(), received.crc64)),
        }
    }

    /// What is read for the `size` bytes from `from` of an object, whose previous content may be
    /// known. It may be less.
    pub(crate) fn seen(
        &self,
        object: &Blob,
        previous: Option<&Blob>,
        (from, size): (u64, u64),
        is_range: bool,
    ) -> Blob {
        let total = object.size();
        let mut blob = object.clone();
        if self.stale {
            blob = previous.map_or_else(Blob::default, |previous| previous.slice(0, total));
            blob.append(&Blob::zeros(total - blob.size()));
        }
        if is_range && self.shift > 0 {
            let start = self.shift % total;
            let mut turned = blob.slice(start, total - start);
            turned.append(&blob.slice(0, start));
            blob = turned;
        }
        blob.slice(from, size.saturating_sub(self.shorten))
    }
}

impl Spoil {
    /// A piece of a body, which begins at `start`, as it arrives.
    pub(crate) fn arrives(self, start: u64, mut piece: Bytes) -> Bytes {
        match self {
            Self::Flip(at) => flip(start, piece, at),
            Self::FlipQuietly(_) => piece,
            Self::Truncate(size) => {
                let left = size.saturating_sub(start);
                piece.truncate(usize::try_from(left).unwrap_or(usize::MAX));
                piece
            }
        }
    }
}

impl Join {
    pub(crate) fn apply<T: Copy>(self, parts: &mut Vec<T>) {
        match self {
            Self::Swap if parts.len() > 1 => parts.swap(0, 1),
            Self::Swap => {}
            Self::Drop => drop(parts.pop()),
            Self::Double => parts.extend(parts.last().copied()),
            Self::Reverse => parts.reverse(),
        }
    }
}

fn join(value: &str) -> Result<Join, String> {
    match value {
        "swap" => Ok(Join::Swap),
        "drop" => Ok(Join::Drop),
        "double" => Ok(Join::Double),
        "reverse" => Ok(Join::Reverse),
        _ => Err(format!(
            "join is swap, drop, double or reverse, not {value}"
        )),
    }
}

/// An action that never shows would let a test pass that tests nothing.
pub(crate) fn check_place(operation: &str, action: &str) -> Result<(), String> {
    let place = PLACES.iter().find(|(name, _)| *name == action);
    match place {
        Some((_, places)) if operation != "*" && !places.contains(&operation) => {
            Err(format!("{action} is for {}", places.join(" and ")))
        }
        _ => Ok(()),
    }
}

/// A block, which begins at `start`, with the lowest bit of byte `at` inverted if it holds it.
pub(crate) fn flip(start: u64, block: Bytes, at: u64) -> Bytes {
    if !(start..start + block.len() as u64).contains(&at) {
        return block;
    }
    let mut damaged = block.to_vec();
    damaged[(at - start) as usize] ^= 1;
    Bytes::from(damaged)
}
