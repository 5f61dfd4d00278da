//! A company or organisation, whatever the number of its consultations.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "company")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(column_type = "Text", nullable)]
    pub corporate_number: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    #[sea_orm(column_type = "Text")]
    pub search_key: String,
    pub created_at: DateTimeUtc,
    /// The company that this one was merged into; never one that was merged itself.
    pub merged_into: Option<Uuid>,
}

impl ActiveModelBehavior for ActiveModel {}
