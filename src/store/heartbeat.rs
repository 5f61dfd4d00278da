//! Heartbeats: the times at which workers were last alive.
use chrono::{DateTime, Utc};
use entity::worker_heartbeat as row;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, PaginatorTrait,
    QueryFilter, QueryOrder, sea_query::OnConflict,
};

/// Saves that the worker with this name is alive at `now`.
pub async fn record(tx: &DatabaseTransaction, name: &str, now: DateTime<Utc>) -> Result<(), DbErr> {
    let conflict = OnConflict::column(row::Column::Name).update_column(row::Column::At).to_owned();
    let row = row::ActiveModel { name: Set(name.to_owned()), at: Set(now) };
    row::Entity::insert(row).on_conflict(conflict).exec_without_returning(tx).await?;
    Ok(())
}

/// Returns whether any worker has been alive after `since`.
pub async fn any_since(db: &impl ConnectionTrait, since: DateTime<Utc>) -> Result<bool, DbErr> {
    Ok(row::Entity::find().filter(row::Column::At.gt(since)).count(db).await? > 0)
}

/// Returns when a worker was last alive; `None` if there never was one.
pub async fn latest(db: &impl ConnectionTrait) -> Result<Option<DateTime<Utc>>, DbErr> {
    let found = row::Entity::find().order_by_desc(row::Column::At).one(db).await?;
    Ok(found.map(|it| it.at))
}
