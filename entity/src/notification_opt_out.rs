//! A kind of mail that an account does not want.
use codes::NotificationTopic;
use sea_orm::entity::prelude::*;

use crate::Coded;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notification_opt_out")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub topic: Coded<NotificationTopic>,
}

impl ActiveModelBehavior for ActiveModel {}
