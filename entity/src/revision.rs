//! How often a part of the programme has changed, so that a server knows when its copy is out of date.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "revision")]
pub struct Model {
    /// `experts` or `programme`; `demo` where the database is a demo, with the day it was filled for.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    pub n: i64,
}

impl ActiveModelBehavior for ActiveModel {}
