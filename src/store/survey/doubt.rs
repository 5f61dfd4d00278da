//! Reports of doubtful requests.
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    id::{AccountId, DoubtId},
    survey::{DoubtStatus, SurveyChannel, doubt::DoubtReport},
};
use entity::doubt as row;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait,
    IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::store::{count_and_first, due_keys, known};

/// A report with what the center has done about it. Texts and the person are `None` once they are erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    pub id: DoubtId,
    pub channel: SurveyChannel,
    pub sender: String,
    pub phone: Option<String>,
    pub description: Option<String>,
    pub name: Option<String>,
    pub contact: Option<String>,
    pub note: Option<String>,
    pub created_at: DateTime<Utc>,
    /// The day by which the center looks at it.
    pub look_by: NaiveDate,
    pub settled: Option<(DateTime<Utc>, AccountId)>,
    pub due_at: Option<DateTime<Utc>>,
}

impl Doubt {
    /// Creates a report that waits for the center.
    pub fn new(
        id: DoubtId,
        it: &DoubtReport,
        now: DateTime<Utc>,
        look_by: NaiveDate,
        due_at: DateTime<Utc>,
    ) -> Self {
        let text = |it: &Option<domain::text::TextLine>| it.as_ref().map(ToString::to_string);
        Self {
            id,
            channel: it.channel,
            sender: it.sender.to_string(),
            phone: text(&it.phone),
            description: Some(it.description.to_string()),
            name: text(&it.name),
            contact: text(&it.contact),
            note: None,
            created_at: now,
            look_by,
            settled: None,
            due_at: Some(due_at),
        }
    }

    pub const fn status(&self) -> DoubtStatus {
        if self.settled.is_some() { DoubtStatus::Settled } else { DoubtStatus::Reported }
    }

    /// Returns the report without its texts and its person.
    pub fn erased(self) -> Self {
        Self {
            phone: None,
            description: None,
            name: None,
            contact: None,
            note: None,
            sender: "（消去済み）".to_owned(),
            due_at: None,
            ..self
        }
    }
}

pub async fn find(db: &impl ConnectionTrait, id: DoubtId) -> Result<Option<Doubt>, DbErr> {
    row::Entity::find_by_id(id.0).one(db).await?.map(from_row).transpose()
}

/// Returns a report as `find` does, locked until the end of the transaction.
pub async fn lock(tx: &DatabaseTransaction, id: DoubtId) -> Result<Option<Doubt>, DbErr> {
    row::Entity::find_by_id(id.0).lock_exclusive().one(tx).await?.map(from_row).transpose()
}

/// Returns up to `limit` reports in this state: those that wait oldest first, those that are settled newest first.
pub async fn in_state(
    db: &impl ConnectionTrait,
    status: DoubtStatus,
    limit: u64,
) -> Result<Vec<Doubt>, DbErr> {
    let found = row::Entity::find().filter(row::COLUMN.status.eq(status.code())).limit(limit);
    let found = match status {
        DoubtStatus::Reported => found.order_by_asc(row::COLUMN.created_at),
        DoubtStatus::Settled => found.order_by_desc(row::COLUMN.created_at),
    };
    found.order_by_asc(row::COLUMN.id).all(db).await?.into_iter().map(from_row).collect()
}

/// Returns the number of reports that wait, and the first day by which the center looks at one.
pub async fn waiting(db: &impl ConnectionTrait) -> Result<(u64, Option<NaiveDate>), DbErr> {
    let reported = row::Entity::find().filter(row::COLUMN.status.eq(DoubtStatus::Reported.code()));
    count_and_first(db, reported, row::Column::LookBy).await
}

pub async fn insert(tx: &DatabaseTransaction, it: &Doubt) -> Result<(), DbErr> {
    row::Entity::insert(to_row(it).into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

pub async fn save(tx: &DatabaseTransaction, it: &Doubt) -> Result<(), DbErr> {
    let changed = row::ActiveModel { id: Set(it.id.0), ..to_row(it).into_active_model().reset_all() };
    row::Entity::update(changed).exec(tx).await?;
    Ok(())
}

/// Returns up to `limit` reports whose next step is due at `now`, without those of `except`.
pub async fn due(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    except: &[Uuid],
    limit: u64,
) -> Result<Vec<Uuid>, DbErr> {
    due_keys(db, row::Entity::find(), (row::Column::Id, row::Column::DueAt), now, except, limit).await
}

fn to_row(it: &Doubt) -> row::Model {
    let (settled_at, settled_by) = it.settled.unzip();
    row::Model {
        id: it.id.0,
        status: it.status().into(),
        channel: it.channel.into(),
        sender: it.sender.clone(),
        phone: it.phone.clone(),
        description: it.description.clone(),
        name: it.name.clone(),
        contact: it.contact.clone(),
        note: it.note.clone(),
        created_at: it.created_at,
        look_by: it.look_by,
        settled_at,
        settled_by: settled_by.map(|it| it.0),
        due_at: it.due_at,
    }
}

fn from_row(row: row::Model) -> Result<Doubt, DbErr> {
    Ok(Doubt {
        id: DoubtId(row.id),
        channel: known(&row.channel, row::Column::Channel, row.id)?,
        sender: row.sender,
        phone: row.phone,
        description: row.description,
        name: row.name,
        contact: row.contact,
        note: row.note,
        created_at: row.created_at,
        look_by: row.look_by,
        settled: row.settled_at.zip(row.settled_by.map(AccountId)),
        due_at: row.due_at,
    })
}
