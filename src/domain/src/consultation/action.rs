//! The actions on a consultation: the rows of the table in `docs/spec/lifecycle.md` §2.
use chrono::{DateTime, Utc};
pub use codes::ActionKind;

use super::{
    outcome::OutcomeCorrection,
    state::{State, UnfulfilledReason},
};
use crate::{
    actor::{Actor, Party},
    field::Fields,
};

/// An action with the facts that decide it. The caller outside of `domain` finds the facts. The text that
/// goes with an action (a question, a reason) is not part of it; its type ensures that it is not blank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    StartCheck,
    Ask,
    Answer,
    RequestExperts,
    Accept {
        /// The fields that no expert has accepted, after this answer.
        still_open: Option<Fields>,
        /// Whether the company's slot is held with the accepting experts.
        slot_held: bool,
    },
    /// An expert declined or did not answer in time.
    Decline {
        /// Whether another expert has been asked for the same slot.
        next_candidate: bool,
    },
    /// The center withdraws the request to an expert, or releases an expert who has accepted.
    ReleaseExpert {
        /// Whether an expert is being asked afterwards, in place of the released one or for the other field.
        another_asked: bool,
    },
    /// The experts who have accepted cover every field that is left, so that no further one is asked.
    SettleTeam {
        /// Whether the company's slot is held with these experts.
        slot_held: bool,
    },
    ChooseSlot,
    Reschedule {
        /// The time limit for the company; `None` for the center and the expert, who have no limit.
        until: Option<DateTime<Utc>>,
    },
    /// `covered`, here and in the next two actions, says whether the experts who stay can give another appointment.
    /// Otherwise the center asks experts first.
    CancelAppointment {
        until: Option<DateTime<Utc>>,
        covered: bool,
    },
    RecordNoShow {
        starts_at: DateTime<Utc>,
        covered: bool,
    },
    /// The company was there, and the expert did not come.
    RecordExpertNoShow {
        starts_at: DateTime<Utc>,
        covered: bool,
    },
    RecordDone {
        starts_at: DateTime<Utc>,
    },
    /// One of two experts held the appointment, and the other did not come.
    RecordPartlyDone {
        starts_at: DateTime<Utc>,
    },
    CorrectOutcome(OutcomeCorrection),
    ApproveReport,
    PlanFurtherAppointment {
        /// The number of appointments of the company in the fiscal year that have taken place or are booked.
        appointments: u16,
        cap: u16,
        /// Whether a coordinator overrides the cap and has given the reason.
        overridden: bool,
        /// Whether it makes up for a field that an expert still owes. The cap does not count it.
        makes_up: bool,
        /// Whether the experts who stay cover every field. Otherwise the center asks experts for the rest.
        covered: bool,
    },
    /// The further appointment that was planned is not wished for any more.
    DropFurtherAppointment {
        /// Whether a further appointment is planned, and none was held or reopened since.
        planned: bool,
        /// Whether the reports on all appointments that took place are approved.
        reported: bool,
    },
    Complete,
    Withdraw {
        /// Whether an appointment of the consultation has taken place. Then the consultation is completed: an
        /// ending does not undo what took place.
        advised: bool,
    },
    CloseUnfulfilled {
        reason: UnfulfilledReason,
    },
    Refer {
        organization: String,
    },
    Reopen {
        /// Whether an appointment of the consultation has taken place.
        advised: bool,
        /// Whether the reports on all appointments that took place are approved.
        reported: bool,
    },
}

