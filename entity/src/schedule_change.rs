//! A change of an expert's schedule, with the person who made it.
use codes::Party;
use sea_orm::entity::prelude::*;

use crate::Coded;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "schedule_change")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub expert_id: Uuid,
    pub at: DateTimeUtc,
    /// The party of the person: the expert, or a coordinator in the expert's stead.
    #[sea_orm(column_type = "Text")]
    pub actor_kind: Coded<Party>,
    pub actor_id: Option<Uuid>,
    /// The change in one sentence.
    #[sea_orm(column_type = "Text")]
    pub what: String,
}

impl ActiveModelBehavior for ActiveModel {}
