//! A signed-in browser: of an account, or of a company's contact.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    /// The SHA-256 of the cookie's value, in hexadecimal.
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_hash: String,
    pub account_id: Option<Uuid>,
    #[sea_orm(column_type = "Text", nullable)]
    pub contact_email_key: Option<String>,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
    pub revoked_at: Option<DateTimeUtc>,
    /// When a page was last read with it, to the minute; `None` if none was since it was opened.
    pub used_at: Option<DateTimeUtc>,
    /// The words for the device of an account; `None` for a contact.
    #[sea_orm(column_type = "Text", nullable)]
    pub device: Option<String>,
    /// The network from which the account signed in: a /24 for IPv4, a /64 for IPv6; `None` for a contact.
    #[sea_orm(column_type = "Text", nullable)]
    pub network: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
