//! Appointments that an expert was told of and has no part in any more, so that calendars can be sent the
//! cancellation.
use chrono::{DateTime, Utc};
use domain::{
    booking::appointment::{Appointment, AppointmentState},
    id::{AppointmentId, ExpertId},
};
use entity::{appointment, cancelled_invitation as row};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, JoinType, QueryFilter,
    QueryOrder, QuerySelect, sea_query::OnConflict,
};

use crate::store::booking::appointment::{Team, from_row};

/// Saves that an expert has left an appointment. `left` is the appointment as the expert knows it, with the
/// SEQUENCE of the cancellation.
pub async fn keep(
    tx: &DatabaseTransaction,
    left: &Appointment,
    expert: ExpertId,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let model = row::Model {
        appointment_id: left.id.0,
        expert_id: expert.0,
        starts_at: left.starts_at,
        ends_at: left.ends_at,
        sequence: left.sequence,
        left_at: now,
    };
    let again = OnConflict::columns([row::Column::AppointmentId, row::Column::ExpertId])
        .update_columns([
            row::Column::StartsAt,
            row::Column::EndsAt,
            row::Column::Sequence,
            row::Column::LeftAt,
        ])
        .to_owned();
    row::Entity::insert(model.into_active_model()).on_conflict(again).exec_without_returning(tx).await?;
    Ok(())
}

/// Returns the SEQUENCE of the cancellation that the expert was sent for an appointment.
pub async fn sequence(
    db: &impl ConnectionTrait,
    id: AppointmentId,
    expert: ExpertId,
) -> Result<Option<i32>, DbErr> {
    Ok(row::Entity::find_by_id((id.0, expert.0)).one(db).await?.map(|it| it.sequence))
}

/// Returns the appointments that an expert has left after `since`, each with its times of that moment and the
/// state `Released`. One query.
pub async fn since(
    db: &impl ConnectionTrait,
    expert: ExpertId,
    since: DateTime<Utc>,
) -> Result<Vec<Appointment>, DbErr> {
    let found = row::Entity::find()
        .join(JoinType::InnerJoin, of_appointment())
        .select_also(appointment::Entity)
        .filter(row::COLUMN.expert_id.eq(expert.0))
        .filter(row::COLUMN.left_at.gt(since))
        .order_by_asc(row::COLUMN.starts_at)
        .all(db)
        .await?;
    let left = |(participation, found): (row::Model, Option<appointment::Model>)| {
        let whole = found.map(|it| from_row(Team::default(), it))?;
        Some(whole.map(|it| Appointment {
            state: AppointmentState::Released,
            starts_at: participation.starts_at,
            ends_at: participation.ends_at,
            sequence: participation.sequence,
            ..it
        }))
    };
    found.into_iter().filter_map(left).collect()
}

fn of_appointment() -> sea_orm::RelationDef {
    row::Entity::belongs_to(appointment::Entity)
        .from(row::Column::AppointmentId)
        .to(appointment::Column::Id)
        .into()
}
