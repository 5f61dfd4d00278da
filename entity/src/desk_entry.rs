//! A request that a first-line desk has noted.
use codes::{DeskChannel, DeskEntryStatus};
use sea_orm::entity::prelude::*;

use crate::Coded;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "desk_entry")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub desk_id: Uuid,
    /// The person of the desk who noted it; `None` if the center handed it over.
    pub noted_by: Option<Uuid>,
    pub noted_at: DateTimeUtc,
    #[sea_orm(column_type = "Text")]
    pub channel: Coded<DeskChannel>,
    /// The code of its theme, or `other`.
    #[sea_orm(column_type = "Text")]
    pub theme: String,
    #[sea_orm(column_type = "Text")]
    pub status: Coded<DeskEntryStatus>,
    pub changed_at: DateTimeUtc,
    pub version: i32,
    /// The name of the person or company; `None` once it is erased, as all that follows.
    #[sea_orm(column_type = "Text", nullable)]
    pub name: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub company: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub phone: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub email: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub memo: Option<String>,
    /// The consultation that the desk made of it.
    pub handed_over_id: Option<Uuid>,
    /// The consultation that the center handed over to the desk.
    pub from_case_id: Option<Uuid>,
    /// When the company of that consultation is to have heard of the desk; `None` for a request of the desk's own, and for
    /// one from before there was a deadline.
    pub due_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
