//! All experts' appointments of a period, as the center's week shows them.
use chrono::{DateTime, Utc};
use codes::AppointmentStatus;
use domain::{
    booking::appointment::{AppointmentMode, AppointmentState},
    id::ExpertId,
    number::CaseNumber,
};
use entity::{Coded, appointment as row, appointment_expert, consultation};
use sea_orm::{
    ConnectionTrait, DbErr, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::appointment::{owner, participants};
use crate::store::{contradiction, known};

/// One expert's participation in an appointment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeekEntry {
    pub expert: ExpertId,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub mode: AppointmentMode,
    pub state: AppointmentState,
    /// `None` for an appointment that a draft holds.
    pub number: Option<CaseNumber>,
    pub company_name: Option<String>,
}

/// Returns the held, confirmed and finished appointments that start between `from` and `to`, earliest first;
/// only those of `expert`, if it is given. One query.
pub async fn between(
    db: &impl ConnectionTrait,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    expert: Option<ExpertId>,
) -> Result<Vec<WeekEntry>, DbErr> {
    let mut query = row::Entity::find()
        .select_only()
        .columns([
            row::Column::Id,
            row::Column::StartsAt,
            row::Column::EndsAt,
            row::Column::Mode,
            row::Column::State,
            row::Column::HeldUntil,
        ])
        .column(appointment_expert::Column::ExpertId)
        .column(consultation::Column::Number)
        .column(consultation::Column::CompanyName)
        .join(JoinType::InnerJoin, participants())
        .join(JoinType::LeftJoin, owner())
        .filter(row::COLUMN.starts_at.gte(from))
        .filter(row::COLUMN.starts_at.lt(to))
        .filter(row::COLUMN.state.is_in(AppointmentStatus::TAKES_TIME.map(AppointmentStatus::code)));
    if let Some(expert) = expert {
        query = query.filter(appointment_expert::COLUMN.expert_id.eq(expert.0));
    }
    let rows = query
        .order_by_asc(row::COLUMN.starts_at)
        .order_by_asc(row::COLUMN.id)
        .order_by_asc(appointment_expert::COLUMN.expert_id)
        .into_model::<Found>()
        .all(db)
        .await?;
    rows.into_iter().map(Found::entry).collect()
}

#[derive(Debug, FromQueryResult)]
struct Found {
    id: Uuid,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    mode: Coded<AppointmentMode>,
    state: Coded<AppointmentStatus>,
    held_until: Option<DateTime<Utc>>,
    expert_id: Uuid,
    number: Option<String>,
    company_name: Option<String>,
}

impl Found {
    fn entry(self) -> Result<WeekEntry, DbErr> {
        let wrong = |why: &str| contradiction(row::Entity, self.id, why);
        let state = match known(&self.state, row::Column::State, self.id)? {
            AppointmentStatus::Held => AppointmentState::Held { until: self.held_until },
            AppointmentStatus::Confirmed => AppointmentState::Confirmed,
            AppointmentStatus::Done => AppointmentState::Done,
            AppointmentStatus::NoShow => AppointmentState::NoShow,
            AppointmentStatus::ExpertNoShow => AppointmentState::ExpertNoShow,
            AppointmentStatus::CancelledByCompany
            | AppointmentStatus::CancelledByExpert
            | AppointmentStatus::CancelledByCenter
            | AppointmentStatus::Released => return Err(wrong("state")),
        };
        let number = self.number.as_deref().map(CaseNumber::parse).transpose();
        Ok(WeekEntry {
            expert: ExpertId(self.expert_id),
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            mode: known(&self.mode, row::Column::Mode, self.id)?,
            state,
            number: number.map_err(|_| wrong("number"))?,
            company_name: self.company_name,
        })
    }
}
