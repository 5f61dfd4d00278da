//! Writes messages as files, for a center without a mail server and for the demo.
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};
use domain::{calendar::jst, correspondence::outgoing_mail::SendFailure};
use lettre::{Message, message::header};

use super::SendError;

/// Writes the message completely or not at all. A message that is sent twice is one file, because its name
/// comes from the message.
pub async fn write(folder: &Path, message: &Message) -> Result<String, SendError> {
    let path = folder.join(name(message));
    let bytes = message.formatted();
    let answer = format!("250 {}", path.display());
    let written = tokio::task::spawn_blocking(move || write_whole(&path, &bytes)).await;
    match written {
        Ok(Ok(())) => Ok(answer),
        Ok(Err(error)) => Err(SendError::Deferred(SendFailure::Connection, error.to_string())),
        Err(error) => Err(SendError::Deferred(SendFailure::Connection, error.to_string())),
    }
}

/// Returns the file name `20261124T100000-<local part of the Message-ID>.eml`; the time is the message's, in
/// Japan time.
fn name(message: &Message) -> PathBuf {
    let date = message.headers().get::<header::Date>().map(std::time::SystemTime::from);
    let date = date.map_or(DateTime::UNIX_EPOCH, DateTime::<Utc>::from).with_timezone(&jst());
    let id = message.headers().get_raw("Message-ID").unwrap_or_default();
    let local = id.trim_start_matches('<').split('@').next().unwrap_or_default();
    let local: String = local
        .chars()
        .map(|it| if it.is_ascii_alphanumeric() || "-_".contains(it) { it } else { '_' })
        .take(100)
        .collect();
    PathBuf::from(format!("{}-{local}.eml", date.format("%Y%m%dT%H%M%S")))
}

fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let temporary = path.with_extension("tmp");
    let mut file = private(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    // The new name is durable only after the folder has been synced.
    File::open(folder)?.sync_all()
}

/// Opens a file that other users of the machine cannot read: mails contain names and links that sign people
/// in.
fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
