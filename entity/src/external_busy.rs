//! A busy time of an external calendar, in quarter hours. Its subject is not stored.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "external_busy")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub source_id: Uuid,
    /// The first quarter hour, counted from 1970-01-01T00:00:00Z.
    #[sea_orm(primary_key, auto_increment = false)]
    pub first_quarter: i64,
    /// The first quarter hour after the busy time.
    pub end_quarter: i64,
}

impl ActiveModelBehavior for ActiveModel {}
