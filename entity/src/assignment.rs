//! One expert asked for one or both fields of a consultation.
use codes::AssignmentStatus;
use sea_orm::entity::prelude::*;

use crate::Coded;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "assignment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub consultation_id: Uuid,
    pub expert_id: Uuid,
    pub ict: bool,
    pub labor: bool,
    #[sea_orm(column_type = "Text")]
    pub state: Coded<AssignmentStatus>,
    pub offered_at: DateTimeUtc,
    /// The instant at which the expert's answer is due.
    pub due_at: DateTimeUtc,
    pub deadline: Json,
    pub answered_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text", nullable)]
    pub decline_reason: Option<String>,
    /// The reason for which the expert was let go, if a person wished for it.
    #[sea_orm(column_type = "Text", nullable)]
    pub release_reason: Option<String>,
    /// The reasons for which this expert was chosen.
    pub reasons: Json,
    /// The assignment that this one replaces when it is accepted.
    pub instead_of: Option<Uuid>,
}

impl ActiveModelBehavior for ActiveModel {}
