//! A mail of ours did not reach an address.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mail_bounce")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    /// In lower case.
    #[sea_orm(column_type = "Text")]
    pub address_key: String,
    /// The mail that reported it; None where the server said so at once, when ours was handed over.
    pub inbound_id: Option<Uuid>,
    /// The mail that did not arrive.
    pub outbox_id: Option<Uuid>,
    pub consultation_id: Option<Uuid>,
    /// Trying again would not help.
    pub permanent: bool,
    /// An enhanced status code (RFC 3463); may be empty.
    #[sea_orm(column_type = "Text")]
    pub status: String,
    #[sea_orm(column_type = "Text")]
    pub diagnostic: String,
    pub at: DateTimeUtc,
    /// Mail came from the address after that, or somebody knows better.
    pub cleared_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
