//! The application of a company, once per consultation.
use codes::{Organization, TeleworkStatus};
use sea_orm::entity::prelude::*;

use crate::Coded;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "application")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub consultation_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub description: String,
    #[sea_orm(column_type = "Text")]
    pub company_kana: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub corporate_number: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub organization: Option<Coded<Organization>>,
    #[sea_orm(column_type = "Text", nullable)]
    pub postal_code: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub city: String,
    #[sea_orm(column_type = "Text")]
    pub street: String,
    #[sea_orm(column_type = "Text")]
    pub building: String,
    pub employees: Option<i32>,
    pub regular_employees: Option<i32>,
    pub capital: Option<i64>,
    #[sea_orm(column_type = "Text", nullable)]
    pub telework_status: Option<Coded<TeleworkStatus>>,
    /// The place of a visit, if it is not the company's address; may be empty.
    #[sea_orm(column_type = "Text")]
    pub visit_place: String,
    /// The persons who will take part; may be empty.
    #[sea_orm(column_type = "Text")]
    pub participants: String,
    /// The reading of the company's name as it is compared; `None` until the program has filled it.
    #[sea_orm(column_type = "Text", nullable)]
    pub reading_key: Option<String>,
    /// City and street as they are compared; empty if one of them is, `None` until the program has filled it.
    #[sea_orm(column_type = "Text", nullable)]
    pub address_key: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
