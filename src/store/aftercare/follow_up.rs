//! Follow-ups: the planned questions and the answers to them.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use codes::{ConsultationStatus, FollowUpStatus};
use domain::{
    aftercare::follow_up::{Anchors, FollowUp, FollowUpAnswer, FollowUpState, FollowUpStep, Kind, When},
    id::{ConsultationId, FollowUpId},
};
use entity::{consultation, follow_up as row};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, ExprTrait, IntoActiveModel,
    JoinType, QueryFilter, QueryOrder, QuerySelect, Set, sea_query::Expr,
};
use uuid::Uuid;

use crate::store::{contradiction, due_keys, known};

pub async fn of(db: &impl ConnectionTrait, id: ConsultationId) -> Result<Vec<FollowUp>, DbErr> {
    let rows = row::Entity::find()
        .filter(row::COLUMN.consultation_id.eq(id.0))
        .order_by_asc(row::COLUMN.due_at)
        .all(db)
        .await?;
    rows.iter().map(from_row).collect()
}

pub async fn find(db: &impl ConnectionTrait, id: FollowUpId) -> Result<Option<FollowUp>, DbErr> {
    row::Entity::find_by_id(id.0).one(db).await?.as_ref().map(from_row).transpose()
}

/// Returns the follow-ups of `ids` that exist.
pub async fn some(db: &impl ConnectionTrait, ids: Vec<FollowUpId>) -> Result<Vec<FollowUp>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids = ids.into_iter().map(|it| it.0);
    let rows = row::Entity::find().filter(row::COLUMN.id.is_in(ids)).all(db).await?;
    rows.iter().map(from_row).collect()
}

/// Returns the keys of up to `limit` planned follow-ups that are due at `now`, the longest due first, without those of
/// `except`.
pub async fn due(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    except: &[Uuid],
    limit: u64,
) -> Result<Vec<Uuid>, DbErr> {
    let rows = row::Entity::find().filter(row::COLUMN.state.eq(FollowUpStatus::Planned.code()));
    due_keys(db, rows, (row::Column::Id, row::Column::DueAt), now, except, limit).await
}

/// Returns the keys of up to `limit` follow-ups that were sent at or before `before` and have no answer yet, without
/// those of `except`.
pub async fn unanswered(
    db: &impl ConnectionTrait,
    before: DateTime<Utc>,
    except: &[Uuid],
    limit: u64,
) -> Result<Vec<Uuid>, DbErr> {
    let rows = row::Entity::find().filter(row::COLUMN.state.eq(FollowUpStatus::Sent.code()));
    due_keys(db, rows, (row::Column::Id, row::Column::SentAt), before, except, limit).await
}

pub async fn insert(tx: &DatabaseTransaction, plan: &[FollowUp]) -> Result<(), DbErr> {
    if plan.is_empty() {
        return Ok(());
    }
    let rows = plan
        .iter()
        .map(|it| {
            let state = columns(&it.state)?;
            Ok(row::Model {
                id: it.id.0,
                consultation_id: it.consultation.0,
                kind: it.kind.into(),
                step_id: it.step.id.clone(),
                round: it.round,
                state: it.state.status().into(),
                due_at: it.due_at,
                sent_at: state.sent_at,
                answered_at: state.answered_at,
                answer: state.answer,
                wants_help: state.wants_help,
                step: Some(step_json(&it.step)?),
                appointment_ended_at: it.anchors.map(|it| it.appointment_ended),
                approved_at: it.anchors.map(|it| it.approved),
            }
            .into_active_model())
        })
        .collect::<Result<Vec<_>, DbErr>>()?;
    row::Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}

pub async fn save(tx: &DatabaseTransaction, it: &FollowUp) -> Result<(), DbErr> {
    let state = columns(&it.state)?;
    let mut change = row::ActiveModel {
        id: Set(it.id.0),
        state: Set(it.state.status().into()),
        answered_at: Set(state.answered_at),
        answer: Set(state.answer),
        wants_help: Set(state.wants_help),
        ..Default::default()
    };
    if let Some(at) = state.sent_at {
        change.sent_at = Set(Some(at));
    }
    row::Entity::update(change).exec(tx).await?;
    Ok(())
}

/// Asks the dropped questions of a round again: those that were sent before wait for their answer again, the others are
/// planned again.
pub async fn ask_again(tx: &DatabaseTransaction, id: ConsultationId, round: i16) -> Result<(), DbErr> {
    for (was_sent, status) in [(true, FollowUpStatus::Sent), (false, FollowUpStatus::Planned)] {
        let sent = row::COLUMN.sent_at;
        row::Entity::update_many()
            .col_expr(row::Column::State, Expr::value(status.code()))
            .filter(row::COLUMN.consultation_id.eq(id.0))
            .filter(row::COLUMN.round.eq(round))
            .filter(row::COLUMN.state.eq(FollowUpStatus::Skipped.code()))
            .filter(if was_sent { sent.is_not_null() } else { sent.is_null() })
            .exec(tx)
            .await?;
    }
    Ok(())
}