impl Action {
    /// Returns the name of the action, without its facts.
    pub const fn kind(&self) -> ActionKind {
        match self {
            Self::StartCheck => ActionKind::StartCheck,
            Self::Ask => ActionKind::Ask,
            Self::Answer => ActionKind::Answer,
            Self::RequestExperts => ActionKind::RequestExperts,
            Self::Accept { .. } => ActionKind::Accept,
            Self::Decline { .. } => ActionKind::Decline,
            Self::ReleaseExpert { .. } => ActionKind::ReleaseExpert,
            Self::SettleTeam { .. } => ActionKind::SettleTeam,
            Self::ChooseSlot => ActionKind::ChooseSlot,
            Self::Reschedule { .. } => ActionKind::Reschedule,
            Self::CancelAppointment { .. } => ActionKind::CancelAppointment,
            Self::RecordNoShow { .. } => ActionKind::RecordNoShow,
            Self::RecordExpertNoShow { .. } => ActionKind::RecordExpertNoShow,
            Self::RecordDone { .. } => ActionKind::RecordDone,
            Self::RecordPartlyDone { .. } => ActionKind::RecordPartlyDone,
            Self::CorrectOutcome(_) => ActionKind::CorrectOutcome,
            Self::ApproveReport => ActionKind::ApproveReport,
            Self::PlanFurtherAppointment { .. } => ActionKind::PlanFurtherAppointment,
            Self::DropFurtherAppointment { .. } => ActionKind::DropFurtherAppointment,
            Self::Complete => ActionKind::Complete,
            Self::Withdraw { .. } => ActionKind::Withdraw,
            Self::CloseUnfulfilled { .. } => ActionKind::CloseUnfulfilled,
            Self::Refer { .. } => ActionKind::Refer,
            Self::Reopen { .. } => ActionKind::Reopen,
        }
    }
}

/// Returns every action that changes an existing consultation, in the order of the table.
pub fn changes() -> impl Iterator<Item = ActionKind> {
    ActionKind::ALL.into_iter().filter(|it| !matches!(it, ActionKind::Submit | ActionKind::Note))
}

/// Returns the parties that may do `action` in some state.
pub const fn parties(action: ActionKind) -> &'static [Party] {
    use Party::{Company, Coordinator, Desk, Expert, System};
    match action {
        ActionKind::Submit => &[Company, Desk, Coordinator],
        ActionKind::StartCheck
        | ActionKind::Ask
        | ActionKind::ApproveReport
        | ActionKind::CloseUnfulfilled
        | ActionKind::Refer
        | ActionKind::Reopen => &[Coordinator],
        ActionKind::Answer => &[Company],
        ActionKind::RequestExperts
        | ActionKind::ReleaseExpert
        | ActionKind::SettleTeam
        | ActionKind::Complete => &[Coordinator, System],
        ActionKind::Accept => &[Expert],
        ActionKind::Decline => &[Expert, System],
        ActionKind::ChooseSlot
        | ActionKind::Reschedule
        | ActionKind::CancelAppointment
        | ActionKind::RecordExpertNoShow
        | ActionKind::RecordPartlyDone
        | ActionKind::PlanFurtherAppointment => &[Company, Coordinator, Expert],
        ActionKind::RecordNoShow | ActionKind::RecordDone | ActionKind::CorrectOutcome => {
            &[Expert, Coordinator]
        }
        ActionKind::Withdraw | ActionKind::DropFurtherAppointment => &[Company, Coordinator],
        ActionKind::Note => &[Company, Coordinator, Expert, Desk, System],
    }
}

/// Returns the parties in whose stead a coordinator may do `action`, where the state allows it.
pub const fn steads(action: ActionKind) -> &'static [Party] {
    use Party::{Company, Expert};
    match action {
        ActionKind::Answer | ActionKind::Withdraw | ActionKind::DropFurtherAppointment => &[Company],
        ActionKind::Accept
        | ActionKind::Decline
        | ActionKind::RecordNoShow
        | ActionKind::RecordDone
        | ActionKind::CorrectOutcome => &[Expert],
        ActionKind::ReleaseExpert
        | ActionKind::ChooseSlot
        | ActionKind::Reschedule
        | ActionKind::CancelAppointment
        | ActionKind::RecordExpertNoShow
        | ActionKind::RecordPartlyDone
        | ActionKind::PlanFurtherAppointment
        | ActionKind::Note => &[Company, Expert],
        ActionKind::Submit
        | ActionKind::StartCheck
        | ActionKind::Ask
        | ActionKind::RequestExperts
        | ActionKind::SettleTeam
        | ActionKind::ApproveReport
        | ActionKind::Complete
        | ActionKind::CloseUnfulfilled
        | ActionKind::Refer
        | ActionKind::Reopen => &[],
    }
}

/// Returns whether `actor` may do `action` in some state.
pub fn may_do(action: ActionKind, by: Actor) -> bool {
    match by.represented() {
        Some(whom) => steads(action).contains(&whom.party()),
        None => parties(action).contains(&by.party()),
    }
}

