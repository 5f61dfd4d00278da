//! The instant until which the rate limit of a domain is used up.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mail_rate")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub domain: String,
    pub used_until: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
