//! What an earlier run has moved. Pure.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use std::sync::atomic::{AtomicBool, Ordering};

use super::journal::Found;
use super::multipart::{Begun, DonePart};
use super::plan::Plan;
use crate::error::{Error, ErrorKind, Result};
use crate::op::Part;
use crate::watch::Meter;
use crate::wire::encode;

/// MD5 and CRC64 of a part of the file, counted from 0; the meter hears of it.
pub(super) type Sums<'s> = &'s mut dyn FnMut(u32, &mut Meter<'_>) -> Result<(String, u64)>;

/// Whether what was moved is of use to a later run.
pub(super) fn outlives(error: &Error, keeps_cancelled: &AtomicBool) -> bool {
    match error.kind() {
        ErrorKind::Cancelled => keeps_cancelled.load(Ordering::Relaxed),
        ErrorKind::Integrity => false,
        ErrorKind::Transport
        | ErrorKind::Timeout
        | ErrorKind::Denied
        | ErrorKind::Credentials
        | ErrorKind::LocalIo
        | ErrorKind::Protocol
        | ErrorKind::Internal => true,
        _ => error.is_retryable(),
    }
}

/// What a journal says of an earlier run.
#[derive(Default)]
pub(super) struct Previous {
    /// When an upload was about to be begun.
    pub(super) intended: Option<i64>,
    pub(super) begun: Option<Begun>,
    pub(super) done: BTreeMap<u32, DonePart>,
}

impl Previous {
    /// Lines that make no sense, and all after them, are passed over.
    pub(super) fn of(found: Option<&Found>) -> Self {
        let mut previous = Self::default();
        for line in found.into_iter().flat_map(|found| &found.lines) {
            let words: Vec<&str> = line.iter().map(String::as_str).collect();
            if previous.read(&words).is_none() {
                break;
            }
        }
        previous
    }

    fn read(&mut self, words: &[&str]) -> Option<()> {
        match words {
            ["intended", time] => {
                // What was begun before was not there any more.
                *self = Self {
                    intended: Some(time.parse().ok()?),
                    ..Self::default()
                };
            }
            ["refused"] => self.intended = None,
            ["begun", since, id] => {
                self.begun = Some(Begun {
                    upload_id: encode::unpercent(id).filter(|id| !id.is_empty())?,
                    since: since.parse().ok(),
                });
            }
            ["part", number, crc64, length, etag] => {
                let index = number.parse::<u32>().ok()?.checked_sub(1)?;
                let part = DonePart {
                    etag: encode::unpercent(etag)?,
                    crc64: crc64.parse().ok(),
                    length: length.parse().ok()?,
                };
                self.done.insert(index, part);
            }
            _ => return None,
        }
        Some(())
    }
}

/// The recorded parts that COS has as they were recorded.
pub(super) fn agree(recorded: BTreeMap<u32, DonePart>, listed: &[Part]) -> BTreeMap<u32, DonePart> {
    let listed: BTreeMap<u32, &Part> = listed.iter().map(|part| (part.part_number, part)).collect();
    let is_there = |index: u32, part: &DonePart| {
        let listed = listed.get(&(index + 1));
        listed.is_some_and(|l| l.size == part.length && bare(&l.etag) == bare(&part.etag))
    };
    let mut agreed = recorded;
    agreed.retain(|index, part| is_there(*index, part));
    agreed
}

/// The parts of an upload, if they are those of this plan and of the file that `sums` reads: each
/// has the size and the MD5 that it would have. An upload without parts may be anybody's.
pub(super) fn reconcile(
    plan: Plan,
    listed: &[Part],
    known: &mut BTreeMap<u32, (String, u64)>,
    sums: &mut dyn FnMut(u32) -> Result<(String, u64)>,
) -> Result<Option<BTreeMap<u32, DonePart>>> {
    let fits = |part: &Part| {
        let index = part.part_number.checked_sub(1)?;
        let range = (index < plan.count()).then(|| plan.range(index))?;
        (range.end - range.start == part.size).then_some(index)
    };
    if listed.is_empty() || listed.iter().any(|part| fits(part).is_none()) {
        return Ok(None);
    }
    let mut done = BTreeMap::new();
    for part in listed {
        let index = part.part_number - 1;
        let (md5, crc64) = match known.entry(index) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(sums(index)?),
        };
        if *md5 != bare(&part.etag) {
            return Ok(None);
        }
        let (etag, length) = (part.etag.clone(), part.size);
        done.insert(
            index,
            DonePart {
                etag,
                crc64: Some(*crc64),
                length,
            },
        );
    }
    Ok(Some(done))
}

