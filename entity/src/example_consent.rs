//! A company's consent that its consultation becomes an example, once per consultation.
use codes::ExampleConsentStatus;
use sea_orm::entity::prelude::*;

use crate::Coded;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "example_consent")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub consultation_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub status: Coded<ExampleConsentStatus>,
    /// Whether the example may have the company's name.
    pub is_named: bool,
    /// When the company agreed last.
    pub given_at: Option<DateTimeUtc>,
    /// The text that the company read when it agreed.
    #[sea_orm(column_type = "Text", nullable)]
    pub wording: Option<String>,
    /// The example, as long as the consent is in force.
    pub publication_id: Option<Uuid>,
    /// The revision that the company reads; `None` unless it is asked to approve one.
    pub shown_revision: Option<i32>,
    /// The revision that the company approved last.
    pub approved_revision: Option<i32>,
    /// The changes that the company wishes for.
    #[sea_orm(column_type = "Text", nullable)]
    pub wish: Option<String>,
    /// When the state ends by itself.
    pub due_at: Option<DateTimeUtc>,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
