//! The record of who has changed when an expert can be asked: weekly hours, single days, days of absence, and times that a
//! cancellation took out.
use chrono::{DateTime, Utc};
use domain::{
    actor::{Actor, Party},
    id::ExpertId,
};
use entity::schedule_change as row;
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Select,
};
use uuid::Uuid;

use super::{event::actor_id, log::people};
use crate::store::known;

/// A change of an expert's schedule as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedChange {
    pub at: DateTime<Utc>,
    /// The name of the expert.
    pub expert: String,
    pub what: String,
    /// The party of the person who made it: a coordinator acts in the expert's stead.
    pub party: Party,
    /// The name of that person; empty if the account is gone.
    pub name: String,
}

pub async fn insert(
    tx: &DatabaseTransaction,
    expert: ExpertId,
    by: Actor,
    what: &str,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let row = row::Model {
        id: Uuid::now_v7(),
        expert_id: expert.0,
        at: now,
        actor_kind: by.party().into(),
        actor_id: actor_id(by),
        what: what.to_owned(),
    };
    row::Entity::insert(row.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

/// Returns the latest `limit` changes between `from` (included) and `to` (excluded), newest first. Two queries.
pub async fn between(
    db: &impl ConnectionTrait,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<RecordedChange>, DbErr> {
    let within = row::Entity::find().filter(row::COLUMN.at.gte(from)).filter(row::COLUMN.at.lt(to));
    recorded(db, within, limit).await
}

/// Returns the latest `limit` changes of one expert's schedule, newest first. Two queries.
pub async fn of_expert(
    db: &impl ConnectionTrait,
    expert: ExpertId,
    limit: u64,
) -> Result<Vec<RecordedChange>, DbErr> {
    recorded(db, row::Entity::find().filter(row::COLUMN.expert_id.eq(expert.0)), limit).await
}

async fn recorded(
    db: &impl ConnectionTrait,
    query: Select<row::Entity>,
    limit: u64,
) -> Result<Vec<RecordedChange>, DbErr> {
    let rows = query.order_by_desc(row::COLUMN.at).order_by_desc(row::COLUMN.id).limit(limit).all(db).await?;
    let ids = rows.iter().flat_map(|it| [Some(it.expert_id), it.actor_id]).flatten();
    let people = people(db, ids).await?;
    let name = |id: Option<Uuid>| {
        id.and_then(|it| people.get(&it)).map(|(name, _)| name.clone()).unwrap_or_default()
    };
    let change = |it: row::Model| {
        Ok(RecordedChange {
            at: it.at,
            expert: name(Some(it.expert_id)),
            party: known(&it.actor_kind, row::Column::ActorKind, it.id)?,
            name: name(it.actor_id),
            what: it.what,
        })
    };
    rows.into_iter().map(change).collect()
}
