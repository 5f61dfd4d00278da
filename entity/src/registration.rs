//! An organisation or a person who takes part in a telework month, wants to, or does not any more.
use codes::{Industry, RegistrantKind, RegistrationStatus, TeleworkStatus};
use sea_orm::entity::prelude::*;

use crate::Coded;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "registration")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub publication_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub kind: Coded<RegistrantKind>,
    /// The name as the registrant wants it; `None` once a person's name is erased.
    #[sea_orm(column_type = "Text", nullable)]
    pub name: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub kana: Option<String>,
    /// The folded name, by which registrations are found.
    #[sea_orm(column_type = "Text", nullable)]
    pub name_key: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub industry: Coded<Industry>,
    #[sea_orm(column_type = "Text", nullable)]
    pub corporate_number: Option<String>,
    pub prefecture: i32,
    pub employees: Option<i32>,
    /// The chosen activities, one a line.
    #[sea_orm(column_type = "Text")]
    pub activities: String,
    #[sea_orm(column_type = "Text")]
    pub telework_status: Coded<TeleworkStatus>,
    pub teleworkers: Option<i32>,
    #[sea_orm(column_type = "Text", nullable)]
    pub contact_name: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub email: Option<String>,
    /// The address in lower case.
    #[sea_orm(column_type = "Text", nullable)]
    pub email_key: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub phone: Option<String>,
    /// The number on the certificate, given with the first approval.
    pub number: Option<i32>,
    #[sea_orm(column_type = "Text")]
    pub status: Coded<RegistrationStatus>,
    /// The end of the time to prove the address.
    pub until: Option<DateTimeUtc>,
    pub state_since: DateTimeUtc,
    /// The revision of the publication whose rules were agreed to; `None` for a registration from a file.
    pub rules_revision: Option<i32>,
    pub agreed_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text", nullable)]
    pub opt_in_version: Option<String>,
    pub opted_in_at: Option<DateTimeUtc>,
    pub opted_out_at: Option<DateTimeUtc>,
    /// The entry of the public list; `None` if it has none.
    #[sea_orm(column_type = "Text", nullable)]
    pub listed_name: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub listed_kana: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub listed_key: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub listed_industry: Option<Coded<Industry>>,
    pub proved_at: Option<DateTimeUtc>,
    pub decided_at: Option<DateTimeUtc>,
    pub decided_by: Option<Uuid>,
    /// The reason of the last rejection.
    #[sea_orm(column_type = "Text", nullable)]
    pub reason: Option<String>,
    /// The time at which the invitation to a consultation was written.
    pub invited_at: Option<DateTimeUtc>,
    pub import_id: Option<Uuid>,
    /// The number of the last save.
    pub version: i32,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
