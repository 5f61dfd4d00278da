//! One thing that happened to a mail.
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
    pub what: Coded<OutboxEvent>,
    /// What the server said, or the reason that somebody gave.
    #[sea_orm(column_type = "Text")]
    pub detail: String,
    /// Who did it, where it was a person.
    pub account_id: Option<Uuid>,
}

impl ActiveModelBehavior for ActiveModel {}
