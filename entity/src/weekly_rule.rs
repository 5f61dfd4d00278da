//! One span of an expert's week.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "weekly_rule")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub expert_id: Uuid,
    /// The day of the week, from 0 (Monday) to 6 (Sunday).
    pub weekday: i16,
    /// The number of quarter hours after 6:00, Japan time.
    pub start_quarter: i16,
    pub end_quarter: i16,
    pub valid_from: Option<Date>,
    /// The last day on which the rule is valid.
    pub valid_until: Option<Date>,
}

impl ActiveModelBehavior for ActiveModel {}
