//! The outbox: mails are written in the transaction of the change that causes them, and are kept with all
//! that has happened to them since.
use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

use chrono::{DateTime, Utc};
pub use codes::OutboxEvent;
use codes::{HoldReason, MailStatus};
use domain::id::{AccountId, AppointmentId, ConsultationId, MailId, NetworkQuestionId};
use entity::{contact, outbox as row, outbox_log};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, ExprTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait, Set, sea_query::Expr,
};
use uuid::Uuid;

use crate::{
    mail::outgoing_mail::{InvitationPart, MailKind, OutgoingMail, QueuedMail, SendCondition},
    store::{contradiction, write_batch::WriteBatch},
};

mod awaiting;
mod by_hand;
mod entry;
mod erasure;
mod lease;
mod notice;
pub mod readdressed;

pub use awaiting::{address_confirmed, awaits_address, fail_unconfirmed};
pub use by_hand::{ByHand, cancel, hold, release, resend};
pub use entry::{OutboxEntry, OutboxFilter, OutboxLogEntry, entry, log_of, of, page, queued, state, tally};
pub use erasure::{erase, erase_by_key, forget_domains};
pub use lease::{Lease, LeasedMail, SendCapacity, SendOutcome, SettledMail, any_due, lease, settle};
pub use notice::{WaitingNotice, waiting_notices, withdraw_notices};

/// Writes outgoing mails. A mail whose key exists already is dropped.
pub async fn push(
    tx: &DatabaseTransaction,
    mails: Vec<OutgoingMail>,
    domain: &str,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let threads = Threads::of(tx, &mails).await?;
    let mut batch = WriteBatch::default();
    add(&mut batch, mails, &threads, domain, now)?;
    batch.write(tx).await
}

/// Adds outgoing mails to a batch. A mail whose key exists already is dropped.
pub fn add(
    batch: &mut WriteBatch,
    mails: Vec<OutgoingMail>,
    threads: &Threads,
    domain: &str,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    if mails.is_empty() {
        return Ok(());
    }
    let mut rows = Vec::with_capacity(mails.len());
    for mail in mails {
        let follows = threads.before(&mail);
        rows.push(new_row(mail, follows, domain, now)?.into_active_model());
    }
    batch.insert_unless_there(rows, row::Column::DedupKey)
}

/// The first and the latest earlier mail, by consultation and recipient, so that a new mail can refer to them
/// as its thread.
#[derive(Debug, Default)]
pub struct Threads(BTreeMap<(Uuid, String), (String, Option<String>)>);

impl Threads {
    pub async fn of(tx: &DatabaseTransaction, mails: &[OutgoingMail]) -> Result<Self, DbErr> {
        let about = mails.iter().filter_map(|it| Some((it.consultation?.0, it.to.as_str())));
        let (consultations, recipients): (BTreeSet<_>, BTreeSet<_>) = about.unzip();
        if consultations.is_empty() {
            return Ok(Self::default());
        }
        let before: Vec<(Uuid, String, String)> = row::Entity::find()
            .select_only()
            .columns([row::Column::ConsultationId, row::Column::Recipient, row::Column::MessageId])
            .filter(row::COLUMN.consultation_id.is_in(consultations))
            .filter(row::COLUMN.recipient.is_in(recipients))
            .order_by_asc(row::COLUMN.id)
            .into_tuple()
            .all(tx)
            .await?;
        let mut threads = BTreeMap::new();
        for (consultation, recipient, message_id) in before {
            match threads.entry((consultation, recipient)) {
                Entry::Vacant(it) => drop(it.insert((message_id, None))),
                Entry::Occupied(mut it) => it.get_mut().1 = Some(message_id),
            }
        }
        Ok(Self(threads))
    }

    fn before(&self, mail: &OutgoingMail) -> Option<String> {
        let (first, latest) = self.0.get(&(mail.consultation?.0, mail.to.clone()))?;
        Some(latest.as_ref().map_or_else(|| first.clone(), |it| format!("{first} {it}")))
    }
}

