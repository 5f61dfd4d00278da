//! Received mail: stored first, read later, and handled by a person if needed.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
pub use codes::InboundSource as Source;
use domain::{
    correspondence::{
        added_mail::AddedMail,
        inbound_mail::{InboundReason, InboundState, Quarantine},
    },
    id::{AccountId, ConsultationId, MailId, MessageId},
};
use entity::{Coded, inbound_mail as row, inbound_raw, outbox};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, ExprTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set,
    sea_query::{Expr, OnConflict},
};
use uuid::Uuid;

use crate::store::{consultation::case_merge::one_case, contradiction, rows_inserted};

mod entry;

pub use entry::{InboundEntry, InboundFilter, count_open, entry, of, page};

/// A mail as it arrived.
#[derive(Clone, Copy, Debug)]
pub struct ArrivedMail<'a> {
    pub source: Source,
    /// The recipient according to the mail server; may be empty.
    pub envelope_to: &'a str,
    pub envelope_from: &'a str,
    /// The bytes that are kept; fewer than `size` if the mail was cut.
    pub bytes: &'a [u8],
    /// The size of the whole mail in octets.
    pub size: i64,
    /// SHA-256 in hexadecimal.
    pub content_hash: &'a str,
}

/// Stores a mail and returns its id. If a mail with the same content is stored already, that mail stays as it
/// is and its id is returned.
pub async fn keep(
    tx: &DatabaseTransaction,
    it: &ArrivedMail<'_>,
    now: DateTime<Utc>,
) -> Result<MailId, DbErr> {
    let id = Uuid::now_v7();
    let model = row::Model {
        id,
        content_hash: it.content_hash.to_owned(),
        source: it.source.into(),
        envelope_to: it.envelope_to.to_owned(),
        envelope_from: it.envelope_from.to_owned(),
        size: it.size,
        truncated: usize::try_from(it.size).is_ok_and(|size| size > it.bytes.len()),
        received_at: now,
        state: InboundState::Stored.into(),
        reason: Coded::Known(None),
        outcome: String::new(),
        open: false,
        from_address: String::new(),
        from_name: String::new(),
        from_key: String::new(),
        subject: String::new(),
        message_id: String::new(),
        fingerprint: String::new(),
        has_html: false,
        consultation_id: None,
        entry_id: None,
        proposed_start: None,
        proposed_end: None,
        handled_by: None,
        handled_at: None,
        raw_erased_at: None,
        handled_note: String::new(),
        added: None,
        attempts: 0,
        next_try_at: now,
    };
    let written = row::Entity::insert(model.into_active_model())
        .on_conflict(OnConflict::column(row::Column::ContentHash).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await;
    if rows_inserted(written)? == 0 {
        let known = row::Entity::find().filter(row::COLUMN.content_hash.eq(it.content_hash));
        let known = known.one(tx).await?.ok_or(DbErr::RecordNotInserted)?;
        return Ok(MailId(known.id));
    }
    let raw = inbound_raw::Model { inbound_id: id, bytes: it.bytes.to_vec() };
    inbound_raw::Entity::insert(raw.into_active_model()).exec_without_returning(tx).await?;
    Ok(MailId(id))
}

/// Returns the mail that is stored but not processed yet and has been due for the longest time.
pub async fn next(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Option<row::Model>, DbErr> {
    row::Entity::find()
        .filter(row::COLUMN.state.eq(InboundState::Stored.code()))
        .filter(row::COLUMN.next_try_at.lte(now))
        .order_by_asc(row::COLUMN.next_try_at)
        .order_by_asc(row::COLUMN.id)
        .one(db)
        .await
}

pub async fn find(db: &impl ConnectionTrait, id: MailId) -> Result<Option<row::Model>, DbErr> {
    row::Entity::find_by_id(id.0).one(db).await
}

/// Returns a mail, locked until the transaction ends.
pub async fn lock(tx: &DatabaseTransaction, id: MailId) -> Result<Option<row::Model>, DbErr> {
    row::Entity::find_by_id(id.0).lock_exclusive().one(tx).await
}

pub async fn raw(db: &impl ConnectionTrait, id: MailId) -> Result<Option<Vec<u8>>, DbErr> {
    Ok(inbound_raw::Entity::find_by_id(id.0).one(db).await?.map(|it| it.bytes))
}

/// Postpones a mail that could not be read; returns how often that has happened.
pub async fn postpone(tx: &DatabaseTransaction, id: MailId, until: DateTime<Utc>) -> Result<i32, DbErr> {
    row::Entity::update_many()
        .col_expr(row::Column::Attempts, Expr::col(row::Column::Attempts).add(1))
        .col_expr(row::Column::NextTryAt, Expr::value(until))
        .filter(row::COLUMN.id.eq(id.0))
        .exec(tx)
        .await?;
    Ok(find(tx, id).await?.map_or(0, |it| it.attempts))
}

/// Saves the fields that were read from the mail itself.
pub async fn describe(tx: &DatabaseTransaction, it: &row::Model) -> Result<(), DbErr> {
    let change = row::ActiveModel {
        id: Set(it.id),
        from_address: Set(it.from_address.clone()),
        from_name: Set(it.from_name.clone()),
        from_key: Set(it.from_key.clone()),
        subject: Set(it.subject.clone()),
        message_id: Set(it.message_id.clone()),
        fingerprint: Set(it.fingerprint.clone()),
        has_html: Set(it.has_html),
        ..Default::default()
    };
    row::Entity::update(change).exec(tx).await?;
    Ok(())
}

/// The result of processing a received mail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InboundOutcome {
    pub state: Option<InboundState>,
    /// The reason for quarantining or dropping the mail.
    pub reason: Option<InboundReason>,
    pub outcome: String,
    pub open: bool,
    pub consultation: Option<ConsultationId>,
    pub entry: Option<MessageId>,
    /// The start and end of the time that the sender proposes.
    pub proposed: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

impl InboundOutcome {
    pub fn quarantined(why: Quarantine, consultation: Option<ConsultationId>) -> Self {
        Self {
            state: Some(InboundState::Quarantined),
            reason: Some(InboundReason::Quarantine(why)),
            open: true,
            consultation,
            ..Self::default()
        }
    }
}

/// Saves the outcome of a mail.
pub async fn save_outcome(
    tx: &DatabaseTransaction,
    id: MailId,
    outcome: InboundOutcome,
) -> Result<(), DbErr> {
    let (start, end) = outcome.proposed.unzip();
    let state = outcome.state.unwrap_or(InboundState::Stored);
    let change = row::ActiveModel {
        id: Set(id.0),
        state: Set(state.into()),
        reason: Set(outcome.reason.into()),
        outcome: Set(outcome.outcome),
        open: Set(outcome.open),
        consultation_id: Set(outcome.consultation.map(|it| it.0)),
        entry_id: Set(outcome.entry.map(|it| it.0)),
        proposed_start: Set(start),
        proposed_end: Set(end),
        ..Default::default()
    };
    row::Entity::update(change).exec(tx).await?;
    Ok(())
}

/// Saves that a person has added the mail to a consultation, with its effects there.
pub async fn attach(
    tx: &DatabaseTransaction,
    id: MailId,
    entry: MessageId,
    added: &AddedMail,
) -> Result<(), DbErr> {
    let effects = serde_json::to_value(added).map_err(|err| contradiction(row::Entity, id, err))?;
    let change = row::ActiveModel {
        id: Set(id.0),
        state: Set(InboundState::Attached.into()),
        outcome: Set("センターが相談に追加しました。".to_owned()),
        consultation_id: Set(Some(added.case.0)),
        entry_id: Set(Some(entry.0)),
        added: Set(Some(effects)),
        ..Default::default()
    };
    row::Entity::update(change).exec(tx).await?;
    Ok(())
}

/// Returns the effects of a mail that a person has added to a consultation; `None` if it was added in another way, or before
/// they were kept.
pub fn added(row: &row::Model) -> Result<Option<AddedMail>, DbErr> {
    let added = row.added.clone().map(serde_json::from_value).transpose();
    added.map_err(|err| contradiction(row::Entity, row.id, err))
}

/// Has a mail wait for a person's decision again, as it did before it was added to a consultation.
pub async fn wait_again(
    tx: &DatabaseTransaction,
    id: MailId,
    named: Option<ConsultationId>,
) -> Result<(), DbErr> {
    let change = row::ActiveModel {
        id: Set(id.0),
        state: Set(InboundState::Quarantined.into()),
        outcome: Set(String::new()),
        open: Set(true),
        consultation_id: Set(named.map(|it| it.0)),
        entry_id: Set(None),
        handled_by: Set(None),
        handled_at: Set(None),
        handled_note: Set(String::new()),
        added: Set(None),
        ..Default::default()
    };
    row::Entity::update(change).exec(tx).await?;
    Ok(())
}

pub async fn set_state(tx: &DatabaseTransaction, id: MailId, state: InboundState) -> Result<(), DbErr> {
    let change = row::ActiveModel { id: Set(id.0), state: Set(state.into()), ..Default::default() };
    row::Entity::update(change).exec(tx).await?;
    Ok(())
}

/// Saves that a person has handled the mail.
pub async fn handle(
    tx: &DatabaseTransaction,
    id: MailId,
    by: AccountId,
    note: &str,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let change = row::ActiveModel {
        id: Set(id.0),
        open: Set(false),
        handled_by: Set(Some(by.0)),
        handled_at: Set(Some(now)),
        handled_note: Set(note.to_owned()),
        ..Default::default()
    };
    row::Entity::update(change).exec(tx).await?;
    Ok(())
}

/// Closes the time proposals of a consultation whose appointment was moved or is not booked any more, so that
/// they do not wait for a person.
pub async fn close_proposals(tx: &DatabaseTransaction, id: ConsultationId) -> Result<(), DbErr> {
    row::Entity::update_many()
        .col_expr(row::Column::Open, Expr::value(false))
        .filter(row::COLUMN.consultation_id.eq(id.0))
        .filter(row::COLUMN.open.eq(true))
        .filter(row::COLUMN.state.eq(InboundState::Calendar.code()))
        .filter(row::COLUMN.proposed_start.is_not_null())
        .exec(tx)
        .await?;
    Ok(())
}

/// Returns the mails that can be shown as HTML, by the thread entry that each has become.
pub async fn with_html(
    db: &impl ConnectionTrait,
    id: ConsultationId,
) -> Result<BTreeMap<MessageId, MailId>, DbErr> {
    let rows: Vec<(Uuid, Uuid)> = row::Entity::find()
        .select_only()
        .column(row::Column::EntryId)
        .column(row::Column::Id)
        .filter(row::Column::ConsultationId.in_subquery(one_case(id)))
        .filter(row::COLUMN.has_html.eq(true))
        .filter(row::COLUMN.entry_id.is_not_null())
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(entry, mail)| (MessageId(entry), MailId(mail))).collect())
}

