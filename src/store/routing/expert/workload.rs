//! The workload of experts: the quarter hours that are taken, and the counts that make routing fair.
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use codes::{AppointmentStatus, AssignmentStatus, Turn};
use domain::{
    booking::availability::{Occupied, quarter_index},
    calendar::japan_date,
    id::{AppointmentId, CompanyId, ExpertId},
};
use entity::{appointment, appointment_expert, assignment, calendar_cell, consultation, expert};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, JoinType, QueryFilter, QuerySelect,
    QueryTrait, sea_query::Expr,
};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

use crate::store::{booking::appointment as appointment_store, calendars::external, same};

/// The counts of one expert at this moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Workload {
    /// Consultations under way that do not wait for the center and for which the expert was asked or has
    /// accepted.
    pub open_cases: u16,
    /// Appointments held, confirmed or done, in the last 28 days and the next 28 days.
    pub load: u32,
    pub last_asked: Option<NaiveDate>,
}

/// Returns the time taken between two instants, by expert: by appointments, each with its place, and by
/// external calendars. `except` is an appointment about to be moved, which is left out.
pub async fn occupied(
    db: &impl ConnectionTrait,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    except: Option<AppointmentId>,
) -> Result<BTreeMap<ExpertId, Occupied>, DbErr> {
    // The visits are read first: a quarter hour whose visit is not among them counts as taken by an
    // appointment that is no visit.
    let visits = appointment_store::visits(db, from, to).await?;
    let mut query = calendar_cell::Entity::find()
        .select_only()
        .columns([
            calendar_cell::Column::ExpertId,
            calendar_cell::Column::Quarter,
            calendar_cell::Column::AppointmentId,
        ])
        .filter(calendar_cell::COLUMN.quarter.gte(quarter_index(from)))
        .filter(calendar_cell::COLUMN.quarter.lt(quarter_index(to)));
    if let Some(except) = except {
        query = query.filter(calendar_cell::COLUMN.appointment_id.ne(except.0));
    }
    let cells: Vec<(Uuid, i64, Uuid)> = query.into_tuple().all(db).await?;
    let mut quarters: BTreeMap<ExpertId, Vec<i64>> = BTreeMap::new();
    let mut of_visits: BTreeMap<(ExpertId, Uuid), Vec<i64>> = BTreeMap::new();
    for (expert, quarter, appointment) in cells {
        if visits.contains_key(&appointment) {
            of_visits.entry((ExpertId(expert), appointment)).or_default().push(quarter);
        } else {
            quarters.entry(ExpertId(expert)).or_default().push(quarter);
        }
    }
    let during = quarter_index(from)..quarter_index(to);
    for (expert, taken) in external::busy(db, during, None).await? {
        quarters.entry(expert).or_default().extend(taken);
    }
    let mut occupied: BTreeMap<ExpertId, Occupied> =
        quarters.into_iter().map(|(expert, it)| (expert, it.into_iter().collect())).collect();
    for ((expert, appointment), cells) in of_visits {
        if let Some((site, appointment)) = visits.get(&appointment) {
            occupied.entry(expert).or_default().visit(*site, appointment.clone(), cells);
        }
    }
    Ok(occupied)
}

/// Returns the days of the appointments held or confirmed between two instants, one entry for each
/// appointment, by expert.
pub async fn appointments(
    db: &impl ConnectionTrait,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    except: Option<AppointmentId>,
) -> Result<BTreeMap<ExpertId, Vec<NaiveDate>>, DbErr> {
    let mut query = participants()
        .filter(
            appointment::COLUMN
                .state
                .is_in([AppointmentStatus::Held, AppointmentStatus::Confirmed].map(AppointmentStatus::code)),
        )
        .filter(appointment::COLUMN.starts_at.gte(from))
        .filter(appointment::COLUMN.starts_at.lt(to));
    if let Some(except) = except {
        query = query.filter(appointment::COLUMN.id.ne(except.0));
    }
    let rows: Vec<(Uuid, DateTime<Utc>)> = query.into_tuple().all(db).await?;
    let mut days: BTreeMap<ExpertId, Vec<NaiveDate>> = BTreeMap::new();
    for (expert, starts_at) in rows {
        days.entry(ExpertId(expert)).or_default().push(japan_date(starts_at));
    }
    Ok(days)
}

