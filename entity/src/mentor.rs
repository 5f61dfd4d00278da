//! A company that answers questions about telework, wants to, or did.
use codes::{Industry, MentorStatus};
use sea_orm::entity::prelude::*;

use crate::Coded;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mentor")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub status: Coded<MentorStatus>,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    #[sea_orm(column_type = "Text")]
    pub industry: Coded<Industry>,
    pub employees: i32,
    pub prefecture: i32,
    /// The topics, one a line.
    #[sea_orm(column_type = "Text")]
    pub topics: String,
    /// The number of questions that are passed on in a month.
    pub a_month: i32,
    pub open_from: Option<Date>,
    pub open_until: Option<Date>,
    #[sea_orm(column_type = "Text", nullable)]
    pub contact_name: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub email: Option<String>,
    /// The address in lower case.
    #[sea_orm(column_type = "Text", nullable)]
    pub email_key: Option<String>,
    /// The time of the consent to the form.
    pub agreed_at: DateTimeUtc,
    pub proved_at: Option<DateTimeUtc>,
    /// The end of the time to prove the address.
    pub until: Option<DateTimeUtc>,
    pub state_since: DateTimeUtc,
    /// The reason of a rejection.
    #[sea_orm(column_type = "Text", nullable)]
    pub reason: Option<String>,
    /// The number of the last save.
    pub version: i32,
    /// The time of the next step that the worker takes.
    pub due_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
