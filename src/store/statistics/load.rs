//! The present load, for the monitoring of the service.
use std::collections::BTreeMap;

use domain::consultation::Turn;
use entity::consultation;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QuerySelect};

/// Returns the number of consultations by turn. A turn without consultations has the count 0.
pub async fn waiting_by_turn(db: &impl ConnectionTrait) -> Result<BTreeMap<String, i64>, DbErr> {
    let rows: Vec<(String, i64)> = consultation::Entity::find()
        .select_only()
        .column(consultation::Column::Turn)
        .column_as(consultation::Column::Id.count(), "n")
        .group_by(consultation::Column::Turn)
        .into_tuple()
        .all(db)
        .await?;
    let nothing = Turn::ALL.map(|it| (it.code().to_owned(), 0));
    Ok(nothing.into_iter().chain(rows).collect())
}
