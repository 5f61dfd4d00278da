//! The number of application mails that an address, a domain or a network has caused on a day.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mail_budget")]
pub struct Model {
    /// A keyed hash; the table holds no address.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub date: Date,
    pub count: i32,
}

impl ActiveModelBehavior for ActiveModel {}
