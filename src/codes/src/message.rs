//! The entries of a thread and their files.
use crate::codes;

codes! {
    /// The way by which an entry came.
    pub enum Channel {
        Portal = "portal",
        Mail = "mail",
        Phone = "phone",
        System = "system",
    }
}

codes! {
    /// The degree to which a file may be trusted.
    pub enum Trust {
        /// There is no scanner.
        Unscanned = "unscanned",
        /// The file waits for the scanner.
        Held = "held",
        Clean = "clean",
        Infected = "infected",
        /// The file is too large, one of too many, or of a type that is not taken. Its bytes were not kept.
        Refused = "refused",
    }
}

impl Trust {
    /// Returns whether the file is handed out.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Unscanned | Self::Clean)
    }
}
