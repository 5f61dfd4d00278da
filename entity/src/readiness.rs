//! A row that each serving process writes and reads back, to check that it can do both.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "readiness")]
pub struct Model {
    /// A random identifier of the process.
    #[sea_orm(primary_key, auto_increment = false)]
    pub process: String,
    /// The token of the latest check. It is random, so that an older row cannot be mistaken for it.
    pub token: String,
    pub checked_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
