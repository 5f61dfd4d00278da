//! The cases that were handed over to a desk which has not called the company in time.
use std::collections::HashSet;

use chrono::{DateTime, Utc};
use domain::{id::DeskId, number::CaseNumber};
use entity::{account, consultation, desk, desk_entry as row};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::store::{consultation::from_row, intake::desk_entry::waits_at_desk};

/// A case that a desk has not answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingDesk {
    pub number: CaseNumber,
    pub company_name: String,
    pub desk: String,
    /// When the company was to have heard of the desk; `None` if it was told no day.
    pub due_at: Option<DateTime<Utc>>,
    /// Whether any person can sign in at the desk.
    pub has_people: bool,
}

/// Returns up to `limit` cases that were handed over to a desk and are not answered there, oldest first: those whose
/// deadline has passed, and those of a desk at which no person can sign in any more. A case that was reopened is the
/// center's again.
pub async fn waiting(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<WaitingDesk>, DbErr> {
    let found = row::Entity::find()
        .filter(waits_at_desk())
        .order_by_asc(row::Column::NotedAt)
        .order_by_asc(row::Column::Id)
        .limit(limit)
        .all(db)
        .await?;
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let cases = consultation::Entity::find()
        .filter(consultation::Column::Id.is_in(found.iter().filter_map(|it| it.from_case_id)))
        .all(db)
        .await?;
    let desks: HashSet<_> = found.iter().map(|it| it.desk_id).collect();
    let named = desk::Entity::find().filter(desk::COLUMN.id.is_in(desks.iter().copied())).all(db).await?;
    let with_people = with_people(db, desks.into_iter().map(DeskId)).await?;
    let mut waiting = Vec::new();
    for entry in found {
        let Some(case) = cases.iter().find(|it| entry.from_case_id == Some(it.id)) else { continue };
        let has_people = with_people.contains(&DeskId(entry.desk_id));
        if has_people && entry.due_at.is_some_and(|it| now < it) {
            continue;
        }
        let record = from_row(case)?;
        let desk = named.iter().find(|it| it.id == entry.desk_id);
        waiting.push(WaitingDesk {
            number: record.number,
            company_name: record.company_name,
            desk: desk.map(|it| it.name.clone()).unwrap_or_default(),
            due_at: entry.due_at,
            has_people,
        });
    }
    Ok(waiting)
}

/// Returns those of the desks at which a person can sign in.
pub async fn with_people(
    db: &impl ConnectionTrait,
    desks: impl IntoIterator<Item = DeskId>,
) -> Result<HashSet<DeskId>, DbErr> {
    let ids: Vec<Option<Uuid>> = account::Entity::find()
        .select_only()
        .column(account::Column::DeskId)
        .distinct()
        .filter(account::Column::DeskId.is_in(desks.into_iter().map(|it| it.0)))
        .filter(account::Column::Active.eq(true))
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids.into_iter().flatten().map(DeskId).collect())
}
