//! The person who speaks for the company in one consultation.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contact")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub consultation_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    #[sea_orm(column_type = "Text")]
    pub kana: String,
    #[sea_orm(column_type = "Text")]
    pub department: String,
    #[sea_orm(column_type = "Text")]
    pub position: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub email: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub email_key: Option<String>,
    /// The number as typed.
    #[sea_orm(column_type = "Text", nullable)]
    pub phone: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub phone_digits: Option<String>,
    /// A second person to speak with; no mail is sent to them. The texts are empty if there is none.
    #[sea_orm(column_type = "Text")]
    pub second_name: String,
    #[sea_orm(column_type = "Text")]
    pub second_kana: String,
    #[sea_orm(column_type = "Text")]
    pub second_email: String,
    #[sea_orm(column_type = "Text")]
    pub second_phone: String,
    /// The address that was proved before the company corrected it, until the corrected one is proved.
    #[sea_orm(column_type = "Text", nullable)]
    pub proven_email: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub proven_email_key: Option<String>,
    /// The instant at which that address was proved.
    pub proven_at: Option<DateTimeUtc>,
    /// The name as it is compared with that of another contact; `None` until the program has filled it.
    #[sea_orm(column_type = "Text", nullable)]
    pub person_key: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
