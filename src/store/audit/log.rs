//! The audit log: the actions on all consultations and their actors.
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use domain::{
    actor::{Actor, Party, Represented, Role},
    consultation::{ActionKind, ConsultationStatus},
};
use entity::{Coded, account, consultation, desk, event};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, JoinType, JsonValue as Json, QueryFilter, QueryOrder,
    QuerySelect,
};
use uuid::Uuid;

use super::event::{EventDetail, actor, actor_id};
use crate::store::{contradiction, known};

/// One event, without its texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    pub id: i64,
    pub at: DateTime<Utc>,
    pub by: Actor,
    pub action: ActionKind,
    /// The state after the event.
    pub to: ConsultationStatus,
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
    type Row = (
        i64,
        DateTime<Utc>,
        Coded<Party>,
        Option<Uuid>,
        Coded<ActionKind>,
        Coded<ConsultationStatus>,
        Json,
        String,
    );
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
        .column(event::Column::ToState)
        .column(event::Column::Detail)
        .column(consultation::Column::Number)
        .join(JoinType::InnerJoin, whose)
        .filter(event::Column::At.gte(from))
        .filter(event::Column::At.lt(to));
    if let Some(before) = before {
        query = query.filter(event::Column::Id.lt(before));
    }
    let rows: Vec<Row> = query.order_by_desc(event::Column::Id).limit(limit).into_tuple().all(db).await?;
    let entry = |(id, at, kind, actor_id, act, to, detail, number): Row| {
        let wrong = |why: &str| contradiction(event::Entity, id, why);
        let detail: EventDetail = serde_json::from_value(detail).map_err(|err| wrong(&err.to_string()))?;
        let party = known(&kind, event::Column::ActorKind, id)?;
        Ok(AuditEntry {
            id,
            at,
            by: actor(party, actor_id, &detail).ok_or_else(|| wrong("actor"))?,
            action: known(&act, event::Column::Act, id)?,
            to: known(&to, event::Column::ToState, id)?,
            number,
        })
    };
    rows.into_iter().map(entry).collect()
}

/// The names of those who act: of people with their roles, and of desks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActorNames {
    pub people: BTreeMap<Uuid, (String, Role)>,
    pub desks: BTreeMap<Uuid, String>,
}

/// Returns the names of these actors, in two queries.
pub async fn names(db: &impl ConnectionTrait, actors: &[Actor]) -> Result<ActorNames, DbErr> {
    let mut ids = BTreeSet::new();
    for it in actors {
        ids.extend(actor_id(*it));
        match it {
            Actor::Desk(_, Some(person)) => drop(ids.insert(person.0)),
            Actor::Stead(_, Represented::Expert(expert)) => drop(ids.insert(expert.0)),
            Actor::Company
            | Actor::Coordinator(_)
            | Actor::Expert(_)
            | Actor::Desk(_, None)
            | Actor::System
            | Actor::Stead(_, Represented::Company) => {}
        }
    }
    let people = people(db, ids.iter().copied()).await?;
    let desks: Vec<(Uuid, String)> = desk::Entity::find()
        .select_only()
        .column(desk::Column::Id)
        .column(desk::Column::Name)
        .filter(desk::Column::Id.is_in(ids))
        .into_tuple()
        .all(db)
        .await?;
    Ok(ActorNames { people, desks: desks.into_iter().collect() })
}

/// Returns the names and roles of these accounts.
pub(super) async fn people(
    db: &impl ConnectionTrait,
    ids: impl Iterator<Item = Uuid>,
) -> Result<BTreeMap<Uuid, (String, Role)>, DbErr> {
    let found: Vec<(Uuid, String, Coded<Role>)> = account::Entity::find()
        .select_only()
        .column(account::Column::Id)
        .column(account::Column::Name)
        .column(account::Column::Role)
        .filter(account::Column::Id.is_in(ids))
        .into_tuple()
        .all(db)
        .await?;
    let person = |(id, name, role)| Ok((id, (name, known(&role, account::Column::Role, id)?)));
    found.into_iter().map(person).collect()
}
