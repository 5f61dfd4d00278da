//! A received mail, and what was done with it.
use codes::{InboundReason, InboundSource, InboundState};
use sea_orm::entity::prelude::*;

use crate::Coded;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "inbound_mail")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The SHA-256 over the recipient in the envelope and the whole message, in hexadecimal. A message that
    /// is received twice makes one row.
    #[sea_orm(column_type = "Text")]
    pub content_hash: String,
    /// The way by which the mail came: `pipe` or `imap`.
    #[sea_orm(column_type = "Text")]
    pub source: Coded<InboundSource>,
    /// The recipient in the envelope as the mail server stated it; may be empty.
    #[sea_orm(column_type = "Text")]
    pub envelope_to: String,
    #[sea_orm(column_type = "Text")]
    pub envelope_from: String,
    /// The size of the whole message in octets, even if only its beginning was stored.
    pub size: i64,
    pub truncated: bool,
    pub received_at: DateTimeUtc,
    #[sea_orm(column_type = "Text")]
    pub state: Coded<InboundState>,
    /// The reason for which the mail was put into quarantine or dropped; empty if it was not.
    #[sea_orm(column_type = "Text")]
    pub reason: Coded<Option<InboundReason>>,
    /// A sentence that says how the mail was understood and what was done, with the names that it mentions; no code.
    /// May be empty.
    #[sea_orm(column_type = "Text")]
    pub outcome: String,
    /// Whether a person at the center has to look at the mail.
    pub open: bool,
    #[sea_orm(column_type = "Text")]
    pub from_address: String,
    #[sea_orm(column_type = "Text")]
    pub from_name: String,
    /// The address in lower case, for comparison.
    #[sea_orm(column_type = "Text")]
    pub from_key: String,
    #[sea_orm(column_type = "Text")]
    pub subject: String,
    #[sea_orm(column_type = "Text")]
    pub message_id: String,
    /// The SHA-256 of the new text, by which a machine that repeats itself is recognised; may be empty.
    #[sea_orm(column_type = "Text")]
    pub fingerprint: String,
    /// Whether the mail can be shown as HTML, after cleaning.
    pub has_html: bool,
    pub consultation_id: Option<Uuid>,
    /// The entry of the thread that the mail became.
    pub entry_id: Option<Uuid>,
    /// The start of another time that the sender proposes.
    pub proposed_start: Option<DateTimeUtc>,
    pub proposed_end: Option<DateTimeUtc>,
    pub handled_by: Option<Uuid>,
    pub handled_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text")]
    pub handled_note: String,
    /// The effects of the mail on the case to which a person has added it.
    pub added: Option<Json>,
    /// The number of failed attempts to process the mail.
    /// When the octets were erased in which the mail came in.
    pub raw_erased_at: Option<DateTimeUtc>,
    pub attempts: i32,
    pub next_try_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
