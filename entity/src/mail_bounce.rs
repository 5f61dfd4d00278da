//! A report that one of our mails did not reach an address.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mail_bounce")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The address in lower case.
    #[sea_orm(column_type = "Text")]
    pub address_key: String,
    /// The mail that reported the bounce; `None` if the mail server refused our mail at once.
    pub inbound_id: Option<Uuid>,
    /// The mail that did not arrive.
    pub outbox_id: Option<Uuid>,
    pub consultation_id: Option<Uuid>,
    /// Whether another attempt would not help.
    pub permanent: bool,
    /// The enhanced status code (RFC 3463); may be empty.
    #[sea_orm(column_type = "Text")]
    pub status: String,
    #[sea_orm(column_type = "Text")]
    pub diagnostic: String,
    pub at: DateTimeUtc,
    /// The instant from which on the bounce no longer counts: mail came from the address, a server accepted
    /// mail for it, or a person knows that it works again.
    pub cleared_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
