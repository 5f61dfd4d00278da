//! Assignments: the experts who were asked, and their answers.
use chrono::{DateTime, Utc};
use codes::AssignmentStatus;
use domain::{
    due::Due,
    field::{Field, Fields},
    id::{AssignmentId, ConsultationId, ExpertId},
    routing::{
        ReasonFor,
        assignment::{Assignment, AssignmentState},
    },
};
use entity::assignment as row;
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Set,
};
use uuid::Uuid;

use crate::store::{contradiction, due_keys, known};

/// Returns all of a consultation's assignments, oldest first.
pub async fn of(db: &impl ConnectionTrait, id: ConsultationId) -> Result<Vec<Assignment>, DbErr> {
    let rows = row::Entity::find()
        .filter(row::COLUMN.consultation_id.eq(id.0))
        .order_by_asc(row::COLUMN.offered_at)
        .order_by_asc(row::COLUMN.id)
        .all(db)
        .await?;
    rows.iter().map(from_row).collect()
}

pub async fn find(db: &impl ConnectionTrait, id: AssignmentId) -> Result<Option<Assignment>, DbErr> {
    let found = row::Entity::find_by_id(id.0).one(db).await?;
    found.as_ref().map(from_row).transpose()
}

/// Returns the assignments of `ids` that exist.
pub async fn some(db: &impl ConnectionTrait, ids: Vec<AssignmentId>) -> Result<Vec<Assignment>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids = ids.into_iter().map(|it| it.0);
    let rows = row::Entity::find().filter(row::COLUMN.id.is_in(ids)).all(db).await?;
    rows.iter().map(from_row).collect()
}

/// Returns the keys of up to `limit` requests that were not answered in time, the longest overdue first, without those
/// of `except`.
pub async fn overdue(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    except: &[Uuid],
    limit: u64,
) -> Result<Vec<Uuid>, DbErr> {
    let rows = row::Entity::find().filter(row::COLUMN.state.eq(AssignmentStatus::Offered.code()));
    due_keys(db, rows, (row::Column::Id, row::Column::DueAt), now, except, limit).await
}

/// Returns the consultations with a request whose answer is due at `from` or later.
pub async fn due_from(db: &impl ConnectionTrait, from: DateTime<Utc>) -> Result<Vec<ConsultationId>, DbErr> {
    let ids: Vec<Uuid> = row::Entity::find()
        .select_only()
        .column(row::Column::ConsultationId)
        .filter(row::COLUMN.state.eq(AssignmentStatus::Offered.code()))
        .filter(row::COLUMN.due_at.gte(from))
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids.into_iter().map(ConsultationId).collect())
}

/// Returns the deadline of a request with the trace of how it was computed.
pub async fn deadline(db: &impl ConnectionTrait, id: AssignmentId) -> Result<Option<Due>, DbErr> {
    let found = row::Entity::find_by_id(id.0).one(db).await?;
    let due = found.map(|it| serde_json::from_value(it.deadline)).transpose();
    due.map_err(|err| contradiction(row::Entity, id, err))
}

/// Saves a deadline that has moved.
pub async fn save_deadline(tx: &DatabaseTransaction, id: AssignmentId, due: &Due) -> Result<(), DbErr> {
    let json = |err: serde_json::Error| DbErr::Type(err.to_string());
    let mut change = row::ActiveModel {
        id: Set(id.0),
        deadline: Set(serde_json::to_value(due).map_err(json)?),
        ..Default::default()
    };
    if let Some(at) = due.at() {
        change.due_at = Set(at);
    }
    row::Entity::update(change).exec(tx).await?;
    Ok(())
}

/// Returns the requests that wait for this expert's answer, the soonest due first.
pub async fn offered_to(db: &impl ConnectionTrait, expert: ExpertId) -> Result<Vec<Assignment>, DbErr> {
    let rows = row::Entity::find()
        .filter(row::COLUMN.expert_id.eq(expert.0))
        .filter(row::COLUMN.state.eq(AssignmentStatus::Offered.code()))
        .order_by_asc(row::COLUMN.due_at)
        .all(db)
        .await?;
    rows.iter().map(from_row).collect()
}

/// Returns the assignments of an expert that are offered or accepted, oldest first, including those of consultations
/// that have ended.
pub async fn live_of(db: &impl ConnectionTrait, expert: ExpertId) -> Result<Vec<Assignment>, DbErr> {
    let live = [AssignmentStatus::Offered, AssignmentStatus::Accepted].map(AssignmentStatus::code);
    let rows = row::Entity::find()
        .filter(row::COLUMN.expert_id.eq(expert.0))
        .filter(row::COLUMN.state.is_in(live))
        .order_by_asc(row::COLUMN.offered_at)
        .order_by_asc(row::COLUMN.id)
        .all(db)
        .await?;
    rows.iter().map(from_row).collect()
}

