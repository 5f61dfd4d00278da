//! One entry of a consultation's thread.
use codes::{Channel, Party};
use sea_orm::entity::prelude::*;

use crate::Coded;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "message")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub consultation_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub author_kind: Coded<Party>,
    pub author_id: Option<Uuid>,
    #[sea_orm(column_type = "Text")]
    pub channel: Coded<Channel>,
    /// Whether the entry is never shown to the company.
    pub internal: bool,
    #[sea_orm(column_type = "Text")]
    pub body: String,
    pub created_at: DateTimeUtc,
    pub read_by_company_at: Option<DateTimeUtc>,
    /// Whether a machine wrote the entry. Such an entry is shown small and omitted from an expert's new
    /// messages.
    pub automatic: bool,
    /// Whether only the center may read the entry. Such an entry is internal too.
    pub center_only: bool,
    /// Whether the desk that handed the consultation over may read the entry. No expert and no company may read it.
    pub with_desk: bool,
}

impl ActiveModelBehavior for ActiveModel {}
