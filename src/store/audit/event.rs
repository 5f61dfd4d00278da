//! The history of consultations: events are appended and never changed.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use codes::ConsultationStatus;
use domain::{
    actor::{Actor, Party, Represented},
    consultation::{ActionKind, Event, PlanStep, State},
    id::{AccountId, ConsultationId, DeskId, ExpertId},
    worklist::quick_record::QuickRecord,
};
use entity::{consultation, event as row};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, ExprTrait, QueryFilter, QueryOrder,
    QuerySelect, Select, Set, sea_query::Expr,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::hash_chain;
use crate::store::{consultation::Record, contradiction, known, write_batch::WriteBatch};

/// The part of an event that is stored as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventDetail {
    /// The state after the event, with the data of that state.
    pub to: State,
    /// A reason or a sentence in the actor's words.
    pub note: Option<String>,
    /// The party in whose stead a coordinator acted. It is left out of the JSON if there is none, so that the hashes of
    /// events without it stay the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_stead_of: Option<Represented>,
    /// The account of the person who acted for a desk, left out like the one above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Uuid>,
    /// The record that the center made with one click, left out like the ones above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quick: Option<QuickRecord>,
    /// The position of the record that the event takes back, left out like the ones above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub takes_back: Option<i32>,
}

/// An event that is written to the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvent {
    pub event: Event,
    pub note: Option<String>,
    pub quick: Option<QuickRecord>,
    pub takes_back: Option<i32>,
}

impl From<(Event, Option<String>)> for NewEvent {
    fn from((event, note): (Event, Option<String>)) -> Self {
        Self { event, note, quick: None, takes_back: None }
    }
}

impl EventDetail {
    /// Returns what is left of the detail when words are erased: the state without the organisation, and no note.
    #[must_use]
    pub fn without_words(mut self) -> Self {
        if let State::Referred { organization } = &mut self.to {
            organization.clear();
        }
        Self { note: None, ..self }
    }

    /// Returns the detail of an event.
    pub fn of(event: &Event, note: Option<String>) -> Self {
        let person = match event.by {
            Actor::Desk(_, person) => person.map(|it| it.0),
            Actor::Company | Actor::Coordinator(_) | Actor::Expert(_) | Actor::System | Actor::Stead(..) => {
                None
            }
        };
        Self {
            to: event.to.clone(),
            note,
            in_stead_of: event.by.represented(),
            person,
            quick: None,
            takes_back: None,
        }
    }
}

/// One event of the history as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryEntry {
    /// The position in the history; 1 for the first event.
    pub seq: i32,
    pub at: DateTime<Utc>,
    pub by: Actor,
    pub action: ActionKind,
    pub from: Option<String>,
    pub to: State,
    pub note: Option<String>,
    /// The record that the center made with one click.
    pub quick: Option<QuickRecord>,
    /// The position of the record that the event takes back.
    pub takes_back: Option<i32>,
}

/// Appends `events` after the `count` events that exist already.
pub async fn append(
    tx: &DatabaseTransaction,
    batch: &mut WriteBatch,
    id: ConsultationId,
    count: i32,
    events: &[NewEvent],
) -> Result<(), DbErr> {
    if events.is_empty() {
        return Ok(());
    }
    let mut previous = if count == 0 { String::new() } else { last_hash(tx, id).await? };
    let mut rows = Vec::with_capacity(events.len());
    for (new, seq) in events.iter().zip(count + 1..) {
        let (row, hash) = chained(id, seq, new, previous)?;
        rows.push(row);
        previous = hash;
    }
    batch.insert_many(rows)
}

