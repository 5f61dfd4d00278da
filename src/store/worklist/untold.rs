//! The news that a company was to be told by mail and has not heard: what is said in a call. The words are those of the
//! mails, which are kept in the outbox although they reach no reader.
use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use codes::{CorrectedField, HoldReason, MailStatus, OutboxEvent, Party};
use domain::id::ConsultationId;
use entity::{consultation, contact, correction, mail_bounce, message, outbox as row, outbox_log};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, Order, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait,
};
use uuid::Uuid;

use crate::{
    mail::outgoing_mail::MailKind,
    store::correspondence::{
        bounce,
        outbox::{BY_TELEPHONE, awaits_address, readdressed::UNREACHABLE},
    },
};

/// News of which a company was not told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UntoldNews {
    pub at: DateTime<Utc>,
    /// The mail's subject.
    pub subject: String,
    /// The mail's text, with the links of its reader.
    pub text: String,
    /// The words of the message that the mail announces; empty if it announces none.
    pub message: String,
}

/// Returns the news of one consultation whose company has had to be called since `since`, oldest first. `earlier` are
/// addresses of the contact, in lower case, whose correction is not written yet.
pub async fn of(
    db: &impl ConnectionTrait,
    id: ConsultationId,
    (since, earlier): (DateTime<Utc>, &[String]),
    now: DateTime<Utc>,
) -> Result<Vec<UntoldNews>, DbErr> {
    let since = HashMap::from([(id.0, since)]);
    Ok(found(db, &since, earlier, now).await?.remove(&id.0).unwrap_or_default())
}

/// Returns the news of those of the consultations whose company has to be called, oldest first.
pub async fn of_many(
    db: &impl ConnectionTrait,
    ids: &[Uuid],
    now: DateTime<Utc>,
) -> Result<HashMap<Uuid, Vec<UntoldNews>>, DbErr> {
    let since: Vec<(Uuid, Option<DateTime<Utc>>)> = consultation::Entity::find()
        .select_only()
        .columns([consultation::Column::Id, consultation::Column::ToCallSince])
        .filter(consultation::COLUMN.id.is_in(ids.iter().copied()))
        .into_tuple()
        .all(db)
        .await?;
    let since = since.into_iter().filter_map(|(id, since)| Some((id, since?))).collect();
    found(db, &since, &[], now).await
}

async fn found(
    db: &impl ConnectionTrait,
    since: &HashMap<Uuid, DateTime<Utc>>,
    earlier: &[String],
    now: DateTime<Utc>,
) -> Result<HashMap<Uuid, Vec<UntoldNews>>, DbErr> {
    let Some(earliest) = since.values().min().copied() else { return Ok(HashMap::new()) };
    let ids: Vec<_> = since.keys().copied().collect();
    let readers = readers_of(db, &ids).await?;
    let mut rows = candidates(db, &ids, earliest).await?;
    let is_reader = |it: &row::Model| {
        let key = it.recipient.to_lowercase();
        let readers = it.consultation_id.and_then(|id| readers.get(&id));
        key.is_empty() || earlier.contains(&key) || readers.is_some_and(|all| all.contains(&key))
    };
    rows.retain(is_reader);
    let facts = Facts::of(db, &rows, now).await?;
    rows.retain(|it| {
        let since = it.consultation_id.and_then(|id| since.get(&id));
        since.is_some_and(|since| facts.is_untold(it, *since))
    });
    let said = messages(db, &rows).await?;
    let mut news = HashMap::<Uuid, Vec<UntoldNews>>::new();
    for it in rows {
        let Some(id) = it.consultation_id else { continue };
        let message = if announces_entry(&it) {
            said.get(&(id, it.created_at)).cloned().unwrap_or_default()
        } else {
            String::new()
        };
        let one = UntoldNews { at: it.created_at, subject: it.subject, text: it.text_body, message };
        news.entry(id).or_default().push(one);
    }
    Ok(news)
}

