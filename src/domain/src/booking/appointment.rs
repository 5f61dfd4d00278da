//! One sitting of a company with one or two experts (相談予約).
use chrono::{DateTime, Utc};
pub use codes::{AppointmentMode, AppointmentStatus};

use crate::{
    actor::Party,
    id::{AppointmentId, ConsultationId, DraftId, ExpertId, WaitingId},
};

/// What an appointment is kept for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    Draft(DraftId),
    Consultation(ConsultationId),
    /// Kept beside what the consultation has, until the company has answered whether it wants this time instead.
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
    /// In the order in which they were chosen; one, or one of each field.
    pub experts: Vec<ExpertId>,
    /// Where: an address for a visit, a link for an online session.
    pub place: String,
    /// The calendar entry's UID; never changes.
    pub uid: String,
    /// The calendar entry's SEQUENCE; rises with every change that others were told of.
    pub sequence: i32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AppointmentState {
    /// Kept for a company (仮予約). Without a limit while an expert is being asked.
    Held {
        until: Option<DateTime<Utc>>,
    },
    Confirmed,
    Done,
    NoShow,
    CancelledByCompany {
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
    #[error("お取り置きの期限が過ぎました。もう一度日時を選んでください。")]
    HoldExpired,
}

impl Appointment {
    /// What was held is now certain.
    pub fn confirm(self) -> Result<Self, AppointmentRefused> {
        self.held()?;
        Ok(Self { state: AppointmentState::Confirmed, ..self })
    }

    /// The same sitting at another time or with other experts.
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

    /// The same time, kept for other experts for as long as they are asked. Whoever stays has nothing new to hear.
    pub fn keep_for(self, experts: Vec<ExpertId>, place: String) -> Result<Self, AppointmentRefused> {
        self.held()?;
        Ok(Self { state: AppointmentState::Held { until: None }, experts, place, ..self })
    }

    /// The same sitting with another expert in the place of one.
    pub fn exchange(self, from: ExpertId, to: ExpertId) -> Result<Self, AppointmentRefused> {
        self.confirmed()?;
        let experts = self.experts.iter().map(|&it| if it == from { to } else { it }).collect();
        Ok(Self { experts, sequence: self.sequence + 1, ..self })
    }

    /// The same sitting in another room.
    pub fn meet_at(self, place: String) -> Result<Self, AppointmentRefused> {
        self.confirmed()?;
        Ok(Self { place, sequence: self.sequence + 1, ..self })
    }

    /// Confirmed, online, and not over: it has a room that can be changed.
    pub fn is_online_ahead(&self, now: DateTime<Utc>) -> bool {
        self.is_confirmed() && self.mode == AppointmentMode::Online && now < self.ends_at
    }

    /// Cancels what was confirmed, counted by whose doing it was.
    pub fn cancel(self, by: Party, reason: String) -> Result<Self, AppointmentRefused> {
        self.confirmed()?;
        let state = match by {
            Party::Company => AppointmentState::CancelledByCompany { reason },
            Party::Coordinator | Party::Expert | Party::Desk | Party::System => {
                AppointmentState::CancelledByCenter { reason }
            }
        };
        Ok(Self { state, sequence: self.sequence + 1, ..self })
    }

    pub fn no_show(self) -> Result<Self, AppointmentRefused> {
        self.confirmed()?;
        Ok(Self { state: AppointmentState::NoShow, ..self })
    }

    pub fn done(self) -> Result<Self, AppointmentRefused> {
        self.confirmed()?;
        Ok(Self { state: AppointmentState::Done, ..self })
    }

    /// Lets go of what was only held.
    pub fn release(self) -> Result<Self, AppointmentRefused> {
        self.held()?;
        Ok(Self { state: AppointmentState::Released, sequence: self.sequence + 1, ..self })
    }

    /// Held or confirmed: it owns its quarter hours.
    pub const fn is_live(&self) -> bool {
        matches!(self.state, AppointmentState::Held { .. } | AppointmentState::Confirmed)
    }

    pub const fn is_confirmed(&self) -> bool {
        matches!(self.state, AppointmentState::Confirmed)
    }

    /// Until when it is held, where there is a limit.
    pub const fn held_until(&self) -> Option<DateTime<Utc>> {
        match self.state {
            AppointmentState::Held { until } => until,
            AppointmentState::Confirmed
            | AppointmentState::Done
            | AppointmentState::NoShow
            | AppointmentState::CancelledByCompany { .. }
            | AppointmentState::CancelledByCenter { .. }
            | AppointmentState::Released => None,
        }
    }

    /// The hold's time is over.
    pub fn has_expired(&self, now: DateTime<Utc>) -> bool {
        self.held_until().is_some_and(|until| until <= now)
    }

    const fn held(&self) -> Result<(), AppointmentRefused> {
        match self.state {
            AppointmentState::Held { .. } => Ok(()),
            AppointmentState::Confirmed
            | AppointmentState::Done
            | AppointmentState::NoShow
            | AppointmentState::CancelledByCompany { .. }
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
            | AppointmentState::CancelledByCompany { .. }
            | AppointmentState::CancelledByCenter { .. }
            | AppointmentState::Released => Err(AppointmentRefused::Over),
        }
    }
}

impl AppointmentState {
    /// The state without what it carries.
    pub const fn status(&self) -> AppointmentStatus {
        match self {
            Self::Held { .. } => AppointmentStatus::Held,
            Self::Confirmed => AppointmentStatus::Confirmed,
            Self::Done => AppointmentStatus::Done,
            Self::NoShow => AppointmentStatus::NoShow,
            Self::CancelledByCompany { .. } => AppointmentStatus::CancelledByCompany,
            Self::CancelledByCenter { .. } => AppointmentStatus::CancelledByCenter,
            Self::Released => AppointmentStatus::Released,
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
