//! One event in the life of a mail.
use codes::OutboxEvent;
use sea_orm::entity::prelude::*;

use crate::Coded;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox_log")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub outbox_id: Uuid,
    pub at: DateTimeUtc,
    #[sea_orm(column_type = "Text")]
    pub event: Coded<OutboxEvent>,
    /// The reply of the server, or the reason that a person gave.
    #[sea_orm(column_type = "Text")]
    pub detail: String,
    /// The account that did it; `None` if it was not a person.
    pub account_id: Option<Uuid>,
}

impl ActiveModelBehavior for ActiveModel {}
