//! Questions to mentors.
use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::{
    id::{ConsultationId, MentorId, NetworkQuestionId},
    intake::contact::EmailAddress,
    network::{NetworkQuestionStatus, QuestionEntry, QuestionLife, QuestionState},
    prefecture::Prefecture,
    text::{Prose, TextLine},
};
use entity::network_question as row;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait,
    IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::store::{contradiction, count_and_first, due_keys, known};

/// The word that stands in place of one that was erased, and the address.
const ERASED: &str = "（消去済み）";
const ERASED_ADDRESS: &str = "erased@invalid.example";

/// One question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkQuestion {
    pub id: NetworkQuestionId,
    pub life: QuestionLife,
    pub entry: QuestionEntry,
    /// The mentor whom the asker has chosen.
    pub wanted: Option<MentorId>,
    pub consultation: Option<ConsultationId>,
    pub state_since: DateTime<Utc>,
    pub agreed_at: DateTime<Utc>,
    /// Whether the person and the words are erased.
    pub is_erased: bool,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub due_at: Option<DateTime<Utc>>,
}

impl NetworkQuestion {
    pub const fn status(&self) -> NetworkQuestionStatus {
        self.life.state.status()
    }
}

pub async fn find(
    db: &impl ConnectionTrait,
    id: NetworkQuestionId,
) -> Result<Option<NetworkQuestion>, DbErr> {
    row::Entity::find_by_id(id.0).one(db).await?.map(|it| from_row(&it)).transpose()
}

/// Returns a question as `find` does, locked until the end of the transaction.
pub async fn lock(tx: &DatabaseTransaction, id: NetworkQuestionId) -> Result<Option<NetworkQuestion>, DbErr> {
    row::Entity::find_by_id(id.0).lock_exclusive().one(tx).await?.map(|it| from_row(&it)).transpose()
}

/// Returns up to `limit` questions in this state, first the one that has been in it longest.
pub async fn in_state(
    db: &impl ConnectionTrait,
    status: NetworkQuestionStatus,
    limit: u64,
) -> Result<Vec<NetworkQuestion>, DbErr> {
    let rows = row::Entity::find()
        .filter(row::COLUMN.status.eq(status.code()))
        .order_by_asc(row::COLUMN.state_since)
        .order_by_asc(row::COLUMN.id)
        .limit(limit)
        .all(db)
        .await?;
    rows.into_iter().map(|it| from_row(&it)).collect()
}

/// Returns the questions that a mentor has not answered yet.
pub async fn open_of(db: &impl ConnectionTrait, mentor: MentorId) -> Result<Vec<NetworkQuestionId>, DbErr> {
    let ids: Vec<Uuid> = row::Entity::find()
        .select_only()
        .column(row::Column::Id)
        .filter(row::COLUMN.mentor_id.eq(mentor.0))
        .filter(row::COLUMN.status.eq(NetworkQuestionStatus::WithMentor.code()))
        .order_by_asc(row::COLUMN.id)
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids.into_iter().map(NetworkQuestionId).collect())
}

/// Returns those of these questions that a mentor has, with the times until which it answers.
pub async fn with_mentors(
    db: &impl ConnectionTrait,
    ids: Vec<NetworkQuestionId>,
) -> Result<HashMap<NetworkQuestionId, DateTime<Utc>>, DbErr> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(Uuid, Option<DateTime<Utc>>)> = row::Entity::find()
        .select_only()
        .columns([row::Column::Id, row::Column::Until])
        .filter(row::COLUMN.id.is_in(ids.into_iter().map(|it| it.0)))
        .filter(row::COLUMN.status.eq(NetworkQuestionStatus::WithMentor.code()))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().filter_map(|(id, until)| Some((NetworkQuestionId(id), until?))).collect())
}

/// Returns the number of questions that wait for the center, and since when the first of them waits.
pub async fn waiting(db: &impl ConnectionTrait) -> Result<(u64, Option<DateTime<Utc>>), DbErr> {
    let at_center = row::Entity::find().filter(row::COLUMN.status.eq(NetworkQuestionStatus::AtCenter.code()));
    count_and_first(db, at_center, row::Column::StateSince).await
}

