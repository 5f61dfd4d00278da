//! The parts of which events consist: the reader, and what has become of a request, a time or a hand-over.

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
    /// An expert has accepted one field, and no expert is left to be asked for the other one.
    PartOpen,
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

/// The visit to a desk, or the call, of which a request that was handed over came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HandedOver<'a> {
    pub desk: &'a str,
    /// The day and the way, such as 「11月20日（金）の窓口でのご相談」; may be empty.
    pub visit: &'a str,
}
