//! How often the pages of the guide were opened. A row has an entry, a day and a number, and nothing of a reader.
use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::id::PublicationId;
use entity::guide_reading as row;
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter,
    QuerySelect,
    sea_query::{Expr, OnConflict},
};
use uuid::Uuid;

/// Numbers of openings, by entry and day.
pub type Readings = BTreeMap<(PublicationId, NaiveDate), i64>;

/// Adds openings to the stored ones.
pub async fn add(tx: &DatabaseTransaction, readings: &Readings) -> Result<(), DbErr> {
    if readings.is_empty() {
        return Ok(());
    }
    let rows = readings.iter().map(|((publication, day), count)| {
        row::Model { publication_id: publication.0, day: *day, count: *count }.into_active_model()
    });
    let counted = Expr::col((row::Entity, row::Column::Count));
    let again = OnConflict::columns([row::Column::PublicationId, row::Column::Day])
        .value(row::Column::Count, counted.add(Expr::cust("excluded.count")))
        .to_owned();
    row::Entity::insert_many(rows).on_conflict(again).exec_without_returning(tx).await?;
    Ok(())
}

/// Returns the numbers of openings of each entry from `first` until `last`.
pub async fn between(
    db: &impl ConnectionTrait,
    first: NaiveDate,
    last: NaiveDate,
) -> Result<BTreeMap<PublicationId, u64>, DbErr> {
    let rows: Vec<(Uuid, i64)> = row::Entity::find()
        .select_only()
        .column(row::Column::PublicationId)
        .column_as(Expr::cust("CAST(SUM(count) AS BIGINT)"), "n")
        .filter(row::COLUMN.day.gte(first))
        .filter(row::COLUMN.day.lte(last))
        .group_by(row::Column::PublicationId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(id, n)| (PublicationId(id), u64::try_from(n).unwrap_or_default())).collect())
}
