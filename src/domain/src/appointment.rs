//! One sitting of a company with one or two experts (相談予約).
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    actor::Party,
    company::Mode,
    id::{AppointmentId, ConsultationId, DraftId, ExpertId, WaitingId},
};

/// How a session takes place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionMode {
    Online,
    Visit,
}

impl SessionMode {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Visit => "visit",
        }
    }

    /// How a session takes place, given the company's wish: online unless it asked for a visit.
    pub const fn wished(wish: Mode) -> Self {
        match wish {
            Mode::Online | Mode::Either => Self::Online,
            Mode::Visit => Self::Visit,
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Online, Self::Visit].into_iter().find(|it| it.code() == code)
    }

    pub const fn label(self) -> &'static str {
        match self {
            Self::Online => "オンライン",
            Self::Visit => "訪問",
        }
    }
}

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
    pub mode: SessionMode,
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
        self.is_confirmed() && self.mode == SessionMode::Online && now < self.ends_at
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
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Held { .. } => "held",
            Self::Confirmed => "confirmed",
            Self::Done => "done",
            Self::NoShow => "no_show",
            Self::CancelledByCompany { .. } => "cancelled_by_company",
            Self::CancelledByCenter { .. } => "cancelled_by_center",
            Self::Released => "released",
        }
    }

    pub const fn label(&self) -> &'static str {
        match self {
            Self::Held { .. } => "仮予約",
            Self::Confirmed => "確定",
            Self::Done => "実施済み",
            Self::NoShow => "欠席",
            Self::CancelledByCompany { .. } => "企業都合で中止",
            Self::CancelledByCenter { .. } => "センター都合で中止",
            Self::Released => "仮予約を解除",
        }
    }
}

#[cfg(test)]
mod tests;
