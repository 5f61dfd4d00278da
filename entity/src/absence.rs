//! Days on which an expert cannot be asked.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "absence")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub expert_id: Uuid,
    pub first_date: Date,
    /// The last day, which belongs to the absence.
    pub last_date: Date,
    #[sea_orm(column_type = "Text")]
    pub note: String,
    /// The expert who is asked first to take the place of the absent expert.
    pub stand_in_id: Option<Uuid>,
}

impl ActiveModelBehavior for ActiveModel {}
