//! A copy as words.

use super::CopyFile;
use crate::op::copy_source::CopySource;
use crate::transfer::words::{Reader, Writer};

impl CopyFile {
    pub(crate) fn words(&self) -> Option<Vec<String>> {
        let source = &self.source;
        let words = Writer::default().text(&self.key).text(source.bucket());
        let words = words.text(source.region()).text(source.key());
        let words = words.text(source.version().unwrap_or_default());
        let words = words.pairs(&self.headers)?.number(self.part_size);
        let words = words.number(self.slice_above).number(self.parallel as u64);
        let words = words.choices(self.resume, self.verify);
        Some(words.number(self.keep_acl.into()).end())
    }

    pub(crate) fn of_words(words: &[String]) -> Option<Self> {
        let mut words = Reader(words.iter());
        let key = words.text()?;
        let source = CopySource::new(words.text()?, words.text()?, words.text()?);
        let mut copy = Self::new(key, source.version_id(words.text()?));
        copy.headers = words.pairs()?;
        copy.part_size = words.number()?;
        copy.slice_above = words.number()?;
        copy.parallel = words.size()?;
        (copy.resume, copy.verify) = words.choices()?;
        copy.keep_acl = words.flag()?;
        Some(copy)
    }
}