fn new_row(
    it: OutgoingMail,
    follows: Option<String>,
    domain: &str,
    now: DateTime<Utc>,
) -> Result<row::Model, DbErr> {
    debug_assert!(it.has_a_condition_of_its_kind(), "{:?} carries {:?}", it.kind, it.send_condition);
    let id = Uuid::now_v7();
    let (calendar, calendar_method) = it.calendar.map(|it| (it.body, it.method.into())).unzip();
    let is_held = matches!(it.send_condition, Some(SendCondition::AddressConfirmed { .. }));
    let send_condition = it.send_condition.as_ref().map(serde_json::to_value).transpose();
    Ok(row::Model {
        id,
        consultation_id: it.consultation.map(|it| it.0),
        relay_id: it.relay.map(|it| it.0),
        kind: it.kind.code().to_owned(),
        domain: domain_of(&it.to),
        recipient: it.to,
        recipient_name: it.to_name,
        subject: it.subject,
        text_body: it.text,
        html_body: it.html,
        calendar,
        calendar_method,
        message_id: format!("{}@{domain}", id.simple()),
        dedup_key: it.dedup_key,
        send_condition: send_condition.map_err(|err| DbErr::Type(err.to_string()))?,
        state: if it.over_limit || it.by_telephone { MailStatus::Suppressed } else { MailStatus::Waiting }
            .into(),
        due_at: it.due_at,
        planned_at: it.due_at,
        hold_reason: (is_held || it.awaits_address).then(|| HoldReason::Held.into()),
        attempts: 0,
        unknown_outcomes: 0,
        follows,
        unsubscribe: it.unsubscribe,
        lease_token: None,
        lease_until: None,
        last_reply: if it.over_limit {
            Some(OVER_LIMIT.to_owned())
        } else if it.by_telephone {
            Some(BY_TELEPHONE.to_owned())
        } else {
            it.awaits_address.then(|| readdressed::READDRESSED.to_owned())
        },
        created_at: now,
        sent_at: None,
    })
}

/// The reply that is stored with a mail that is over the limit and is not sent.
const OVER_LIMIT: &str = "the day's mails to this address or domain, or from this network, are spent";

/// The reply that is stored with a mail whose reader has no address: its words are said in a call.
pub const BY_TELEPHONE: &str = "its reader has no mail address and is called";

/// Returns the part of an address after the `@`, in lower case.
pub fn domain_of(address: &str) -> String {
    address.rsplit_once('@').map_or(address, |(_, domain)| domain).to_lowercase()
}

/// Returns whether a mail with this key was ever written.
pub async fn is_written(db: &impl ConnectionTrait, key: &str) -> Result<bool, DbErr> {
    Ok(row::Entity::find().filter(row::COLUMN.dedup_key.eq(key)).one(db).await?.is_some())
}

/// Returns whether the mail with this key exists and has left the state `Waiting`.
pub async fn is_gone_out(db: &impl ConnectionTrait, key: &str) -> Result<bool, DbErr> {
    let found = row::Entity::find().filter(row::COLUMN.dedup_key.eq(key)).one(db).await?;
    Ok(found.is_some_and(|it| it.state != MailStatus::Waiting))
}

/// Returns whether any mail was ever written whose key begins with `prefix`.
pub async fn is_any_written(db: &impl ConnectionTrait, prefix: &str) -> Result<bool, DbErr> {
    let found = row::Entity::find().filter(row::COLUMN.dedup_key.starts_with(prefix)).one(db).await?;
    Ok(found.is_some())
}

/// Suppresses the waiting mails with a send condition of a consultation that has ended.
pub async fn suppress_waiting(tx: &DatabaseTransaction, id: ConsultationId, why: &str) -> Result<(), DbErr> {
    row::Entity::update_many()
        .col_expr(row::Column::State, Expr::value(MailStatus::Suppressed.code()))
        .col_expr(row::Column::HoldReason, Expr::value(None::<String>))
        .col_expr(row::Column::LastReply, Expr::value(why))
        .filter(row::COLUMN.consultation_id.eq(id.0))
        .filter(row::COLUMN.state.eq(MailStatus::Waiting.code()))
        .filter(row::COLUMN.send_condition.is_not_null())
        // A report on what took place is due all the same.
        .filter(row::COLUMN.kind.is_not_in(MailKind::codes_of(MailKind::outlasts_case)))
        .exec(tx)
        .await?;
    Ok(())
}

/// Cancels the mails to the address of an account that are waiting, except those to it as the contact of the
/// consultation.
pub async fn suppress_to(tx: &DatabaseTransaction, address: &str, why: &str) -> Result<(), DbErr> {
    let own = contact::Entity::find()
        .select_only()
        .column(contact::Column::ConsultationId)
        .filter(contact::COLUMN.email_key.eq(address.to_lowercase()))
        .into_query();
    row::Entity::update_many()
        .col_expr(row::Column::State, Expr::value(MailStatus::Suppressed.code()))
        .col_expr(row::Column::HoldReason, Expr::value(None::<String>))
        .col_expr(row::Column::LastReply, Expr::value(why))
        .filter(row::COLUMN.recipient.eq(address))
        .filter(row::COLUMN.state.eq(MailStatus::Waiting.code()))
        .filter(row::Column::ConsultationId.is_null().or(row::Column::ConsultationId.not_in_subquery(own)))
        .exec(tx)
        .await?;
    Ok(())
}

