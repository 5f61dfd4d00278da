//! A row that a background job could not handle.
use codes::Job;
use sea_orm::entity::prelude::*;

use crate::Coded;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "set_aside")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub job: Coded<Job>,
    /// The key of the row in the table that the job works on.
    #[sea_orm(primary_key, auto_increment = false)]
    pub row_id: Uuid,
    /// The error of the latest try, for the operator.
    #[sea_orm(column_type = "Text")]
    pub failure: String,
    /// The number of failed tries since `first_at`.
    pub failures: i32,
    pub first_at: DateTimeUtc,
    pub last_at: DateTimeUtc,
    /// The instant before which the job leaves the row alone.
    pub next_try_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
