//! What can be done to a consultation: the rows of the table in `docs/spec/lifecycle.md` §2.
use chrono::{DateTime, Utc};
pub use codes::Deed;

use super::state::{State, UnfulfilledReason};
use crate::{actor::Party, field::Fields};

/// An act with the facts that decide it. The shell finds the facts; the text that goes with an act (a question, a
/// reason) is a value that cannot be blank by the time it reaches the shell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    StartCheck,
    Ask,
    Answer,
    RequestExperts,
    Accept {
        /// Fields that no expert has accepted yet, this answer counted.
        still_open: Option<Fields>,
        /// The company's slot is held with the accepting experts.
        slot_held: bool,
    },
    /// An expert declined or did not answer in time.
    Decline {
        /// Another expert has been asked for the same slot.
        next_candidate: bool,
    },
    ChooseSlot,
    Reschedule {
        /// The company's notice limit; none for center and expert, who always may.
        until: Option<DateTime<Utc>>,
    },
    CancelAppointment {
        until: Option<DateTime<Utc>>,
    },
    RecordNoShow {
        starts_at: DateTime<Utc>,
    },
    RecordDone {
        starts_at: DateTime<Utc>,
    },
    ApproveReport,
    PlanFurtherSession {
        /// Sessions done or booked by the company in the fiscal year.
        sessions: u16,
        cap: u16,
        /// A coordinator overrides the cap and has given the reason.
        overridden: bool,
    },
    Complete,
    Withdraw,
    CloseUnfulfilled {
        reason: UnfulfilledReason,
    },
    Refer {
        organization: String,
    },
    Reopen,
}

impl Act {
    pub const fn deed(&self) -> Deed {
        match self {
            Self::StartCheck => Deed::StartCheck,
            Self::Ask => Deed::Ask,
            Self::Answer => Deed::Answer,
            Self::RequestExperts => Deed::RequestExperts,
            Self::Accept { .. } => Deed::Accept,
            Self::Decline { .. } => Deed::Decline,
            Self::ChooseSlot => Deed::ChooseSlot,
            Self::Reschedule { .. } => Deed::Reschedule,
            Self::CancelAppointment { .. } => Deed::CancelAppointment,
            Self::RecordNoShow { .. } => Deed::RecordNoShow,
            Self::RecordDone { .. } => Deed::RecordDone,
            Self::ApproveReport => Deed::ApproveReport,
            Self::PlanFurtherSession { .. } => Deed::PlanFurtherSession,
            Self::Complete => Deed::Complete,
            Self::Withdraw => Deed::Withdraw,
            Self::CloseUnfulfilled { .. } => Deed::CloseUnfulfilled,
            Self::Refer { .. } => Deed::Refer,
            Self::Reopen => Deed::Reopen,
        }
    }
}

/// Every act that changes a consultation which is already there, in the order of the table.
pub fn changes() -> impl Iterator<Item = Deed> {
    Deed::ALL.into_iter().filter(|it| !matches!(it, Deed::Submit | Deed::Note))
}

/// Who may do `deed` at all.
pub const fn parties(deed: Deed) -> &'static [Party] {
    use Party::{Company, Coordinator, Desk, Expert, System};
    match deed {
        Deed::Submit => &[Company, Desk, Coordinator],
        Deed::StartCheck
        | Deed::Ask
        | Deed::ApproveReport
        | Deed::CloseUnfulfilled
        | Deed::Refer
        | Deed::Reopen => &[Coordinator],
        Deed::Answer => &[Company],
        Deed::RequestExperts | Deed::Complete => &[Coordinator, System],
        Deed::Accept => &[Expert],
        Deed::Decline => &[Expert, System],
        Deed::ChooseSlot | Deed::Reschedule | Deed::CancelAppointment | Deed::PlanFurtherSession => {
            &[Company, Coordinator, Expert]
        }
        Deed::RecordNoShow | Deed::RecordDone => &[Expert, Coordinator],
        Deed::Withdraw => &[Company, Coordinator],
        Deed::Note => &[Company, Coordinator, Expert, Desk, System],
    }
}

/// Whether `deed` is allowed in `state`. What is not listed here is refused.
pub const fn is_allowed_in(deed: Deed, state: &State) -> bool {
    match deed {
        Deed::Submit => false,
        Deed::StartCheck => matches!(state, State::Received),
        Deed::Ask | Deed::RequestExperts => matches!(state, State::Received | State::Checking),
        Deed::Answer => matches!(state, State::WaitingCompany),
        Deed::Accept | Deed::Decline => matches!(state, State::Matching),
        Deed::ChooseSlot => matches!(state, State::Scheduling),
        Deed::Reschedule | Deed::CancelAppointment | Deed::RecordNoShow | Deed::RecordDone => {
            matches!(state, State::Booked)
        }
        Deed::ApproveReport => matches!(state, State::Consulted),
        Deed::PlanFurtherSession => matches!(state, State::Consulted | State::FollowUp),
        Deed::Complete => matches!(state, State::FollowUp),
        Deed::Withdraw | Deed::CloseUnfulfilled | Deed::Refer => state.is_open(),
        Deed::Reopen => !state.is_open(),
        Deed::Note => true,
    }
}

/// Whether `deed` may lead to `to` from a state in which it is allowed: the table's column "to", for checking a history.
pub const fn may_lead_to(deed: Deed, from: Option<&State>, to: &State) -> bool {
    match (deed, from) {
        (Deed::Submit, None) => matches!(to, State::Received),
        (Deed::Submit, Some(_)) | (_, None) => false,
        (Deed::StartCheck | Deed::Answer | Deed::Reopen, _) => matches!(to, State::Checking),
        (Deed::Ask, _) => matches!(to, State::WaitingCompany),
        (Deed::RequestExperts, _) => matches!(to, State::Matching),
        (Deed::Accept, _) => matches!(to, State::Matching | State::Scheduling | State::Booked),
        (Deed::Decline, _) => matches!(to, State::Matching | State::Checking),
        (Deed::ChooseSlot | Deed::Reschedule, _) => matches!(to, State::Booked),
        (Deed::CancelAppointment | Deed::RecordNoShow | Deed::PlanFurtherSession, _) => {
            matches!(to, State::Scheduling)
        }
        (Deed::RecordDone, _) => matches!(to, State::Consulted),
        (Deed::ApproveReport, _) => matches!(to, State::FollowUp),
        (Deed::Complete, _) => matches!(to, State::Completed),
        (Deed::Withdraw, _) => matches!(to, State::Withdrawn),
        (Deed::CloseUnfulfilled, _) => matches!(to, State::Unfulfilled { .. }),
        (Deed::Refer, _) => matches!(to, State::Referred { .. }),
        // That a note leaves the state alone is checked by `rebuild`, which can compare what a state carries.
        (Deed::Note, Some(_)) => true,
    }
}
