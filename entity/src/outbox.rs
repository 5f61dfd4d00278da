//! One mail to one address.
use codes::{CalendarMethod, HoldReason, MailStatus};
use sea_orm::entity::prelude::*;

use crate::Coded;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub consultation_id: Option<Uuid>,
    /// The question to a mentor whose relay address answers go to.
    pub relay_id: Option<Uuid>,
    /// The code of the kind of mail. The kinds are the rows of the table of mails, which has their texts too and belongs
    /// to the program; this crate cannot name them. `store::correspondence::outbox` reads the code.
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
    /// The iCalendar object (RFC 5545) that is attached.
    #[sea_orm(column_type = "Text", nullable)]
    pub calendar: Option<String>,
    /// The method of the calendar object (RFC 5546).
    #[sea_orm(column_type = "Text", nullable)]
    pub calendar_method: Option<Coded<CalendarMethod>>,
    #[sea_orm(column_type = "Text")]
    pub message_id: String,
    /// The key that two mails share only if they would be the same mail twice.
    #[sea_orm(column_type = "Text", nullable)]
    pub dedup_key: Option<String>,
    /// The condition that must hold when the mail is sent; otherwise it is suppressed.
    pub send_condition: Option<Json>,
    #[sea_orm(column_type = "Text")]
    pub state: Coded<MailStatus>,
    pub due_at: DateTimeUtc,
    pub attempts: i32,
    /// The token of the worker that sends the mail now.
    pub lease_token: Option<Uuid>,
    pub lease_until: Option<DateTimeUtc>,
    /// The last reply of the mail server, or the last failure.
    #[sea_orm(column_type = "Text", nullable)]
    pub last_reply: Option<String>,
    pub created_at: DateTimeUtc,
    pub sent_at: Option<DateTimeUtc>,
    /// The domain of the recipient, in lower case.
    #[sea_orm(column_type = "Text")]
    pub domain: String,
    /// The instant at which the mail was first to be sent; `due_at` changes with every attempt.
    pub planned_at: DateTimeUtc,
    /// The reason for which the worker does not send the mail: it is `held`, or its outcome is `unknown`.
    #[sea_orm(column_type = "Text", nullable)]
    pub hold_reason: Option<Coded<HoldReason>>,
    /// The number of attempts whose outcome remained unknown.
    pub unknown_outcomes: i32,
    /// The Message-IDs of the first and the latest mail of the same consultation to the same address,
    /// separated by a blank.
    #[sea_orm(column_type = "Text", nullable)]
    pub follows: Option<String>,
    /// The absolute address at which the recipient stops mails of this kind.
    #[sea_orm(column_type = "Text", nullable)]
    pub unsubscribe: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
