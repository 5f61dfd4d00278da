//! A subject that a consultation may be about, within a field.
use codes::Field;
use sea_orm::entity::prelude::*;

use crate::Coded;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "theme")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    #[sea_orm(column_type = "Text")]
    pub field: Coded<Field>,
    #[sea_orm(column_type = "Text")]
    pub label: String,
    pub position: i16,
    pub active: bool,
}

impl ActiveModelBehavior for ActiveModel {}
