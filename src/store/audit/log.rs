//! The audit log: the actions on all consultations and their actors.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::{actor::Party, consultation::ActionKind};
use entity::{Coded, account, consultation, desk, event};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::store::known;

/// One event, without its texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    pub id: i64,
    pub at: DateTime<Utc>,
    pub party: Party,
    /// The name of the person or desk; empty for a company and the system.
    pub name: String,
    pub action: ActionKind,
    /// The consultation's number.
    pub number: String,
}

/// Returns up to `limit` events between `from` (included) and `to` (excluded), newest first. With `before`,
/// only the events before that id are returned.
pub async fn events(
    db: &impl ConnectionTrait,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    before: Option<i64>,
    limit: u64,
) -> Result<Vec<AuditEntry>, DbErr> {
    type Row = (i64, DateTime<Utc>, Coded<Party>, Option<Uuid>, Coded<ActionKind>, String);
    let whose = event::Entity::belongs_to(consultation::Entity)
        .from(event::Column::ConsultationId)
        .to(consultation::Column::Id)
        .into();
    let mut query = event::Entity::find()
        .select_only()
        .column(event::Column::Id)
        .column(event::Column::At)
        .column(event::Column::ActorKind)
        .column(event::Column::ActorId)
        .column(event::Column::Act)
        .column(consultation::Column::Number)
        .join(JoinType::InnerJoin, whose)
        .filter(event::Column::At.gte(from))
        .filter(event::Column::At.lt(to));
    if let Some(before) = before {
        query = query.filter(event::Column::Id.lt(before));
    }
    let rows: Vec<Row> = query.order_by_desc(event::Column::Id).limit(limit).into_tuple().all(db).await?;
    let names = names(db, rows.iter().filter_map(|it| it.3).collect()).await?;
    let entry = |(id, at, kind, actor, act, number): Row| {
        Ok(AuditEntry {
            id,
            at,
            party: known(&kind, event::Column::ActorKind, id)?,
            name: actor.and_then(|it| names.get(&it).cloned()).unwrap_or_default(),
            action: known(&act, event::Column::Act, id)?,
            number,
        })
    };
    rows.into_iter().map(entry).collect()
}

/// Returns the names of the accounts and desks `ids`, in two queries.
pub(super) async fn names(
    db: &impl ConnectionTrait,
    ids: Vec<Uuid>,
) -> Result<BTreeMap<Uuid, String>, DbErr> {
    let people: Vec<(Uuid, String)> = account::Entity::find()
        .select_only()
        .column(account::Column::Id)
        .column(account::Column::Name)
        .filter(account::Column::Id.is_in(ids.iter().copied()))
        .into_tuple()
        .all(db)
        .await?;
    let desks: Vec<(Uuid, String)> = desk::Entity::find()
        .select_only()
        .column(desk::Column::Id)
        .column(desk::Column::Name)
        .filter(desk::Column::Id.is_in(ids))
        .into_tuple()
        .all(db)
        .await?;
    Ok(people.into_iter().chain(desks).collect())
}