/// Appends one note to the histories of several consultations, whose rows are locked. A few statements, whatever their
/// number; the rows of the consultations count the event and rise in version.
pub async fn append_note(
    tx: &DatabaseTransaction,
    cases: &[Record],
    by: Actor,
    note: &str,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    for part in cases.chunks(MOST_AT_ONCE) {
        let ids: Vec<Uuid> = part.iter().map(|it| it.consultation.id.0).collect();
        let latest = Expr::cust(
            r#"(SELECT c."event_count" FROM "consultation" c WHERE c."id" = "event"."consultation_id")"#,
        );
        let hashes: Vec<(Uuid, String)> = row::Entity::find()
            .select_only()
            .column(row::Column::ConsultationId)
            .column(row::Column::Hash)
            .filter(row::COLUMN.consultation_id.is_in(ids.clone()))
            .filter(Expr::col((row::Entity, row::Column::Seq)).eq(latest))
            .into_tuple()
            .all(tx)
            .await?;
        let mut hashes: BTreeMap<_, _> = hashes.into_iter().collect();
        let mut rows = Vec::with_capacity(part.len());
        for case in part {
            let (id, state) = (case.consultation.id, case.consultation.state.clone());
            let previous = hashes.remove(&id.0);
            let previous =
                previous.ok_or_else(|| contradiction(consultation::Entity, id, "its history is gone"))?;
            let event = Event { at: now, by, action: ActionKind::Note, from: Some(state.clone()), to: state };
            let new = (event, Some(note.to_owned())).into();
            rows.push(chained(id, case.event_count + 1, &new, previous)?.0);
        }
        row::Entity::insert_many(rows).exec_without_returning(tx).await?;
        let risen = |column| Expr::col(column).add(1);
        consultation::Entity::update_many()
            .col_expr(consultation::Column::EventCount, risen(consultation::Column::EventCount))
            .col_expr(consultation::Column::Version, risen(consultation::Column::Version))
            .filter(consultation::COLUMN.id.is_in(ids))
            .exec(tx)
            .await?;
    }
    Ok(())
}

/// The most events that one statement writes, so that its values stay below the databases' limits.
const MOST_AT_ONCE: usize = 500;

/// Returns the row of an event after the one with the hash `previous`, and its hash.
fn chained(
    id: ConsultationId,
    seq: i32,
    new: &NewEvent,
    previous: String,
) -> Result<(row::ActiveModel, String), DbErr> {
    let event = &new.event;
    let detail = EventDetail {
        quick: new.quick,
        takes_back: new.takes_back,
        ..EventDetail::of(event, new.note.clone())
    };
    let detail = serde_json::to_value(detail).map_err(|err| DbErr::Type(err.to_string()))?;
    let hash = hash_chain::hash(
        &previous,
        &hash_chain::HashedEvent {
            consultation: id.0,
            seq,
            at: event.at,
            actor_kind: event.by.party().code(),
            actor_id: actor_id(event.by),
            act: event.action.code(),
            from: event.from.as_ref().map(State::code),
            to: event.to.code(),
            detail: &detail,
        },
    );
    let row = row::ActiveModel {
        consultation_id: Set(id.0),
        seq: Set(seq),
        at: Set(event.at),
        actor_kind: Set(event.by.party().into()),
        actor_id: Set(actor_id(event.by)),
        act: Set(event.action.into()),
        from_state: Set(event.from.as_ref().map(|it| it.status().into())),
        to_state: Set(event.to.status().into()),
        detail: Set(detail),
        previous_hash: Set(previous),
        hash: Set(hash.clone()),
        ..Default::default()
    };
    Ok((row, hash))
}

/// Returns the whole history of a consultation, oldest event first.
pub async fn of(db: &impl ConnectionTrait, id: ConsultationId) -> Result<Vec<HistoryEntry>, DbErr> {
    history(id).all(db).await?.into_iter().map(line).collect()
}

/// Returns the events of a consultation from an instant on, oldest first.
pub async fn since(
    db: &impl ConnectionTrait,
    id: ConsultationId,
    from: DateTime<Utc>,
) -> Result<Vec<HistoryEntry>, DbErr> {
    history(id).filter(row::COLUMN.at.gte(from)).all(db).await?.into_iter().map(line).collect()
}

fn history(id: ConsultationId) -> Select<row::Entity> {
    row::Entity::find().filter(row::COLUMN.consultation_id.eq(id.0)).order_by_asc(row::COLUMN.seq)
}

