//! Publications: their state, their revisions, and the shelf that the public reads.
use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use codes::{EditorAct, PublicationStatus, RevisionAct};
use domain::{
    id::{AccountId, PublicationId},
    publication::{Content, Facts, Period, Publication, PublicationKind, PublicationState},
    text::{Prose, TextLine},
};
use entity::{
    account, example_picture, file_import_entry, publication as row, publication_file, publication_revision,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, ExprTrait, IntoActiveModel,
    Iterable, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationDef, Select,
    sea_query::{Expr, IntoCondition, OnConflict},
};
use uuid::Uuid;

use crate::store::{
    Coded,
    audit::editor_act::{self, ActSubject},
    contradiction, insert_all, known,
    reference::revision::{RevisedPart, of_publications, touch, touch_by},
};

pub mod consent;
pub mod deleted_draft;
pub mod examples;
pub mod file;
pub mod guide;
pub mod link_check;
pub mod picture;
pub mod reading;
pub mod searched_text;
pub mod shelf;
pub mod successor;

/// The number of publications that one statement reads or writes.
const AT_ONCE: usize = 500;

/// The first number of a kind. It has five digits, so that an address with a year cannot be meant.
const FIRST_NUMBER: i32 = 10_001;

/// One revision of a publication, as its history shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    pub number: i32,
    pub act: RevisionAct,
    pub content: Content,
    /// The name of the author; `None` for shipped data.
    pub by: Option<String>,
    pub at: DateTime<Utc>,
}

/// A publication in the editors' list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedPublication {
    pub publication: Publication,
    pub updated_at: DateTime<Utc>,
}

/// Returns the next number of a kind. Transactions that ask for one take turns.
pub async fn next_number(tx: &DatabaseTransaction, kind: PublicationKind) -> Result<i32, DbErr> {
    touch(tx, RevisedPart::Publications).await?;
    let last: Option<Option<i32>> = row::Entity::find()
        .select_only()
        .column_as(Expr::col(row::Column::Number).max(), "last")
        .filter(row::COLUMN.kind.eq(kind.code()))
        .into_tuple()
        .one(tx)
        .await?;
    Ok(last.flatten().map_or(FIRST_NUMBER, |it| it + 1))
}

/// Returns whether a publication of the kind has this number.
pub async fn has_number(
    db: &impl ConnectionTrait,
    kind: PublicationKind,
    number: i32,
) -> Result<bool, DbErr> {
    let found = row::Entity::find()
        .filter(row::COLUMN.kind.eq(kind.code()))
        .filter(row::COLUMN.number.eq(number))
        .one(db)
        .await?;
    Ok(found.is_some())
}

/// Returns a publication with its newest content.
pub async fn find(db: &impl ConnectionTrait, id: PublicationId) -> Result<Option<Publication>, DbErr> {
    let found = row::Entity::find_by_id(id.0).one(db).await?;
    with_content(db, found).await
}

/// Returns a publication as `find` does, locked until the end of the transaction.
pub async fn lock(tx: &DatabaseTransaction, id: PublicationId) -> Result<Option<Publication>, DbErr> {
    let found = row::Entity::find_by_id(id.0).lock_exclusive().one(tx).await?;
    with_content(tx, found).await
}

/// Returns the publications of a kind that changed last, at most `limit`, newest first, each with its newest content.
pub async fn newest(
    db: &impl ConnectionTrait,
    kind: PublicationKind,
    limit: u64,
) -> Result<Vec<ListedPublication>, DbErr> {
    let rows = row::Entity::find()
        .filter(row::COLUMN.kind.eq(kind.code()))
        .order_by_desc(row::COLUMN.updated_at)
        .order_by_desc(row::COLUMN.number)
        .limit(limit)
        .all(db)
        .await?;
    let ids: Vec<_> = rows.iter().map(|it| it.id).collect();
    let newest = at(row::Column::Revision).filter(publication_revision::COLUMN.publication_id.is_in(ids));
    let mut contents = by_publication(newest.all(db).await?);
    let listed = rows.into_iter().map(|row| {
        let updated_at = row.updated_at;
        let revision = contents.remove(&row.id);
        let revision = revision.ok_or_else(|| contradiction(row::Entity, row.id, "has no revision"))?;
        Ok(ListedPublication { publication: assembled(&row, revision)?, updated_at })
    });
    listed.collect()
}

