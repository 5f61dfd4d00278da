//! Vacancies: participations of experts who will be absent, and the requests to substitutes.
use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use codes::{AppointmentStatus, AssignmentStatus};
use domain::{
    calendar::japan_date,
    id::{AppointmentId, AssignmentId, ExpertId},
};
use entity::{absence, appointment, appointment_expert, assignment};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

/// An expert's part in an appointment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Participation {
    pub appointment: AppointmentId,
    pub expert: ExpertId,
}

/// Returns the participations in future confirmed appointments whose experts have entered an absence for the
/// day, the earliest appointment first. One query, which starts from the absences that are not over.
pub async fn absent(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Vec<Participation>, DbErr> {
    let rows: Vec<(Uuid, Uuid, DateTime<Utc>, NaiveDate, NaiveDate)> = appointment_expert::Entity::find()
        .select_only()
        .column(appointment_expert::Column::AppointmentId)
        .column(appointment_expert::Column::ExpertId)
        .column(appointment::Column::StartsAt)
        .column(absence::Column::FirstDate)
        .column(absence::Column::LastDate)
        .join(JoinType::InnerJoin, of_appointment())
        .join(JoinType::InnerJoin, of_absence())
        .filter(absence::COLUMN.last_date.gte(japan_date(now)))
        .filter(appointment::COLUMN.state.eq(AppointmentStatus::Confirmed.code()))
        .filter(appointment::COLUMN.starts_at.gt(now))
        .order_by_asc(appointment::Column::StartsAt)
        .order_by_asc(appointment::Column::Id)
        .order_by_asc(appointment_expert::Column::ExpertId)
        .into_tuple()
        .all(db)
        .await?;
    let away = |(_, _, at, first, last): &(_, _, _, NaiveDate, NaiveDate)| {
        (*first..=*last).contains(&japan_date(*at))
    };
    let participation = |(appointment, expert, ..): (_, _, DateTime<Utc>, NaiveDate, NaiveDate)| {
        Participation { appointment: AppointmentId(appointment), expert: ExpertId(expert) }
    };
    let mut participations: Vec<_> = rows.into_iter().filter(away).map(participation).collect();
    // Overlapping absences give the same participation twice.
    participations.dedup();
    Ok(participations)
}

/// Returns the participations for which a substitute is being asked, each with the request.
pub async fn asked(db: &impl ConnectionTrait) -> Result<Vec<(Participation, AssignmentId)>, DbErr> {
    let open = assignment::Entity::find()
        .filter(assignment::COLUMN.state.eq(AssignmentStatus::Offered.code()))
        .filter(assignment::COLUMN.instead_of.is_not_null())
        .all(db)
        .await?;
    if open.is_empty() {
        return Ok(Vec::new());
    }
    let leaving = assignment::Entity::find()
        .filter(assignment::COLUMN.id.is_in(open.iter().filter_map(|it| it.instead_of)))
        .all(db)
        .await?;
    let appointments = appointment::Entity::find()
        .filter(appointment::COLUMN.consultation_id.is_in(open.iter().map(|it| it.consultation_id)))
        .filter(appointment::COLUMN.state.eq(AppointmentStatus::Confirmed.code()))
        .all(db)
        .await?;
    let participation = |it: assignment::Model| {
        let appointment = appointments.iter().find(|row| row.consultation_id == Some(it.consultation_id))?;
        let leaving = leaving.iter().find(|row| Some(row.id) == it.instead_of)?;
        let participation =
            Participation { appointment: AppointmentId(appointment.id), expert: ExpertId(leaving.expert_id) };
        Some((appointment.starts_at, participation, AssignmentId(it.id)))
    };
    let mut asked: Vec<_> = open.into_iter().filter_map(participation).collect();
    asked.sort_unstable();
    Ok(asked.into_iter().map(|(_, participation, request)| (participation, request)).collect())
}

/// Returns the number of participations for which a substitute has yet to be asked.
pub async fn open(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<usize, DbErr> {
    let absent = absent(db, now).await?;
    if absent.is_empty() {
        return Ok(0);
    }
    let asked: BTreeSet<_> = asked(db).await?.into_iter().map(|it| it.0).collect();
    Ok(absent.iter().filter(|it| !asked.contains(it)).count())
}

fn of_appointment() -> sea_orm::RelationDef {
    appointment_expert::Entity::belongs_to(appointment::Entity)
        .from(appointment_expert::Column::AppointmentId)
        .to(appointment::Column::Id)
        .into()
}

fn of_absence() -> sea_orm::RelationDef {
    appointment_expert::Entity::belongs_to(absence::Entity)
        .from(appointment_expert::Column::ExpertId)
        .to(absence::Column::ExpertId)
        .into()
}
