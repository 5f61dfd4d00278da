//! The file that holds the key: created on the first start, readable by its owner alone.
use std::{
    fs,
    io::{ErrorKind, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::Path,
};

use anyhow::{Context, bail};
use uuid::Uuid;

use super::{Secret, hex};

/// Reads the key, or creates one if there is no file. Refuses a file that other users can read.
pub fn read_or_make(path: &Path) -> anyhow::Result<Secret> {
    let found = fs::metadata(path);
    if found.as_ref().is_err_and(|err| err.kind() == ErrorKind::NotFound) {
        make(path).with_context(|| format!("cannot make {}", path.display()))?;
        return read(path);
    }
    let mode = found.with_context(|| format!("cannot read {}", path.display()))?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        bail!("{} can be read by others (mode {mode:o}); make it 600", path.display());
    }
    read(path)
}

fn read(path: &Path) -> anyhow::Result<Secret> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    parse(text.trim()).with_context(|| format!("{} holds no key of 64 digits", path.display()))
}

/// Creates the complete file or none: a process that is killed leaves no partial key, and of two processes that start
/// at once the second uses the key of the first.
fn make(path: &Path) -> anyhow::Result<()> {
    if let Some(folder) = path.parent() {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let secret = Secret::generate()?;
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(format!(".{}", Uuid::new_v4().simple()));
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished)?;
    writeln!(file, "{}", hex(secret.bytes()))?;
    file.sync_all()?;
    let placed = fs::hard_link(&unfinished, path);
    fs::remove_file(&unfinished)?;
    match placed {
        Err(err) if err.kind() != ErrorKind::AlreadyExists => Err(err.into()),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn parse(text: &str) -> Option<Secret> {
    let mut key = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (at, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(at * 2..at * 2 + 2)?, 16).ok()?;
    }
    Some(Secret::new(key))
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, os::unix::fs::PermissionsExt, thread};

    use super::read_or_make;

    #[test]
    fn the_key_is_made_once_and_is_nobody_elses_to_read() {
        let folder = std::env::temp_dir().join(format!("madoguchi-{}", uuid::Uuid::new_v4()));
        let path = folder.join("below/secret");
        let made = read_or_make(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(read_or_make(&path).unwrap().bytes(), made.bytes());

        assert_eq!(fs::read_dir(folder.join("below")).unwrap().count(), 1);

        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let refused = read_or_make(&path).err().unwrap().to_string();
        assert!(refused.contains("mode 640"), "{refused}");

        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&path, "short").unwrap();
        assert!(read_or_make(&path).is_err());
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn processes_that_start_at_once_have_one_key() {
        let folder = std::env::temp_dir().join(format!("madoguchi-{}", uuid::Uuid::new_v4()));
        let path = folder.join("secret");
        let keys: BTreeSet<_> = thread::scope(|threads| {
            let starting: Vec<_> = (0..8).map(|_| threads.spawn(|| read_or_make(&path).unwrap())).collect();
            starting.into_iter().map(|it| *it.join().unwrap().bytes()).collect()
        });
        assert_eq!(keys.len(), 1);
        fs::remove_dir_all(folder).unwrap();
    }
}