/// Returns one revision of a publication.
pub async fn revision(
    db: &impl ConnectionTrait,
    id: PublicationId,
    number: i32,
) -> Result<Option<Revision>, DbErr> {
    let found = publication_revision::Entity::find_by_id((id.0, number)).one(db).await?;
    Ok(named(db, found.into_iter().collect()).await?.into_iter().next())
}

/// Returns all revisions of a publication, newest first.
pub async fn history(db: &impl ConnectionTrait, id: PublicationId) -> Result<Vec<Revision>, DbErr> {
    let rows = publication_revision::Entity::find()
        .filter(publication_revision::COLUMN.publication_id.eq(id.0))
        .order_by_desc(publication_revision::COLUMN.revision)
        .all(db)
        .await?;
    named(db, rows).await
}

/// Returns these publications as `lock` does, in no order. One that does not exist any more is left out.
pub async fn lock_all(tx: &DatabaseTransaction, ids: &[PublicationId]) -> Result<Vec<Publication>, DbErr> {
    let mut found = Vec::new();
    for part in ids.chunks(AT_ONCE) {
        let ids: Vec<_> = part.iter().map(|it| it.0).collect();
        let locked = row::Entity::find().filter(row::COLUMN.id.is_in(ids.iter().copied())).lock_exclusive();
        let rows = locked.order_by_asc(row::COLUMN.id).all(tx).await?;
        let newest = at(row::Column::Revision).filter(among(ids));
        let mut contents = by_publication(newest.all(tx).await?);
        for row in rows {
            let revision = contents.remove(&row.id);
            let revision = revision.ok_or_else(|| contradiction(row::Entity, row.id, "has no revision"))?;
            found.push(assembled(&row, revision)?);
        }
    }
    Ok(found)
}

/// Deletes drafts, which editors alone have read, with their revisions, pictures and files.
pub async fn delete_drafts(tx: &DatabaseTransaction, ids: &[PublicationId]) -> Result<(), DbErr> {
    for part in ids.chunks(AT_ONCE) {
        let ids: Vec<_> = part.iter().map(|it| it.0).collect();
        let of_drafts = file_import_entry::COLUMN.publication_id.is_in(ids.iter().copied());
        file_import_entry::Entity::delete_many().filter(of_drafts).exec(tx).await?;
        link_check::forget_links(tx, part.iter().copied()).await?;
        let of_drafts = example_picture::COLUMN.publication_id.is_in(ids.iter().copied());
        example_picture::Entity::delete_many().filter(of_drafts).exec(tx).await?;
        let of_drafts = publication_file::COLUMN.publication_id.is_in(ids.iter().copied());
        publication_file::Entity::delete_many().filter(of_drafts).exec(tx).await?;
        let of_drafts = publication_revision::COLUMN.publication_id.is_in(ids.iter().copied());
        publication_revision::Entity::delete_many().filter(of_drafts).exec(tx).await?;
        row::Entity::delete_many().filter(row::COLUMN.id.is_in(ids)).exec(tx).await?;
    }
    Ok(())
}

/// Returns the acts that have made the revisions of a publication.
pub async fn acts(db: &impl ConnectionTrait, id: PublicationId) -> Result<Vec<RevisionAct>, DbErr> {
    let acts: Vec<Coded<RevisionAct>> = publication_revision::Entity::find()
        .select_only()
        .column(publication_revision::Column::Act)
        .filter(publication_revision::COLUMN.publication_id.eq(id.0))
        .into_tuple()
        .all(db)
        .await?;
    acts.iter().map(|it| known(it, publication_revision::Column::Act, id.0)).collect()
}

