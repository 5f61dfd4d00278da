//! The outbox: mail written with the change that causes it, leased by a worker, and never sent by two.
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::id::{ConsultationId, MailId};
use entity::{mail_budget, outbox as row, outbox_attempt};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, Set,
    sea_query::{Expr, LockBehavior, LockType, OnConflict},
};
use uuid::Uuid;

use super::contradiction;
use crate::mail::letter::{CalendarPart, Letter, MailKind, Method};

/// How a try at handing a mail over ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Sent,
    /// Try again later.
    Deferred,
    /// The server will never take it.
    Refused,
    /// What it says is no longer true.
    Suppressed,
}

impl Outcome {
    const fn code(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Deferred => "deferred",
            Self::Refused => "refused",
            Self::Suppressed => "suppressed",
        }
    }
}

/// Writes letters. One whose key is there already is dropped.
pub async fn push(
    tx: &DatabaseTransaction,
    letters: Vec<Letter>,
    domain: &str,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    if letters.is_empty() {
        return Ok(());
    }
    let rows = letters
        .into_iter()
        .map(|it| {
            let id = Uuid::now_v7();
            let (calendar, calendar_method) =
                it.calendar.map(|it| (it.body, it.method.code().to_owned())).unzip();
            let must_hold = it.must_hold.as_ref().map(serde_json::to_value).transpose();
            Ok(row::Model {
                id,
                consultation_id: it.consultation.map(|it| it.0),
                kind: it.kind.code().to_owned(),
                recipient: it.to,
                recipient_name: it.to_name,
                subject: it.subject,
                text_body: it.text,
                html_body: it.html,
                calendar,
                calendar_method,
                message_id: format!("{}@{domain}", id.simple()),
                dedup_key: it.dedup_key,
                must_hold: must_hold.map_err(|err| DbErr::Type(err.to_string()))?,
                state: "waiting".to_owned(),
                due_at: it.due_at,
                attempts: 0,
                lease_token: None,
                lease_until: None,
                last_reply: None,
                created_at: now,
                sent_at: None,
            }
            .into_active_model())
        })
        .collect::<Result<Vec<_>, DbErr>>()?;
    let written = row::Entity::insert_many(rows)
        .on_conflict(OnConflict::column(row::Column::DedupKey).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await;
    match written {
        Ok(_) | Err(DbErr::RecordNotInserted) => Ok(()),
        Err(err) => Err(err),
    }
}

/// Whether a mail of this key was ever written.
pub async fn is_written(db: &impl ConnectionTrait, key: &str) -> Result<bool, DbErr> {
    Ok(row::Entity::find().filter(row::COLUMN.dedup_key.eq(key)).one(db).await?.is_some())
}

/// Whether there is anything to lease; asked before a transaction is begun for it.
pub async fn any_due(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<bool, DbErr> {
    let found: Option<Uuid> = row::Entity::find()
        .select_only()
        .column(row::Column::Id)
        .filter(is_due(now))
        .limit(1)
        .into_tuple()
        .one(db)
        .await?;
    Ok(found.is_some())
}

/// A mail that somebody has leased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leased {
    pub id: MailId,
    pub message_id: String,
    pub letter: Letter,
    /// Tries before this one.
    pub attempts: i32,
    pub created_at: DateTime<Utc>,
}

/// Leases up to `limit` mails that are due, or whose lease has run out because its holder died.
///
/// Each is marked as being sent, with a token that only the caller has: a worker that wakes up after its lease was
/// taken over cannot mark anything.
pub async fn lease(
    tx: &DatabaseTransaction,
    now: DateTime<Utc>,
    length: TimeDelta,
    limit: u64,
) -> Result<(Uuid, Vec<Leased>), DbErr> {
    let token = Uuid::new_v4();
    let rows = row::Entity::find()
        .filter(is_due(now))
        .order_by_asc(row::COLUMN.due_at)
        .limit(limit)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .all(tx)
        .await?;
    if rows.is_empty() {
        return Ok((token, Vec::new()));
    }
    row::Entity::update_many()
        .col_expr(row::Column::State, Expr::value("sending"))
        .col_expr(row::Column::LeaseToken, Expr::value(token))
        .col_expr(row::Column::LeaseUntil, Expr::value(now + length))
        .filter(row::COLUMN.id.is_in(rows.iter().map(|it| it.id)))
        .exec(tx)
        .await?;
    let leased = rows.into_iter().map(leased).collect::<Result<_, _>>()?;
    Ok((token, leased))
}

/// Writes down how a try ended and, for one to be tried again, when. False where the lease is no longer the caller's.
pub async fn settle(
    tx: &DatabaseTransaction,
    mail: &Leased,
    token: Uuid,
    outcome: Outcome,
    detail: &str,
    again_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let (state, sent_at) = match (outcome, again_at) {
        (Outcome::Sent, _) => ("sent", Some(now)),
        (Outcome::Suppressed, _) => ("suppressed", None),
        (Outcome::Deferred, Some(_)) => ("waiting", None),
        (Outcome::Deferred, None) | (Outcome::Refused, _) => ("failed", None),
    };
    let changed = row::Entity::update_many()
        .col_expr(row::Column::State, Expr::value(state))
        .col_expr(row::Column::LeaseToken, Expr::value(None::<Uuid>))
        .col_expr(row::Column::LeaseUntil, Expr::value(None::<DateTime<Utc>>))
        .col_expr(row::Column::Attempts, Expr::value(mail.attempts + 1))
        .col_expr(row::Column::DueAt, Expr::value(again_at.unwrap_or(mail.letter.due_at)))
        .col_expr(row::Column::LastReply, Expr::value(detail))
        .col_expr(row::Column::SentAt, Expr::value(sent_at))
        .filter(row::COLUMN.id.eq(mail.id.0))
        .filter(row::COLUMN.lease_token.eq(token))
        .exec(tx)
        .await?;
    if changed.rows_affected == 0 {
        return Ok(false);
    }
    let attempt = outbox_attempt::ActiveModel {
        outbox_id: Set(mail.id.0),
        at: Set(now),
        outcome: Set(outcome.code().to_owned()),
        detail: Set(detail.to_owned()),
        ..Default::default()
    };
    outbox_attempt::Entity::insert(attempt).exec_without_returning(tx).await?;
    Ok(true)
}

/// Gives up planned mails of a consultation that has ended.
pub async fn suppress_waiting(tx: &DatabaseTransaction, id: ConsultationId, why: &str) -> Result<(), DbErr> {
    row::Entity::update_many()
        .col_expr(row::Column::State, Expr::value("suppressed"))
        .col_expr(row::Column::LastReply, Expr::value(why))
        .filter(row::COLUMN.consultation_id.eq(id.0))
        .filter(row::COLUMN.state.eq("waiting"))
        .filter(row::COLUMN.must_hold.is_not_null())
        .exec(tx)
        .await?;
    Ok(())
}

/// The mails of a consultation, newest first.
pub async fn of(db: &impl ConnectionTrait, id: ConsultationId) -> Result<Vec<row::Model>, DbErr> {
    row::Entity::find()
        .filter(row::COLUMN.consultation_id.eq(id.0))
        .order_by_desc(row::COLUMN.id)
        .all(db)
        .await
}

/// Mails in order of writing, newest first, before the one with the id `before`; of one state where it is given.
pub async fn page(
    db: &impl ConnectionTrait,
    state: Option<&str>,
    before: Option<MailId>,
    limit: u64,
) -> Result<Vec<row::Model>, DbErr> {
    let mut query = row::Entity::find();
    if let Some(state) = state {
        query = query.filter(row::COLUMN.state.eq(state));
    }
    if let Some(before) = before {
        query = query.filter(row::COLUMN.id.lt(before.0));
    }
    query.order_by_desc(row::COLUMN.id).limit(limit).all(db).await
}

pub async fn find(db: &impl ConnectionTrait, id: MailId) -> Result<Option<row::Model>, DbErr> {
    row::Entity::find_by_id(id.0).one(db).await
}

/// Every try at a mail, oldest first.
pub async fn attempts(db: &impl ConnectionTrait, id: MailId) -> Result<Vec<outbox_attempt::Model>, DbErr> {
    outbox_attempt::Entity::find()
        .filter(outbox_attempt::COLUMN.outbox_id.eq(id.0))
        .order_by_asc(outbox_attempt::COLUMN.id)
        .all(db)
        .await
}

/// Has a mail that failed tried again at once. False where it has not failed.
pub async fn retry(tx: &DatabaseTransaction, id: MailId, now: DateTime<Utc>) -> Result<bool, DbErr> {
    let changed = row::Entity::update_many()
        .col_expr(row::Column::State, Expr::value("waiting"))
        .col_expr(row::Column::DueAt, Expr::value(now))
        .filter(row::COLUMN.id.eq(id.0))
        .filter(row::COLUMN.state.eq("failed"))
        .exec(tx)
        .await?;
    Ok(changed.rows_affected > 0)
}

/// Counts one more mail against `key` on a day, and says how many it makes.
pub async fn count_against(tx: &DatabaseTransaction, key: &str, day: NaiveDate) -> Result<i32, DbErr> {
    let first = mail_budget::Model { key: key.to_owned(), date: day, count: 1 };
    mail_budget::Entity::insert(first.into_active_model())
        .on_conflict(
            OnConflict::columns([mail_budget::Column::Key, mail_budget::Column::Date])
                .value(
                    mail_budget::Column::Count,
                    Expr::col((mail_budget::Entity, mail_budget::Column::Count)).add(1),
                )
                .to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    let row = mail_budget::Entity::find_by_id((key.to_owned(), day)).one(tx).await?;
    Ok(row.map_or(1, |it| it.count))
}

/// How many mails were counted against `key` on a day.
pub async fn counted(db: &impl ConnectionTrait, key: &str, day: NaiveDate) -> Result<i32, DbErr> {
    let row = mail_budget::Entity::find_by_id((key.to_owned(), day)).one(db).await?;
    Ok(row.map_or(0, |it| it.count))
}

/// The letter that a row holds.
pub fn letter(row: row::Model) -> Result<Letter, DbErr> {
    let wrong = |why: &str| contradiction("outbox", row.id, why);
    let method =
        row.calendar_method.as_deref().map(|it| Method::from_code(it).ok_or_else(|| wrong("method")));
    let must_hold = row.must_hold.clone().map(serde_json::from_value).transpose();
    Ok(Letter {
        kind: MailKind::from_code(&row.kind).ok_or_else(|| wrong("kind"))?,
        calendar: method.transpose()?.zip(row.calendar).map(|(method, body)| CalendarPart { method, body }),
        must_hold: must_hold.map_err(|err| contradiction("outbox", row.id, err))?,
        consultation: row.consultation_id.map(ConsultationId),
        to: row.recipient,
        to_name: row.recipient_name,
        subject: row.subject,
        text: row.text_body,
        html: row.html_body,
        due_at: row.due_at,
        dedup_key: row.dedup_key,
    })
}

fn leased(row: row::Model) -> Result<Leased, DbErr> {
    Ok(Leased {
        id: MailId(row.id),
        message_id: row.message_id.clone(),
        attempts: row.attempts,
        created_at: row.created_at,
        letter: letter(row)?,
    })
}

/// Due, or in hand of somebody whose lease has run out.
fn is_due(now: DateTime<Utc>) -> Expr {
    let due = row::COLUMN.state.eq("waiting").and(row::COLUMN.due_at.lte(now));
    due.or(row::COLUMN.state.eq("sending").and(row::COLUMN.lease_until.lte(now)))
}
