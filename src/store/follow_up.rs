//! Follow-ups: what is asked when, and what was answered.
use chrono::{DateTime, Utc};
use domain::{
    follow_up::{Answer, FollowUp, FollowUpState, Kind},
    id::{ConsultationId, FollowUpId},
};
use entity::follow_up as row;
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Set,
};

use super::contradiction;

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

/// Planned questions whose time has come, longest due first.
pub async fn due(db: &impl ConnectionTrait, now: DateTime<Utc>, limit: u64) -> Result<Vec<FollowUp>, DbErr> {
    let rows = row::Entity::find()
        .filter(row::COLUMN.state.eq("planned"))
        .filter(row::COLUMN.due_at.lte(now))
        .order_by_asc(row::COLUMN.due_at)
        .limit(limit)
        .all(db)
        .await?;
    rows.iter().map(from_row).collect()
}

/// Questions that were sent before `before` and that nobody answered.
pub async fn unanswered(
    db: &impl ConnectionTrait,
    before: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<FollowUp>, DbErr> {
    let rows = row::Entity::find()
        .filter(row::COLUMN.state.eq("sent"))
        .filter(row::COLUMN.sent_at.lte(before))
        .order_by_asc(row::COLUMN.sent_at)
        .limit(limit)
        .all(db)
        .await?;
    rows.iter().map(from_row).collect()
}

pub async fn insert(tx: &DatabaseTransaction, plan: &[FollowUp]) -> Result<(), DbErr> {
    let rows = plan
        .iter()
        .map(|it| {
            let state = columns(&it.state)?;
            Ok(row::Model {
                id: it.id.0,
                consultation_id: it.consultation.0,
                kind: it.kind.code().to_owned(),
                round: it.round,
                state: it.state.code().to_owned(),
                due_at: it.due_at,
                sent_at: state.sent_at,
                answered_at: state.answered_at,
                answer: state.answer,
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
        state: Set(it.state.code().to_owned()),
        answered_at: Set(state.answered_at),
        answer: Set(state.answer),
        ..Default::default()
    };
    if let Some(at) = state.sent_at {
        change.sent_at = Set(Some(at));
    }
    row::Entity::update(change).exec(tx).await?;
    Ok(())
}

struct Columns {
    sent_at: Option<DateTime<Utc>>,
    answered_at: Option<DateTime<Utc>>,
    answer: Option<serde_json::Value>,
}

fn columns(state: &FollowUpState) -> Result<Columns, DbErr> {
    let (sent_at, answered_at, answer) = match state {
        FollowUpState::Planned | FollowUpState::Skipped | FollowUpState::Lapsed => (None, None, None),
        FollowUpState::Sent { at } => (Some(*at), None, None),
        FollowUpState::Answered { at, answer } => (None, Some(*at), Some(answer)),
    };
    let answer = answer.map(serde_json::to_value).transpose().map_err(|err| DbErr::Type(err.to_string()))?;
    Ok(Columns { sent_at, answered_at, answer })
}

fn from_row(row: &row::Model) -> Result<FollowUp, DbErr> {
    let wrong = |why: &str| contradiction("follow_up", row.id, why);
    let answer: Option<Answer> =
        row.answer.clone().map(serde_json::from_value).transpose().map_err(|err| wrong(&err.to_string()))?;
    let state = match (row.state.as_str(), row.sent_at, row.answered_at, answer) {
        ("planned", None, None, None) => FollowUpState::Planned,
        ("sent", Some(at), None, None) => FollowUpState::Sent { at },
        ("answered", _, Some(at), Some(answer)) => FollowUpState::Answered { at, answer },
        ("skipped", _, None, None) => FollowUpState::Skipped,
        ("lapsed", _, None, None) => FollowUpState::Lapsed,
        _ => return Err(wrong("state")),
    };
    Ok(FollowUp {
        id: FollowUpId(row.id),
        consultation: ConsultationId(row.consultation_id),
        kind: Kind::from_code(&row.kind).ok_or_else(|| wrong("kind"))?,
        round: row.round,
        state,
        due_at: row.due_at,
    })
}
