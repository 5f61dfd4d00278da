//! One mail to one address.
use codes::{HoldReason, MailStatus};
use sea_orm::entity::prelude::*;

use crate::Coded;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub consultation_id: Option<Uuid>,
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    #[sea_orm(column_type = "Text")]
    pub recipient: String,
    #[sea_orm(column_type = "Text")]
    pub recipient_name: String,
    #[sea_orm(column_type = "Text")]
    pub subject: String,
    #[sea_orm(column_type = "Text")]
    pub text_body: String,
    #[sea_orm(column_type = "Text")]
    pub html_body: String,
    /// An iCalendar object (RFC 5545).
    #[sea_orm(column_type = "Text", nullable)]
    pub calendar: Option<String>,
    /// REQUEST or CANCEL (RFC 5546).
    #[sea_orm(column_type = "Text", nullable)]
    pub calendar_method: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub message_id: String,
    /// Two mails of one key would be the same mail twice.
    #[sea_orm(column_type = "Text", nullable)]
    pub dedup_key: Option<String>,
    /// What has to be true when it is sent; else it is suppressed.
    pub send_condition: Option<Json>,
    #[sea_orm(column_type = "Text")]
    pub state: Coded<MailStatus>,
    pub due_at: DateTimeUtc,
    pub attempts: i32,
    /// Who is sending it now.
    pub lease_token: Option<Uuid>,
    pub lease_until: Option<DateTimeUtc>,
    /// What the mail server, or the failure, said last.
    #[sea_orm(column_type = "Text", nullable)]
    pub last_reply: Option<String>,
    pub created_at: DateTimeUtc,
    pub sent_at: Option<DateTimeUtc>,
    /// The recipient's, in lower case.
    #[sea_orm(column_type = "Text")]
    pub domain: String,
    /// When it was first to be sent; `due_at` moves on with every try.
    pub planned_at: DateTimeUtc,
    /// Kept from the worker: `held`, or of an outcome that is `unknown`.
    #[sea_orm(column_type = "Text", nullable)]
    pub hold_reason: Option<Coded<HoldReason>>,
    /// How often nobody could know whether it was taken.
    pub unknown_outcomes: i32,
    /// Message-IDs of the first and the latest mail of the same consultation to the same address, with a blank between.
    #[sea_orm(column_type = "Text", nullable)]
    pub follows: Option<String>,
    /// The absolute address at which the recipient stops mails of this kind.
    #[sea_orm(column_type = "Text", nullable)]
    pub unsubscribe: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
