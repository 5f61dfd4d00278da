//! A question planned for after the consultation.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "follow_up")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub consultation_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    /// The number of sessions done when it was planned.
    pub round: i16,
    #[sea_orm(column_type = "Text")]
    pub state: String,
    pub due_at: DateTimeUtc,
    pub sent_at: Option<DateTimeUtc>,
    pub answered_at: Option<DateTimeUtc>,
    pub answer: Option<Json>,
}

impl ActiveModelBehavior for ActiveModel {}
