//! One mail that came in, and what became of it.
use codes::{InboundSource, InboundState};
use sea_orm::entity::prelude::*;

use crate::Coded;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "inbound_mail")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// SHA-256 over the envelope's recipient and the whole message, in hexadecimal: a message taken twice is one row.
    #[sea_orm(column_type = "Text")]
    pub content_hash: String,
    /// `pipe` or `imap`.
    #[sea_orm(column_type = "Text")]
    pub source: Coded<InboundSource>,
    /// As the mail server said; may be empty.
    #[sea_orm(column_type = "Text")]
    pub envelope_to: String,
    #[sea_orm(column_type = "Text")]
    pub envelope_from: String,
    /// Of the whole message, also where only its beginning was kept. Octets.
    pub size: i64,
    pub truncated: bool,
    pub received_at: DateTimeUtc,
    #[sea_orm(column_type = "Text")]
    pub state: Coded<InboundState>,
    /// Why it was put into quarantine, or dropped; may be empty.
    #[sea_orm(column_type = "Text")]
    pub reason: String,
    /// What was understood and done, in one sentence; may be empty.
    #[sea_orm(column_type = "Text")]
    pub outcome: String,
    /// Somebody at the center has to look at it.
    pub open: bool,
    #[sea_orm(column_type = "Text")]
    pub from_address: String,
    #[sea_orm(column_type = "Text")]
    pub from_name: String,
    /// The address lower-cased, for comparison.
    #[sea_orm(column_type = "Text")]
    pub from_key: String,
    #[sea_orm(column_type = "Text")]
    pub subject: String,
    #[sea_orm(column_type = "Text")]
    pub message_id: String,
    /// SHA-256 of the new text, by which a machine that repeats itself is known; may be empty.
    #[sea_orm(column_type = "Text")]
    pub fingerprint: String,
    /// It can be shown as HTML, cleaned.
    pub has_html: bool,
    pub consultation_id: Option<Uuid>,
    /// The entry of the thread that it became.
    pub entry_id: Option<Uuid>,
    /// Another time that its sender proposes.
    pub proposed_start: Option<DateTimeUtc>,
    pub proposed_end: Option<DateTimeUtc>,
    pub handled_by: Option<Uuid>,
    pub handled_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text")]
    pub handled_note: String,
    /// How often it could not be understood.
    pub attempts: i32,
    pub next_try_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
