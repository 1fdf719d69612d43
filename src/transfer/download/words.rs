//! A download as words.

use super::DownloadFile;
use crate::transfer::words::{Reader, Writer};

impl DownloadFile {
    pub(crate) fn words(&self) -> Option<Vec<String>> {
        let words = Writer::default().text(&self.key).path(&self.path)?;
        let words = words.pairs(&self.query)?.pairs(&self.headers)?;
        let words = words.number(self.part_size).number(self.parallel as u64);
        Some(words.choices(self.resume, self.verify).end())
    }

    pub(crate) fn of_words(words: &[String]) -> Option<Self> {
        let mut words = Reader(words.iter());
        let mut download = Self::new(words.text()?, words.text()?);
        download.query = words.pairs()?;
        download.headers = words.pairs()?;
        download.part_size = words.number()?;
        download.parallel = words.size()?;
        (download.resume, download.verify) = words.choices()?;
        Some(download)
    }
}
