//! What the answer to an invitation means (RFC 5546), given what has happened since.
use crate::routing::assignment::AssignmentState;

/// What a calendar program sends back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InvitationReply {
    Accepted,
    Declined,
    Tentative,
    /// METHOD:COUNTER: another time is proposed.
    Countered,
    /// Somebody else is to come instead.
    Delegated,
}

impl InvitationReply {
    pub const ALL: [Self; 5] =
        [Self::Accepted, Self::Declined, Self::Tentative, Self::Countered, Self::Delegated];

    pub const fn label(self) -> &'static str {
        match self {
            Self::Accepted => "承諾",
            Self::Declined => "辞退",
            Self::Tentative => "仮承諾",
            Self::Countered => "別の日時の提案",
            Self::Delegated => "代理の指名",
        }
    }
}

/// An answer, and how things stand when it comes.
#[derive(Clone, Copy, Debug)]
pub struct InvitationReplyFacts<'a> {
    pub answer: InvitationReply,
    /// The SEQUENCE that it answers.
    pub theirs: i32,
    /// The SEQUENCE of the appointment now.
    pub ours: i32,
    /// The appointment is held or confirmed.
    pub live: bool,
    /// The sender's own, where an expert answers; none for company and center.
    pub assignment: Option<&'a AssignmentState>,
}

/// What is to be done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InvitationReplyAction {
    /// Exactly what the button 「引き受ける」 does.
    Accept,
    /// Exactly what the button 「断る」 does.
    Decline,
    /// Nothing is decided; it is shown.
    StayOpen,
    /// Nothing moves; the center decides on another time.
    Propose,
    /// The sender is told that nobody can be sent instead.
    RefuseDelegation,
    /// What is booked stays booked, and the center talks to whoever declined.
    TellCenter,
    /// What it says is so already.
    Note,
    /// It answers an invitation that no longer stands.
    Outdated,
}

/// An answer to an older SEQUENCE, or to what is over, never undoes anything.
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
