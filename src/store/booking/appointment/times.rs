//! Appointments by their time: those that have begun, and those that are held for a day.
use chrono::{DateTime, Utc};
use codes::AppointmentStatus;
use domain::booking::appointment::Appointment;
use entity::appointment as row;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::with_experts;

/// Returns which of these consultations have a confirmed appointment that has begun by `now`.
pub async fn confirmed_before(
    db: &impl ConnectionTrait,
    ids: &[Uuid],
    now: DateTime<Utc>,
) -> Result<Vec<Uuid>, DbErr> {
    let found: Vec<Option<Uuid>> = row::Entity::find()
        .select_only()
        .column(row::Column::ConsultationId)
        .filter(row::COLUMN.state.eq(AppointmentStatus::Confirmed.code()))
        .filter(row::COLUMN.starts_at.lte(now))
        .filter(row::COLUMN.consultation_id.is_in(ids.iter().copied()))
        .into_tuple()
        .all(db)
        .await?;
    Ok(found.into_iter().flatten().collect())
}

/// Returns the appointments that are held for a time between `from` and `to`, for whomever.
pub async fn held_between(
    db: &impl ConnectionTrait,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Vec<Appointment>, DbErr> {
    let rows = row::Entity::find()
        .filter(row::COLUMN.state.eq(AppointmentStatus::Held.code()))
        .filter(row::COLUMN.starts_at.gte(from))
        .filter(row::COLUMN.starts_at.lt(to))
        .order_by_asc(row::COLUMN.id)
        .all(db)
        .await?;
    with_experts(db, rows).await
}
