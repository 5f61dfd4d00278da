//! A notice to the administrators of what is about to be erased.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "erasure_notice")]
pub struct Model {
    /// The 1 April of which the notice is.
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: Date,
    /// The whole fiscal years for which contacts are kept, as they were set.
    #[sea_orm(primary_key, auto_increment = false)]
    pub contact_years: i16,
    /// The whole fiscal years for which records are kept, as they were set.
    #[sea_orm(primary_key, auto_increment = false)]
    pub record_years: i16,
    pub announced_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
