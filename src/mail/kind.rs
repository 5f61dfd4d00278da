//! Defines the kinds of mail and their texts. `table` has one row for each mail, and every other property of
//! a mail follows from its row.
//!
//! A `MailKind` is the name of a mail in the outbox and on its page, and decides how the mail is delivered. A
//! `TextKind` is a text for one reader. Several texts can have one kind of mail: the mails about a booking to
//! the company, the expert and the center have different words.
#[macro_use]
mod define;
mod table;

use domain::correspondence::outgoing_mail::{COPIES, topic::NotificationTopic};

use self::define::EntryUse;
pub use self::{
    define::{AddressUse, CalendarUse, ConditionKind, Reader},
    table::{MailKind, TextKind},
};
use super::text::{MailWording, Variable};

impl MailKind {
    /// Returns whether one more copy may be sent automatically after `unknown_outcomes` copies of which it is
    /// unknown whether the server took them. A second copy under the same Message-ID is the smaller evil only
    /// if the reader waits for the mail.
    pub const fn may_repeat(self, unknown_outcomes: i32) -> bool {
        self.delivery().is_waited_for && unknown_outcomes < COPIES
    }

    /// Returns whether the mail always waits for opening hours.
    pub const fn keeps_hours(self) -> bool {
        self.delivery().keeps_hours
    }

    /// Returns the topic from which its reader can unsubscribe, if there is one.
    pub const fn topic(self) -> Option<NotificationTopic> {
        self.delivery().topic
    }

    /// Returns the condition that a mail of this kind may carry. It is checked when the mail is sent.
    pub const fn condition(self) -> Option<ConditionKind> {
        self.delivery().condition
    }

    /// Returns whether the mail contains words of the center or an expert. Such a mail is not sent to an
    /// address that may be a stranger's.
    pub const fn is_correspondence(self) -> bool {
        matches!(self.condition(), Some(ConditionKind::AddressConfirmed))
    }

    /// Returns whether its reader has just asked for it. Such a mail is sent even if earlier mail to the
    /// address bounced.
    pub const fn is_asked_for(self) -> bool {
        self.delivery().is_asked_for
    }

    /// Returns whether the mail is about an account, whose link is made anew on the account's page.
    pub const fn is_of_account(self) -> bool {
        self.delivery().is_of_account
    }

    /// Returns the part that the mail has in proving the address of a contact, if it has one.
    pub const fn address(self) -> Option<AddressUse> {
        self.delivery().address
    }

    /// Returns whether the mail is about the correction of a contact's address, and concerns no other address.
    pub const fn is_about_correction(self) -> bool {
        matches!(self.address(), Some(AddressUse::ProvesCorrected | AddressUse::TellsEarlier))
    }

    /// Returns whether the mail tells its reader of an entry of the thread.
    pub const fn is_about_entry(self) -> bool {
        self.delivery().entry.is_some()
    }

    /// Returns whether the mail says that there is an entry in the thread, without its words.
    pub const fn announces_entry(self) -> bool {
        matches!(self.delivery().entry, Some(EntryUse::Announces))
    }

    /// Returns whether the mail is due although its case has ended.
    pub const fn outlasts_case(self) -> bool {
        self.delivery().outlasts_case
    }

    /// Returns whether the mail leads to the meeting link of an event, and is not sent without one.
    pub const fn needs_meeting_link(self) -> bool {
        self.delivery().needs_meeting_link
    }

    /// Returns the codes of the mails with a property, for queries of the outbox.
    pub fn codes_of(has_property: impl Fn(Self) -> bool) -> impl Iterator<Item = &'static str> {
        Self::ALL.into_iter().filter(move |it| has_property(*it)).map(Self::code)
    }
}

impl TextKind {
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }

    pub const fn reader(self) -> Reader {
        self.text().reader
    }

    /// Returns the name on the pages about texts: that of the mail, unless the same reader has another text
    /// of that mail.
    pub const fn label(self) -> &'static str {
        match (self.text().label, self.mail()) {
            (Some(label), _) => label,
            (None, Some(mail)) => mail.label(),
            (None, None) => self.code(),
        }
    }

    /// Returns the variables that the body has to contain in every case.
    pub const fn required(self) -> &'static [Variable] {
        self.text().required
    }

    /// Returns the variables that the subject has to contain in every case.
    pub const fn required_in_title(self) -> &'static [Variable] {
        self.text().required_in_title
    }

    /// Returns all variables that the text may name, the required ones first.
    pub fn variables(self) -> impl Iterator<Item = Variable> {
        let text = self.text();
        text.required.iter().chain(text.optional).chain(Variable::COMMON).copied()
    }

    /// Returns the shipped words, in the notation that an administrator edits.
    pub fn shipped_words(self) -> MailWording {
        let text = self.text();
        MailWording { title: text.title.to_owned(), body: text.body.trim_end().to_owned() }
    }

    /// Returns whether the text can be sent to an unconfirmed address.
    pub const fn may_reach_a_stranger(self) -> bool {
        self.text().reaches_unconfirmed
    }

    /// Returns whether the company reads of the same as this letter to the center in a text that can be sent to an
    /// unconfirmed address. What the other letters to center and experts are about waits for the proof of the address.
    pub const fn is_told_to_a_stranger(self) -> bool {
        self.text().told_to_a_stranger
    }

    /// Returns whether the text tells its reader, an expert, of a report that is due besides.
    pub const fn tells_of_a_report(self) -> bool {
        self.text().tells_of_report
    }

    /// Returns whether the reader, an expert, was asked and has not accepted, or is let go. Such a reader may not know the
    /// company, and an answer to the mail reaches the center alone.
    pub const fn is_for_asked(self) -> bool {
        self.text().is_for_asked
    }

    /// Returns the calendar part of the mail, if it is about an appointment.
    pub const fn calendar(self) -> Option<CalendarUse> {
        self.text().calendar
    }
}

#[cfg(test)]
mod tests;
