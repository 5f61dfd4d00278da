//! The appointment of a company with one or two experts (相談予約).
use chrono::{DateTime, Utc};
pub use codes::{AppointmentMode, AppointmentOutcome, AppointmentStatus};

use crate::{
    actor::Party,
    id::{AppointmentId, ConsultationId, DraftId, ExpertId, WaitingId},
};

/// The draft, consultation or offer for which an appointment is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    Draft(DraftId),
    Consultation(ConsultationId),
    /// An offer from the waiting list. It is kept in addition to the consultation's own appointment until the company
    /// has answered whether it wants this time instead.
    Offer {
        consultation: ConsultationId,
        waiting: WaitingId,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appointment {
    pub id: AppointmentId,
    pub owner: Owner,
    pub state: AppointmentState,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub mode: AppointmentMode,
    /// One expert, or one of each field, in the order in which they were chosen.
    pub experts: Vec<ExpertId>,
    /// The venue: an address for a visit, a link for an online appointment.
    pub place: String,
    /// The UID of the calendar entry; it never changes.
    pub uid: String,
    /// The SEQUENCE of the calendar entry; it rises with every change that others were told of.
    pub sequence: i32,
    /// The one of two experts who did not come, if the other held the appointment.
    pub absent: Option<ExpertId>,
    /// Whether it makes up for a field that was not given because its expert did not come.
    pub makes_up: bool,
}

/// The record of an appointment: its outcome, and the expert who did not come to one that was held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordedOutcome {
    pub outcome: AppointmentOutcome,
    pub absent: Option<ExpertId>,
}

