//! Decides what is done with a received mail: it is attached to a consultation, taken as a bounce or as the
//! reply to an invitation, kept as an automatic reply, put into quarantine, or dropped.
//!
//! A case number proves nothing, and neither does a sender's address. A person's mail is attached only if it
//! holds a secret that we sent to that very address and its sender takes part in the case. Any other mail of
//! a person waits for a coordinator.
mod invitation_reply;

pub use codes::{Dropped, InboundReason, InboundState, Quarantine};

pub use invitation_reply::{InvitationReply, InvitationReplyAction, InvitationReplyFacts, step};

/// The number of mails from one sender within an hour from which on further mails are not processed.
pub const HOURLY: u64 = 30;

/// The relation of the sender to the consultation that the mail names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SenderRelation {
    /// The company, the center, or an expert who is asked or has accepted.
    Participant,
    FormerExpert,
    None,
}

/// The facts about a mail that decide what is done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InboundFacts {
    /// Whether its Message-ID, or the mark that we put on our mails, is ours.
    pub ours: bool,
    /// Whether a mail with the same Message-ID from the same sender is already stored.
    pub duplicate: bool,
    /// Whether it reports on another mail: a bounce or a delay.
    pub report: bool,
    /// Whether the mail that it reports on is known: it names one of our mails, or came to an address that
    /// only one of our mails has.
    pub report_known: bool,
    /// Whether it holds a reply to an invitation.
    pub calendar: bool,
    /// Whether a machine wrote it.
    pub automatic: bool,
    /// Whether the same text came from the same sender a short time ago.
    pub repeated: bool,
    /// The number of mails from the sender in the last hour, without this one.
    pub lately: u64,
    /// Whether it names a consultation by a token or a Message-ID that we sent.
    pub names_case: bool,
    pub relation: SenderRelation,
}

/// The decision about a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InboundDecision {
    Drop(Dropped),
    Bounce,
    /// The mail is an automatic reply. It is kept with the consultation that it names, if it names one, and is
    /// not answered.
    AutoReply,
    Calendar,
    Attach,
    Quarantine(Quarantine),
}

/// Decides what is done with a mail. A mail that a machine wrote is only kept. The conditions that end a mail
/// loop are checked before those that could continue it.
pub const fn triage(it: &InboundFacts) -> InboundDecision {
    if it.ours {
        return InboundDecision::Drop(Dropped::OwnMail);
    }
    if it.report {
        return if it.report_known {
            InboundDecision::Bounce
        } else {
            InboundDecision::Quarantine(Quarantine::UnknownBounce)
        };
    }
    if it.duplicate {
        return InboundDecision::Drop(Dropped::Duplicate);
    }
    if it.lately >= HOURLY {
        return InboundDecision::Quarantine(Quarantine::TooMany);
    }
    if it.calendar && it.names_case {
        return match it.relation {
            SenderRelation::Participant | SenderRelation::FormerExpert => InboundDecision::Calendar,
            SenderRelation::None => InboundDecision::Quarantine(Quarantine::ForeignInvitation),
        };
    }
    if it.calendar {
        return InboundDecision::Quarantine(Quarantine::ForeignInvitation);
    }
    if it.automatic {
        return InboundDecision::AutoReply;
    }
    if !it.names_case {
        return InboundDecision::Quarantine(Quarantine::NoCase);
    }
    match it.relation {
        SenderRelation::None => InboundDecision::Quarantine(Quarantine::Stranger),
        SenderRelation::FormerExpert => InboundDecision::Quarantine(Quarantine::FormerExpert),
        SenderRelation::Participant if it.repeated => InboundDecision::AutoReply,
        SenderRelation::Participant => InboundDecision::Attach,
    }
}

/// Returns the text of a mail from the center or an expert that the company must not see: such a mail starts
/// with `#internal`. Returns `None` for any other mail.
pub fn internal(text: &str) -> Option<&str> {
    const MARK: &str = "#internal";
    let text = text.trim_start();
    let head = text.get(..MARK.len())?;
    let rest = &text[MARK.len()..];
    let ends = rest.chars().next().is_none_or(|it| !it.is_alphanumeric());
    (head.eq_ignore_ascii_case(MARK) && ends).then(|| rest.trim())
}

#[cfg(test)]
mod tests;
