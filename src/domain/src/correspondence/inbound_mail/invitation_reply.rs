//! The effect of a reply to a calendar invitation (RFC 5546), given what has happened since it was sent.
use codes::codes;

use crate::routing::assignment::AssignmentState;

codes! {
    /// A reply that a calendar program sends, with the PARTSTAT or METHOD that says it (RFC 5546).
    pub enum InvitationReply {
        Accepted = "ACCEPTED" => "承諾",
        Declined = "DECLINED" => "辞退",
        Tentative = "TENTATIVE" => "仮承諾",
        /// The sender proposes another time.
        Countered = "COUNTER" => "別の日時の提案",
        /// The sender wants to send another person instead.
        Delegated = "DELEGATED" => "代理の指名",
    }
}

/// A reply, and the state of the appointment when it arrives.
#[derive(Clone, Copy, Debug)]
pub struct InvitationReplyFacts<'a> {
    pub answer: InvitationReply,
    /// The SEQUENCE to which the reply belongs.
    pub theirs: i32,
    /// The present SEQUENCE of the appointment.
    pub ours: i32,
    /// Whether the appointment is held or confirmed.
    pub live: bool,
    /// The assignment of the sender if the sender is an expert; `None` for the company and the center.
    pub assignment: Option<&'a AssignmentState>,
}

/// The action that follows from a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InvitationReplyAction {
    /// Does exactly what the button 「引き受ける」 does.
    Accept,
    /// Does exactly what the button 「断る」 does.
    Decline,
    /// Decides nothing; the reply is shown.
    StayOpen,
    /// Changes nothing; the center decides on another time.
    Propose,
    /// Tells the sender that no other person can be sent instead.
    RefuseDelegation,
    /// Leaves the appointment booked; the center talks to the person who declined.
    TellCenter,
    /// Records the reply, which changes nothing: the sender takes part already.
    Note,
    /// Ignores the reply, since its invitation is no longer valid.
    Outdated,
}

/// Decides the effect of a reply. A reply to an older SEQUENCE, or about an appointment or an assignment that
/// has ended, never undoes anything.
pub const fn step(it: &InvitationReplyFacts<'_>) -> InvitationReplyAction {
    if it.theirs < it.ours || !it.live {
        return InvitationReplyAction::Outdated;
    }
    match (it.assignment, it.answer) {
        (
            Some(
                AssignmentState::Declined { .. }
                | AssignmentState::Lapsed { .. }
                | AssignmentState::Withdrawn { .. },
            ),
            _,
        ) => InvitationReplyAction::Outdated,
        (_, InvitationReply::Delegated) => InvitationReplyAction::RefuseDelegation,
        (_, InvitationReply::Countered) => InvitationReplyAction::Propose,
        (_, InvitationReply::Tentative) => InvitationReplyAction::StayOpen,
        (Some(AssignmentState::Offered), InvitationReply::Accepted) => InvitationReplyAction::Accept,
        (Some(AssignmentState::Offered), InvitationReply::Declined) => InvitationReplyAction::Decline,
        (Some(AssignmentState::Accepted { .. }) | None, InvitationReply::Accepted) => {
            InvitationReplyAction::Note
        }
        (Some(AssignmentState::Accepted { .. }) | None, InvitationReply::Declined) => {
            InvitationReplyAction::TellCenter
        }
    }
}
