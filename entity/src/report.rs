//! The report that an expert writes after an appointment.
use codes::ReportStatus;
use sea_orm::entity::prelude::*;

use crate::Coded;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "report")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub consultation_id: Uuid,
    pub appointment_id: Uuid,
    pub author_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub state: Coded<ReportStatus>,
    pub body: Json,
    pub submitted_at: Option<DateTimeUtc>,
    pub decided_at: Option<DateTimeUtc>,
    pub decided_by: Option<Uuid>,
    #[sea_orm(column_type = "Text", nullable)]
    pub returned_reason: Option<String>,
    /// Whether the appointment took place, as its outcome says now.
    pub took_place: bool,
    pub version: i32,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
