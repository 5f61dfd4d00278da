//! Appointments: held, booked and past, with the draft or consultation that each belongs to.
mod attendance;
mod cells;
mod times;

use chrono::{DateTime, Utc};
use codes::AppointmentStatus;
use domain::{
    booking::appointment::{Appointment, AppointmentMode, AppointmentState, Owner},
    id::{AppointmentId, ConsultationId, DraftId, ExpertId, WaitingId},
};
use entity::{appointment as row, appointment_expert, consultation, draft};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, RelationDef, Set,
    sea_query::{Expr, SelectStatement},
};
use std::collections::BTreeMap;
use uuid::Uuid;

pub(in crate::store) use attendance::{Team, absent_from};
pub use cells::{CellTaken, Cells, visits};
pub use times::{confirmed_before, held_between, held_until_of, holds_without_address, unreachable_between};

use crate::store::{
    contradiction, due_keys, known,
    reference::revision::{RevisedPart, touch},
};
use cells::{free, site_of, take};

/// Lets one transaction at a time look for free quarter hours and take them, until it ends. Call it after the
/// consultation or the draft is locked, and before the search.
///
/// Without it, two bookings that each free one time and take another could wait for each other, and each
/// would count the appointments of an expert's day without the other's. The turn is a row that every booking
/// writes, so that it works on any engine. The guarantee against double bookings does not depend on it.
pub async fn take_turns(tx: &DatabaseTransaction) -> Result<(), DbErr> {
    touch(tx, RevisedPart::Bookings).await
}

/// Frees the quarter hours held by drafts that have expired by `now`. The caller has locked the drafts.
pub(in crate::store) async fn release_drafts(
    tx: &DatabaseTransaction,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let over = draft::Entity::find()
        .select_only()
        .column(draft::Column::Id)
        .filter(draft::COLUMN.expires_at.lte(now))
        .into_query();
    let held = row::Entity::find()
        .filter(row::Column::DraftId.in_subquery(over))
        .filter(row::COLUMN.state.eq(AppointmentStatus::Held.code()))
        .all(tx)
        .await?;
    if !held.is_empty() {
        take_turns(tx).await?;
    }
    for it in held {
        free(tx, AppointmentId(it.id), None).await?;
    }
    Ok(())
}

/// Returns a subquery of the appointments in which an expert takes part, whatever their state.
pub(in crate::store) fn ids_of(expert: ExpertId) -> SelectStatement {
    appointment_expert::Entity::find()
        .select_only()
        .column(appointment_expert::Column::AppointmentId)
        .filter(appointment_expert::COLUMN.expert_id.eq(expert.0))
        .into_query()
}

/// Returns the relation from appointments to their participations.
pub(in crate::store) fn participants() -> RelationDef {
    row::Entity::belongs_to(appointment_expert::Entity)
        .from(row::Column::Id)
        .to(appointment_expert::Column::AppointmentId)
        .into()
}

/// Returns the relation from appointments to the consultations that they belong to. An appointment of a draft
/// has none.
pub(in crate::store) fn owner() -> RelationDef {
    row::Entity::belongs_to(consultation::Entity)
        .from(row::Column::ConsultationId)
        .to(consultation::Column::Id)
        .into()
}

/// Returns all of a consultation's appointments, oldest first, without the times offered from the waiting
/// list.
pub async fn of(db: &impl ConnectionTrait, id: ConsultationId) -> Result<Vec<Appointment>, DbErr> {
    let rows = row::Entity::find()
        .filter(row::COLUMN.consultation_id.eq(id.0))
        .filter(row::COLUMN.waiting_id.is_null())
        .order_by_asc(row::COLUMN.created_at)
        .order_by_asc(row::COLUMN.id)
        .all(db)
        .await?;
    with_experts(db, rows).await
}

pub async fn find(db: &impl ConnectionTrait, id: AppointmentId) -> Result<Option<Appointment>, DbErr> {
    let rows = row::Entity::find_by_id(id.0).all(db).await?;
    Ok(with_experts(db, rows).await?.pop())
}

/// Returns the appointments of `ids` that exist.
pub async fn some(db: &impl ConnectionTrait, ids: Vec<AppointmentId>) -> Result<Vec<Appointment>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids = ids.into_iter().map(|it| it.0);
    let rows = row::Entity::find().filter(row::COLUMN.id.is_in(ids)).all(db).await?;
    with_experts(db, rows).await
}

/// Returns the appointment that a draft holds, if any.
pub async fn held_by_draft(db: &impl ConnectionTrait, id: DraftId) -> Result<Option<Appointment>, DbErr> {
    let rows = row::Entity::find()
        .filter(row::COLUMN.draft_id.eq(id.0))
        .filter(row::COLUMN.state.eq(AppointmentStatus::Held.code()))
        .all(db)
        .await?;
    Ok(with_experts(db, rows).await?.pop())
}

