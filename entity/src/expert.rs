//! The data about an expert that routing uses. The person is the account with the same id.
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
    /// The largest number of appointments in a day.
    pub daily_limit: i16,
    /// The largest number of appointments in a week, Monday to Sunday.
    pub weekly_limit: i16,
    /// The largest number of open consultations at the same time.
    pub open_limit: i16,
    /// The number of appointments in 28 days that makes a full load.
    pub capacity: i16,
    /// The address at which the expert's online appointments take place.
    #[sea_orm(column_type = "Text")]
    pub video_url: String,
    /// A paragraph about the expert that the company sees.
    #[sea_orm(column_type = "Text")]
    pub profile: String,
    pub active: bool,
    /// The SHA-256 of the calendar feed's token, in hexadecimal.
    #[sea_orm(column_type = "Text", nullable)]
    pub feed_hash: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
