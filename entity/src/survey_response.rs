//! One set of answers to a survey.
use codes::SurveyResponseStatus;
use sea_orm::entity::prelude::*;

use crate::Coded;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "survey_response")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub publication_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub status: Coded<SurveyResponseStatus>,
    /// The code of answers that are not finished.
    pub code_id: Option<Uuid>,
    /// The answers as JSON.
    #[sea_orm(column_type = "Text")]
    pub answers: String,
    /// The time at which unfinished answers were saved last.
    pub saved_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
