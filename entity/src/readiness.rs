//! A row that each serving process writes and reads back to know that it can.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "readiness")]
pub struct Model {
    /// A random identifier of the process.
    #[sea_orm(primary_key, auto_increment = false)]
    pub process: String,
    /// What the latest check wrote; random, so that an older row cannot be taken for it.
    pub token: String,
    pub checked_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
