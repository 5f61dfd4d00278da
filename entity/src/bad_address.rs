//! An address that no mail reaches.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bad_address")]
pub struct Model {
    /// In lower case.
    #[sea_orm(primary_key, auto_increment = false)]
    pub address: String,
    /// What its server said.
    #[sea_orm(column_type = "Text")]
    pub reply: String,
    pub at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
