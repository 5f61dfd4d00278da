//! A published figure about the adoption of telework, or a number of companies, that came of an import.
use codes::{AdoptionDimension, SurveyStage};
use sea_orm::entity::prelude::*;

use crate::Coded;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "adoption_figure")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub import_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub survey: String,
    pub year: i32,
    #[sea_orm(column_type = "Text")]
    pub stage: Coded<SurveyStage>,
    /// The month whose state was surveyed, such as `2024-08`.
    #[sea_orm(column_type = "Text", nullable)]
    pub as_of: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub dimension: Coded<AdoptionDimension>,
    /// The code of the group of companies.
    #[sea_orm(column_type = "Text")]
    pub category: String,
    /// The words for the companies of which the rate is a share.
    #[sea_orm(column_type = "Text")]
    pub base: String,
    pub companies: Option<i64>,
    /// The rate, in tenths of a percent.
    pub rate: Option<i32>,
    #[sea_orm(column_type = "Text")]
    pub source_title: String,
    #[sea_orm(column_type = "Text")]
    pub source_address: String,
}

impl ActiveModelBehavior for ActiveModel {}
