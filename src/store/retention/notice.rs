//! The notices to the administrators before an erasure.
use chrono::{DateTime, NaiveDate, Utc};
use domain::{retention::RetentionPart, settings::Settings};
use entity::erasure_notice as row;
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, sea_query::OnConflict,
};

use crate::store::rows_inserted;

/// Returns when the erasure of this day was announced, with the times for which contacts and records are kept now. A change
/// of these times needs a notice of its own.
pub async fn announced_at(
    db: &impl ConnectionTrait,
    day: NaiveDate,
    settings: &Settings,
) -> Result<Option<DateTime<Utc>>, DbErr> {
    let (contact_years, record_years) = years(settings);
    let found = row::Entity::find_by_id((day, contact_years, record_years)).one(db).await?;
    Ok(found.map(|it| it.announced_at))
}

/// Records a notice in the transaction that writes its mails. Returns whether it was the first of this day and these times.
pub async fn insert(
    tx: &DatabaseTransaction,
    day: NaiveDate,
    settings: &Settings,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let (contact_years, record_years) = years(settings);
    let model = row::Model { day, contact_years, record_years, announced_at: now };
    let written = row::Entity::insert(model.into_active_model())
        .on_conflict(
            OnConflict::columns([row::Column::Day, row::Column::ContactYears, row::Column::RecordYears])
                .do_nothing()
                .to_owned(),
        )
        .exec_without_returning(tx)
        .await;
    Ok(rows_inserted(written)? > 0)
}

fn years(settings: &Settings) -> (i16, i16) {
    let of = |part: RetentionPart| i16::from(part.years_kept(settings));
    (of(RetentionPart::Contact), of(RetentionPart::Record))
}
