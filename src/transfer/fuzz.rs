//! The records of transfers, and what else a fuzzer cannot reach from outside.

use super::copy::CopyFile;
use super::download::DownloadFile;
use super::journal::{self, Found};
use super::kept::GetObjectTagging;
use super::partial::recorded;
use super::plan::{MIN_PART, Plan};
use super::resume::Previous;
use super::upload::UploadFile;
use crate::op::Operation;

/// The lines of any bytes as if their checksums were right: a checksum keeps everything else out.
pub(crate) fn lines(data: &[u8]) -> Found {
    let text = String::from_utf8_lossy(data);
    let mut lines = text.split('\n').map(str::to_owned);
    let words = |line: String| line.split(' ').map(str::to_owned).collect();
    Found {
        identity: lines.next().unwrap_or_default(),
        lines: lines.take(200).map(words).collect(),
    }
}

pub(crate) fn journal(data: &[u8]) {
    let (found, end) = journal::parse(data);
    let end = usize::try_from(end).unwrap_or(usize::MAX);
    assert_eq!(journal::parse(&data[..end]), (found, end as u64));

    let mut found = lines(data);
    // What is written is read again, whatever the words are.
    let mut content = journal::line(&[journal::FORMAT, &found.identity]);
    for line in &found.lines {
        let words: Vec<&str> = line.iter().map(String::as_str).collect();
        content.push_str(&journal::line(&words));
    }
    let (again, end) = journal::parse(content.as_bytes());
    assert_eq!(end, content.len() as u64);
    assert_eq!(again.as_ref(), Some(&found));

    found.lines.iter().for_each(|line| transfers(line));
    let previous = Previous::of(Some(&found));
    assert!(
        previous
            .begun
            .is_none_or(|begun| !begun.upload_id.is_empty())
    );
    for size in [0, 5, 3 * MIN_PART + 1, u64::MAX / 2] {
        let Ok(plan) = Plan::new(size, MIN_PART) else {
            continue;
        };
        for (index, part) in recorded(&found, plan) {
            let range = plan.range(index);
            assert!(index < plan.count() && range.end - range.start == part.length);
        }
    }
    // The end of the record may be missing.
    found.lines.truncate(found.lines.len() / 2);
    Previous::of(Some(&found));
}

/// Words that are read and written again are the same from then on.
fn transfers(line: &[String]) {
    macro_rules! round {
        ($($transfer:ident)*) => { $(
            if let Some(words) = $transfer::of_words(line).and_then(|read| read.words()) {
                let again = $transfer::of_words(&words).and_then(|read| read.words());
                assert_eq!(again, Some(words));
            }
        )* };
    }
    round!(UploadFile DownloadFile CopyFile);
}

/// The operation that reads tags, which is no public one.
pub(crate) fn tagging() -> impl Operation<Output = String> {
    GetObjectTagging {
        key: "k".to_owned(),
        version_id: None,
    }
}
