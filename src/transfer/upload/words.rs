//! An upload as words.

use std::sync::Arc;

use super::UploadFile;
use crate::transfer::words::{Reader, Writer};

impl UploadFile {
    pub(crate) fn words(&self) -> Option<Vec<String>> {
        let words = Writer::default().text(&self.key).path(&self.path)?;
        let words = words.pairs(&self.headers)?.number(self.part_size);
        let words = words.number(self.slice_above).number(self.parallel as u64);
        let words = words.choices(self.resume, self.verify);
        Some(words.number(self.content_md5.into()).end())
    }

    pub(crate) fn of_words(words: &[String]) -> Option<Self> {
        let mut words = Reader(words.iter());
        let mut upload = Self::new(words.text()?, words.text()?);
        upload.headers = words.pairs()?;
        upload.part_size = words.number()?;
        upload.slice_above = words.number()?;
        upload.parallel = words.size()?;
        (upload.resume, upload.verify) = words.choices()?;
        upload.content_md5 = words.flag()?;
        upload.keep_cancelled = Arc::default();
        Some(upload)
    }
}
