//! The text of a publication after one act.
use codes::RevisionAct;
use sea_orm::entity::prelude::*;

use crate::Coded;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "publication_revision")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub publication_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub revision: i32,
    #[sea_orm(column_type = "Text")]
    pub act: Coded<RevisionAct>,
    #[sea_orm(column_type = "Text")]
    pub title: String,
    /// The text as CommonMark.
    #[sea_orm(column_type = "Text", nullable)]
    pub body: Option<String>,
    /// The facts of the kind, as JSON.
    #[sea_orm(column_type = "Text")]
    pub facts: String,
    /// The author; `None` for shipped data.
    pub changed_by: Option<Uuid>,
    pub changed_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