/// Returns whether `action` is allowed in `state`. Every combination that is not listed here is refused.
pub const fn is_allowed_in(action: ActionKind, state: &State) -> bool {
    match action {
        ActionKind::Submit => false,
        ActionKind::StartCheck => matches!(state, State::Received),
        ActionKind::Ask | ActionKind::RequestExperts => matches!(state, State::Received | State::Checking),
        ActionKind::Answer => matches!(state, State::WaitingCompany),
        ActionKind::Accept | ActionKind::Decline => matches!(state, State::Matching),
        ActionKind::ReleaseExpert => matches!(state, State::Matching | State::Scheduling | State::Booked),
        ActionKind::SettleTeam => matches!(state, State::Checking | State::Matching),
        ActionKind::ChooseSlot => matches!(state, State::Scheduling),
        ActionKind::Reschedule
        | ActionKind::CancelAppointment
        | ActionKind::RecordNoShow
        | ActionKind::RecordExpertNoShow
        | ActionKind::RecordPartlyDone
        | ActionKind::RecordDone => {
            matches!(state, State::Booked)
        }
        ActionKind::ApproveReport => matches!(state, State::Consulted),
        ActionKind::PlanFurtherAppointment => matches!(state, State::Consulted | State::FollowUp),
        ActionKind::DropFurtherAppointment => {
            matches!(state, State::Checking | State::Matching | State::Scheduling)
        }
        ActionKind::Complete => matches!(state, State::FollowUp),
        ActionKind::Withdraw | ActionKind::CloseUnfulfilled | ActionKind::Refer => state.is_open(),
        ActionKind::Reopen => !state.is_open(),
        // The facts say whether there is an outcome that can be corrected.
        ActionKind::CorrectOutcome | ActionKind::Note => true,
    }
}

/// Returns whether `action` may lead to `to` from a state in which it is allowed. This is the table's column
/// "to", used to check a history.
pub const fn may_lead_to(action: ActionKind, from: Option<&State>, to: &State) -> bool {
    match (action, from) {
        (ActionKind::Submit, None) => matches!(to, State::Received),
        (ActionKind::Submit, Some(_)) | (_, None) => false,
        (ActionKind::StartCheck | ActionKind::Answer, _) => matches!(to, State::Checking),
        (ActionKind::Reopen, _) => matches!(to, State::Checking | State::Consulted | State::FollowUp),
        (ActionKind::Ask, _) => matches!(to, State::WaitingCompany),
        (ActionKind::RequestExperts, _) => matches!(to, State::Matching),
        (ActionKind::Accept, _) => matches!(to, State::Matching | State::Scheduling | State::Booked),
        (ActionKind::Decline | ActionKind::ReleaseExpert, _) => {
            matches!(to, State::Matching | State::Checking)
        }
        (ActionKind::SettleTeam, _) => matches!(to, State::Scheduling | State::Booked),
        (ActionKind::ChooseSlot | ActionKind::Reschedule, _) => matches!(to, State::Booked),
        (
            ActionKind::CancelAppointment
            | ActionKind::RecordNoShow
            | ActionKind::RecordExpertNoShow
            | ActionKind::PlanFurtherAppointment,
            _,
        ) => matches!(to, State::Scheduling | State::Checking),
        (ActionKind::DropFurtherAppointment, _) => matches!(to, State::Consulted | State::FollowUp),
        (ActionKind::RecordDone | ActionKind::RecordPartlyDone, _) => matches!(to, State::Consulted),
        (ActionKind::ApproveReport, _) => matches!(to, State::FollowUp),
        (ActionKind::Complete, _) => matches!(to, State::Completed),
        (ActionKind::Withdraw, _) => matches!(to, State::Withdrawn | State::Completed),
        (ActionKind::CloseUnfulfilled, _) => matches!(to, State::Unfulfilled { .. }),
        (ActionKind::Refer, _) => matches!(to, State::Referred { .. }),
        // `rebuild` checks that these do not change the state otherwise, since it can compare the data of a state.
        (ActionKind::CorrectOutcome | ActionKind::Note, Some(_)) => true,
    }
}

/// Returns the state in which another time is found: the company chooses it, or the center asks experts first.
pub const fn another_time(covered: bool) -> State {
    if covered { State::Scheduling } else { State::Checking }
}

/// Returns the state in which a consultation goes on after what took place, or from its beginning.
pub const fn reopened(advised: bool, reported: bool) -> State {
    match (advised, reported) {
        (false, _) => State::Checking,
        (true, true) => State::FollowUp,
        (true, false) => State::Consulted,
    }
}