pub async fn insert(tx: &DatabaseTransaction, it: &NetworkQuestion) -> Result<(), DbErr> {
    row::Entity::insert(to_row(it).into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

pub async fn save(tx: &DatabaseTransaction, it: &NetworkQuestion) -> Result<(), DbErr> {
    let changed = row::ActiveModel { id: Set(it.id.0), ..to_row(it).into_active_model().reset_all() };
    row::Entity::update(changed).exec(tx).await?;
    Ok(())
}

/// Deletes questions whose address was not proved in time. Returns their ids.
pub async fn delete_unproved(
    tx: &DatabaseTransaction,
    now: DateTime<Utc>,
) -> Result<Vec<NetworkQuestionId>, DbErr> {
    let ids: Vec<Uuid> = row::Entity::find()
        .select_only()
        .column(row::Column::Id)
        .filter(row::COLUMN.status.eq(NetworkQuestionStatus::Unproved.code()))
        .filter(row::COLUMN.until.lte(now))
        .into_tuple()
        .all(tx)
        .await?;
    row::Entity::delete_many().filter(row::COLUMN.id.is_in(ids.iter().copied())).exec(tx).await?;
    Ok(ids.into_iter().map(NetworkQuestionId).collect())
}

/// Returns up to `limit` questions whose next step is due at `now`, without those of `except`.
pub async fn due(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    except: &[Uuid],
    limit: u64,
) -> Result<Vec<Uuid>, DbErr> {
    due_keys(db, row::Entity::find(), (row::Column::Id, row::Column::DueAt), now, except, limit).await
}

fn to_row(it: &NetworkQuestion) -> row::Model {
    let (entry, life) = (&it.entry, it.life);
    let (until, back) = match life.state {
        QuestionState::Unproved { until } | QuestionState::WithMentor { until, .. } => (Some(until), None),
        QuestionState::AtCenter { back } => (None, back),
        QuestionState::Answered { .. } | QuestionState::Ended { .. } => (None, None),
    };
    let personal = |text: String| (!it.is_erased).then_some(text);
    row::Model {
        id: it.id.0,
        status: it.status().into(),
        wanted_id: it.wanted.map(|it| it.0),
        mentor_id: life.state.mentor().map(|it| it.0),
        consultation_id: it.consultation.map(|it| it.0),
        industry: entry.industry.into(),
        size: entry.size.into(),
        prefecture: i32::from(entry.prefecture.code()),
        company_name: personal(entry.company_name.to_string()),
        contact_name: personal(entry.contact_name.to_string()),
        email: personal(entry.email.to_string()),
        email_key: personal(entry.email.key()),
        words: personal(entry.text.to_string()),
        until,
        back_reason: back.map(Into::into),
        asker_agrees: life.asker_agrees,
        mentor_agrees: life.mentor_agrees,
        state_since: it.state_since,
        agreed_at: it.agreed_at,
        version: it.version,
        created_at: it.created_at,
        due_at: it.due_at,
    }
}

fn from_row(row: &row::Model) -> Result<NetworkQuestion, DbErr> {
    let wrong = |why: &dyn std::fmt::Display| contradiction(row::Entity, row.id, why);
    let missing = || wrong(&"lacks a value of its state");
    let mentor = row.mentor_id.map(MentorId);
    let back = row.back_reason.as_ref().map(|it| known(it, row::Column::BackReason, row.id)).transpose()?;
    let state = match known(&row.status, row::Column::Status, row.id)? {
        NetworkQuestionStatus::Unproved => QuestionState::Unproved { until: row.until.ok_or_else(missing)? },
        NetworkQuestionStatus::AtCenter => QuestionState::AtCenter { back },
        NetworkQuestionStatus::WithMentor => QuestionState::WithMentor {
            mentor: mentor.ok_or_else(missing)?,
            until: row.until.ok_or_else(missing)?,
        },
        NetworkQuestionStatus::Answered => QuestionState::Answered { mentor },
        NetworkQuestionStatus::Ended => QuestionState::Ended { mentor },
    };
    let line = |text: &Option<String>| {
        let text = text.clone().unwrap_or_else(|| ERASED.to_owned());
        TextLine::try_from(text).map_err(|err| wrong(&err))
    };
    let words = row.words.clone().unwrap_or_else(|| ERASED.to_owned());
    let entry = QuestionEntry {
        company_name: line(&row.company_name)?,
        industry: known(&row.industry, row::Column::Industry, row.id)?,
        size: known(&row.size, row::Column::Size, row.id)?,
        prefecture: Prefecture::from_code(u8::try_from(row.prefecture).unwrap_or_default())
            .map_err(|err| wrong(&err))?,
        contact_name: line(&row.contact_name)?,
        email: EmailAddress::parse(row.email.as_deref().unwrap_or(ERASED_ADDRESS))
            .map_err(|err| wrong(&err))?,
        text: Prose::try_from(words).map_err(|err| wrong(&err))?,
    };
    Ok(NetworkQuestion {
        id: NetworkQuestionId(row.id),
        life: QuestionLife { state, asker_agrees: row.asker_agrees, mentor_agrees: row.mentor_agrees },
        entry,
        wanted: row.wanted_id.map(MentorId),
        consultation: row.consultation_id.map(ConsultationId),
        state_since: row.state_since,
        agreed_at: row.agreed_at,
        is_erased: row.email.is_none(),
        version: row.version,
        created_at: row.created_at,
        due_at: row.due_at,
    })
}
