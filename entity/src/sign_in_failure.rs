//! The failed sign-ins to an account from one network.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sign_in_failure")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: Uuid,
    /// The keyed hash of the network.
    #[sea_orm(primary_key, auto_increment = false)]
    pub network: String,
    /// The failures in a row since the last lock.
    pub failures: i32,
    /// The locks so far.
    pub locks: i32,
    pub locked_until: Option<DateTimeUtc>,
    pub failed_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
