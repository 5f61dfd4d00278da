//! How many application mails an address or a network has caused on a day.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mail_budget")]
pub struct Model {
    /// A keyed hash; no address stands here.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub date: Date,
    pub count: i32,
}

impl ActiveModelBehavior for ActiveModel {}
