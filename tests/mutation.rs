//! Deterministic mutations of samples.
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Numbers that look like chance, the same every time.
pub struct Chance(pub u64);

impl Chance {
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 8).unwrap() % limit.max(1)
    }

    /// Breaks the bytes in up to twelve places: bytes changed, pieces removed, repeated and inserted, the end cut off.
    pub fn mutate(&mut self, raw: &mut Vec<u8>) {
        for _ in 0..=self.below(12) {
            let (at, other) = (self.below(raw.len()), self.below(raw.len()));
            let (from, to) = (at.min(other), at.max(other));
            match self.below(5) {
                _ if raw.is_empty() => return,
                0 => raw[at] = u8::try_from(self.below(256)).unwrap(),
                1 => drop(raw.drain(from..to)),
                2 => {
                    let piece = raw[from..to].to_vec();
                    raw.splice(at..at, piece).for_each(drop);
                }
                3 => raw.splice(at..at, *b"\r\n\0=?--\x1b$B").for_each(drop),
                _ => raw.truncate(at.max(raw.len() / 2)),
            }
            raw.truncate(100_000);
        }
    }
}

/// Returns the contents of every file in the folder and below, in the order of their paths.
pub fn samples(folder: &Path) -> Vec<Vec<u8>> {
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    paths.sort();
    let read = |it: PathBuf| if it.is_dir() { samples(&it) } else { vec![fs::read(it).unwrap()] };
    paths.into_iter().flat_map(read).collect()
}
