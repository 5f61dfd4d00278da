//! When a coordinator last looked at a case.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "case_visit")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub consultation_id: Uuid,
    /// Exact to a minute: a later look within the same minute is not stored.
    pub seen_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
