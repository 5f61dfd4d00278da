//! What the answer to an invitation means (RFC 5546), given what has happened since.
use crate::assignment::AssignmentState;

/// What a calendar program sends back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    Accepted,
    Declined,
    Tentative,
    /// METHOD:COUNTER: another time is proposed.
    Countered,
    /// Somebody else is to come instead.
    Delegated,
}

impl Answer {
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
pub struct Answered<'a> {
    pub answer: Answer,
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
pub enum Step {
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
pub const fn step(it: &Answered<'_>) -> Step {
    if it.theirs < it.ours || !it.live {
        return Step::Outdated;
    }
    match (it.assignment, it.answer) {
        (
            Some(
                AssignmentState::Declined { .. }
                | AssignmentState::Lapsed { .. }
                | AssignmentState::Withdrawn { .. },
            ),
            _,
        ) => Step::Outdated,
        (_, Answer::Delegated) => Step::RefuseDelegation,
        (_, Answer::Countered) => Step::Propose,
        (_, Answer::Tentative) => Step::StayOpen,
        (Some(AssignmentState::Offered), Answer::Accepted) => Step::Accept,
        (Some(AssignmentState::Offered), Answer::Declined) => Step::Decline,
        (Some(AssignmentState::Accepted { .. }) | None, Answer::Accepted) => Step::Note,
        (Some(AssignmentState::Accepted { .. }) | None, Answer::Declined) => Step::TellCenter,
    }
}
