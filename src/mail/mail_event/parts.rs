//! The parts of which events consist: the reader, and what has become of a request, a time or a hand-over.
use domain::{field::Fields, intake::company::Mode};

/// The reader of a mail that is sent to several sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReaderSide<'a> {
    /// The company; `portal` is the address that opens its page.
    Company {
        portal: &'a str,
    },
    Expert,
    Center,
}

/// The reason why a request is back at the center. The mail claims nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyBack {
    /// The company wished for a time, and every expert who could be asked for it was asked.
    NobodyForTime,
    /// The company wished for a time that is too near to ask further experts.
    TimeTooNear,
    /// The company wished for no time, and no expert is left to be asked.
    NobodyLeft,
    /// The company wished for no time, and experts have been asked for so long that the center goes on.
    TakesLong,
    /// An expert has accepted one field, and no expert is left to be asked for the other one.
    PartOpen,
}

/// The part for which an expert is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestedPart<'a> {
    /// The whole consultation.
    Whole,
    /// One of two fields; another expert has the other one.
    OneField,
    /// The part of an expert in a booked appointment; it has the expert's name.
    Substitute(&'a str),
}

/// The state of a time after the experts of a consultation have changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeNews {
    /// The booked appointment takes place as it was.
    Stands,
    /// The time that was kept is booked now.
    Booked,
    /// The time is still kept for experts who are asked.
    Kept,
    /// The booked appointment is cancelled.
    Cancelled,
    /// The time that was kept is released.
    Released,
}

impl TimeNews {
    /// Returns whether the company's calendar has the appointment, or gets it with the mail.
    pub const fn is_booked(self) -> bool {
        matches!(self, Self::Stands | Self::Booked | Self::Cancelled)
    }
}

/// The change of a consultation that an expert goes on with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartChange<'a> {
    /// The names of all experts who have accepted.
    pub experts: &'a [String],
    /// The names before; empty if they are the same.
    pub was_experts: &'a [String],
    /// The fields before, if they have changed.
    pub was_fields: Option<Fields>,
    /// The mode for which the company wishes.
    pub mode: Mode,
    /// The mode before, if it has changed.
    pub was_mode: Option<Mode>,
    /// Whether a field has no expert yet.
    pub is_open: bool,
}

/// The visit to a desk, or the call, of which a request that was handed over came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HandedOver<'a> {
    pub desk: &'a str,
    /// The day and the way, such as 「11月20日（金）の窓口でのご相談」; may be empty.
    pub visit: &'a str,
}
