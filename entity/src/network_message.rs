//! Words of one side of a question.
use codes::NetworkSide;
use sea_orm::entity::prelude::*;

use crate::Coded;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "network_message")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub question_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub side: Coded<NetworkSide>,
    #[sea_orm(column_type = "Text")]
    pub words: String,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