/// An ETag without its quotes, which COS writes here and leaves out there.
pub(super) fn bare(etag: &str) -> &str {
    etag.trim_matches('"')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transfer::plan::MIN_PART;

    fn part(number: u32, size: u64, etag: &str) -> Part {
        Part {
            part_number: number,
            size,
            etag: format!("\"{etag}\""),
            ..Part::default()
        }
    }

    #[test]
    fn an_upload_is_taken_only_when_every_part_of_it_is_of_this_file() {
        let plan = Plan::new(2 * MIN_PART + 5, MIN_PART).unwrap();
        let rows = [
            (vec![part(1, MIN_PART, "md5-0")], Some(1)),
            (
                vec![part(1, MIN_PART, "md5-0"), part(3, 5, "md5-2")],
                Some(2),
            ),
            (vec![], None),
            (vec![part(1, MIN_PART, "md5-1")], None),
            (
                vec![part(1, MIN_PART, "md5-0"), part(2, MIN_PART, "other")],
                None,
            ),
            (vec![part(1, MIN_PART - 1, "md5-0")], None),
            (vec![part(3, MIN_PART, "md5-2")], None),
            (vec![part(4, 5, "md5-3")], None),
            (vec![part(0, MIN_PART, "md5-0")], None),
        ];
        for (listed, expected) in rows {
            let mut read = 0;
            let mut sums = |index: u32| {
                read += 1;
                Ok((format!("md5-{index}"), u64::from(index)))
            };
            let mut known = BTreeMap::new();
            let done = reconcile(plan, &listed, &mut known, &mut sums).unwrap();
            assert_eq!(done.map(|done| done.len()), expected, "{listed:?}");
            assert_eq!(read, known.len());
        }
    }

    #[test]
    fn the_last_intention_is_what_counts() {
        let lines = |text: &str| Found {
            lines: text
                .lines()
                .map(|line| line.split(' ').map(str::to_owned).collect())
                .collect(),
            ..Found::default()
        };
        let rows = [
            ("", None, None, 0),
            ("intended 5", Some(5), None, 0),
            (
                "intended 5\nbegun 6 id%20x\npart 1 7 8 e",
                Some(5),
                Some("id x"),
                1,
            ),
            (
                "intended 5\nbegun - id\npart 1 - 8 e\nintended 9",
                Some(9),
                None,
                0,
            ),
            (
                "intended 5\nbegun 6 a\nintended 9\nbegun 9 b\npart 2 7 8 e",
                Some(9),
                Some("b"),
                1,
            ),
            (
                "intended 5\nbegun 6 a\npart 0 7 8 e\npart 1 7 8 e",
                Some(5),
                Some("a"),
                0,
            ),
            ("intended 5\nnonsense\nbegun 6 a", Some(5), None, 0),
            ("intended 5\nbegun 6 %F", Some(5), None, 0),
        ];
        for (text, intended, begun, parts) in rows {
            let previous = Previous::of(Some(&lines(text)));
            let id = previous
                .begun
                .as_ref()
                .map(|begun| begun.upload_id.as_str());
            assert_eq!(
                (previous.intended, id, previous.done.len()),
                (intended, begun, parts),
                "{text}"
            );
        }
    }

    #[test]
    fn recorded_parts_count_only_as_far_as_cos_has_them() {
        let done = |etag: &str, length| DonePart {
            etag: etag.to_owned(),
            crc64: Some(1),
            length,
        };
        let recorded = [
            (0, done("\"a\"", 5)),
            (1, done("b", 5)),
            (2, done("c", 5)),
            (3, done("d", 5)),
        ];
        let listed = [
            part(1, 5, "a"),
            part(2, 5, "other"),
            part(3, 4, "c"),
            part(9, 5, "x"),
        ];
        let agreed = agree(recorded.into(), &listed);
        assert_eq!(agreed.into_keys().collect::<Vec<_>>(), [0]);
    }
}
