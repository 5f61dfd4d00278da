//! The memory in which passwords are hashed, kept from one hash to the next: memory of this size that is freed does not
//! always go back to the system.
use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use argon2::Block;

/// The pieces of memory that no hash uses at the moment. There are at most as many as hashes at once.
#[derive(Clone, Default)]
pub struct HashMemory(Arc<Mutex<Vec<Vec<Block>>>>);

impl HashMemory {
    /// Takes a piece that an earlier hash has used, or an empty one.
    pub fn take(&self) -> Vec<Block> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    /// Keeps a piece for the next hash.
    pub fn give_back(&self, blocks: Vec<Block>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(blocks);
    }

    /// Returns how many pieces are kept.
    pub fn kept(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

/// Shows no content, which is derived from passwords.
impl fmt::Debug for HashMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("HashMemory").field(&self.kept()).finish()
    }
}
