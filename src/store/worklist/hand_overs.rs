//! The hand-overs of first-line desks that the center has not accepted yet.
use chrono::{DateTime, Utc};
use codes::ConsultationStatus;
use domain::{due::Due, field::Fields, number::CaseNumber};
use entity::{consultation as row, desk};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Expr,
};

use crate::store::consultation::from_row;

/// A hand-over that waits for the center.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingHandOver {
    pub number: CaseNumber,
    pub company_name: String,
    pub desk: String,
    pub fields: Fields,
    pub received_at: DateTime<Utc>,
    /// The deadline of the first contact.
    pub due_at: Option<DateTime<Utc>>,
    /// The version of the consultation.
    pub version: i32,
}

/// Returns up to `limit` hand-overs that wait, oldest first, without those that the center has put aside.
pub async fn waiting(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<WaitingHandOver>, DbErr> {
    let awake = row::Column::SnoozedUntil.is_null().or(row::Column::SnoozedUntil.lte(now));
    // The condition is that of the partial index.
    let waits = format!(
        "state = '{}' AND desk_id IS NOT NULL AND merged_into IS NULL",
        ConsultationStatus::Received.code()
    );
    let rows = row::Entity::find()
        .filter(Expr::cust(waits))
        .filter(awake)
        .order_by_asc(row::Column::ReceivedAt)
        .order_by_asc(row::Column::Id)
        .limit(limit)
        .all(db)
        .await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let desks = desk::Entity::find()
        .filter(desk::COLUMN.id.is_in(rows.iter().filter_map(|it| it.desk_id)))
        .all(db)
        .await?;
    let waiting = |row: &row::Model| {
        let record = from_row(row)?;
        let desk = desks.iter().find(|it| row.desk_id == Some(it.id));
        Ok(WaitingHandOver {
            number: record.number,
            company_name: record.company_name,
            desk: desk.map(|it| it.name.clone()).unwrap_or_default(),
            fields: record.consultation.fields,
            received_at: record.received_at,
            due_at: record.due.as_ref().and_then(Due::at),
            version: record.version,
        })
    };
    rows.iter().map(waiting).collect()
}