/// Returns the keys of up to `limit` holds that have run out, longest ago first, without those of `except`. Offers of
/// the waiting list have their own expiry; see `store::booking::waiting_list`.
pub async fn expired_holds(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    except: &[Uuid],
    limit: u64,
) -> Result<Vec<Uuid>, DbErr> {
    let rows = row::Entity::find()
        .filter(row::COLUMN.state.eq(AppointmentStatus::Held.code()))
        .filter(row::COLUMN.waiting_id.is_null());
    due_keys(db, rows, (row::Column::Id, row::Column::HeldUntil), now, except, limit).await
}

/// Returns when an appointment was made; `None` if it does not exist.
pub async fn made_at(db: &impl ConnectionTrait, id: AppointmentId) -> Result<Option<DateTime<Utc>>, DbErr> {
    let query = row::Entity::find_by_id(id.0).select_only().column(row::Column::CreatedAt);
    query.into_tuple().one(db).await
}

/// Returns the consultations with a confirmed appointment that begins between `from` and `to`.
pub async fn confirmed_between(
    db: &impl ConnectionTrait,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Vec<ConsultationId>, DbErr> {
    let ids: Vec<Option<Uuid>> = row::Entity::find()
        .select_only()
        .column(row::Column::ConsultationId)
        .filter(row::COLUMN.state.eq(AppointmentStatus::Confirmed.code()))
        .filter(row::COLUMN.starts_at.gte(from))
        .filter(row::COLUMN.starts_at.lt(to))
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids.into_iter().flatten().map(ConsultationId).collect())
}

/// Returns the consultations with a hold that ends at `from` or later.
pub async fn held_from(db: &impl ConnectionTrait, from: DateTime<Utc>) -> Result<Vec<ConsultationId>, DbErr> {
    let ids: Vec<Option<Uuid>> = row::Entity::find()
        .select_only()
        .column(row::Column::ConsultationId)
        .filter(row::COLUMN.state.eq(AppointmentStatus::Held.code()))
        .filter(row::COLUMN.held_until.gte(from))
        .filter(row::COLUMN.waiting_id.is_null())
        .filter(row::COLUMN.consultation_id.is_not_null())
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids.into_iter().flatten().map(ConsultationId).collect())
}

