//! One erasure in the log, which holds no personal data.
use codes::{ErasedKind, ErasureCause};
use sea_orm::entity::prelude::*;

use crate::Coded;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "erasure")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub at: DateTimeUtc,
    #[sea_orm(column_type = "Text")]
    pub kind: Coded<ErasedKind>,
    #[sea_orm(column_type = "Text")]
    pub cause: Coded<ErasureCause>,
    /// The consultation, if the erasure was of one.
    pub consultation_id: Option<Uuid>,
    /// The administrator who erased it; `None` for the worker.
    pub account_id: Option<Uuid>,
    /// How many rows were erased.
    pub quantity: i64,
}

impl ActiveModelBehavior for ActiveModel {}
