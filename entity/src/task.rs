//! A task of the center for a case, to be done by a day.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "task")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub consultation_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub title: String,
    /// The account of the person who does it; `None` if that is open.
    pub owner_id: Option<Uuid>,
    /// The day by whose end it has to be done, in Japan.
    pub due_on: Date,
    pub created_by: Uuid,
    pub created_at: DateTimeUtc,
    pub done_by: Option<Uuid>,
    pub done_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
