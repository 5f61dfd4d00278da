//! Addresses that mails of ours did not reach.
use chrono::{DateTime, Utc};
use domain::id::{ConsultationId, MailId};
use entity::mail_bounce as row;
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    sea_query::{Expr, OnConflict},
};

use super::unless_there;

/// Notes one; the same mail says the same of an address once.
pub async fn note(tx: &DatabaseTransaction, it: row::Model) -> Result<(), DbErr> {
    let key = [row::Column::InboundId, row::Column::AddressKey];
    let written = row::Entity::insert(it.into_active_model())
        .on_conflict(OnConflict::columns(key).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await;
    unless_there(written)?;
    Ok(())
}

/// Mail came from the address, or somebody knows that it is right again.
pub async fn clear(tx: &DatabaseTransaction, address_key: &str, now: DateTime<Utc>) -> Result<(), DbErr> {
    row::Entity::update_many()
        .col_expr(row::Column::ClearedAt, Expr::value(now))
        .filter(row::COLUMN.address_key.eq(address_key))
        .filter(row::COLUMN.cleared_at.is_null())
        .exec(tx)
        .await?;
    Ok(())
}

/// What did not arrive about a consultation and still holds, newest first.
pub async fn of(db: &impl ConnectionTrait, id: ConsultationId) -> Result<Vec<row::Model>, DbErr> {
    row::Entity::find()
        .filter(row::COLUMN.consultation_id.eq(id.0))
        .filter(row::COLUMN.permanent.eq(true))
        .filter(row::COLUMN.cleared_at.is_null())
        .order_by_desc(row::COLUMN.at)
        .all(db)
        .await
}

/// What was said about one mail of ours, oldest first.
pub async fn of_mail(db: &impl ConnectionTrait, id: MailId) -> Result<Vec<row::Model>, DbErr> {
    row::Entity::find().filter(row::COLUMN.outbox_id.eq(id.0)).order_by_asc(row::COLUMN.at).all(db).await
}

/// Whether the last that is known of an address is that it cannot be reached.
pub async fn is_dead(db: &impl ConnectionTrait, address_key: &str) -> Result<bool, DbErr> {
    let found = row::Entity::find()
        .filter(row::COLUMN.address_key.eq(address_key))
        .filter(row::COLUMN.permanent.eq(true))
        .filter(row::COLUMN.cleared_at.is_null());
    Ok(found.one(db).await?.is_some())
}
