//! An unfinished application.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "draft")]
pub struct Model {
    /// The identifier. It is secret: any person who has it can continue the draft.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub form: Json,
    /// The address to which the link to resume may be mailed.
    #[sea_orm(column_type = "Text", nullable)]
    pub email_key: Option<String>,
    /// A keyed hash of the network from which the draft came, for the daily limits.
    #[sea_orm(column_type = "Text")]
    pub network: String,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
    pub consultation_id: Option<Uuid>,
    /// The consultation day for which it asks for a time.
    pub gathering_id: Option<Uuid>,
}

impl ActiveModelBehavior for ActiveModel {}