/// Returns how many consultations each expert has at once: those that are under way, do not wait for the
/// center, and for which the expert was asked or has accepted. This is all that eligibility needs if experts
/// are not ranked.
pub async fn open_cases(db: &impl ConnectionTrait) -> Result<BTreeMap<ExpertId, Workload>, DbErr> {
    // Starts from the few consultations under way, so that the number of those that have ended does not
    // matter.
    let on_their_way = consultation::Entity::find()
        .select_only()
        .column(consultation::Column::Id)
        .filter(consultation::COLUMN.turn.is_in([Turn::Company, Turn::Expert, Turn::Nobody].map(Turn::code)))
        .into_query();
    let open: Vec<(Uuid, i64)> = assignment::Entity::find()
        .select_only()
        .column(assignment::Column::ExpertId)
        .column_as(Expr::col((assignment::Entity, assignment::Column::ConsultationId)).count_distinct(), "n")
        .filter(
            assignment::COLUMN
                .state
                .is_in([AssignmentStatus::Offered, AssignmentStatus::Accepted].map(AssignmentStatus::code)),
        )
        .filter(assignment::Column::ConsultationId.in_subquery(on_their_way))
        .group_by(assignment::Column::ExpertId)
        .into_tuple()
        .all(db)
        .await?;
    let workload = |n| Workload { open_cases: u16::try_from(n).unwrap_or(u16::MAX), ..Workload::default() };
    Ok(open.into_iter().map(|(expert, n)| (ExpertId(expert), workload(n))).collect())
}

/// Returns the counts of all experts, in three queries.
pub async fn workloads(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
) -> Result<BTreeMap<ExpertId, Workload>, DbErr> {
    let mut workloads = open_cases(db).await?;
    let month = TimeDelta::days(28);
    let load: Vec<(Uuid, i64)> = appointment_expert::Entity::find()
        .select_only()
        .column(appointment_expert::Column::ExpertId)
        .column_as(appointment::Column::Id.count(), "n")
        .join(JoinType::InnerJoin, of_appointment())
        .filter(
            appointment::COLUMN.state.is_in(
                [AppointmentStatus::Held, AppointmentStatus::Confirmed, AppointmentStatus::Done]
                    .map(AppointmentStatus::code),
            ),
        )
        .filter(appointment_expert::COLUMN.absent.eq(false))
        .filter(appointment::COLUMN.starts_at.gte(now - month))
        .filter(appointment::COLUMN.starts_at.lt(now + month))
        .group_by(appointment_expert::Column::ExpertId)
        .into_tuple()
        .all(db)
        .await?;
    for (expert, n) in load {
        workloads.entry(ExpertId(expert)).or_default().load = u32::try_from(n).unwrap_or(u32::MAX);
    }
    // One look at the index for each expert, instead of all requests that there ever were.
    let of_expert =
        same((assignment::Entity, assignment::Column::ExpertId), (expert::Entity, expert::Column::Id));
    let latest = assignment::Entity::find()
        .select_only()
        .column_as(assignment::Column::OfferedAt.max(), "at")
        .filter(of_expert)
        .into_query();
    let rows: Vec<(Uuid, Option<DateTime<Utc>>)> = expert::Entity::find()
        .select_only()
        .column(expert::Column::Id)
        .expr_as(Expr::SubQuery(None, Box::new(latest.into())), "at")
        .into_tuple()
        .all(db)
        .await?;
    for (expert, at) in rows {
        let Some(at) = at else { continue };
        workloads.entry(ExpertId(expert)).or_default().last_asked = Some(japan_date(at));
    }
    Ok(workloads)
}

/// Returns the experts who have advised a company before.
pub async fn advised(db: &impl ConnectionTrait, company: CompanyId) -> Result<BTreeSet<ExpertId>, DbErr> {
    let rows: Vec<Uuid> = assignment::Entity::find()
        .select_only()
        .column(assignment::Column::ExpertId)
        .distinct()
        .join(JoinType::InnerJoin, of_consultation())
        .filter(assignment::COLUMN.state.eq(AssignmentStatus::Accepted.code()))
        .filter(consultation::COLUMN.company_id.eq(company.0))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(ExpertId).collect())
}

/// Returns the query for expert and start of every participation.
fn participants() -> sea_orm::Select<appointment_expert::Entity> {
    appointment_expert::Entity::find()
        .select_only()
        .column(appointment_expert::Column::ExpertId)
        .column(appointment::Column::StartsAt)
        .join(JoinType::InnerJoin, of_appointment())
}

fn of_appointment() -> sea_orm::RelationDef {
    appointment_expert::Entity::belongs_to(appointment::Entity)
        .from(appointment_expert::Column::AppointmentId)
        .to(appointment::Column::Id)
        .into()
}

fn of_consultation() -> sea_orm::RelationDef {
    assignment::Entity::belongs_to(consultation::Entity)
        .from(assignment::Column::ConsultationId)
        .to(consultation::Column::Id)
        .into()
}
