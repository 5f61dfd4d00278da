//! A person who takes invitations to surveys outside of the telework month, or did.
use codes::{Industry, TeleworkStatus};
use sea_orm::entity::prelude::*;

use crate::Coded;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "survey_member")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub email: String,
    /// The folded address, by which the person is found.
    #[sea_orm(column_type = "Text", unique)]
    pub email_key: String,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    pub prefecture: Option<i32>,
    #[sea_orm(column_type = "Text", nullable)]
    pub industry: Option<Coded<Industry>>,
    #[sea_orm(column_type = "Text", nullable)]
    pub telework_status: Option<Coded<TeleworkStatus>>,
    /// The version of the words of the consent.
    #[sea_orm(column_type = "Text")]
    pub opt_in_version: String,
    pub opted_in_at: DateTimeUtc,
    pub opted_out_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
