//! The quarter hours that appointments own. A unique key lets the database itself rule out double bookings.
//!
//! A quarter hour of an expert has lanes. An appointment and its buffer are in lane 0, so that no two of them
//! can be at the same time. Travel to or from a visit is in lane 0 too, unless another visit is adjacent. The
//! expert does not go home between two adjacent visits, so that travel does not take place; it gets a lane of
//! its own, if [`Footprint::leaves_room`] says that both visits are possible. An appointment that is not a
//! visit needs lane 0 for all of its quarter hours, so no other lane is ever taken while lane 0 is free.
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use chrono::{DateTime, Utc};
use codes::AppointmentStatus;
use domain::{
    booking::availability::{Footprint, Slot, quarter_index},
    id::{AppointmentId, ExpertId},
    prefecture::Prefecture,
};
use entity::{appointment, calendar_cell as row};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, FromQueryResult, IntoActiveModel, JoinType,
    QueryFilter, QuerySelect, RelationDef,
    sea_query::{Expr, OnConflict},
};
use uuid::Uuid;

use crate::store::{contradiction, rows_inserted};

/// The quarter hours of one expert that an appointment needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cells {
    pub expert: ExpertId,
    pub slot: Slot,
    pub footprint: Footprint,
}

/// The error that another appointment owns one of the quarter hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CellTaken;

/// A lane of a quarter hour that another visit owns.
struct Beside {
    quarter: i64,
    lane: i16,
    site: Prefecture,
    appointment: Range<i64>,
}

/// A row of `calendar_cell` with the appointment that owns it.
#[derive(FromQueryResult)]
struct Lane {
    quarter: i64,
    lane: i16,
    appointment_id: Uuid,
    site: Option<i16>,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
}

#[derive(FromQueryResult)]
struct Visit {
    id: Uuid,
    site: Option<i16>,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
}

/// Returns the prefecture code of a visit, which is the same for all of its experts.
pub(super) fn site_of(cells: &[Cells]) -> Option<i16> {
    cells.iter().find_map(|it| it.footprint.site).map(|it| i16::from(it.prefecture.code()))
}

