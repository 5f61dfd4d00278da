//! A message that is being written.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "message_draft")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub consultation_id: Uuid,
    /// The account's identifier, or `company`.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub writer: String,
    /// The field of the page in which the message is written.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub form: String,
    #[sea_orm(column_type = "Text")]
    pub body: String,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
