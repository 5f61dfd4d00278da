//! One span of one day that is added to or taken from the weekly rule.
use codes::ExceptionKind;
use sea_orm::entity::prelude::*;

use crate::Coded;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "schedule_exception")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub expert_id: Uuid,
    pub date: Date,
    #[sea_orm(column_type = "Text")]
    pub kind: Coded<ExceptionKind>,
    pub start_quarter: i16,
    pub end_quarter: i16,
}

impl ActiveModelBehavior for ActiveModel {}
