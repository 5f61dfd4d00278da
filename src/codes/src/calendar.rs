//! Experts' calendars, in the service and outside.
use crate::codes;

codes! {
    /// The effect of an exception on an expert's day.
    pub enum ExceptionKind {
        Add = "add",
        Remove = "remove",
    }
}

codes! {
    /// The way by which an external calendar is read.
    pub enum CalendarKind {
        Ics = "ics",
        CalDav = "caldav",
    }
}

codes! {
    /// The state of an appointment that was written into an external calendar.
    pub enum CalendarEntryStatus {
        /// The entry is to be written. It may be there already, if the worker that wrote it stopped before it
        /// recorded that.
        Wanted = "wanted",
        /// The entry is there as the service wrote it.
        Written = "written",
        /// The entry was given another time there.
        Moved = "moved",
        /// The entry was removed or cancelled there.
        Deleted = "deleted",
    }
}
