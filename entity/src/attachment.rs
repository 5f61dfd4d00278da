//! A file of a message. Its bytes lie outside of the database.
use codes::Trust;
use sea_orm::entity::prelude::*;

use crate::Coded;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "attachment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub message_id: Uuid,
    pub position: i32,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// What its sender says that it is.
    #[sea_orm(column_type = "Text")]
    pub content_type: String,
    /// Octets.
    pub size: i64,
    /// Of the bytes, in hexadecimal: the name of the file. None where they were not kept.
    #[sea_orm(column_type = "Text", nullable)]
    pub sha256: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub state: Coded<Trust>,
    /// What the scanner said, or why it was refused; may be empty.
    #[sea_orm(column_type = "Text")]
    pub note: String,
    /// When to scan it, of what is held.
    pub scan_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
