//! The results of a survey as they were published, in words.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "survey_result")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub publication_id: Uuid,
    pub published_at: DateTimeUtc,
    pub published_by: Uuid,
    /// The result of each question.
    pub content: Json,
}

impl ActiveModelBehavior for ActiveModel {}