/// Replaces the time and the step of a follow-up that is planned and not sent yet.
pub async fn plan_anew(
    tx: &DatabaseTransaction,
    id: FollowUpId,
    step: &FollowUpStep,
    due_at: DateTime<Utc>,
) -> Result<(), DbErr> {
    row::Entity::update_many()
        .col_expr(row::Column::Step, Expr::value(step_json(step)?))
        .col_expr(row::Column::DueAt, Expr::value(due_at))
        .filter(row::COLUMN.id.eq(id.0))
        .filter(row::COLUMN.state.eq(FollowUpStatus::Planned.code()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Deletes a follow-up that is planned and was never sent.
pub async fn unplan(tx: &DatabaseTransaction, id: FollowUpId) -> Result<(), DbErr> {
    row::Entity::delete_many()
        .filter(row::COLUMN.id.eq(id.0))
        .filter(row::COLUMN.state.eq(FollowUpStatus::Planned.code()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Returns, by consultation, every follow-up planned after the latest appointment of a consultation in the
/// state `FollowUp` whose report was approved between `from` (included) and `to` (excluded).
pub async fn current(
    db: &impl ConnectionTrait,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<BTreeMap<ConsultationId, Vec<FollowUp>>, DbErr> {
    let whose = row::Entity::belongs_to(consultation::Entity)
        .from(row::Column::ConsultationId)
        .to(consultation::Column::Id)
        .into();
    let round = Expr::col((row::Entity, row::Column::Round))
        .eq(Expr::col((consultation::Entity, consultation::Column::AppointmentsDone)));
    let rows = row::Entity::find()
        .join(JoinType::InnerJoin, whose)
        .filter(consultation::Column::State.eq(ConsultationStatus::FollowUp.code()))
        .filter(round)
        .filter(row::Column::ApprovedAt.gte(from))
        .filter(row::Column::ApprovedAt.lt(to))
        .order_by_asc(row::Column::DueAt)
        .order_by_asc(row::Column::Id)
        .all(db)
        .await?;
    let mut rounds: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for it in &rows {
        let it = from_row(it)?;
        rounds.entry(it.consultation).or_default().push(it);
    }
    Ok(rounds)
}

fn step_json(step: &FollowUpStep) -> Result<serde_json::Value, DbErr> {
    serde_json::to_value(step).map_err(|err| DbErr::Type(err.to_string()))
}

struct Columns {
    sent_at: Option<DateTime<Utc>>,
    answered_at: Option<DateTime<Utc>>,
    answer: Option<serde_json::Value>,
    wants_help: bool,
}

fn columns(state: &FollowUpState) -> Result<Columns, DbErr> {
    let (sent_at, answered_at, answer) = match state {
        FollowUpState::Planned | FollowUpState::Skipped | FollowUpState::Lapsed => (None, None, None),
        FollowUpState::Sent { at } => (Some(*at), None, None),
        FollowUpState::Answered { at, answer } => (None, Some(*at), Some(answer)),
    };
    let wants_help = answer.is_some_and(FollowUpAnswer::wants_help);
    let answer = answer.map(serde_json::to_value).transpose().map_err(|err| DbErr::Type(err.to_string()))?;
    Ok(Columns { sent_at, answered_at, answer, wants_help })
}

pub(in crate::store) fn from_row(row: &row::Model) -> Result<FollowUp, DbErr> {
    let wrong = |why: &str| contradiction(row::Entity, row.id, why);
    let answer: Option<FollowUpAnswer> =
        row.answer.clone().map(serde_json::from_value).transpose().map_err(|err| wrong(&err.to_string()))?;
    let status = known(&row.state, row::Column::State, row.id)?;
    let state = match (status, row.sent_at, row.answered_at, answer) {
        (FollowUpStatus::Planned, None, None, None) => FollowUpState::Planned,
        (FollowUpStatus::Sent, Some(at), None, None) => FollowUpState::Sent { at },
        (FollowUpStatus::Answered, _, Some(at), Some(answer)) => FollowUpState::Answered { at, answer },
        (FollowUpStatus::Skipped, _, None, None) => FollowUpState::Skipped,
        (FollowUpStatus::Lapsed, _, None, None) => FollowUpState::Lapsed,
        (
            FollowUpStatus::Planned
            | FollowUpStatus::Sent
            | FollowUpStatus::Answered
            | FollowUpStatus::Skipped
            | FollowUpStatus::Lapsed,
            ..,
        ) => return Err(wrong("state")),
    };
    let kind = known(&row.kind, row::Column::Kind, row.id)?;
    let step = match row.step.clone() {
        Some(step) => serde_json::from_value(step).map_err(|err| wrong(&err.to_string()))?,
        None => FollowUpStep::plain(kind, shipped_when(kind)),
    };
    let anchors = row.appointment_ended_at.zip(row.approved_at);
    Ok(FollowUp {
        id: FollowUpId(row.id),
        consultation: ConsultationId(row.consultation_id),
        kind,
        round: row.round,
        state,
        due_at: row.due_at,
        step,
        anchors: anchors.map(|(appointment_ended, approved)| Anchors { appointment_ended, approved }),
    })
}

/// Returns the time of a follow-up that was planned before its step was stored with it.
const fn shipped_when(kind: Kind) -> When {
    match kind {
        Kind::Survey | Kind::Custom => When::BusinessDays(1),
        Kind::ThreeMonths => When::Months(3),
        Kind::SixMonths => When::Months(6),
        Kind::NextYear => When::NextYear(5),
    }
}
