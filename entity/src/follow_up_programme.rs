//! A version of the questions that are asked after a consultation in a fiscal year.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "follow_up_programme")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub fiscal_year: i32,
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i32,
    pub steps: Json,
    pub saved_at: DateTimeUtc,
    pub saved_by: Option<Uuid>,
}

impl ActiveModelBehavior for ActiveModel {}
