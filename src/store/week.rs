//! Everybody's sessions in a stretch of time, as the center's week shows them.
use chrono::{DateTime, Utc};
use domain::{
    appointment::{AppointmentState, SessionMode},
    id::ExpertId,
    number::CaseNumber,
};
use entity::{appointment as row, appointment_expert, consultation};
use sea_orm::{
    ConnectionTrait, DbErr, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::{
    appointment::{owner, seats},
    contradiction,
};

/// One expert's seat in a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub expert: ExpertId,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub mode: SessionMode,
    pub state: AppointmentState,
    /// None for what an unfinished application holds.
    pub number: Option<CaseNumber>,
    pub company_name: Option<String>,
}

/// Held, confirmed and finished sessions that start between `from` and `to`, earliest first; of one expert where
/// that is asked for. One query.
pub async fn between(
    db: &impl ConnectionTrait,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    expert: Option<ExpertId>,
) -> Result<Vec<Entry>, DbErr> {
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
        .join(JoinType::InnerJoin, seats())
        .join(JoinType::LeftJoin, owner())
        .filter(row::COLUMN.starts_at.gte(from))
        .filter(row::COLUMN.starts_at.lt(to))
        .filter(row::COLUMN.state.is_in(["held", "confirmed", "done", "no_show"]));
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
    mode: String,
    state: String,
    held_until: Option<DateTime<Utc>>,
    expert_id: Uuid,
    number: Option<String>,
    company_name: Option<String>,
}

impl Found {
    fn entry(self) -> Result<Entry, DbErr> {
        let wrong = |why: &str| contradiction("appointment", self.id, why);
        let state = match self.state.as_str() {
            "held" => AppointmentState::Held { until: self.held_until },
            "confirmed" => AppointmentState::Confirmed,
            "done" => AppointmentState::Done,
            "no_show" => AppointmentState::NoShow,
            _ => return Err(wrong("state")),
        };
        let number = self.number.as_deref().map(CaseNumber::parse).transpose();
        Ok(Entry {
            expert: ExpertId(self.expert_id),
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            mode: SessionMode::from_code(&self.mode).ok_or_else(|| wrong("mode"))?,
            state,
            number: number.map_err(|_| wrong("number"))?,
            company_name: self.company_name,
        })
    }
}
