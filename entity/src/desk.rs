//! A regional first-line desk.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "desk")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    pub prefecture: i16,
    pub active: bool,
    /// The postal code, seven digits.
    #[sea_orm(column_type = "Text", nullable)]
    pub postal_code: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub address: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub phone: Option<String>,
    /// The opening hours, in words.
    #[sea_orm(column_type = "Text", nullable)]
    pub hours: Option<String>,
    /// The subjects with which the desk helps.
    #[sea_orm(column_type = "Text", nullable)]
    pub subjects: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub website: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