/// Returns how many mails of this sender were received after `since`, without the mail `except`.
pub async fn lately(
    db: &impl ConnectionTrait,
    from_key: &str,
    except: MailId,
    since: DateTime<Utc>,
) -> Result<u64, DbErr> {
    row::Entity::find()
        .filter(row::COLUMN.from_key.eq(from_key))
        .filter(row::COLUMN.received_at.gt(since))
        .filter(row::COLUMN.id.ne(except.0))
        .count(db)
        .await
}

/// Returns whether another mail of this sender that was already processed has the same Message-ID.
pub async fn is_duplicate(
    db: &impl ConnectionTrait,
    from_key: &str,
    message_id: &str,
    except: MailId,
) -> Result<bool, DbErr> {
    let found = row::Entity::find()
        .filter(row::COLUMN.from_key.eq(from_key))
        .filter(row::COLUMN.message_id.eq(message_id))
        .filter(row::COLUMN.id.ne(except.0))
        .filter(row::COLUMN.state.ne(InboundState::Stored.code()));
    Ok(found.one(db).await?.is_some())
}

/// Returns whether another mail of this sender with the same text was received after `since` and was attached
/// to a consultation or recognised as an automatic reply.
pub async fn is_repeated(
    db: &impl ConnectionTrait,
    from_key: &str,
    fingerprint: &str,
    except: MailId,
    since: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let found = row::Entity::find()
        .filter(row::COLUMN.from_key.eq(from_key))
        .filter(row::COLUMN.received_at.gt(since))
        .filter(row::COLUMN.fingerprint.eq(fingerprint))
        .filter(row::COLUMN.id.ne(except.0))
        .filter(row::COLUMN.state.is_in([InboundState::Attached.code(), InboundState::AutoReply.code()]));
    Ok(found.one(db).await?.is_some())
}

