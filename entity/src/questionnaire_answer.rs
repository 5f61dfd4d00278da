//! A participant's answers to the questionnaire after an event.
use codes::{NextStep, Usefulness};
use sea_orm::entity::prelude::*;

use crate::Coded;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "questionnaire_answer")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub sign_up_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub usefulness: Coded<Usefulness>,
    #[sea_orm(column_type = "Text")]
    pub next_step: Coded<NextStep>,
    #[sea_orm(column_type = "Text", nullable)]
    pub comment: Option<String>,
    pub answered_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
