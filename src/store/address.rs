//! Addresses that no mail reaches.
use chrono::{DateTime, Utc};
use entity::bad_address as row;
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter,
    sea_query::OnConflict,
};

/// Notes what an address's server said of it.
pub async fn mark_bad(
    tx: &DatabaseTransaction,
    address: &str,
    reply: &str,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let bad = row::Model { address: address.to_lowercase(), reply: reply.to_owned(), at: now };
    row::Entity::insert(bad.into_active_model())
        .on_conflict(
            OnConflict::column(row::Column::Address)
                .update_columns([row::Column::Reply, row::Column::At])
                .to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// Forgets it: mail has reached them, or somebody says that it will.
pub async fn mark_good<'a>(
    tx: &DatabaseTransaction,
    addresses: impl IntoIterator<Item = &'a str>,
) -> Result<(), DbErr> {
    let addresses = addresses.into_iter().map(str::to_lowercase);
    row::Entity::delete_many().filter(row::COLUMN.address.is_in(addresses)).exec(tx).await?;
    Ok(())
}

/// What was said of an address, where no mail reaches it.
pub async fn find_bad(db: &impl ConnectionTrait, address: &str) -> Result<Option<row::Model>, DbErr> {
    row::Entity::find_by_id(address.to_lowercase()).one(db).await
}
