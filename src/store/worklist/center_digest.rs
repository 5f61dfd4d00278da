//! The center's digest: the counts of new and overdue consultations, and the overdue ones themselves.
use chrono::{DateTime, Utc};
use codes::{ConsultationStatus, Turn};
use entity::consultation as row;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

/// The new consultations, and those that are overdue with the center, an expert or the company.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CenterDigest {
    /// Consultations that were received and that the center has not looked at yet.
    pub new: u64,
    pub overdue: u64,
    /// Consultations in which nothing has happened for days, as the worklist shows them.
    pub stalled: u64,
    /// Consultations whose company has to be called.
    pub calls: u64,
    /// Consultations with a message that has no response yet, and those of them whose response is overdue.
    pub unanswered: u64,
    pub late_responses: u64,
    /// Reports that concern the center, also of cases that have ended: to approve, or to see to.
    pub reports: u64,
    /// The overdue consultations, the longest overdue first.
    pub cases: Vec<OverdueCase>,
    /// The consultations whose response is overdue, the longest overdue first.
    pub responses: Vec<OverdueCase>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverdueCase {
    pub number: String,
    pub company_name: String,
    pub due_at: DateTime<Utc>,
}

/// Returns the digest at `now`, with at most `limit` overdue consultations. Nine queries.
pub async fn center_digest(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    limit: u64,
) -> Result<CenterDigest, DbErr> {
    let new = row::Entity::find()
        // The turn has an index.
        .filter(row::COLUMN.turn.eq(Turn::Center.code()))
        .filter(row::COLUMN.state.eq(ConsultationStatus::Received.code()))
        .filter(row::COLUMN.merged_into.is_null())
        .count(db)
        .await?;
    let late = || {
        row::Entity::find()
            .filter(row::COLUMN.turn.is_in([Turn::Center, Turn::Expert, Turn::Company].map(Turn::code)))
            .filter(row::COLUMN.due_at.lt(now))
    };
    let overdue = late().count(db).await?;
    let stalled = row::Entity::find().filter(row::COLUMN.stalled_since.is_not_null()).count(db).await?;
    let calls = row::Entity::find()
        .filter(row::COLUMN.to_call_since.is_not_null())
        .filter(row::COLUMN.merged_into.is_null())
        .count(db)
        .await?;
    let waiting = || {
        row::Entity::find()
            .filter(row::COLUMN.response_due_at.is_not_null())
            .filter(row::COLUMN.merged_into.is_null())
    };
    let unanswered = waiting().count(db).await?;
    let late_response = || waiting().filter(row::COLUMN.response_due_at.lt(now));
    let late_responses = late_response().count(db).await?;
    let responses = late_response().order_by_asc(row::COLUMN.response_due_at).limit(limit).all(db).await?;
    let response = |it: row::Model| {
        let due_at = it.response_due_at?;
        Some(OverdueCase { due_at, number: it.number, company_name: it.company_name })
    };
    let responses = responses.into_iter().filter_map(response).collect();
    let rows = late().order_by_asc(row::COLUMN.due_at).limit(limit).all(db).await?;
    let case = |it: row::Model| {
        Some(OverdueCase { due_at: it.due_at?, number: it.number, company_name: it.company_name })
    };
    let cases = rows.into_iter().filter_map(case).collect();
    let reports = super::query::reports(db).await?;
    Ok(CenterDigest { new, overdue, stalled, calls, unanswered, late_responses, reports, cases, responses })
}