/// Returns the addresses, in lower case, at which the company of each consultation is or was reached.
async fn readers_of(
    db: &impl ConnectionTrait,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, HashSet<String>>, DbErr> {
    let mut readers = HashMap::<Uuid, HashSet<String>>::new();
    let contacts = contact::Entity::find()
        .filter(contact::COLUMN.consultation_id.is_in(ids.iter().copied()))
        .all(db)
        .await?;
    for it in contacts {
        let addresses = it.email.into_iter().chain(it.proven_email);
        readers.entry(it.consultation_id).or_default().extend(addresses.map(|it| it.to_lowercase()));
    }
    let corrected = correction::Entity::find()
        .filter(correction::COLUMN.consultation_id.is_in(ids.iter().copied()))
        .filter(correction::COLUMN.field.eq(CorrectedField::Email.code()))
        .all(db)
        .await?;
    for it in corrected {
        let earlier = it.old_value.into_iter().filter(|it| !it.is_empty());
        readers.entry(it.consultation_id).or_default().extend(earlier.map(|it| it.to_lowercase()));
    }
    Ok(readers)
}

/// Returns the mails that can be untold news: those since `earliest`, those that have come back since, and those that wait
/// for a proof.
async fn candidates(
    db: &impl ConnectionTrait,
    ids: &[Uuid],
    earliest: DateTime<Utc>,
) -> Result<Vec<row::Model>, DbErr> {
    let bounced = mail_bounce::Entity::find()
        .select_only()
        .column(mail_bounce::Column::OutboxId)
        .filter(mail_bounce::COLUMN.consultation_id.is_in(ids.iter().copied()))
        .filter(mail_bounce::COLUMN.outbox_id.is_not_null())
        .filter(mail_bounce::COLUMN.at.gte(earliest))
        .into_query();
    row::Entity::find()
        .filter(row::COLUMN.consultation_id.is_in(ids.iter().copied()))
        .filter(
            Condition::any()
                .add(row::COLUMN.created_at.gte(earliest))
                .add(row::COLUMN.due_at.gte(earliest))
                .add(row::Column::Id.in_subquery(bounced))
                .add(
                    row::COLUMN
                        .state
                        .eq(MailStatus::Waiting.code())
                        .and(row::COLUMN.hold_reason.eq(HoldReason::Held.code())),
                ),
        )
        .filter(row::COLUMN.kind.is_not_in(MailKind::codes_of(MailKind::is_about_correction)))
        .order_by(row::COLUMN.id, Order::Asc)
        .all(db)
        .await
}

/// The facts about mails that decide whether their news was heard.
struct Facts {
    /// The addresses, in lower case, that no mail reaches.
    dead: HashSet<String>,
    /// When a mail came back.
    bounced: HashMap<Uuid, DateTime<Utc>>,
    resent: HashSet<Uuid>,
    now: DateTime<Utc>,
}

impl Facts {
    async fn of(db: &impl ConnectionTrait, rows: &[row::Model], now: DateTime<Utc>) -> Result<Self, DbErr> {
        let addresses = rows.iter().map(|it| it.recipient.to_lowercase()).filter(|it| !it.is_empty());
        let dead = bounce::dead_among(db, addresses.collect()).await?;
        let ids = || rows.iter().map(|it| it.id);
        let bounced: Vec<(Option<Uuid>, DateTime<Utc>)> = mail_bounce::Entity::find()
            .select_only()
            .columns([mail_bounce::Column::OutboxId, mail_bounce::Column::At])
            .filter(mail_bounce::COLUMN.permanent.eq(true))
            .filter(mail_bounce::COLUMN.outbox_id.is_in(ids()))
            .into_tuple()
            .all(db)
            .await?;
        let resent: Vec<Uuid> = outbox_log::Entity::find()
            .select_only()
            .column(outbox_log::Column::OutboxId)
            .filter(outbox_log::COLUMN.outbox_id.is_in(ids()))
            .filter(outbox_log::COLUMN.event.eq(OutboxEvent::Resent.code()))
            .into_tuple()
            .all(db)
            .await?;
        let bounced = bounced.into_iter().filter_map(|(id, at)| Some((id?, at))).collect();
        Ok(Self { dead, bounced, resent: resent.into_iter().collect(), now })
    }

    /// Returns whether the company that has had to be called since `since` has not heard what the mail says.
    fn is_untold(&self, it: &row::Model, since: DateTime<Utc>) -> bool {
        if self.resent.contains(&it.id) {
            return false;
        }
        let (is_new, back) = (it.created_at >= since, self.bounced.get(&it.id));
        let has_come_back = back.is_some_and(|at| *at >= since);
        let reply = it.last_reply.as_deref();
        match it.state.known() {
            Some(MailStatus::Suppressed) => {
                let is_left = reply == Some(BY_TELEPHONE) && it.due_at >= since;
                is_left || (is_new && (reply == Some(BY_TELEPHONE) || reply == Some(UNREACHABLE)))
            }
            Some(MailStatus::Failed) => is_new || has_come_back,
            Some(MailStatus::Sent) => has_come_back || (is_new && back.is_some()),
            Some(MailStatus::Waiting) => {
                let is_due = it.due_at <= self.now;
                let is_lost = self.dead.contains(&it.recipient.to_lowercase()) || awaits_address(it);
                let is_planned = !is_due && it.send_condition.is_some() && !has_words_of_a_person(it);
                is_lost && ((is_new && !is_planned) || (is_due && it.due_at >= since))
            }
            Some(MailStatus::Sending) | None => false,
        }
    }
}

/// Returns whether the mail has words of a person, which no address gets that is not proved.
fn has_words_of_a_person(it: &row::Model) -> bool {
    MailKind::from_code(&it.kind).is_some_and(MailKind::is_correspondence)
}

/// Returns whether the mail says that there is a message, without its words.
fn announces_entry(it: &row::Model) -> bool {
    MailKind::from_code(&it.kind).is_some_and(MailKind::announces_entry)
}

/// Returns the messages that the mails announce, by their consultation and time.
async fn messages(
    db: &impl ConnectionTrait,
    rows: &[row::Model],
) -> Result<HashMap<(Uuid, DateTime<Utc>), String>, DbErr> {
    let announced: Vec<_> = rows.iter().filter(|it| announces_entry(it)).collect();
    if announced.is_empty() {
        return Ok(HashMap::new());
    }
    let found = message::Entity::find()
        .filter(message::COLUMN.consultation_id.is_in(announced.iter().filter_map(|it| it.consultation_id)))
        .filter(message::COLUMN.created_at.is_in(announced.iter().map(|it| it.created_at)))
        .filter(message::COLUMN.author_kind.ne(Party::Company.code()))
        .filter(message::COLUMN.internal.eq(false))
        .all(db)
        .await?;
    Ok(found.into_iter().map(|it| ((it.consultation_id, it.created_at), it.body)).collect())
}
