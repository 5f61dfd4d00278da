//! One event in the append-only history of a consultation.
use codes::{ActionKind, ConsultationStatus, Party};
use sea_orm::entity::prelude::*;

use crate::Coded;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "event")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub consultation_id: Uuid,
    /// The position in the history; 1 for the first event.
    pub seq: i32,
    pub at: DateTimeUtc,
    #[sea_orm(column_type = "Text")]
    pub actor_kind: Coded<Party>,
    pub actor_id: Option<Uuid>,
    #[sea_orm(column_type = "Text")]
    pub act: Coded<ActionKind>,
    #[sea_orm(column_type = "Text", nullable)]
    pub from_state: Option<Coded<ConsultationStatus>>,
    #[sea_orm(column_type = "Text")]
    pub to_state: Coded<ConsultationStatus>,
    pub detail: Json,
    #[sea_orm(column_type = "Text")]
    pub previous_hash: String,
    /// The SHA-256 over the previous hash and this row, in hexadecimal.
    #[sea_orm(column_type = "Text")]
    pub hash: String,
    /// When words of a person were erased from `detail`. The hashes stay as they were, so that the chain holds.
    pub erased_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
