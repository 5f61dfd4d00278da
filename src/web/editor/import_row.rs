//! A row of a file that an editor imports, with all its faults.
use std::collections::HashMap;

use chrono::NaiveDate;

use crate::{ops::publication::import::ImportedContent, store::reference::programme::Theme};

/// The data of the programme with which files are read.
#[derive(Clone, Debug)]
pub struct FileContext<'a> {
    pub themes: &'a [Theme],
    pub today: NaiveDate,
    /// The titles of the entries of the guide that came of another source, by the keys of the source.
    pub known_grants: HashMap<String, String>,
}

/// One row of a file.
#[derive(Clone, Debug)]
pub struct ImportRow {
    /// The number of its line in the file, or of its entry; the first is 1.
    pub line: u64,
    pub title: String,
    /// The content of the row, or every fault of it.
    pub read: Result<ImportedContent, Vec<String>>,
}

impl ImportRow {
    /// Returns a row of which `content` could be read if it has no faults.
    pub fn new(line: u64, title: &str, content: Option<ImportedContent>, faults: Vec<String>) -> Self {
        let read = content.filter(|_| faults.is_empty()).ok_or(faults);
        Self { line, title: title.to_owned(), read }
    }
}
