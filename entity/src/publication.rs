//! The state of a publication. Its text is in its revisions.
use codes::{PublicationKind, PublicationStatus};
use sea_orm::entity::prelude::*;

use crate::Coded;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "publication")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub kind: Coded<PublicationKind>,
    /// The number in the public address, unique for the kind.
    pub number: i32,
    /// The newest revision.
    pub revision: i32,
    /// The revision that the public reads; `None` for a draft.
    pub public_revision: Option<i32>,
    #[sea_orm(column_type = "Text")]
    pub status: Coded<PublicationStatus>,
    pub public_from: Option<DateTimeUtc>,
    pub public_until: Option<DateTimeUtc>,
    pub updated_at: DateTimeUtc,
    /// The revision of what the public reads at the last act. Servers find by it what has changed.
    pub change_number: i64,
}

impl ActiveModelBehavior for ActiveModel {}
