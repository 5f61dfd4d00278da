//! Cases that are recognised as one. The absorbed one keeps its rows and its state and leads to the kept one, which shows
//! its thread, has its tasks, tags and drafts, and may take over some of its values.
mod moved;

use chrono::{DateTime, Utc};
use domain::{
    due::Due,
    id::{AccountId, ConsultationId},
    silence::{SilenceClock, SilenceKind},
    worklist::AwaitedResponse,
};
use entity::{case_merge as row, consultation};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, ExprTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, sea_query::SelectStatement,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use moved::{MovedDraft, MovedRows, give_back, hand_over};

use super::{Record, from_row};
use crate::store::{contradiction, merge::merges};

/// The changes that a merge made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergeChange {
    /// The clocks and marks of the absorbed case, which ended with the merge.
    pub absorbed: CaseMarks,
    /// The marks of the kept case before and after.
    pub kept: [CaseMarks; 2],
    /// The positions in the kept case's history of the corrections by which values were taken over.
    pub corrections: Vec<i32>,
    /// The rows that went to the kept case.
    pub moved: MovedRows,
    /// Whether the contact of the absorbed case was told of the merge.
    #[serde(default)]
    pub is_told: bool,
    /// The requests and the booking of the absorbed case that ended with the merge.
    #[serde(default)]
    pub released: Option<ReleasedTeam>,
}

/// The requests and the booking of an absorbed case, as they were.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleasedTeam {
    /// The booked appointment.
    pub booking: Option<Uuid>,
    /// The requests that were accepted, and when.
    pub accepted: Vec<(Uuid, DateTime<Utc>)>,
    /// The names of the experts whose requests were open.
    pub requested: Vec<String>,
    /// The entry of the waiting list.
    pub waiting: Option<Uuid>,
}

/// The clocks and marks of a case that are not part of its history.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseMarks {
    pub due: Option<Due>,
    pub wants_help_since: Option<DateTime<Utc>>,
    pub to_call_since: Option<DateTime<Utc>>,
    /// Since when a message waits for a response, and until when it is due.
    pub response: Option<(DateTime<Utc>, DateTime<Utc>)>,
    pub last_inbound_at: Option<DateTime<Utc>>,
    pub snoozed_until: Option<DateTime<Utc>>,
    pub silence: Option<SilenceMark>,
    pub stalled_since: Option<DateTime<Utc>>,
    pub number_unconfirmed: bool,
}

/// The clock of silence: for what the case waits and since when, its stage and its next step.
type SilenceMark = (SilenceKind, DateTime<Utc>, u8, Option<DateTime<Utc>>);

merges! {
    /// A merge of two cases that was not undone.
    CaseMerge in row of ConsultationId changes MergeChange
}

impl CaseMarks {
    pub fn of(record: &Record) -> Self {
        Self {
            due: record.due.clone(),
            wants_help_since: record.wants_help_since,
            to_call_since: record.to_call_since,
            response: record.response.map(|it| (it.since, it.due_at)),
            last_inbound_at: record.last_inbound_at,
            snoozed_until: record.snoozed_until,
            silence: record.silence.map(|it| (it.kind, it.since, it.stage, it.next_at)),
            stalled_since: record.stalled_since,
            number_unconfirmed: record.number_unconfirmed,
        }
    }

    /// Writes the marks into a record.
    pub fn restore(self, record: &mut Record) {
        record.due = self.due;
        record.wants_help_since = self.wants_help_since;
        record.to_call_since = self.to_call_since;
        record.response = self.response.map(|(since, due_at)| AwaitedResponse { since, due_at });
        record.last_inbound_at = self.last_inbound_at;
        record.snoozed_until = self.snoozed_until;
        record.silence =
            self.silence.map(|(kind, since, stage, next_at)| SilenceClock { kind, since, stage, next_at });
        record.stalled_since = self.stalled_since;
        record.number_unconfirmed = self.number_unconfirmed;
    }

