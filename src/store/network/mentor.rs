//! Mentors: companies that answer questions, want to, or did.
use chrono::{DateTime, Utc};
use domain::{
    id::{MentorId, NetworkQuestionId},
    intake::{company::Headcount, contact::EmailAddress},
    network::{MentorEntry, MentorStatus},
    prefecture::Prefecture,
    text::TextLine,
};
use entity::{mentor as row, network_pass};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait,
    IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::store::{contradiction, count_and_first, due_keys, known};

/// The address of one that was erased.
const ERASED: &str = "erased@invalid.example";

/// One mentor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mentor {
    pub id: MentorId,
    pub status: MentorStatus,
    pub entry: MentorEntry,
    pub agreed_at: DateTime<Utc>,
    /// The time at which the address was proved. Nothing but the proof is mailed to one that is not.
    pub proved_at: Option<DateTime<Utc>>,
    /// The end of the time to prove it.
    pub until: Option<DateTime<Utc>>,
    pub state_since: DateTime<Utc>,
    pub reason: Option<String>,
    /// Whether person and address are erased.
    pub is_erased: bool,
    pub version: i32,
    pub due_at: Option<DateTime<Utc>>,
}

/// The states in which an address has a mentor, or can still have one.
const LIVE: [MentorStatus; 4] =
    [MentorStatus::Unproved, MentorStatus::Applied, MentorStatus::Listed, MentorStatus::Paused];

pub async fn find(db: &impl ConnectionTrait, id: MentorId) -> Result<Option<Mentor>, DbErr> {
    row::Entity::find_by_id(id.0).one(db).await?.map(from_row).transpose()
}

/// Returns a mentor as `find` does, locked until the end of the transaction.
pub async fn lock(tx: &DatabaseTransaction, id: MentorId) -> Result<Option<Mentor>, DbErr> {
    row::Entity::find_by_id(id.0).lock_exclusive().one(tx).await?.map(from_row).transpose()
}

/// Returns the mentor of an address that is in force, or can still be.
pub async fn of_address(db: &impl ConnectionTrait, email_key: &str) -> Result<Option<Mentor>, DbErr> {
    let found = row::Entity::find()
        .filter(row::COLUMN.email_key.eq(email_key))
        .filter(row::COLUMN.status.is_in(LIVE.map(MentorStatus::code)))
        .one(db)
        .await?;
    found.map(from_row).transpose()
}

/// Returns all mentors in this state, by name.
pub async fn in_state(db: &impl ConnectionTrait, status: MentorStatus) -> Result<Vec<Mentor>, DbErr> {
    let rows = row::Entity::find()
        .filter(row::COLUMN.status.eq(status.code()))
        .order_by_asc(row::COLUMN.name)
        .order_by_asc(row::COLUMN.id)
        .all(db)
        .await?;
    rows.into_iter().map(from_row).collect()
}

/// Returns the number of those that wait for approval, and since when the first of them waits.
pub async fn waiting(db: &impl ConnectionTrait) -> Result<(u64, Option<DateTime<Utc>>), DbErr> {
    let applied = row::Entity::find().filter(row::COLUMN.status.eq(MentorStatus::Applied.code()));
    count_and_first(db, applied, row::Column::StateSince).await
}