/// Returns an expert's appointments that overlap the time from `from` to `to`, earliest first.
pub async fn of_expert(
    db: &impl ConnectionTrait,
    expert: ExpertId,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Vec<Appointment>, DbErr> {
    let rows = row::Entity::find()
        .filter(row::Column::Id.in_subquery(ids_of(expert)))
        .filter(row::COLUMN.ends_at.gt(from))
        .filter(row::COLUMN.starts_at.lt(to))
        .order_by_asc(row::COLUMN.starts_at)
        .all(db)
        .await?;
    with_experts(db, rows).await
}

/// Returns all experts' held, confirmed and finished appointments that start between `from` and `to`,
/// earliest first.
pub async fn between(
    db: &impl ConnectionTrait,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<Appointment>, DbErr> {
    let rows = row::Entity::find()
        .filter(row::COLUMN.starts_at.gte(from))
        .filter(row::COLUMN.starts_at.lt(to))
        .filter(row::COLUMN.state.is_in(AppointmentStatus::TAKES_TIME.map(AppointmentStatus::code)))
        .order_by_asc(row::COLUMN.starts_at)
        .limit(limit)
        .all(db)
        .await?;
    with_experts(db, rows).await
}

/// Returns the consultations with a confirmed online appointment with this expert that is not over and has
/// the meeting link `place`.
pub async fn with_meeting_link(
    db: &impl ConnectionTrait,
    expert: ExpertId,
    place: &str,
    now: DateTime<Utc>,
) -> Result<Vec<ConsultationId>, DbErr> {
    let found = row::Entity::find()
        .filter(row::Column::Id.in_subquery(ids_of(expert)))
        .filter(row::COLUMN.state.eq(AppointmentStatus::Confirmed.code()))
        .filter(row::COLUMN.mode.eq(AppointmentMode::Online.code()))
        .filter(row::COLUMN.place.eq(place))
        .filter(row::COLUMN.ends_at.gt(now))
        .order_by_asc(row::COLUMN.starts_at)
        .all(db)
        .await?;
    Ok(found.into_iter().filter_map(|it| it.consultation_id.map(ConsultationId)).collect())
}

/// Writes a new appointment with its experts and takes its quarter hours.
pub async fn insert(
    tx: &DatabaseTransaction,
    it: &Appointment,
    cells: &[Cells],
    now: DateTime<Utc>,
) -> Result<Result<(), CellTaken>, DbErr> {
    let state = columns(&it.state, now);
    let (draft_id, consultation_id, waiting_id) = owner_columns(it.owner);
    let model = row::Model {
        id: it.id.0,
        consultation_id,
        draft_id,
        waiting_id,
        state: it.state.status().into(),
        starts_at: it.starts_at,
        ends_at: it.ends_at,
        mode: it.mode.into(),
        place: it.place.clone(),
        site: site_of(cells),
        uid: it.uid.clone(),
        sequence: it.sequence,
        held_until: state.held_until,
        created_at: now,
        ended_at: state.ended_at,
        end_reason: state.end_reason,
        makes_up: it.makes_up,
    };
    row::Entity::insert(model.into_active_model()).exec_without_returning(tx).await?;
    insert_experts(tx, it).await?;
    take(tx, it.id, cells).await
}

/// Saves an appointment whose time and experts are unchanged. If it has ended, its quarter hours are freed;
/// that takes a turn too, so that companies on the waiting list are considered again.
pub async fn save(tx: &DatabaseTransaction, it: &Appointment, now: DateTime<Utc>) -> Result<(), DbErr> {
    if !it.is_live() {
        take_turns(tx).await?;
    }
    row::Entity::update(changed(it, now)).exec(tx).await?;
    if it.state.outcome().is_some() {
        attendance::save(tx, it).await?;
    }
    if !it.is_live() {
        free(tx, it.id, None).await?;
    }
    Ok(())
}

/// Saves an appointment that has moved to another time or other experts. The old quarter hours are freed and
/// the new ones taken; if they cannot be taken, the caller rolls back.
pub async fn save_moved(
    tx: &DatabaseTransaction,
    it: &Appointment,
    cells: &[Cells],
    now: DateTime<Utc>,
) -> Result<Result<(), CellTaken>, DbErr> {
    row::Entity::update(row::ActiveModel { site: Set(site_of(cells)), ..changed(it, now) }).exec(tx).await?;
    appointment_expert::Entity::delete_many()
        .filter(appointment_expert::COLUMN.appointment_id.eq(it.id.0))
        .exec(tx)
        .await?;
    insert_experts(tx, it).await?;
    free(tx, it.id, None).await?;
    take(tx, it.id, cells).await
}

/// Takes an expert's time for an appointment in which another expert still takes part.
pub async fn hold_participation(
    tx: &DatabaseTransaction,
    id: AppointmentId,
    cells: &[Cells],
) -> Result<Result<(), CellTaken>, DbErr> {
    take(tx, id, cells).await
}

/// Takes a turn and frees the time that `hold_participation` has taken.
pub async fn release_participation(
    tx: &DatabaseTransaction,
    id: AppointmentId,
    expert: ExpertId,
) -> Result<(), DbErr> {
    take_turns(tx).await?;
    free(tx, id, Some(expert)).await
}

/// Saves an appointment in which one expert has replaced another. The new expert's time is taken already.
pub async fn save_exchanged(
    tx: &DatabaseTransaction,
    it: &Appointment,
    leaving: ExpertId,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    row::Entity::update(changed(it, now)).exec(tx).await?;
    appointment_expert::Entity::delete_many()
        .filter(appointment_expert::COLUMN.appointment_id.eq(it.id.0))
        .exec(tx)
        .await?;
    insert_experts(tx, it).await?;
    release_participation(tx, it.id, leaving).await
}

/// Records that an expert whose account was closed has handed over the report on an appointment.
pub async fn hand_over_report(
    tx: &DatabaseTransaction,
    id: AppointmentId,
    expert: ExpertId,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    appointment_expert::Entity::update_many()
        .col_expr(appointment_expert::Column::ReportHandedOverAt, Expr::value(now))
        .filter(appointment_expert::COLUMN.appointment_id.eq(id.0))
        .filter(appointment_expert::COLUMN.expert_id.eq(expert.0))
        .exec(tx)
        .await?;
    Ok(())
}

async fn insert_experts(tx: &DatabaseTransaction, it: &Appointment) -> Result<(), DbErr> {
    let experts = it.experts.iter().map(|expert| {
        appointment_expert::Model {
            appointment_id: it.id.0,
            expert_id: expert.0,
            report_handed_over_at: None,
            absent: it.absent == Some(*expert),
        }
        .into_active_model()
    });
    appointment_expert::Entity::insert_many(experts).exec_without_returning(tx).await?;
    Ok(())
}

/// Returns the appointments of `rows`, in the same order, with one query for all their experts.
pub(in crate::store) async fn with_experts(
    db: &impl ConnectionTrait,
    rows: Vec<row::Model>,
) -> Result<Vec<Appointment>, DbErr> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids = rows.iter().map(|it| it.id);
    let mut experts: BTreeMap<Uuid, Team> = BTreeMap::new();
    let found = appointment_expert::Entity::find()
        .filter(appointment_expert::COLUMN.appointment_id.is_in(ids))
        .order_by_asc(appointment_expert::COLUMN.expert_id)
        .all(db)
        .await?;
    for it in found {
        let team = experts.entry(it.appointment_id).or_default();
        team.all.push(ExpertId(it.expert_id));
        if it.absent {
            team.absent = Some(ExpertId(it.expert_id));
        }
    }
    rows.into_iter().map(|it| from_row(experts.remove(&it.id).unwrap_or_default(), it)).collect()
}

struct StateColumns {
    held_until: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
    end_reason: Option<String>,
}

fn columns(state: &AppointmentState, now: DateTime<Utc>) -> StateColumns {
    let (held_until, ended_at, end_reason) = match state {
        AppointmentState::Held { until } => (*until, None, None),
        AppointmentState::Confirmed => (None, None, None),
        AppointmentState::Done
        | AppointmentState::NoShow
        | AppointmentState::ExpertNoShow
        | AppointmentState::Released => (None, Some(now), None),
        AppointmentState::CancelledByCompany { reason }
        | AppointmentState::CancelledByExpert { reason }
        | AppointmentState::CancelledByCenter { reason } => (None, Some(now), Some(reason.clone())),
    };
    StateColumns { held_until, ended_at, end_reason }
}

/// Returns the ids of the draft, the consultation and the waiting list entry, each if the owner has one.
const fn owner_columns(owner: Owner) -> (Option<Uuid>, Option<Uuid>, Option<Uuid>) {
    match owner {
        Owner::Draft(id) => (Some(id.0), None, None),
        Owner::Consultation(id) => (None, Some(id.0), None),
        Owner::Offer { consultation, waiting } => (None, Some(consultation.0), Some(waiting.0)),
    }
}

fn changed(it: &Appointment, now: DateTime<Utc>) -> row::ActiveModel {
    let state = columns(&it.state, now);
    let (draft_id, consultation_id, waiting_id) = owner_columns(it.owner);
    row::ActiveModel {
        id: Set(it.id.0),
        draft_id: Set(draft_id),
        consultation_id: Set(consultation_id),
        waiting_id: Set(waiting_id),
        state: Set(it.state.status().into()),
        starts_at: Set(it.starts_at),
        ends_at: Set(it.ends_at),
        place: Set(it.place.clone()),
        sequence: Set(it.sequence),
        held_until: Set(state.held_until),
        ended_at: Set(state.ended_at),
        end_reason: Set(state.end_reason),
        ..Default::default()
    }
}

pub(in crate::store) fn from_row(team: Team, row: row::Model) -> Result<Appointment, DbErr> {
    let wrong = |why: &str| contradiction(row::Entity, row.id, why);
    let owner = match (row.draft_id, row.consultation_id, row.waiting_id) {
        (Some(id), None, None) => Owner::Draft(DraftId(id)),
        (None, Some(id), None) => Owner::Consultation(ConsultationId(id)),
        (None, Some(id), Some(waiting)) => {
            Owner::Offer { consultation: ConsultationId(id), waiting: WaitingId(waiting) }
        }
        _ => return Err(wrong("owner")),
    };
    let reason = row.end_reason.clone().unwrap_or_default();
    let state = match known(&row.state, row::Column::State, row.id)? {
        AppointmentStatus::Held => AppointmentState::Held { until: row.held_until },
        AppointmentStatus::Confirmed => AppointmentState::Confirmed,
        AppointmentStatus::Done => AppointmentState::Done,
        AppointmentStatus::NoShow => AppointmentState::NoShow,
        AppointmentStatus::ExpertNoShow => AppointmentState::ExpertNoShow,
        AppointmentStatus::CancelledByCompany => AppointmentState::CancelledByCompany { reason },
        AppointmentStatus::CancelledByExpert => AppointmentState::CancelledByExpert { reason },
        AppointmentStatus::CancelledByCenter => AppointmentState::CancelledByCenter { reason },
        AppointmentStatus::Released => AppointmentState::Released,
    };
    Ok(Appointment {
        id: AppointmentId(row.id),
        owner,
        state,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        mode: known(&row.mode, row::Column::Mode, row.id)?,
        experts: team.all,
        place: row.place,
        uid: row.uid,
        sequence: row.sequence,
        absent: team.absent,
        makes_up: row.makes_up,
    })
}