    /// Returns these marks with those of `before` in place of each that is still the one of `after`: a mark that has
    /// changed since the merge is the case's own.
    #[must_use]
    pub fn back(self, [before, after]: &[Self; 2]) -> Self {
        fn of<T: PartialEq + Clone>(now: T, before: &T, after: &T) -> T {
            if now == *after { before.clone() } else { now }
        }
        Self {
            due: of(self.due, &before.due, &after.due),
            wants_help_since: of(self.wants_help_since, &before.wants_help_since, &after.wants_help_since),
            to_call_since: of(self.to_call_since, &before.to_call_since, &after.to_call_since),
            response: of(self.response, &before.response, &after.response),
            last_inbound_at: of(self.last_inbound_at, &before.last_inbound_at, &after.last_inbound_at),
            snoozed_until: of(self.snoozed_until, &before.snoozed_until, &after.snoozed_until),
            silence: of(self.silence, &before.silence, &after.silence),
            stalled_since: of(self.stalled_since, &before.stalled_since, &after.stalled_since),
            number_unconfirmed: of(
                self.number_unconfirmed,
                &before.number_unconfirmed,
                &after.number_unconfirmed,
            ),
        }
    }
}

/// Returns two cases, locked until the transaction ends, in the order asked for.
pub async fn lock_both(
    tx: &DatabaseTransaction,
    ids: [ConsultationId; 2],
) -> Result<Option<[Record; 2]>, DbErr> {
    let rows = consultation::Entity::find()
        .filter(consultation::COLUMN.id.is_in(ids.map(|it| it.0)))
        .order_by_asc(consultation::COLUMN.id)
        .lock_exclusive()
        .all(tx)
        .await?;
    let of = |id: ConsultationId| rows.iter().find(|it| it.id == id.0).map(from_row).transpose();
    let [first, second] = ids;
    Ok(of(first)?.zip(of(second)?).map(|(first, second)| [first, second]))
}

/// Returns whether cases were merged into this one.
pub async fn has_absorbed(db: &impl ConnectionTrait, id: ConsultationId) -> Result<bool, DbErr> {
    let found =
        consultation::Entity::find().filter(consultation::COLUMN.merged_into.eq(id.0)).count(db).await?;
    Ok(found > 0)
}

/// Returns the subquery for a case and those that were merged into it, whose messages and mails are shown together.
pub fn one_case(id: ConsultationId) -> SelectStatement {
    consultation::Entity::find()
        .select_only()
        .column(consultation::Column::Id)
        .filter(consultation::COLUMN.id.eq(id.0).or(consultation::COLUMN.merged_into.eq(id.0)))
        .into_query()
}

/// Returns the case into which this one was merged, or itself.
pub async fn leading(db: &impl ConnectionTrait, id: ConsultationId) -> Result<ConsultationId, DbErr> {
    let found: Option<Option<Uuid>> = consultation::Entity::find_by_id(id.0)
        .select_only()
        .column(consultation::Column::MergedInto)
        .into_tuple()
        .one(db)
        .await?;
    Ok(found.flatten().map_or(id, ConsultationId))
}

/// Saves a merge. The records of both cases are saved by their own unit of work.
pub async fn insert(tx: &DatabaseTransaction, it: &CaseMerge, by: AccountId) -> Result<(), DbErr> {
    it.insert(tx, by).await
}

/// Returns the merges into a case that hold, oldest first, with the numbers of the absorbed cases.
pub async fn into(db: &impl ConnectionTrait, id: ConsultationId) -> Result<Vec<(CaseMerge, String)>, DbErr> {
    let absorbed = row::Entity::belongs_to(consultation::Entity)
        .from(row::Column::AbsorbedId)
        .to(consultation::Column::Id)
        .into();
    let rows = row::Entity::find()
        .join(sea_orm::JoinType::InnerJoin, absorbed)
        .select_also(consultation::Entity)
        .filter(row::COLUMN.kept_id.eq(id.0))
        .filter(row::COLUMN.undone_at.is_null())
        .order_by_asc(row::COLUMN.merged_at)
        .all(db)
        .await?;
    rows.iter()
        .map(|(it, case)| {
            let number = case.as_ref().map(|it| it.number.clone()).unwrap_or_default();
            Ok((CaseMerge::of_row(it)?, number))
        })
        .collect()
}
