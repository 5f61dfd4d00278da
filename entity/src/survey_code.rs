//! A code with which a recipient answers a survey once.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "survey_code")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub publication_id: Uuid,
    /// The keyed hash of the code, which itself is not stored.
    #[sea_orm(column_type = "Text")]
    pub code_hash: String,
    /// The registration to which it was mailed; `None` for one that is printed, and once it is erased.
    pub registration_id: Option<Uuid>,
    /// The member to whom it was mailed; `None` as for a registration.
    pub member_id: Option<Uuid>,
    /// The version of the words with which the recipient opted in.
    #[sea_orm(column_type = "Text", nullable)]
    pub opt_in_version: Option<String>,
    pub invited_at: Option<DateTimeUtc>,
    pub reminded_at: Option<DateTimeUtc>,
    pub used_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
