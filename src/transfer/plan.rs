//! How a file is cut into parts. Pure.

use std::ops::Range;

use crate::error::{Error, Result};

/// The limits of COS (Upload Part, API page 7750), in bytes.
pub(crate) const MIN_PART: u64 = 1 << 20;
pub(crate) const MAX_PART: u64 = 5 << 30;
const MAX_PARTS: u64 = 10_000;

/// A file cut into parts of one size; the last may be smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    size: u64,
    part_size: u64,
}

impl Plan {
    /// Parts of the wanted size, or of as much more (in MiB) as it takes to need no more than
    /// 10,000 of them.
    pub(crate) fn new(size: u64, wanted: u64) -> Result<Self> {
        if !(MIN_PART..=MAX_PART).contains(&wanted) {
            let why = format!("{wanted} bytes is not in {MIN_PART} to {MAX_PART}");
            return Err(Error::invalid("part_size", why));
        }
        let needed = size.div_ceil(MAX_PARTS).next_multiple_of(MIN_PART);
        let part_size = wanted.max(needed);
        if part_size > MAX_PART {
            let why = format!("{size} bytes are more than COS takes in {MAX_PARTS} parts");
            return Err(Error::invalid("path", why));
        }
        Ok(Self { size, part_size })
    }

    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    pub(crate) fn part_size(&self) -> u64 {
        self.part_size
    }

    /// How many parts there are; none for an empty file.
    pub(crate) fn count(&self) -> u32 {
        u32::try_from(self.size.div_ceil(self.part_size)).unwrap_or(u32::MAX)
    }

    /// The bytes of a part, counted from 0.
    pub(crate) fn range(&self, index: u32) -> Range<u64> {
        let start = u64::from(index) * self.part_size;
        start..(start + self.part_size).min(self.size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cover_the_file_exactly_and_are_never_too_many_nor_too_small() {
        let sizes = [
            0,
            1,
            MIN_PART - 1,
            MIN_PART,
            MIN_PART + 1,
            10_000 * MIN_PART,
            1 << 40,
            40 << 40,
        ];
        for size in sizes {
            for wanted in [MIN_PART, MIN_PART + 1, 8 << 20, MAX_PART] {
                let plan = Plan::new(size, wanted).unwrap();
                assert!(plan.count() <= 10_000);
                let mut end = 0;
                for index in 0..plan.count() {
                    let range = plan.range(index);
                    assert_eq!(range.start, end);
                    let is_last = index + 1 == plan.count();
                    assert!(range.end > range.start && range.end - range.start <= MAX_PART);
                    assert!(is_last || range.end - range.start >= MIN_PART);
                    end = range.end;
                }
                assert_eq!(end, size);
            }
        }
    }

    #[test]
    fn sizes_that_cos_does_not_take_are_refused() {
        for wanted in [0, MIN_PART - 1, MAX_PART + 1] {
            assert!(Plan::new(1, wanted).is_err());
        }
        assert!(Plan::new(10_000 * MAX_PART + 1, MAX_PART).is_err());
    }
}
