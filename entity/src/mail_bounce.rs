//! An address that a mail of ours did not reach.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mail_bounce")]
pub struct Model {
    /// The mail that said so.
    #[sea_orm(primary_key, auto_increment = false)]
    pub inbound_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub address_key: String,
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
