//! A survey whose questions are answered here, as it was published last, and what has become of it.
use codes::SurveyAccess;
use sea_orm::entity::prelude::*;

use crate::Coded;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "survey")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub publication_id: Uuid,
    /// The number in the public address.
    pub number: i32,
    #[sea_orm(column_type = "Text")]
    pub title: String,
    #[sea_orm(column_type = "Text")]
    pub access: Coded<SurveyAccess>,
    pub opens_at: DateTimeUtc,
    /// The last day on which answers are taken.
    pub closes_on: Date,
    /// The instant after which none is taken: the end of that day, or of the publication.
    pub closes_at: DateTimeUtc,
    /// The time at which those were reminded who had not answered.
    pub reminded_at: Option<DateTimeUtc>,
    /// The time at which unfinished answers were deleted.
    pub closed_at: Option<DateTimeUtc>,
    /// The time at which it was erased who was invited.
    pub erased_at: Option<DateTimeUtc>,
    /// The time at which answers in words were erased.
    pub texts_erased_at: Option<DateTimeUtc>,
    /// The time of the next step that the worker takes.
    pub due_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
