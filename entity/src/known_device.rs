//! A browser from which an account has signed in.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "known_device")]
pub struct Model {
    /// The SHA-256 of the account's token in the browser's cookie, in hexadecimal.
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_hash: String,
    pub account_id: Uuid,
    /// The words for the device.
    #[sea_orm(column_type = "Text")]
    pub device: String,
    pub first_used_at: DateTimeUtc,
    pub used_at: DateTimeUtc,
    /// When the device ceased to be known, because it may be in other hands.
    pub forgotten_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
