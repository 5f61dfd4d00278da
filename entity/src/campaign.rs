//! A telework month as it was published last, and what has become of it.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "campaign")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub publication_id: Uuid,
    /// The number in the public address.
    pub year: i32,
    #[sea_orm(column_type = "Text")]
    pub title: String,
    pub starts_on: Date,
    /// The last day, which belongs to the period.
    pub ends_on: Date,
    pub opens_on: Date,
    pub closes_on: Date,
    /// The revision of the publication with which the present rules were published first.
    pub rules_revision: i32,
    /// The number of the registration that was approved last.
    pub last_number: i32,
    /// The time at which the center was reminded of registrations that wait.
    pub reminded_at: Option<DateTimeUtc>,
    /// The time at which persons and addresses were erased.
    pub erased_at: Option<DateTimeUtc>,
    /// The time of the next step that the worker takes.
    pub due_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
