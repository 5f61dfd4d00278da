//! The secret address of an expert's calendar feed.
use domain::id::ExpertId;
use entity::{account, expert as row};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QuerySelect, Set,
};

/// Saves the hash of the address's token in place of an earlier one; `None` withdraws the address.
pub async fn save_feed(
    tx: &DatabaseTransaction,
    expert: ExpertId,
    hash: Option<String>,
) -> Result<(), DbErr> {
    let change = row::ActiveModel { id: Set(expert.0), feed_hash: Set(hash), ..Default::default() };
    row::Entity::update(change).exec(tx).await?;
    Ok(())
}

pub async fn has_feed(db: &impl ConnectionTrait, expert: ExpertId) -> Result<bool, DbErr> {
    let found = row::Entity::find_by_id(expert.0).one(db).await?;
    Ok(found.is_some_and(|it| it.feed_hash.is_some()))
}

/// Returns the expert whose feed has this token hash; `None` if the account cannot sign in any more.
pub async fn by_feed(db: &impl ConnectionTrait, hash: &str) -> Result<Option<ExpertId>, DbErr> {
    let active = account::Entity::find()
        .select_only()
        .column(account::Column::Id)
        .filter(account::COLUMN.active.eq(true));
    let found = row::Entity::find()
        .filter(row::COLUMN.feed_hash.eq(hash))
        .filter(row::Column::Id.in_subquery(sea_orm::QueryTrait::into_query(active)))
        .one(db)
        .await?;
    Ok(found.map(|it| ExpertId(it.id)))
}