pub async fn insert(tx: &DatabaseTransaction, it: &Mentor) -> Result<(), DbErr> {
    row::Entity::insert(to_row(it).into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

pub async fn save(tx: &DatabaseTransaction, it: &Mentor) -> Result<(), DbErr> {
    let changed = row::ActiveModel { id: Set(it.id.0), ..to_row(it).into_active_model().reset_all() };
    row::Entity::update(changed).exec(tx).await?;
    Ok(())
}

/// Deletes mentors whose address was not proved in time. Returns their ids.
pub async fn delete_unproved(tx: &DatabaseTransaction, now: DateTime<Utc>) -> Result<Vec<MentorId>, DbErr> {
    let ids: Vec<Uuid> = row::Entity::find()
        .select_only()
        .column(row::Column::Id)
        .filter(row::COLUMN.status.eq(MentorStatus::Unproved.code()))
        .filter(row::COLUMN.until.lte(now))
        .into_tuple()
        .all(tx)
        .await?;
    row::Entity::delete_many().filter(row::COLUMN.id.is_in(ids.iter().copied())).exec(tx).await?;
    Ok(ids.into_iter().map(MentorId).collect())
}

/// Returns the number of questions that were passed on to a mentor in a month.
pub async fn passed(db: &impl ConnectionTrait, id: MentorId, month: i32) -> Result<u64, DbErr> {
    network_pass::Entity::find()
        .filter(network_pass::COLUMN.mentor_id.eq(id.0))
        .filter(network_pass::COLUMN.month.eq(month))
        .count(db)
        .await
}

/// Records that a question takes a place of a mentor in a month. The key of the table keeps a place from being taken
/// twice.
pub async fn take_place(
    tx: &DatabaseTransaction,
    id: MentorId,
    (month, slot): (i32, i32),
    question: NetworkQuestionId,
) -> Result<(), DbErr> {
    let model =
        network_pass::Model { id: Uuid::now_v7(), mentor_id: id.0, month, slot, question_id: question.0 };
    network_pass::Entity::insert(model.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

/// Returns up to `limit` mentors whose next step is due at `now`, without those of `except`.
pub async fn due(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    except: &[Uuid],
    limit: u64,
) -> Result<Vec<Uuid>, DbErr> {
    due_keys(db, row::Entity::find(), (row::Column::Id, row::Column::DueAt), now, except, limit).await
}

fn to_row(it: &Mentor) -> row::Model {
    let entry = &it.entry;
    let topics: Vec<_> = entry.topics.iter().map(TextLine::as_str).collect();
    let personal = |text: String| (!it.is_erased).then_some(text);
    row::Model {
        id: it.id.0,
        status: it.status.into(),
        name: entry.name.to_string(),
        industry: entry.industry.into(),
        employees: i32::try_from(entry.employees.get()).unwrap_or(i32::MAX),
        prefecture: i32::from(entry.prefecture.code()),
        topics: topics.join("\n"),
        a_month: i32::from(entry.a_month),
        open_from: entry.open_from,
        open_until: entry.open_until,
        contact_name: personal(entry.contact_name.to_string()),
        email: personal(entry.email.to_string()),
        email_key: personal(entry.email.key()),
        agreed_at: it.agreed_at,
        proved_at: it.proved_at,
        until: it.until,
        state_since: it.state_since,
        reason: it.reason.clone(),
        version: it.version,
        due_at: it.due_at,
    }
}

fn from_row(row: row::Model) -> Result<Mentor, DbErr> {
    let wrong = |why: &dyn std::fmt::Display| contradiction(row::Entity, row.id, why);
    let line = |text: &str| TextLine::try_from(text.to_owned()).map_err(|err| wrong(&err));
    let email = row.email.as_deref().unwrap_or(ERASED);
    let entry = MentorEntry {
        name: line(&row.name)?,
        industry: known(&row.industry, row::Column::Industry, row.id)?,
        employees: Headcount::try_from(u32::try_from(row.employees).unwrap_or_default())
            .map_err(|err| wrong(&err))?,
        prefecture: Prefecture::from_code(u8::try_from(row.prefecture).unwrap_or_default())
            .map_err(|err| wrong(&err))?,
        topics: row.topics.lines().filter(|it| !it.is_empty()).map(line).collect::<Result<_, _>>()?,
        a_month: u16::try_from(row.a_month).unwrap_or_default(),
        open_from: row.open_from,
        open_until: row.open_until,
        contact_name: line(row.contact_name.as_deref().unwrap_or("（消去済み）"))?,
        email: EmailAddress::parse(email).map_err(|err| wrong(&err))?,
    };
    Ok(Mentor {
        id: MentorId(row.id),
        status: known(&row.status, row::Column::Status, row.id)?,
        entry,
        agreed_at: row.agreed_at,
        proved_at: row.proved_at,
        until: row.until,
        state_since: row.state_since,
        is_erased: row.email.is_none(),
        reason: row.reason,
        version: row.version,
        due_at: row.due_at,
    })
}
