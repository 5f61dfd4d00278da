//! A file of a message. Its bytes are stored outside of the database.
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
    /// The content type that its sender states.
    #[sea_orm(column_type = "Text")]
    pub content_type: String,
    /// The size in octets.
    pub size: i64,
    /// The SHA-256 of the bytes, in hexadecimal: the name of the stored file. `None` if the bytes were not
    /// stored.
    #[sea_orm(column_type = "Text", nullable)]
    pub sha256: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub state: Coded<Trust>,
    /// The message of the scanner, or the reason for a refusal; may be empty.
    #[sea_orm(column_type = "Text")]
    pub note: String,
    /// The instant at which a held file is scanned; `None` for any other file.
    pub scan_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
