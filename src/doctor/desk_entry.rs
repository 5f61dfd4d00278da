//! Examines the requests of first-line desks: a request that was handed over belongs to a consultation of the same desk, and
//! what names a person is gone after the time to keep it.
use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use codes::DeskEntryStatus;
use domain::intake::desk_entry::KEPT;
use entity::{consultation, desk_entry as row};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};
use uuid::Uuid;

use super::Findings;

/// The days for which an erasure may wait for the worker.
const GRACE_DAYS: i64 = 2;

pub(super) async fn examine(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    findings: &mut Findings,
) -> Result<(), DbErr> {
    let late = now - KEPT - TimeDelta::days(GRACE_DAYS);
    let kept = row::Entity::find()
        .filter(row::COLUMN.changed_at.lt(late))
        .filter(row::Column::Name.is_not_null())
        .order_by_asc(row::COLUMN.id);
    for it in kept.all(db).await? {
        let what = "it names a person after the time to keep the name";
        findings.add("erasure", format!("desk_entry {}", it.id), what);
    }
    let handed_over = row::Entity::find()
        .filter(row::COLUMN.status.eq(DeskEntryStatus::HandedOver.code()))
        .order_by_asc(row::COLUMN.id)
        .all(db)
        .await?;
    let desks = desks(db).await?;
    for it in handed_over {
        let desk = it.handed_over_id.and_then(|case| desks.get(&case));
        if desk.is_none_or(|of_case| *of_case != Some(it.desk_id)) {
            let what = "the consultation that was made of it is not of its desk";
            findings.add("desk_entry", format!("desk_entry {}", it.id), what);
        }
    }
    Ok(())
}

/// Returns the desks of the consultations that were made of requests.
async fn desks(db: &impl ConnectionTrait) -> Result<HashMap<Uuid, Option<Uuid>>, DbErr> {
    let cases = row::Entity::find().select_only().column(row::Column::HandedOverId);
    let cases = cases.filter(row::Column::HandedOverId.is_not_null()).into_query();
    let rows: Vec<(Uuid, Option<Uuid>)> = consultation::Entity::find()
        .select_only()
        .columns([consultation::Column::Id, consultation::Column::DeskId])
        .filter(consultation::Column::Id.in_subquery(cases))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}
