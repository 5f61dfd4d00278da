//! A stretch of quarter hours that is taken in a calendar outside. What for is not kept.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "external_busy")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub source_id: Uuid,
    /// Quarter hours since 1970-01-01T00:00:00Z.
    #[sea_orm(primary_key, auto_increment = false)]
    pub first_quarter: i64,
    /// Not included.
    pub end_quarter: i64,
}

impl ActiveModelBehavior for ActiveModel {}
