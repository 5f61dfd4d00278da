//! The files of publications, as pages list them.
use codes::Trust;

use super::files;
use crate::store::publication::file::PublicationFile;

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileLine {
    pub id: String,
    pub name: String,
    /// The size in words.
    pub size: String,
    /// Why it cannot be downloaded; empty if it can.
    pub note: &'static str,
}

impl From<PublicationFile> for FileLine {
    fn from(it: PublicationFile) -> Self {
        let note = match it.trust {
            Trust::Unscanned | Trust::Clean => "",
            Trust::Held => "ウイルス検査を待っています",
            Trust::Infected => "ウイルスが見つかったため、公開していません",
            Trust::Refused => "保存していません",
        };
        Self { id: it.id.to_string(), name: it.name, size: files::size(it.size), note }
    }
}

/// Returns the lines of files.
pub fn lines(all: Vec<PublicationFile>) -> Vec<FileLine> {
    all.into_iter().map(FileLine::from).collect()
}