/// Returns the events as the rules of a further appointment read them.
pub fn plan_steps(history: &[HistoryEntry]) -> impl DoubleEndedIterator<Item = PlanStep> {
    history.iter().map(|it| PlanStep {
        action: it.action,
        from: it.from.as_deref().and_then(ConsultationStatus::from_code),
        to: it.to.status(),
    })
}

/// Returns whether a party can take a further appointment back. Skips the query if it cannot in any case.
pub async fn may_drop_further(db: &impl ConnectionTrait, record: &Record, by: Party) -> Result<bool, DbErr> {
    let (it, has_held) = (&record.consultation, record.appointments_done > 0);
    if !has_held || it.allows(ActionKind::DropFurtherAppointment, by).is_err() {
        return Ok(false);
    }
    let history = of(db, it.id).await?;
    Ok(it.may_drop_further(by, has_held, plan_steps(&history)))
}

/// Returns the positions of the notes that the plan of the latest further appointment has made; `None` if none was
/// planned.
pub fn notes_of_further(history: &[HistoryEntry]) -> Option<std::ops::Range<i32>> {
    let planned = history.iter().rposition(|it| it.action == ActionKind::PlanFurtherAppointment)?;
    let plan = &history[planned];
    let is_of_plan =
        |it: &&HistoryEntry| it.action == ActionKind::Note && it.at == plan.at && it.by == plan.by;
    let first = history[..planned].iter().rev().take_while(is_of_plan).last().map_or(plan.seq, |it| it.seq);
    Some(first..plan.seq)
}

fn line(row: row::Model) -> Result<HistoryEntry, DbErr> {
    let wrong = |why: &str| contradiction(row::Entity, row.id, why);
    let detail: EventDetail =
        serde_json::from_value(row.detail.clone()).map_err(|err| wrong(&err.to_string()))?;
    let party = known(&row.actor_kind, row::Column::ActorKind, row.id)?;
    Ok(HistoryEntry {
        seq: row.seq,
        at: row.at,
        by: actor(party, row.actor_id, &detail).ok_or_else(|| wrong("actor"))?,
        action: known(&row.act, row::Column::Act, row.id)?,
        from: row.from_state.map(|it| it.code().to_owned()),
        to: detail.to,
        note: detail.note,
        quick: detail.quick,
        takes_back: detail.takes_back,
    })
}

async fn last_hash(tx: &DatabaseTransaction, id: ConsultationId) -> Result<String, DbErr> {
    let found: Option<String> = row::Entity::find()
        .select_only()
        .column(row::Column::Hash)
        .filter(row::COLUMN.consultation_id.eq(id.0))
        .order_by_desc(row::COLUMN.seq)
        .limit(1)
        .into_tuple()
        .one(tx)
        .await?;
    found.ok_or_else(|| contradiction(consultation::Entity, id, "its history is gone"))
}

/// Returns the id of the account, expert or desk that acts.
pub const fn actor_id(actor: Actor) -> Option<Uuid> {
    match actor {
        Actor::Coordinator(id) | Actor::Stead(id, _) => Some(id.0),
        Actor::Expert(id) => Some(id.0),
        Actor::Desk(id, _) => Some(id.0),
        Actor::Company | Actor::System => None,
    }
}

/// Returns the actor that the columns and the detail of a row name; `None` if they contradict each other.
pub fn actor(party: Party, id: Option<Uuid>, detail: &EventDetail) -> Option<Actor> {
    Some(match (party, id, detail.in_stead_of) {
        (Party::Company, None, None) => Actor::Company,
        (Party::System, None, None) => Actor::System,
        (Party::Coordinator, Some(id), None) => Actor::Coordinator(AccountId(id)),
        (Party::Coordinator, Some(id), Some(whom)) => Actor::Stead(AccountId(id), whom),
        (Party::Expert, Some(id), None) => Actor::Expert(ExpertId(id)),
        (Party::Desk, Some(id), None) => Actor::Desk(DeskId(id), detail.person.map(AccountId)),
        _ => return None,
    })
}
