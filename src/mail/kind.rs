//! The letters that exist. `table` has one row for each, and every other property of a letter follows from its row.
//!
//! A `MailKind` is what the outbox and its page call a mail, and how it is delivered. A `TextKind` is a text for one
//! reader; several texts can have one kind of mail: a booking is told to company, expert and center in words of their own.
#[macro_use]
mod define;
mod table;

use domain::correspondence::outgoing_mail::{COPIES, topic::NotificationTopic};

pub use self::{
    define::{CalendarUse, ConditionKind, Reader},
    table::{MailKind, TextKind},
};
use super::text::{MailWording, Variable};

impl MailKind {
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }

    /// Whether one more copy may go out by itself after `unknown_outcomes` of which nobody knows whether they were taken. A
    /// second copy under the same Message-ID is the smaller evil only where the reader waits for the mail.
    pub const fn may_repeat(self, unknown_outcomes: i32) -> bool {
        self.delivery().is_waited_for && unknown_outcomes < COPIES
    }

    /// Whether it always waits for opening hours.
    pub const fn keeps_hours(self) -> bool {
        self.delivery().keeps_hours
    }

    /// The topic that its reader can unsubscribe from, if it has one.
    pub const fn topic(self) -> Option<NotificationTopic> {
        self.delivery().topic
    }

    /// The condition that a mail of this kind may carry. It is checked when the mail is sent.
    pub const fn condition(self) -> Option<ConditionKind> {
        self.delivery().condition
    }

    /// Whether it is what somebody at the center or an expert wrote, which does not go to an address that may be a
    /// stranger's.
    pub const fn is_correspondence(self) -> bool {
        matches!(self.condition(), Some(ConditionKind::AddressConfirmed))
    }

    /// Whether its reader has just asked for it, and so is there whatever was said of the address before.
    pub const fn is_asked_for(self) -> bool {
        self.delivery().is_asked_for
    }
}

impl TextKind {
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }

    pub const fn reader(self) -> Reader {
        self.text().reader
    }

    /// The name on the pages about texts: that of the mail, where no other text of the same reader has it.
    pub const fn label(self) -> &'static str {
        match (self.text().label, self.mail()) {
            (Some(label), _) => label,
            (None, Some(mail)) => mail.label(),
            (None, None) => self.code(),
        }
    }

    /// Variables that the body has to contain in every case.
    pub const fn required(self) -> &'static [Variable] {
        self.text().required
    }

    /// Variables that the subject has to contain in every case.
    pub const fn required_in_title(self) -> &'static [Variable] {
        self.text().required_in_title
    }

    /// All variables that the text may name, the required ones first.
    pub fn variables(self) -> impl Iterator<Item = Variable> {
        let text = self.text();
        text.required.iter().chain(text.optional).chain(Variable::COMMON).copied()
    }

    /// The words that the product ships with, in the language that an administrator edits.
    pub fn shipped_words(self) -> MailWording {
        let text = self.text();
        MailWording { title: text.title.to_owned(), body: text.body.trim_end().to_owned() }
    }

    /// Whether it can be written to an address that nobody has confirmed.
    pub const fn may_reach_a_stranger(self) -> bool {
        self.text().reaches_unconfirmed
    }

    /// The calendar part that goes with it, if the letter is about a session.
    pub const fn calendar(self) -> Option<CalendarUse> {
        self.text().calendar
    }
}

#[cfg(test)]
mod tests;
