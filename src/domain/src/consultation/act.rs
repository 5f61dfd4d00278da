//! What can be done to a consultation: the rows of the table in `docs/spec/lifecycle.md` §2.
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

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

/// The name of an act: what the history keeps and the pages offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    Submit,
    StartCheck,
    Ask,
    Answer,
    RequestExperts,
    Accept,
    Decline,
    ChooseSlot,
    Reschedule,
    CancelAppointment,
    RecordNoShow,
    RecordDone,
    ApproveReport,
    PlanFurtherSession,
    Complete,
    Withdraw,
    CloseUnfulfilled,
    Refer,
    Reopen,
    /// Something worth keeping that left the state alone: a message, a confirmed address, a note, a report.
    Note,
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

impl Deed {
    /// Every act that changes a consultation which is already there, in the order of the table.
    pub const ALL: [Self; 18] = [
        Self::StartCheck,
        Self::Ask,
        Self::Answer,
        Self::RequestExperts,
        Self::Accept,
        Self::Decline,
        Self::ChooseSlot,
        Self::Reschedule,
        Self::CancelAppointment,
        Self::RecordNoShow,
        Self::RecordDone,
        Self::ApproveReport,
        Self::PlanFurtherSession,
        Self::Complete,
        Self::Withdraw,
        Self::CloseUnfulfilled,
        Self::Refer,
        Self::Reopen,
    ];

    /// The name in the history's rows.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Submit => "submit",
            Self::StartCheck => "start_check",
            Self::Ask => "ask",
            Self::Answer => "answer",
            Self::RequestExperts => "request_experts",
            Self::Accept => "accept",
            Self::Decline => "decline",
            Self::ChooseSlot => "choose_slot",
            Self::Reschedule => "reschedule",
            Self::CancelAppointment => "cancel_appointment",
            Self::RecordNoShow => "record_no_show",
            Self::RecordDone => "record_done",
            Self::ApproveReport => "approve_report",
            Self::PlanFurtherSession => "plan_further_session",
            Self::Complete => "complete",
            Self::Withdraw => "withdraw",
            Self::CloseUnfulfilled => "close_unfulfilled",
            Self::Refer => "refer",
            Self::Reopen => "reopen",
            Self::Note => "note",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Submit, Self::Note].into_iter().chain(Self::ALL).find(|it| it.code() == code)
    }

    /// As a history line says it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Submit => "申込み",
            Self::StartCheck => "確認を開始",
            Self::Ask => "企業に確認を依頼",
            Self::Answer => "企業が回答",
            Self::RequestExperts => "専門家に依頼",
            Self::Accept => "専門家が引受け",
            Self::Decline => "専門家が辞退・回答期限切れ",
            Self::ChooseSlot => "日時を決定",
            Self::Reschedule => "日時を変更",
            Self::CancelAppointment => "予約を取消し",
            Self::RecordNoShow => "欠席を記録",
            Self::RecordDone => "実施を記録",
            Self::ApproveReport => "報告書を確認",
            Self::PlanFurtherSession => "次回の相談を計画",
            Self::Complete => "完了",
            Self::Withdraw => "取下げ",
            Self::CloseUnfulfilled => "不成立として終了",
            Self::Refer => "他機関を案内",
            Self::Reopen => "再開",
            Self::Note => "記録",
        }
    }

    /// Who may do it at all.
    pub const fn parties(self) -> &'static [Party] {
        use Party::{Company, Coordinator, Desk, Expert, System};
        match self {
            Self::Submit => &[Company, Desk, Coordinator],
            Self::StartCheck
            | Self::Ask
            | Self::ApproveReport
            | Self::CloseUnfulfilled
            | Self::Refer
            | Self::Reopen => &[Coordinator],
            Self::Answer => &[Company],
            Self::RequestExperts | Self::Complete => &[Coordinator, System],
            Self::Accept => &[Expert],
            Self::Decline => &[Expert, System],
            Self::ChooseSlot | Self::Reschedule | Self::CancelAppointment | Self::PlanFurtherSession => {
                &[Company, Coordinator, Expert]
            }
            Self::RecordNoShow | Self::RecordDone => &[Expert, Coordinator],
            Self::Withdraw => &[Company, Coordinator],
            Self::Note => &[Company, Coordinator, Expert, Desk, System],
        }
    }

    /// In which states it is allowed. What is not listed here is refused.
    pub const fn is_allowed_in(self, state: &State) -> bool {
        match self {
            Self::Submit => false,
            Self::StartCheck => matches!(state, State::Received),
            Self::Ask | Self::RequestExperts => matches!(state, State::Received | State::Checking),
            Self::Answer => matches!(state, State::WaitingCompany),
            Self::Accept | Self::Decline => matches!(state, State::Matching),
            Self::ChooseSlot => matches!(state, State::Scheduling),
            Self::Reschedule | Self::CancelAppointment | Self::RecordNoShow | Self::RecordDone => {
                matches!(state, State::Booked)
            }
            Self::ApproveReport => matches!(state, State::Consulted),
            Self::PlanFurtherSession => matches!(state, State::Consulted | State::FollowUp),
            Self::Complete => matches!(state, State::FollowUp),
            Self::Withdraw | Self::CloseUnfulfilled | Self::Refer => state.is_open(),
            Self::Reopen => !state.is_open(),
            Self::Note => true,
        }
    }

    /// Where it may lead from a state in which it is allowed: the table's column "to", for checking a history.
    pub const fn may_lead_to(self, from: Option<&State>, to: &State) -> bool {
        match (self, from) {
            (Self::Submit, None) => matches!(to, State::Received),
            (Self::Submit, Some(_)) | (_, None) => false,
            (Self::StartCheck | Self::Answer | Self::Reopen, _) => matches!(to, State::Checking),
            (Self::Ask, _) => matches!(to, State::WaitingCompany),
            (Self::RequestExperts, _) => matches!(to, State::Matching),
            (Self::Accept, _) => matches!(to, State::Matching | State::Scheduling | State::Booked),
            (Self::Decline, _) => matches!(to, State::Matching | State::Checking),
            (Self::ChooseSlot | Self::Reschedule, _) => matches!(to, State::Booked),
            (Self::CancelAppointment | Self::RecordNoShow | Self::PlanFurtherSession, _) => {
                matches!(to, State::Scheduling)
            }
            (Self::RecordDone, _) => matches!(to, State::Consulted),
            (Self::ApproveReport, _) => matches!(to, State::FollowUp),
            (Self::Complete, _) => matches!(to, State::Completed),
            (Self::Withdraw, _) => matches!(to, State::Withdrawn),
            (Self::CloseUnfulfilled, _) => matches!(to, State::Unfulfilled { .. }),
            (Self::Refer, _) => matches!(to, State::Referred { .. }),
            // That a note leaves the state alone is checked by `rebuild`, which can compare what a state carries.
            (Self::Note, Some(_)) => true,
        }
    }
}
