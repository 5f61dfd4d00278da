//! The entries of a thread and their files.
use crate::codes;

codes! {
    /// By which way an entry came.
    pub enum Channel {
        Portal = "portal",
        Mail = "mail",
        Phone = "phone",
        System = "system",
    }
}

codes! {
    /// How far a file may be trusted.
    pub enum Trust {
        /// There is no scanner.
        Unscanned = "unscanned",
        /// Waits for the scanner.
        Held = "held",
        Clean = "clean",
        Infected = "infected",
        /// Too large, too many, or of a type that is not taken: its bytes were not kept.
        Refused = "refused",
    }
}

impl Trust {
    /// Whether it is handed out.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Unscanned | Self::Clean)
    }
}
