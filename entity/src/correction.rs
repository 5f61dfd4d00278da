//! A correction of one value of a consultation. Its event has the actor and the time.
use codes::CorrectedField;
use sea_orm::entity::prelude::*;

use crate::Coded;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "correction")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub consultation_id: Uuid,
    /// The position of its event in the history.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i32,
    #[sea_orm(column_type = "Text")]
    pub field: Coded<CorrectedField>,
    /// The earlier value, empty if there was none; `None` once it is erased.
    #[sea_orm(column_type = "Text", nullable)]
    pub old_value: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub new_value: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub reason: Option<String>,
    /// The position of the correction that this one takes back.
    pub undoes: Option<i32>,
    /// The company of the consultation before its corporate number was corrected.
    pub company_before: Option<Uuid>,
    /// The instant at which the earlier address had been confirmed.
    pub confirmed_before: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
