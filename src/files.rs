//! Files outside of the database, each named by the hash of its bytes. They are stored completely or not at all, and
//! never change.
use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
    time::SystemTime,
};

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use crate::secret::hex;

/// Files that have not been stored or renewed lately.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Idle {
    /// The hashes of complete files.
    pub whole: Vec<String>,
    /// Unfinished files, left behind when storing them was interrupted.
    unfinished: Vec<PathBuf>,
}

/// Stores the bytes and returns their SHA-256 in hexadecimal. After that a crash cannot lose them, and sweeping spares
/// them for as long as files may be idle, counted from `now`.
pub async fn keep(folder: &Path, bytes: Vec<u8>, now: DateTime<Utc>) -> io::Result<String> {
    let folder = folder.to_owned();
    blocking(move || keep_now(&folder, &bytes, now.into())).await
}

pub async fn read(folder: &Path, hash: &str) -> io::Result<Vec<u8>> {
    tokio::fs::read(place(folder, hash)?).await
}

pub async fn open(folder: &Path, hash: &str) -> io::Result<fs::File> {
    Ok(tokio::fs::File::open(place(folder, hash)?).await?.into_std().await)
}

/// Returns the length in octets and the hash that a file has now; `None` if there is no file.
pub async fn measure(folder: &Path, hash: &str) -> io::Result<Option<(u64, String)>> {
    let place = place(folder, hash)?;
    blocking(move || {
        let Some(mut file) = if_there(fs::File::open(place))? else { return Ok(None) };
        let mut hash = Hashing(Sha256::new());
        let length = io::copy(&mut file, &mut hash)?;
        Ok(Some((length, hex(&hash.0.finalize()))))
    })
    .await
}

/// Returns the files that have not been stored or renewed since then.
pub async fn idle(folder: &Path, since: DateTime<Utc>) -> io::Result<Idle> {
    let folder = folder.to_owned();
    blocking(move || idle_now(&folder, since.into())).await
}

/// Deletes a file that has not been stored or renewed since then. Returns whether it did.
pub async fn forget(folder: &Path, hash: &str, since: DateTime<Utc>) -> io::Result<bool> {
    let (folder, place) = (folder.to_owned(), place(folder, hash)?);
    blocking(move || forget_now(&folder, &place, since.into())).await
}

/// A hash that `io::copy` can fill.
struct Hashing(Sha256);

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Idle {
    /// Deletes the unfinished files.
    pub async fn remove_unfinished(&self) -> io::Result<()> {
        for path in &self.unfinished {
            if_there(tokio::fs::remove_file(path).await)?;
        }
        Ok(())
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}

fn keep_now(folder: &Path, bytes: &[u8], now: SystemTime) -> io::Result<String> {
    let hash = hex(&Sha256::digest(bytes));
    let place = place(folder, &hash)?;
    let below = place.parent().unwrap_or(folder);
    fs::create_dir_all(below)?;
    let lock = lock(folder)?;
    lock.lock_shared()?;
    if is_renewed(&place, bytes.len() as u64, now) {
        return Ok(hash);
    }
    let temporary = below.join(format!(".{}", uuid::Uuid::new_v4()));
    let written = write_whole(&temporary, bytes, now).and_then(|()| fs::rename(&temporary, &place));
    if written.is_err() {
        // The rest of an unfinished file would do no harm, but it belongs to nothing.
        fs::remove_file(&temporary).ok();
    }
    written?;
    // The directory entries are synced as well: of the file in its folder, and of the folder in its parent.
    fs::File::open(below)?.sync_all()?;
    fs::File::open(folder)?.sync_all()?;
    Ok(hash)
}

/// Returns whether the file exists, and renews its time: its row may be about to be written.
fn is_renewed(place: &Path, length: u64, now: SystemTime) -> bool {
    let renewed = fs::OpenOptions::new().append(true).open(place).and_then(|file| {
        file.set_modified(now)?;
        Ok(file.metadata()?.len() == length)
    });
    renewed.unwrap_or(false)
}

fn forget_now(folder: &Path, place: &Path, since: SystemTime) -> io::Result<bool> {
    let lock = lock(folder)?;
    // A process that stores the same bytes at this moment has either renewed the file already, or finds none and writes
    // it anew.
    lock.lock()?;
    match if_there(fs::metadata(place))? {
        Some(it) if it.modified()? < since => fs::remove_file(place).map(|()| true),
        Some(_) | None => Ok(false),
    }
}

/// Returns `None` if there is no such file: another process that sweeps may have deleted it.
fn if_there<T>(done: io::Result<T>) -> io::Result<Option<T>> {
    match done {
        Err(err) if err.kind() == io::ErrorKind::NotFound => Ok(None),
        other => other.map(Some),
    }
}

fn idle_now(folder: &Path, since: SystemTime) -> io::Result<Idle> {
    let mut idle = Idle::default();
    for below in if_there(fs::read_dir(folder))?.into_iter().flatten() {
        let below = below?;
        if !below.file_type()?.is_dir() {
            continue;
        }
        for file in fs::read_dir(below.path())? {
            let file = file?;
            let lasting = file.metadata().and_then(|it| it.modified());
            // A file that has disappeared meanwhile was unfinished and is complete now.
            if lasting.is_err() || lasting.is_ok_and(|it| it >= since) {
                continue;
            }
            let name = file.file_name().to_string_lossy().into_owned();
            let hash = format!("{}{name}", below.file_name().to_string_lossy());
            if name.starts_with('.') {
                idle.unfinished.push(file.path());
            } else if place(folder, &hash).is_ok() {
                idle.whole.push(hash);
            }
        }
    }
    Ok(idle)
}

/// Opens the lock file: shared by processes that store files, exclusive for one that deletes.
fn lock(folder: &Path) -> io::Result<fs::File> {
    fs::OpenOptions::new().create(true).append(true).open(folder.join(".lock"))
}

fn write_whole(path: &Path, bytes: &[u8], now: SystemTime) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(bytes)?;
    file.set_modified(now)?;
    file.sync_all()
}

/// Returns the path of a file: two characters of its hash name the folder, the others the file.
fn place(folder: &Path, hash: &str) -> io::Result<PathBuf> {
    let plain = hash.len() == 64 && hash.bytes().all(|it| it.is_ascii_hexdigit());
    let (first, rest) =
        hash.split_at_checked(2).filter(|_| plain).ok_or(io::Error::from(io::ErrorKind::InvalidInput))?;
    Ok(folder.join(first).join(rest))
}

#[cfg(test)]
mod tests;
