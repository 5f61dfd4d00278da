//! An indicator that an administrator has defined.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "indicator")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub label: String,
    #[sea_orm(column_type = "Text")]
    pub definition: String,
    /// The code of the table whose cells are counted.
    #[sea_orm(column_type = "Text")]
    pub figure_table: String,
    /// The codes of the cells that are counted, and of those of which they are a share.
    pub numerator: Json,
    pub denominator: Json,
    /// The target in percent.
    pub target: Option<i16>,
    /// The first and the last month in whose edition it stands, such as `2026-10`.
    #[sea_orm(column_type = "Text")]
    pub from_month: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub until_month: Option<String>,
    pub created_by: Uuid,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
