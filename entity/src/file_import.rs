//! A file that a person imports.
use codes::ImportKind;
use sea_orm::entity::prelude::*;

use crate::Coded;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "file_import")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub kind: Coded<ImportKind>,
    /// The telework month of the registrations; `None` for any other kind.
    pub campaign_id: Option<Uuid>,
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