/// A mail of ours that a received mail refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentMail {
    pub id: MailId,
    pub message_id: String,
    pub recipient: String,
    pub consultation: Option<ConsultationId>,
}

/// Returns our mails with these Message-IDs. Only the first 100 ids are looked up.
pub async fn sent_as(db: &impl ConnectionTrait, ids: &[String]) -> Result<Vec<SentMail>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let query = outbox::Entity::find().filter(outbox::Column::MessageId.is_in(ids.iter().take(100)));
    let rows: Vec<(Uuid, String, String, Option<Uuid>)> = query
        .select_only()
        .column(outbox::Column::Id)
        .column(outbox::Column::MessageId)
        .column(outbox::Column::Recipient)
        .column(outbox::Column::ConsultationId)
        .into_tuple()
        .all(db)
        .await?;
    let sent = |(id, message_id, recipient, consultation): (Uuid, String, String, Option<Uuid>)| SentMail {
        id: MailId(id),
        message_id,
        recipient,
        consultation: consultation.map(ConsultationId),
    };
    Ok(rows.into_iter().map(sent).collect())
}

/// Returns every address that we have written a mail to about a consultation.
pub async fn written_to(db: &impl ConnectionTrait, id: ConsultationId) -> Result<Vec<String>, DbErr> {
    outbox::Entity::find()
        .select_only()
        .column(outbox::Column::Recipient)
        .filter(outbox::COLUMN.consultation_id.eq(id.0))
        .distinct()
        .into_tuple()
        .all(db)
        .await
}
