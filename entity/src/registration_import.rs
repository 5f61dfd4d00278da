//! A file of registrations that an editor imports.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "registration_import")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub publication_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub file_name: String,
    /// The text of the file; empty once it was taken.
    #[sea_orm(column_type = "Text")]
    pub content: String,
    pub created_by: Uuid,
    pub created_at: DateTimeUtc,
    pub taken_at: Option<DateTimeUtc>,
    pub undone_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
