//! Events that cause a mail to a person who registers for a telework month.
use chrono::{DateTime, NaiveDate, Utc};

use crate::mail::text::TextKind;

/// The cause of a mail to a registrant.
#[derive(Clone, Copy, Debug)]
pub enum RegistrationNews<'a> {
    /// The address is to be proved.
    Prove {
        until: DateTime<Utc>,
    },
    /// The address has this registration already.
    Known,
    /// The address is proved, or a change came in: the center decides.
    Received {
        is_change: bool,
        /// Whether another registration has the same corporate number.
        same_number: bool,
        /// The day by which the decision is to be made.
        decided_by: NaiveDate,
    },
    Approved {
        is_change: bool,
    },
    Rejected {
        is_change: bool,
        /// Whether it was approved before, and is in the list no more.
        was_approved: bool,
        reason: &'a str,
    },
    Withdrawn,
    /// No person has decided in time.
    Lapsed {
        is_change: bool,
    },
    /// The center offers a consultation. `stop` is the address at which the reader stops such mails.
    Invitation {
        stop: &'a str,
    },
}

/// A mail about a registration to the registrant.
#[derive(Clone, Copy, Debug)]
pub struct RegistrationMailEvent<'a> {
    pub news: RegistrationNews<'a>,
    /// The name of the telework month.
    pub campaign: &'a str,
    /// The name of the registrant.
    pub name: &'a str,
    /// The address of the registrant's own page.
    pub page: &'a str,
}

impl RegistrationMailEvent<'_> {
    pub const fn text(&self) -> TextKind {
        match self.news {
            RegistrationNews::Prove { .. } => TextKind::RegistrationProve,
            RegistrationNews::Known => TextKind::RegistrationKnown,
            RegistrationNews::Received { .. } => TextKind::RegistrationReceived,
            RegistrationNews::Approved { .. } => TextKind::RegistrationApproved,
            RegistrationNews::Rejected { .. } => TextKind::RegistrationRejected,
            RegistrationNews::Withdrawn => TextKind::RegistrationWithdrawn,
            RegistrationNews::Lapsed { .. } => TextKind::RegistrationLapsed,
            RegistrationNews::Invitation { .. } => TextKind::RegistrationInvitation,
        }
    }
}
