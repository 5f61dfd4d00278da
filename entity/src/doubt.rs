//! A doubtful request that a visitor has reported.
use codes::{DoubtStatus, SurveyChannel};
use sea_orm::entity::prelude::*;

use crate::Coded;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "doubt")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub status: Coded<DoubtStatus>,
    #[sea_orm(column_type = "Text")]
    pub channel: Coded<SurveyChannel>,
    /// The sender that the request names.
    #[sea_orm(column_type = "Text")]
    pub sender: String,
    /// The telephone number or address that the request names.
    #[sea_orm(column_type = "Text", nullable)]
    pub phone: Option<String>,
    /// The words of the visitor; `None` once they are erased.
    #[sea_orm(column_type = "Text", nullable)]
    pub description: Option<String>,
    /// The visitor's name.
    #[sea_orm(column_type = "Text", nullable)]
    pub name: Option<String>,
    /// The way to reach the visitor. No mail is sent there.
    #[sea_orm(column_type = "Text", nullable)]
    pub contact: Option<String>,
    /// The center's remark.
    #[sea_orm(column_type = "Text", nullable)]
    pub note: Option<String>,
    pub created_at: DateTimeUtc,
    /// The day by which the center looks at it.
    pub look_by: Date,
    pub settled_at: Option<DateTimeUtc>,
    pub settled_by: Option<Uuid>,
    /// The time of the next step that the worker takes.
    pub due_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
