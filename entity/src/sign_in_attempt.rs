//! The number of failed sign-ins of a network in its latest window of time.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sign_in_attempt")]
pub struct Model {
    /// A keyed hash; the table holds no address.
    #[sea_orm(primary_key, auto_increment = false)]
    pub network: String,
    /// The time of the first attempt of the window.
    pub since: DateTimeUtc,
    /// Attempts that have failed or are under way.
    pub count: i32,
}

impl ActiveModelBehavior for ActiveModel {}