/// Suppresses the waiting mails of a consultation that are about an appointment which does not stand any more as they say:
/// it was moved or cancelled. `stands` is the present appointment with its sequence.
pub async fn drop_stale(
    tx: &DatabaseTransaction,
    id: ConsultationId,
    stands: Option<(AppointmentId, i32)>,
) -> Result<(), DbErr> {
    const WHY: &str = "the appointment was moved or cancelled";
    let waiting = row::Entity::find()
        .filter(row::COLUMN.consultation_id.eq(id.0))
        .filter(row::COLUMN.state.eq(MailStatus::Waiting.code()))
        .filter(row::COLUMN.lease_token.is_null())
        .filter(row::COLUMN.send_condition.is_not_null())
        .all(tx)
        .await?;
    let is_stale = |it: &row::Model| {
        let condition = it.send_condition.clone().and_then(|it| serde_json::from_value(it).ok());
        let Some(SendCondition::AppointmentStands { appointment, sequence }) = condition else {
            return false;
        };
        stands != Some((appointment, sequence))
    };
    let stale: Vec<Uuid> = waiting.iter().filter(|it| is_stale(it)).map(|it| it.id).collect();
    if stale.is_empty() {
        return Ok(());
    }
    row::Entity::update_many()
        .col_expr(row::Column::State, Expr::value(MailStatus::Suppressed.code()))
        .col_expr(row::Column::HoldReason, Expr::value(None::<String>))
        .col_expr(row::Column::LastReply, Expr::value(WHY))
        .filter(row::COLUMN.id.is_in(stale))
        .exec(tx)
        .await?;
    Ok(())
}

/// Suppresses the waiting mail with this key.
pub async fn suppress(tx: &DatabaseTransaction, key: &str, why: &str) -> Result<(), DbErr> {
    row::Entity::update_many()
        .col_expr(row::Column::State, Expr::value(MailStatus::Suppressed.code()))
        .col_expr(row::Column::LastReply, Expr::value(why))
        .filter(row::COLUMN.dedup_key.eq(key))
        .filter(row::COLUMN.state.eq(MailStatus::Waiting.code()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Moves the waiting mail with this key to another time.
pub async fn move_to(tx: &DatabaseTransaction, key: &str, due_at: DateTime<Utc>) -> Result<(), DbErr> {
    row::Entity::update_many()
        .col_expr(row::Column::DueAt, Expr::value(due_at))
        .filter(row::COLUMN.dedup_key.eq(key))
        .filter(row::COLUMN.state.eq(MailStatus::Waiting.code()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Returns the row of a mail.
pub async fn find(db: &impl ConnectionTrait, id: MailId) -> Result<Option<row::Model>, DbErr> {
    row::Entity::find_by_id(id.0).one(db).await
}

fn log_entry(
    id: Uuid,
    event: OutboxEvent,
    detail: &str,
    by: Option<AccountId>,
    now: DateTime<Utc>,
) -> outbox_log::ActiveModel {
    outbox_log::ActiveModel {
        outbox_id: Set(id),
        at: Set(now),
        event: Set(event.into()),
        detail: Set(detail.to_owned()),
        account_id: Set(by.map(|it| it.0)),
        ..Default::default()
    }
}

/// Returns the outgoing mail that a row holds.
pub fn outgoing_mail(row: row::Model) -> Result<OutgoingMail, DbErr> {
    let wrong = |why: &str| contradiction(row::Entity, row.id, why);
    let method = row.calendar_method.as_ref().map(|it| it.known().ok_or_else(|| wrong("method")));
    let send_condition = row.send_condition.clone().map(serde_json::from_value).transpose();
    Ok(OutgoingMail {
        kind: MailKind::from_code(&row.kind).ok_or_else(|| wrong("kind"))?,
        calendar: method.transpose()?.zip(row.calendar).map(|(method, body)| InvitationPart { method, body }),
        send_condition: send_condition.map_err(|err| contradiction(row::Entity, row.id, err))?,
        consultation: row.consultation_id.map(ConsultationId),
        to: row.recipient,
        to_name: row.recipient_name,
        subject: row.subject,
        text: row.text_body,
        html: row.html_body,
        due_at: row.due_at,
        dedup_key: row.dedup_key,
        unsubscribe: row.unsubscribe,
        over_limit: false,
        relay: row.relay_id.map(NetworkQuestionId),
        by_telephone: false,
        awaits_address: false,
    })
}

/// Returns the queued mail that a row holds.
pub fn mail(row: row::Model) -> Result<QueuedMail, DbErr> {
    let follows = row.follows.as_deref().unwrap_or_default().split_whitespace().map(str::to_owned).collect();
    Ok(QueuedMail { message_id: row.message_id.clone(), follows, outgoing: outgoing_mail(row)? })
}
