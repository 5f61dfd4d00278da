//! The page that an ended publication leads to.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "publication_successor")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub publication_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub address: String,
    pub saved_by: Uuid,
    pub saved_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
