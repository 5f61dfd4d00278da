//! Files that lie outside of the database, each under the hash of its bytes: kept whole or not at all, and never changed.
use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use crate::secret::hex;

/// Keeps the bytes and says their SHA-256 in hexadecimal. When this returns, a crash cannot lose them.
pub async fn keep(folder: &Path, bytes: Vec<u8>) -> io::Result<String> {
    let folder = folder.to_owned();
    tokio::task::spawn_blocking(move || keep_now(&folder, &bytes)).await.map_err(io::Error::other)?
}

pub async fn read(folder: &Path, hash: &str) -> io::Result<Vec<u8>> {
    tokio::fs::read(place(folder, hash)?).await
}

pub async fn open(folder: &Path, hash: &str) -> io::Result<fs::File> {
    Ok(tokio::fs::File::open(place(folder, hash)?).await?.into_std().await)
}

fn keep_now(folder: &Path, bytes: &[u8]) -> io::Result<String> {
    let hash = hex(&Sha256::digest(bytes));
    let place = place(folder, &hash)?;
    if fs::metadata(&place).is_ok_and(|it| it.len() == bytes.len() as u64) {
        return Ok(hash);
    }
    let below = place.parent().unwrap_or(folder);
    fs::create_dir_all(below)?;
    let temporary = below.join(format!(".{}", uuid::Uuid::new_v4()));
    let written = write_whole(&temporary, bytes).and_then(|()| fs::rename(&temporary, &place));
    if written.is_err() {
        // What is left of it would be in nobody's way, but nobody's either.
        fs::remove_file(&temporary).ok();
    }
    written?;
    // The names as well: of the file in its folder, and of the folder in the one above.
    fs::File::open(below)?.sync_all()?;
    fs::File::open(folder)?.sync_all()?;
    Ok(hash)
}

fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Two characters for the folder, the others for the file.
fn place(folder: &Path, hash: &str) -> io::Result<PathBuf> {
    let plain = hash.len() == 64 && hash.bytes().all(|it| it.is_ascii_hexdigit());
    let (first, rest) =
        hash.split_at_checked(2).filter(|_| plain).ok_or(io::Error::from(io::ErrorKind::InvalidInput))?;
    Ok(folder.join(first).join(rest))
}

#[cfg(test)]
mod tests {
    #[tokio::test]
    async fn what_is_kept_is_read_again_and_kept_once() {
        let folder = std::env::temp_dir().join(format!("madoguchi-files-{}", uuid::Uuid::new_v4()));
        let hash = super::keep(&folder, b"abc".to_vec()).await.unwrap();
        assert_eq!(hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(super::keep(&folder, b"abc".to_vec()).await.unwrap(), hash);
        assert_eq!(super::read(&folder, &hash).await.unwrap(), b"abc");
        let kept = std::fs::read_dir(folder.join("ba")).unwrap().count();
        assert_eq!(kept, 1, "nothing temporary is left");
        assert!(super::read(&folder, "../../etc/passwd").await.is_err());
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
