//! What routing knows of an expert. The person is the account of the same id.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "expert")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub ict: bool,
    pub labor: bool,
    pub works_online: bool,
    pub works_visit: bool,
    pub home_prefecture: i16,
    /// Sessions a day.
    pub daily_limit: i16,
    /// Sessions a week, Monday to Sunday.
    pub weekly_limit: i16,
    /// Consultations at once.
    pub open_limit: i16,
    /// Sessions in 28 days that make a full load.
    pub capacity: i16,
    /// Where the expert's online sessions take place.
    #[sea_orm(column_type = "Text")]
    pub video_url: String,
    /// One paragraph that the company sees.
    #[sea_orm(column_type = "Text")]
    pub profile: String,
    pub active: bool,
    /// SHA-256 of the calendar feed's token, in hexadecimal.
    #[sea_orm(column_type = "Text", nullable)]
    pub feed_hash: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