/// Returns whether the expert is asked or has accepted in the consultation, even if the consultation has
/// ended.
pub async fn concerns(
    db: &impl ConnectionTrait,
    id: ConsultationId,
    expert: ExpertId,
) -> Result<bool, DbErr> {
    let found = row::Entity::find()
        .filter(row::COLUMN.consultation_id.eq(id.0))
        .filter(row::COLUMN.expert_id.eq(expert.0))
        .filter(
            row::COLUMN
                .state
                .is_in([AssignmentStatus::Offered, AssignmentStatus::Accepted].map(AssignmentStatus::code)),
        )
        .one(db)
        .await?;
    Ok(found.is_some())
}

/// Returns the reasons for which the expert of an assignment was chosen.
pub async fn reasons(db: &impl ConnectionTrait, id: AssignmentId) -> Result<Vec<ReasonFor>, DbErr> {
    let found = row::Entity::find_by_id(id.0).one(db).await?;
    found.map_or_else(
        || Ok(Vec::new()),
        |it| serde_json::from_value(it.reasons).map_err(|err| contradiction(row::Entity, id, err)),
    )
}

pub async fn insert(
    tx: &DatabaseTransaction,
    it: &Assignment,
    due: &Due,
    reasons: &[ReasonFor],
) -> Result<(), DbErr> {
    let json = |err: serde_json::Error| DbErr::Type(err.to_string());
    let (answered_at, decline_reason) = answer(&it.state);
    let model = row::Model {
        id: it.id.0,
        consultation_id: it.consultation.0,
        expert_id: it.expert.0,
        ict: it.fields.contains(Field::Ict),
        labor: it.fields.contains(Field::Labor),
        state: it.state.status().into(),
        offered_at: it.offered_at,
        due_at: it.due_at,
        deadline: serde_json::to_value(due).map_err(json)?,
        answered_at,
        decline_reason,
        release_reason: release_reason(&it.state),
        reasons: serde_json::to_value(reasons).map_err(json)?,
        instead_of: it.instead_of.map(|it| it.0),
    };
    row::Entity::insert(model.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

pub async fn save(tx: &DatabaseTransaction, it: &Assignment) -> Result<(), DbErr> {
    let (answered_at, decline_reason) = answer(&it.state);
    let change = row::ActiveModel {
        id: Set(it.id.0),
        state: Set(it.state.status().into()),
        answered_at: Set(answered_at),
        decline_reason: Set(decline_reason),
        release_reason: Set(release_reason(&it.state)),
        ..Default::default()
    };
    row::Entity::update(change).exec(tx).await?;
    Ok(())
}

fn release_reason(state: &AssignmentState) -> Option<String> {
    match state {
        AssignmentState::Withdrawn { released, .. } => released.clone(),
        AssignmentState::Offered
        | AssignmentState::Accepted { .. }
        | AssignmentState::Declined { .. }
        | AssignmentState::Lapsed { .. } => None,
    }
}

fn answer(state: &AssignmentState) -> (Option<DateTime<Utc>>, Option<String>) {
    match state {
        AssignmentState::Offered => (None, None),
        AssignmentState::Accepted { at }
        | AssignmentState::Lapsed { at }
        | AssignmentState::Withdrawn { at, .. } => (Some(*at), None),
        AssignmentState::Declined { at, reason } => (Some(*at), Some(reason.clone())),
    }
}

pub(in crate::store) fn from_row(row: &row::Model) -> Result<Assignment, DbErr> {
    let wrong = |why: &str| contradiction(row::Entity, row.id, why);
    let status = known(&row.state, row::Column::State, row.id)?;
    let state = match (status, row.answered_at, &row.decline_reason) {
        (AssignmentStatus::Offered, None, None) => AssignmentState::Offered,
        (AssignmentStatus::Accepted, Some(at), None) => AssignmentState::Accepted { at },
        (AssignmentStatus::Declined, Some(at), Some(reason)) => {
            AssignmentState::Declined { at, reason: reason.clone() }
        }
        (AssignmentStatus::Lapsed, Some(at), None) => AssignmentState::Lapsed { at },
        (AssignmentStatus::Withdrawn, Some(at), None) => {
            AssignmentState::Withdrawn { at, released: row.release_reason.clone() }
        }
        (
            AssignmentStatus::Offered
            | AssignmentStatus::Accepted
            | AssignmentStatus::Declined
            | AssignmentStatus::Lapsed
            | AssignmentStatus::Withdrawn,
            ..,
        ) => return Err(wrong("state")),
    };
    Ok(Assignment {
        id: AssignmentId(row.id),
        consultation: ConsultationId(row.consultation_id),
        expert: ExpertId(row.expert_id),
        fields: Fields::from_flags(row.ict, row.labor).ok_or_else(|| wrong("no field"))?,
        state,
        offered_at: row.offered_at,
        due_at: row.due_at,
        instead_of: row.instead_of.map(AssignmentId),
    })
}