/// Saves a publication after an act, with its new revision, and records the act of an editor. Raises the revision of what
/// the public reads.
pub async fn save(
    tx: &DatabaseTransaction,
    it: &Publication,
    act: RevisionAct,
    by: Option<AccountId>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    save_all(tx, std::slice::from_ref(it), act, by, now).await?;
    let Some(by) = by else { return Ok(()) };
    editor_act::insert(tx, EditorAct::of_revision(act), ActSubject::of(it), by, now).await
}

/// Saves publications after the same act, each with its new revision, as `save` does, but records no act of an editor: it
/// belongs to the file from which they come. Each is among them once.
pub async fn save_all(
    tx: &DatabaseTransaction,
    all: &[Publication],
    act: RevisionAct,
    by: Option<AccountId>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let count = i64::try_from(all.len()).unwrap_or(i64::MAX);
    if count == 0 {
        return Ok(());
    }
    touch_by(tx, RevisedPart::Publications, count).await?;
    let first = of_publications(tx).await? - count + 1;
    for (part, at) in all.chunks(AT_ONCE).zip((first..).step_by(AT_ONCE)) {
        let rows = part.iter().zip(at..).map(|(it, number)| publication_row(it, number, now));
        let rows = rows.map(IntoActiveModel::into_active_model);
        let changed = row::Column::iter().filter(|it| !matches!(it, row::Column::Id));
        let changed = OnConflict::column(row::Column::Id).update_columns(changed).to_owned();
        row::Entity::insert_many(rows).on_conflict(changed).exec_without_returning(tx).await?;
        let revisions = part.iter().map(|it| revision_row(it, act, by, now));
        let revisions = revisions.collect::<Result<Vec<_>, _>>()?;
        insert_all(tx, revisions.into_iter().map(IntoActiveModel::into_active_model)).await?;
    }
    Ok(())
}

fn publication_row(it: &Publication, change_number: i64, now: DateTime<Utc>) -> row::Model {
    let period = it.state.period();
    row::Model {
        id: it.id.0,
        kind: it.kind().into(),
        number: it.number,
        revision: it.revision,
        public_revision: it.public_revision,
        status: it.state.status().into(),
        public_from: period.map(Period::from),
        public_until: period.and_then(Period::until),
        updated_at: now,
        change_number,
    }
}

fn revision_row(
    it: &Publication,
    act: RevisionAct,
    by: Option<AccountId>,
    now: DateTime<Utc>,
) -> Result<publication_revision::Model, DbErr> {
    Ok(publication_revision::Model {
        publication_id: it.id.0,
        revision: it.revision,
        act: act.into(),
        title: it.content.title.as_str().to_owned(),
        body: it.content.body.as_ref().map(|it| it.as_str().to_owned()),
        facts: serde_json::to_string(&it.content.facts).map_err(|err| DbErr::Json(err.to_string()))?,
        changed_by: by.map(|it| it.0),
        changed_at: now,
    })
}

/// Returns the query for the revisions whose number is in this column of their publication.
fn at(number: row::Column) -> Select<publication_revision::Entity> {
    let of_publication: RelationDef = publication_revision::Entity::belongs_to(row::Entity)
        .from(publication_revision::Column::PublicationId)
        .to(row::Column::Id)
        .on_condition(move |revision, publication| {
            let number = Expr::col((publication, number));
            Expr::col((revision, publication_revision::Column::Revision)).eq(number).into_condition()
        })
        .into();
    publication_revision::Entity::find().join(JoinType::InnerJoin, of_publication)
}

/// Returns the rows of a kind at these public numbers, each with the revision that the public reads, without the drafts.
async fn at_public_numbers(
    db: &impl ConnectionTrait,
    kind: PublicationKind,
    numbers: &[i32],
) -> Result<Vec<(row::Model, publication_revision::Model)>, DbErr> {
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    let rows = row::Entity::find()
        .filter(row::COLUMN.kind.eq(kind.code()))
        .filter(row::COLUMN.number.is_in(numbers.iter().copied()))
        .all(db)
        .await?;
    let mut revisions = public_revisions(db, rows.iter().map(|it| it.id).collect()).await?;
    Ok(rows.into_iter().filter_map(|row| revisions.remove(&row.id).map(|it| (row, it))).collect())
}

