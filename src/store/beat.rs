//! When a worker was last alive.
use chrono::{DateTime, Utc};
use entity::worker_beat as row;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter};

/// Whether any worker has been alive after `since`.
pub async fn any_since(db: &impl ConnectionTrait, since: DateTime<Utc>) -> Result<bool, DbErr> {
    Ok(row::Entity::find().filter(row::Column::At.gt(since)).count(db).await? > 0)
}
