//! Experts' calendars, here and outside.
use crate::codes;

codes! {
    /// What an exception does to an expert's day.
    pub enum ExceptionKind {
        Add = "add",
        Remove = "remove",
    }
}

codes! {
    /// How a calendar outside is read.
    pub enum CalendarKind {
        Ics = "ics",
        CalDav = "caldav",
    }
}

codes! {
    /// The state of an appointment that was written into a calendar outside.
    pub enum CalendarEntryStatus {
        /// To be written; it may be there already, if the worker that wrote it came no further.
        Wanted = "wanted",
        /// There as we wrote it.
        Written = "written",
        /// Somebody gave it another time there.
        Moved = "moved",
        /// Somebody removed or cancelled it there.
        Deleted = "deleted",
    }
}
