//! A file of a publication that visitors download: a logo of a telework month, or a material of an event.
use codes::Trust;
use sea_orm::entity::prelude::*;

use crate::Coded;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "publication_file")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub publication_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    #[sea_orm(column_type = "Text")]
    pub content_type: String,
    pub size: i64,
    #[sea_orm(column_type = "Text")]
    pub sha256: String,
    pub created_at: DateTimeUtc,
    /// Whether the file may be handed out.
    #[sea_orm(column_type = "Text")]
    pub state: Coded<Trust>,
    /// The scanner's result.
    #[sea_orm(column_type = "Text")]
    pub note: String,
    /// The time from which the scanner may take it; `None` unless it waits.
    pub scan_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
