//! The second factor of an account: an application that makes one-time codes.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "second_factor")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: Uuid,
    /// The secret in Base32, encrypted for the account.
    #[sea_orm(column_type = "Text")]
    pub secret: String,
    /// The step of 30 seconds whose code was accepted last. No code of it or of an earlier one is accepted.
    pub last_step: i64,
    /// The wrong codes from devices that are not known, since the last right one.
    pub wrong_codes: i32,
    /// When the last of these was typed.
    pub wrong_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
