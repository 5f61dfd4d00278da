//! A draft of a publication that an editor has deleted, without its text.
use codes::PublicationKind;
use sea_orm::entity::prelude::*;

use crate::Coded;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "deleted_draft")]
pub struct Model {
    /// The key that the publication had.
    #[sea_orm(primary_key, auto_increment = false)]
    pub publication_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub kind: Coded<PublicationKind>,
    /// The number that its address would have had.
    pub number: i32,
    /// The number of its revisions, which were deleted with it.
    pub revisions: i32,
    pub deleted_by: Uuid,
    pub deleted_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