impl From<AppointmentOutcome> for RecordedOutcome {
    fn from(outcome: AppointmentOutcome) -> Self {
        Self { outcome, absent: None }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AppointmentState {
    /// Kept for a company (仮予約). `until` is `None` while an expert is being asked.
    Held {
        until: Option<DateTime<Utc>>,
    },
    Confirmed,
    Done,
    NoShow,
    /// The company was there, and the expert did not come.
    ExpertNoShow,
    CancelledByCompany {
        reason: String,
    },
    CancelledByExpert {
        reason: String,
    },
    CancelledByCenter {
        reason: String,
    },
    Released,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppointmentRefused {
    #[error("この予約は、すでに終了または取り消されています。")]
    Over,
    #[error("この予約は、まだ確定していません。")]
    NotConfirmed,
    #[error("この予約には、まだ相談の結果が記録されていません。")]
    NoOutcome,
    #[error("二人の専門家が担当する予約だけに、一人の欠席を記録できます。")]
    NotOneOfTwo,
    #[error("お取り置きの期限が過ぎました。もう一度日時を選んでください。")]
    HoldExpired,
}

impl Appointment {
    /// Confirms a held appointment.
    pub fn confirm(self) -> Result<Self, AppointmentRefused> {
        self.held()?;
        Ok(Self { state: AppointmentState::Confirmed, ..self })
    }

    /// Moves the appointment to another time or to other experts.
    pub fn move_to(
        self,
        starts_at: DateTime<Utc>,
        ends_at: DateTime<Utc>,
        experts: Vec<ExpertId>,
    ) -> Result<Self, AppointmentRefused> {
        if !self.is_live() {
            return Err(AppointmentRefused::Over);
        }
        let sequence = self.sequence + 1;
        Ok(Self { starts_at, ends_at, experts, sequence, ..self })
    }

    /// Holds the same time for other experts while they are asked, without a limit. `sequence` stays, because nothing
    /// has changed for an expert who remains.
    pub fn keep_for(self, experts: Vec<ExpertId>, place: String) -> Result<Self, AppointmentRefused> {
        self.held()?;
        Ok(Self { state: AppointmentState::Held { until: None }, experts, place, ..self })
    }

    /// Replaces the expert `from` by the expert `to`.
    pub fn exchange(self, from: ExpertId, to: ExpertId) -> Result<Self, AppointmentRefused> {
        self.exchange_for(from, &[to])
    }

    /// Replaces the expert `from` by a team: one expert, or one for each field.
    pub fn exchange_for(self, from: ExpertId, team: &[ExpertId]) -> Result<Self, AppointmentRefused> {
        self.confirmed()?;
        let coming = |it: &ExpertId| if *it == from { team.to_vec() } else { vec![*it] };
        let experts = self.experts.iter().flat_map(coming).collect();
        Ok(Self { experts, sequence: self.sequence + 1, ..self })
    }

    /// Changes the venue.
    pub fn meet_at(self, place: String) -> Result<Self, AppointmentRefused> {
        self.confirmed()?;
        Ok(Self { place, sequence: self.sequence + 1, ..self })
    }

    /// Returns whether the appointment is confirmed, online and not over, so that its meeting link can be changed.
    pub fn is_online_ahead(&self, now: DateTime<Utc>) -> bool {
        self.is_confirmed() && self.mode == AppointmentMode::Online && now < self.ends_at
    }

    /// Returns whether the appointment is a confirmed visit that is not over and whose address is not known.
    pub fn lacks_place(&self, now: DateTime<Utc>) -> bool {
        self.is_confirmed()
            && self.mode == AppointmentMode::Visit
            && self.place.is_empty()
            && now < self.ends_at
    }

    /// Cancels a confirmed appointment. The new state says whether the company, the expert or the center cancelled it,
    /// as `by` decides.
    pub fn cancel(self, by: Party, reason: String) -> Result<Self, AppointmentRefused> {
        self.confirmed()?;
        let state = match by {
            Party::Company => AppointmentState::CancelledByCompany { reason },
            Party::Expert => AppointmentState::CancelledByExpert { reason },
            Party::Coordinator | Party::Desk | Party::System => {
                AppointmentState::CancelledByCenter { reason }
            }
        };
        Ok(Self { state, sequence: self.sequence + 1, ..self })
    }

    /// Confirms a booking again that the center has cancelled.
    pub fn book_again(self) -> Result<Self, AppointmentRefused> {
        match self.state {
            AppointmentState::CancelledByCenter { .. } => {
                Ok(Self { state: AppointmentState::Confirmed, sequence: self.sequence + 1, ..self })
            }
            AppointmentState::Held { .. }
            | AppointmentState::Confirmed
            | AppointmentState::Done
            | AppointmentState::NoShow
            | AppointmentState::ExpertNoShow
            | AppointmentState::CancelledByCompany { .. }
            | AppointmentState::CancelledByExpert { .. }
            | AppointmentState::Released => Err(AppointmentRefused::Over),
        }
    }

    pub fn no_show(self) -> Result<Self, AppointmentRefused> {
        self.confirmed()?;
        Ok(Self { state: AppointmentState::NoShow, ..self })
    }

    /// Records that the expert did not come.
    pub fn expert_no_show(self) -> Result<Self, AppointmentRefused> {
        self.confirmed()?;
        Ok(Self { state: AppointmentState::ExpertNoShow, ..self })
    }

    /// Records that one of two experts held the appointment, and that `absent` did not come.
    pub fn partly_done(self, absent: ExpertId) -> Result<Self, AppointmentRefused> {
        self.confirmed()?;
        self.one_of_two(absent)?;
        Ok(Self { state: AppointmentState::Done, absent: Some(absent), ..self })
    }

    /// Replaces the outcome that was recorded by another one.
    pub fn correct_outcome(self, to: impl Into<RecordedOutcome>) -> Result<Self, AppointmentRefused> {
        let RecordedOutcome { outcome, absent } = to.into();
        self.state.outcome().ok_or(AppointmentRefused::NoOutcome)?;
        let state = match outcome {
            AppointmentOutcome::Done => AppointmentState::Done,
            AppointmentOutcome::NoShow => AppointmentState::NoShow,
            AppointmentOutcome::ExpertNoShow => AppointmentState::ExpertNoShow,
        };
        let absent = absent.filter(|_| state == AppointmentState::Done);
        if let Some(absent) = absent {
            self.one_of_two(absent)?;
        }
        Ok(Self { state, absent, ..self })
    }

    /// Returns what was recorded of an appointment whose time has come; `None` if nothing was.
    pub fn recorded(&self) -> Option<RecordedOutcome> {
        let outcome = self.state.outcome()?;
        Some(RecordedOutcome { outcome, absent: self.absent })
    }

    /// Returns the experts who came, or are expected to.
    pub fn present(&self) -> impl Iterator<Item = ExpertId> {
        self.experts.iter().copied().filter(|it| self.absent != Some(*it))
    }

    fn one_of_two(&self, absent: ExpertId) -> Result<(), AppointmentRefused> {
        let is_one_of_two = self.experts.len() > 1 && self.experts.contains(&absent);
        if is_one_of_two { Ok(()) } else { Err(AppointmentRefused::NotOneOfTwo) }
    }

    pub fn done(self) -> Result<Self, AppointmentRefused> {
        self.confirmed()?;
        Ok(Self { state: AppointmentState::Done, ..self })
    }

    /// Releases a held appointment.
    pub fn release(self) -> Result<Self, AppointmentRefused> {
        self.held()?;
        Ok(Self { state: AppointmentState::Released, sequence: self.sequence + 1, ..self })
    }

    /// Returns whether the appointment is held or confirmed, and so owns its quarter hours.
    pub const fn is_live(&self) -> bool {
        matches!(self.state, AppointmentState::Held { .. } | AppointmentState::Confirmed)
    }

    pub const fn is_confirmed(&self) -> bool {
        matches!(self.state, AppointmentState::Confirmed)
    }

    /// Returns until when the appointment is held; `None` if it is not held, or held without a limit.
    pub const fn held_until(&self) -> Option<DateTime<Utc>> {
        match self.state {
            AppointmentState::Held { until } => until,
            AppointmentState::Confirmed
            | AppointmentState::Done
            | AppointmentState::NoShow
            | AppointmentState::ExpertNoShow
            | AppointmentState::CancelledByCompany { .. }
            | AppointmentState::CancelledByExpert { .. }
            | AppointmentState::CancelledByCenter { .. }
            | AppointmentState::Released => None,
        }
    }

    /// Returns whether the time of the hold is over.
    pub fn has_expired(&self, now: DateTime<Utc>) -> bool {
        self.held_until().is_some_and(|until| until <= now)
    }

    const fn held(&self) -> Result<(), AppointmentRefused> {
        match self.state {
            AppointmentState::Held { .. } => Ok(()),
            AppointmentState::Confirmed
            | AppointmentState::Done
            | AppointmentState::NoShow
            | AppointmentState::ExpertNoShow
            | AppointmentState::CancelledByCompany { .. }
            | AppointmentState::CancelledByExpert { .. }
            | AppointmentState::CancelledByCenter { .. }
            | AppointmentState::Released => Err(AppointmentRefused::Over),
        }
    }

    const fn confirmed(&self) -> Result<(), AppointmentRefused> {
        match self.state {
            AppointmentState::Confirmed => Ok(()),
            AppointmentState::Held { .. } => Err(AppointmentRefused::NotConfirmed),
            AppointmentState::Done
            | AppointmentState::NoShow
            | AppointmentState::ExpertNoShow
            | AppointmentState::CancelledByCompany { .. }
            | AppointmentState::CancelledByExpert { .. }
            | AppointmentState::CancelledByCenter { .. }
            | AppointmentState::Released => Err(AppointmentRefused::Over),
        }
    }
}

impl AppointmentState {
    /// Returns the state without its data.
    pub const fn status(&self) -> AppointmentStatus {
        match self {
            Self::Held { .. } => AppointmentStatus::Held,
            Self::Confirmed => AppointmentStatus::Confirmed,
            Self::Done => AppointmentStatus::Done,
            Self::NoShow => AppointmentStatus::NoShow,
            Self::ExpertNoShow => AppointmentStatus::ExpertNoShow,
            Self::CancelledByCompany { .. } => AppointmentStatus::CancelledByCompany,
            Self::CancelledByExpert { .. } => AppointmentStatus::CancelledByExpert,
            Self::CancelledByCenter { .. } => AppointmentStatus::CancelledByCenter,
            Self::Released => AppointmentStatus::Released,
        }
    }

    /// Returns what was recorded of an appointment whose time has come; `None` if nothing was.
    pub const fn outcome(&self) -> Option<AppointmentOutcome> {
        match self {
            Self::Done => Some(AppointmentOutcome::Done),
            Self::NoShow => Some(AppointmentOutcome::NoShow),
            Self::ExpertNoShow => Some(AppointmentOutcome::ExpertNoShow),
            Self::Held { .. }
            | Self::Confirmed
            | Self::CancelledByCompany { .. }
            | Self::CancelledByExpert { .. }
            | Self::CancelledByCenter { .. }
            | Self::Released => None,
        }
    }

    /// Returns the party that has cancelled a booked appointment, and the reason.
    pub const fn cancelled_by(&self) -> Option<(Party, &String)> {
        match self {
            Self::CancelledByCompany { reason } => Some((Party::Company, reason)),
            Self::CancelledByExpert { reason } => Some((Party::Expert, reason)),
            Self::CancelledByCenter { reason } => Some((Party::Coordinator, reason)),
            Self::Held { .. }
            | Self::Confirmed
            | Self::Done
            | Self::NoShow
            | Self::ExpertNoShow
            | Self::Released => None,
        }
    }

    pub const fn code(&self) -> &'static str {
        self.status().code()
    }

    pub const fn label(&self) -> &'static str {
        self.status().label()
    }
}

#[cfg(test)]
mod tests;
