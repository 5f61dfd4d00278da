//! How far a mailbox has been read.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "imap_mailbox")]
pub struct Model {
    /// `user@host:port/folder`.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub name: String,
    /// RFC 3501 §2.3.1.1; none until it was opened.
    pub uid_validity: Option<i64>,
    /// Everything up to here is stored.
    pub last_uid: i64,
    /// Who reads it now.
    pub lease_token: Option<Uuid>,
    pub lease_until: Option<DateTimeUtc>,
    pub polled_at: Option<DateTimeUtc>,
    /// Why it cannot be read now; else empty.
    #[sea_orm(column_type = "Text")]
    pub failure: String,
}

impl ActiveModelBehavior for ActiveModel {}