async fn public_revisions(
    db: &impl ConnectionTrait,
    ids: Vec<Uuid>,
) -> Result<HashMap<Uuid, publication_revision::Model>, DbErr> {
    let revisions = at(row::Column::PublicRevision).filter(among(ids)).all(db).await?;
    Ok(by_publication(revisions))
}

/// Returns the condition that the publication is one of these. It is put on the key of the smaller table, so that
/// PostgreSQL takes few rows by their keys also when it has no statistics yet.
fn among(ids: Vec<Uuid>) -> Expr {
    row::Column::Id.is_in(ids)
}

fn by_publication(rows: Vec<publication_revision::Model>) -> HashMap<Uuid, publication_revision::Model> {
    rows.into_iter().map(|it| (it.publication_id, it)).collect()
}

async fn with_content(
    db: &impl ConnectionTrait,
    found: Option<row::Model>,
) -> Result<Option<Publication>, DbErr> {
    let Some(row) = found else { return Ok(None) };
    let revision = publication_revision::Entity::find_by_id((row.id, row.revision)).one(db).await?;
    let revision = revision.ok_or_else(|| contradiction(row::Entity, row.id, "has no newest revision"))?;
    assembled(&row, revision).map(Some)
}

/// Adds the names of the authors to revisions.
async fn named(
    db: &impl ConnectionTrait,
    rows: Vec<publication_revision::Model>,
) -> Result<Vec<Revision>, DbErr> {
    let ids: BTreeSet<_> = rows.iter().filter_map(|it| it.changed_by).collect();
    let authors = account::Entity::find().filter(account::COLUMN.id.is_in(ids)).all(db).await?;
    let names: HashMap<_, _> = authors.into_iter().map(|it| (it.id, it.name)).collect();
    let revisions = rows.into_iter().map(|it| {
        let act = known(&it.act, publication_revision::Column::Act, it.publication_id)?;
        let by = it.changed_by.and_then(|id| names.get(&id).cloned());
        Ok(Revision { number: it.revision, act, by, at: it.changed_at, content: content(it)? })
    });
    revisions.collect()
}

fn assembled(row: &row::Model, revision: publication_revision::Model) -> Result<Publication, DbErr> {
    let content = content(revision)?;
    let kind = known(&row.kind, row::Column::Kind, row.id)?;
    if content.facts.kind() != kind {
        return Err(contradiction(row::Entity, row.id, "has the facts of another kind"));
    }
    Ok(Publication {
        id: PublicationId(row.id),
        number: row.number,
        revision: row.revision,
        public_revision: row.public_revision,
        state: state(row)?,
        content,
    })
}

fn state(row: &row::Model) -> Result<PublicationState, DbErr> {
    let wrong = |why: &dyn std::fmt::Display| contradiction(row::Entity, row.id, why);
    let period = || {
        let from = row.public_from.ok_or_else(|| wrong(&"has no period"))?;
        Period::new(from, row.public_until).map_err(|err| wrong(&err))
    };
    Ok(match known(&row.status, row::Column::Status, row.id)? {
        PublicationStatus::Draft => PublicationState::Draft,
        PublicationStatus::Published => PublicationState::Published(period()?),
        PublicationStatus::Archived => PublicationState::Archived(period()?),
    })
}

fn content(row: publication_revision::Model) -> Result<Content, DbErr> {
    let id = row.publication_id;
    let wrong = |err: &dyn std::fmt::Display| contradiction(publication_revision::Entity, id, err);
    let facts: Facts = serde_json::from_str(&row.facts).map_err(|err| wrong(&err))?;
    let title = TextLine::try_from(row.title).map_err(|err| wrong(&err))?;
    let body = row.body.map(Prose::try_from).transpose().map_err(|err| wrong(&err))?;
    Ok(Content { title, body, facts })
}
