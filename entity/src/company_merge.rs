//! Two companies that were recognised as one, and what the merge changed.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "company_merge")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kept_id: Uuid,
    pub absorbed_id: Uuid,
    pub merged_by: Uuid,
    pub merged_at: DateTimeUtc,
    #[sea_orm(column_type = "Text")]
    pub reason: String,
    /// The values before and after the merge, by which it is undone.
    pub changed: Json,
    pub undone_by: Option<Uuid>,
    pub undone_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