/// Takes the quarter hours in one statement and always in the same order, so that two transactions cannot
/// wait for each other. Rows that exist already are left alone and make the result `CellTaken`; the caller
/// then rolls back. Call it after [`super::take_turns`].
pub(super) async fn take(
    tx: &DatabaseTransaction,
    id: AppointmentId,
    cells: &[Cells],
) -> Result<Result<(), CellTaken>, DbErr> {
    let mut rows = Vec::new();
    for it in cells {
        let Ok(lanes) = make_room(tx, it).await? else { return Ok(Err(CellTaken)) };
        let appointment = it.footprint.appointment(it.slot);
        rows.extend(it.footprint.cells(it.slot).map(|quarter| {
            let lane = lanes.get(&quarter).copied().filter(|_| !appointment.contains(&quarter)).unwrap_or(0);
            row::Model { expert_id: it.expert.0, quarter, lane, appointment_id: id.0 }
        }));
    }
    rows.sort_unstable_by_key(|it| (it.expert_id, it.quarter));
    let wanted = rows.len() as u64;
    if wanted == 0 {
        return Ok(Ok(()));
    }
    let key = [row::Column::ExpertId, row::Column::Quarter, row::Column::Lane];
    let taken = row::Entity::insert_many(rows.into_iter().map(row::Model::into_active_model))
        .on_conflict(OnConflict::columns(key).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await;
    Ok(if rows_inserted(taken)? == wanted { Ok(()) } else { Err(CellTaken) })
}

/// Frees the quarter hours that an appointment owns, of one expert with `only`, else of all its experts.
/// Adjacent travel in a higher lane moves down. Call it after [`super::take_turns`].
pub(super) async fn free(
    tx: &DatabaseTransaction,
    id: AppointmentId,
    only: Option<ExpertId>,
) -> Result<(), DbErr> {
    let mut mine = sea_orm::Condition::all().add(row::COLUMN.appointment_id.eq(id.0));
    if let Some(expert) = only {
        mine = mine.add(row::COLUMN.expert_id.eq(expert.0));
    }
    let freed = row::Entity::find().filter(mine.clone()).all(tx).await?;
    row::Entity::delete_many().filter(mine).exec(tx).await?;
    let freed: BTreeMap<_, _> = freed.iter().map(|it| ((it.expert_id, it.quarter), it.lane)).collect();
    let quarters = freed.keys().map(|it| it.1);
    let (Some(first), Some(last)) = (quarters.clone().min(), quarters.max()) else { return Ok(()) };
    let experts: BTreeSet<_> = freed.keys().map(|it| it.0).collect();
    let above = row::Entity::find()
        .filter(row::COLUMN.expert_id.is_in(experts))
        .filter(row::COLUMN.quarter.between(first, last))
        .filter(row::COLUMN.lane.gt(0))
        .all(tx)
        .await?;
    // The lowest lanes move first, so that the lane below is always free.
    let mut moves: BTreeMap<(i16, Uuid), Vec<i64>> = BTreeMap::new();
    for it in above {
        if freed.get(&(it.expert_id, it.quarter)).is_some_and(|&lane| lane < it.lane) {
            moves.entry((it.lane, it.expert_id)).or_default().push(it.quarter);
        }
    }
    for ((lane, expert), quarters) in moves {
        shift(tx, ExpertId(expert), quarters, lane, lane - 1).await?;
    }
    Ok(())
}

/// Moves adjacent travel of other visits out of lane 0 for this appointment. Returns the lane for its own
/// travel in every quarter hour in which lane 0 is taken.
async fn make_room(
    tx: &DatabaseTransaction,
    it: &Cells,
) -> Result<Result<BTreeMap<i64, i16>, CellTaken>, DbErr> {
    // Only visits can share a quarter hour. For an appointment that is not a visit, the unique key refuses
    // every quarter hour that is taken.
    if it.footprint.site.is_none() {
        return Ok(Ok(BTreeMap::new()));
    }
    let Ok(others) = adjacent_visits(tx, it).await? else { return Ok(Err(CellTaken)) };
    if !others.iter().all(|other| it.footprint.leaves_room(it.slot, other.site, &other.appointment)) {
        return Ok(Err(CellTaken));
    }
    let mut next: BTreeMap<i64, i16> = BTreeMap::new();
    for other in &others {
        let lane = next.entry(other.quarter).or_default();
        *lane = (*lane).max(other.lane + 1);
    }
    let mut moves: BTreeMap<i16, Vec<i64>> = BTreeMap::new();
    for (&quarter, &lane) in next.range(it.footprint.appointment(it.slot)) {
        moves.entry(lane).or_default().push(quarter);
    }
    for (lane, quarters) in moves {
        shift(tx, it.expert, quarters, 0, lane).await?;
    }
    Ok(Ok(next))
}

/// Returns the visits that own any of these quarter hours; `CellTaken` if an appointment that is not a visit
/// owns one. One query.
async fn adjacent_visits(
    tx: &DatabaseTransaction,
    it: &Cells,
) -> Result<Result<Vec<Beside>, CellTaken>, DbErr> {
    let quarters = it.footprint.cells(it.slot);
    let found = row::Entity::find()
        .select_only()
        .columns([row::Column::Quarter, row::Column::Lane, row::Column::AppointmentId])
        .column(appointment::Column::Site)
        .column(appointment::Column::StartsAt)
        .column(appointment::Column::EndsAt)
        .join(JoinType::InnerJoin, owner())
        .filter(row::COLUMN.expert_id.eq(it.expert.0))
        .filter(row::COLUMN.quarter.gte(quarters.start))
        .filter(row::COLUMN.quarter.lt(quarters.end))
        .into_model::<Lane>()
        .all(tx)
        .await?;
    let mut others = Vec::new();
    for Lane { quarter, lane, appointment_id, site, starts_at, ends_at } in found {
        let Some(site) = prefecture(appointment_id, site)? else { return Ok(Err(CellTaken)) };
        let appointment = quarter_index(starts_at)..quarter_index(ends_at);
        others.push(Beside { quarter, lane, site, appointment });
    }
    Ok(Ok(others))
}

async fn shift(
    tx: &DatabaseTransaction,
    expert: ExpertId,
    quarters: Vec<i64>,
    from: i16,
    to: i16,
) -> Result<(), DbErr> {
    row::Entity::update_many()
        .col_expr(row::Column::Lane, Expr::value(to))
        .filter(row::COLUMN.expert_id.eq(expert.0))
        .filter(row::COLUMN.quarter.is_in(quarters))
        .filter(row::COLUMN.lane.eq(from))
        .exec(tx)
        .await?;
    Ok(())
}

/// Returns prefecture and quarter hours of the held and confirmed visits that begin between two instants, by
/// appointment.
pub async fn visits(
    db: &impl ConnectionTrait,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<BTreeMap<Uuid, (Prefecture, Range<i64>)>, DbErr> {
    let found = appointment::Entity::find()
        .select_only()
        .columns([
            appointment::Column::Id,
            appointment::Column::Site,
            appointment::Column::StartsAt,
            appointment::Column::EndsAt,
        ])
        .filter(
            appointment::COLUMN
                .state
                .is_in([AppointmentStatus::Held, AppointmentStatus::Confirmed].map(AppointmentStatus::code)),
        )
        .filter(appointment::COLUMN.site.is_not_null())
        .filter(appointment::COLUMN.starts_at.gte(from))
        .filter(appointment::COLUMN.starts_at.lt(to))
        .into_model::<Visit>()
        .all(db)
        .await?;
    let mut visits = BTreeMap::new();
    for Visit { id, site, starts_at, ends_at } in found {
        if let Some(site) = prefecture(id, site)? {
            visits.insert(id, (site, quarter_index(starts_at)..quarter_index(ends_at)));
        }
    }
    Ok(visits)
}

fn prefecture(id: Uuid, code: Option<i16>) -> Result<Option<Prefecture>, DbErr> {
    let prefecture = |it: i16| u8::try_from(it).ok().and_then(|it| Prefecture::from_code(it).ok());
    code.map(|it| prefecture(it).ok_or_else(|| contradiction(appointment::Entity, id, "site"))).transpose()
}

fn owner() -> RelationDef {
    row::Entity::belongs_to(appointment::Entity)
        .from(row::Column::AppointmentId)
        .to(appointment::Column::Id)
        .into()
}
