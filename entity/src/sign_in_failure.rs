//! The failed sign-ins with the address of an account from one known device or network.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sign_in_failure")]
pub struct Model {
    /// The keyed hash of the address, which need not be that of an account.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account: String,
    /// The keyed hash of the device or the network.
    #[sea_orm(primary_key, auto_increment = false)]
    pub origin: String,
    /// The failures in a row since the last lock.
    pub failures: i32,
    /// The locks so far.
    pub locks: i32,
    pub locked_until: Option<DateTimeUtc>,
    pub failed_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
