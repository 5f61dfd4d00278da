//! The position up to which a mailbox has been read.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "imap_mailbox")]
pub struct Model {
    /// The name of the mailbox: `user@host:port/folder`.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub name: String,
    /// The UIDVALIDITY of the mailbox (RFC 3501 §2.3.1.1); `None` until it was opened.
    pub uid_validity: Option<i64>,
    /// The highest UID up to which every mail is stored.
    pub last_uid: i64,
    /// The token of the worker that reads the mailbox now.
    pub lease_token: Option<Uuid>,
    pub lease_until: Option<DateTimeUtc>,
    pub polled_at: Option<DateTimeUtc>,
    /// The reason for which the mailbox cannot be read now; empty if it can.
    #[sea_orm(column_type = "Text")]
    pub failure: String,
}

impl ActiveModelBehavior for ActiveModel {}
