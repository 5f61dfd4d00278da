//! The file that keeps the key: made on the first start, readable by its owner alone.
use std::{
    fs,
    io::{ErrorKind, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::Path,
};

use anyhow::{Context, bail};

use super::{Secret, hex};

/// Reads the key, or makes one where there is no file. Refuses a file that others can read.
pub fn read_or_make(path: &Path) -> anyhow::Result<Secret> {
    match fs::metadata(path) {
        Ok(metadata) => {
            let mode = metadata.permissions().mode() & 0o777;
            if mode & 0o077 != 0 {
                bail!("{} can be read by others (mode {mode:o}); make it 600", path.display());
            }
            let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
            parse(text.trim()).with_context(|| format!("{} holds no key of 64 digits", path.display()))
        }
        Err(err) if err.kind() == ErrorKind::NotFound => {
            make(path).with_context(|| format!("cannot make {}", path.display()))
        }
        Err(err) => Err(err).with_context(|| format!("cannot read {}", path.display())),
    }
}

fn make(path: &Path) -> anyhow::Result<Secret> {
    if let Some(folder) = path.parent() {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let secret = Secret::generate()?;
    // `create_new`: of two processes that start at once, one fails rather than sign with another key.
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    writeln!(file, "{}", hex(secret.bytes()))?;
    file.sync_all()?;
    Ok(secret)
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
    use std::{fs, os::unix::fs::PermissionsExt};

    use super::read_or_make;

    #[test]
    fn the_key_is_made_once_and_is_nobody_elses_to_read() {
        let folder = std::env::temp_dir().join(format!("madoguchi-{}", uuid::Uuid::new_v4()));
        let path = folder.join("below/secret");
        let made = read_or_make(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(read_or_make(&path).unwrap().bytes(), made.bytes());

        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let refused = read_or_make(&path).err().unwrap().to_string();
        assert!(refused.contains("mode 640"), "{refused}");

        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&path, "short").unwrap();
        assert!(read_or_make(&path).is_err());
        fs::remove_dir_all(folder).unwrap();
    }
}
