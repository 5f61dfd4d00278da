//! The number of changes to a part of the programme, by which a server knows that its copy is out of date.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "revision")]
pub struct Model {
    /// The part: `experts` or `programme`. The row `demo` exists only in a demo database; its number is the
    /// day for which it was filled.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    pub n: i64,
}

impl ActiveModelBehavior for ActiveModel {}
