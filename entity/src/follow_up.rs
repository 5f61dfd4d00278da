//! A question planned for after the consultation.
use codes::{FollowUpKind, FollowUpStatus};
use sea_orm::entity::prelude::*;

use crate::Coded;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "follow_up")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub consultation_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub kind: Coded<FollowUpKind>,
    /// The step of the programme by which the question was planned.
    #[sea_orm(column_type = "Text")]
    pub step_id: String,
    /// The number of appointments that had taken place when the question was planned.
    pub round: i16,
    #[sea_orm(column_type = "Text")]
    pub state: Coded<FollowUpStatus>,
    pub due_at: DateTimeUtc,
    pub sent_at: Option<DateTimeUtc>,
    pub answered_at: Option<DateTimeUtc>,
    pub answer: Option<Json>,
    /// Whether the answer asks for help.
    pub wants_help: bool,
    /// The step as it was when the question was planned; `None` for a shipped step.
    pub step: Option<Json>,
    /// The end of the appointment, from which the time may be computed.
    pub appointment_ended_at: Option<DateTimeUtc>,
    pub approved_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
