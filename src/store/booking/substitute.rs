//! Vacancies: participations of experts who will be absent, and the requests to substitutes.
use std::collections::{BTreeSet, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use codes::{AppointmentStatus, AssignmentStatus, Role};
use domain::{
    calendar::{at_japan, japan_date},
    id::{AppointmentId, AssignmentId, ExpertId},
};
use entity::{absence, account, appointment, appointment_expert, assignment};
use sea_orm::{Condition, ConnectionTrait, DbErr, EntityTrait, JoinType, QueryFilter, QuerySelect};
use uuid::Uuid;

/// An expert's part in an appointment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Participation {
    pub appointment: AppointmentId,
    pub expert: ExpertId,
}

/// Returns the participations in future confirmed appointments whose experts have entered an absence for the day, or
/// whose accounts are closed, the earliest appointment first.
pub async fn absent(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Vec<Participation>, DbErr> {
    let all = absent_after(db, now, Condition::all()).await?;
    Ok(all.into_iter().map(|(_, participation)| participation).collect())
}

/// Returns the participations as `absent` does, in the confirmed appointments of today that have begun: no substitute can be
/// asked for them any more.
pub async fn begun(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Vec<Participation>, DbErr> {
    let begun = Condition::all().add(appointment::COLUMN.starts_at.lte(now));
    let all = absent_after(db, at_japan(japan_date(now), 0, 0), begun).await?;
    Ok(all.into_iter().map(|(_, participation)| participation).collect())
}

/// Returns which of these appointments `absent` has: an expert of them will be absent, and no substitute has taken over.
pub async fn unattended(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    among: &[AppointmentId],
) -> Result<HashSet<AppointmentId>, DbErr> {
    let among = Condition::all().add(appointment::COLUMN.id.is_in(among.iter().map(|it| it.0)));
    let all = absent_after(db, now, among).await?;
    Ok(all.into_iter().map(|(_, it)| it.appointment).collect())
}

/// Returns the participations as `absent` does, of appointments that begin before `until`, each with the start. Those for
/// which a substitute is being asked are left out.
pub async fn without_substitute(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Vec<(DateTime<Utc>, Participation)>, DbErr> {
    let near = Condition::all().add(appointment::COLUMN.starts_at.lt(until));
    let mut all = absent_after(db, now, near).await?;
    if !all.is_empty() {
        let requested: BTreeSet<_> = requests(db).await?.into_iter().map(|it| it.0).collect();
        all.retain(|(_, it)| !requested.contains(it));
    }
    Ok(all)
}

/// Returns the participations of absent experts in confirmed appointments after `after`, those of `which`, each with the
/// start.
async fn absent_after(
    db: &impl ConnectionTrait,
    after: DateTime<Utc>,
    which: Condition,
) -> Result<Vec<(DateTime<Utc>, Participation)>, DbErr> {
    let mut all = away(db, after, which.clone()).await?;
    all.extend(of_closed(db, after, which).await?);
    all.sort_unstable();
    // Overlapping absences give the same participation twice.
    all.dedup();
    Ok(all)
}

/// Returns the participations of experts with a closed account in confirmed appointments after `after`, each with the start of
/// the appointment: what is left over when the end of an account was interrupted. One query while no expert's account
/// is closed, else two.
pub async fn left_behind(
    db: &impl ConnectionTrait,
    after: DateTime<Utc>,
) -> Result<Vec<(DateTime<Utc>, Participation)>, DbErr> {
    of_closed(db, after, Condition::all()).await
}

async fn of_closed(
    db: &impl ConnectionTrait,
    after: DateTime<Utc>,
    which: Condition,
) -> Result<Vec<(DateTime<Utc>, Participation)>, DbErr> {
    let closed: Vec<Uuid> = account::Entity::find()
        .select_only()
        .column(account::Column::Id)
        .filter(account::COLUMN.role.eq(Role::Expert.code()))
        .filter(account::COLUMN.active.eq(false))
        .into_tuple()
        .all(db)
        .await?;
    if closed.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(DateTime<Utc>, Uuid, Uuid)> = appointment_expert::Entity::find()
        .select_only()
        .column(appointment::Column::StartsAt)
        .column(appointment_expert::Column::AppointmentId)
        .column(appointment_expert::Column::ExpertId)
        .join(JoinType::InnerJoin, of_appointment())
        .filter(appointment_expert::COLUMN.expert_id.is_in(closed))
        .filter(which)
        .filter(appointment::COLUMN.state.eq(AppointmentStatus::Confirmed.code()))
        .filter(appointment::COLUMN.starts_at.gt(after))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(at, appointment, expert)| (at, participation(appointment, expert))).collect())
}

fn participation(appointment: Uuid, expert: Uuid) -> Participation {
    Participation { appointment: AppointmentId(appointment), expert: ExpertId(expert) }
}

/// Returns the participations on days for which their experts have entered an absence, each with the start of the
/// appointment. One query, which starts from the absences that are not over.
async fn away(
    db: &impl ConnectionTrait,
    after: DateTime<Utc>,
    which: Condition,
) -> Result<Vec<(DateTime<Utc>, Participation)>, DbErr> {
    let rows: Vec<(Uuid, Uuid, DateTime<Utc>, NaiveDate, NaiveDate)> = appointment_expert::Entity::find()
        .select_only()
        .column(appointment_expert::Column::AppointmentId)
        .column(appointment_expert::Column::ExpertId)
        .column(appointment::Column::StartsAt)
        .column(absence::Column::FirstDate)
        .column(absence::Column::LastDate)
        .join(JoinType::InnerJoin, of_appointment())
        .join(JoinType::InnerJoin, of_absence())
        .filter(absence::COLUMN.last_date.gte(japan_date(after)))
        .filter(which)
        .filter(appointment::COLUMN.state.eq(AppointmentStatus::Confirmed.code()))
        .filter(appointment::COLUMN.starts_at.gt(after))
        .into_tuple()
        .all(db)
        .await?;
    let away = |(_, _, at, first, last): &(_, _, _, NaiveDate, NaiveDate)| {
        (*first..=*last).contains(&japan_date(*at))
    };
    let timed = |(appointment, expert, at, ..): (_, _, DateTime<Utc>, NaiveDate, NaiveDate)| {
        (at, participation(appointment, expert))
    };
    Ok(rows.into_iter().filter(away).map(timed).collect())
}

/// Returns the participations for which a substitute is being asked, each with the request.
pub async fn requests(db: &impl ConnectionTrait) -> Result<Vec<(Participation, AssignmentId)>, DbErr> {
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
    let timed = |it: assignment::Model| {
        let appointment = appointments.iter().find(|row| row.consultation_id == Some(it.consultation_id))?;
        let leaving = leaving.iter().find(|row| Some(row.id) == it.instead_of)?;
        let participation = participation(appointment.id, leaving.expert_id);
        Some((appointment.starts_at, participation, AssignmentId(it.id)))
    };
    let mut requests: Vec<_> = open.into_iter().filter_map(timed).collect();
    requests.sort_unstable();
    Ok(requests.into_iter().map(|(_, participation, request)| (participation, request)).collect())
}

/// Returns the number of participations for which a substitute has yet to be asked.
pub async fn open(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<usize, DbErr> {
    let absent = absent(db, now).await?;
    if absent.is_empty() {
        return Ok(0);
    }
    let requested: BTreeSet<_> = requests(db).await?.into_iter().map(|it| it.0).collect();
    Ok(absent.iter().filter(|it| !requested.contains(it)).count())
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
