//! Examples as the public reads them: those that changed, for the index, and the lines of a list.
use std::collections::HashMap;

use chrono::{DateTime, Utc};
use codes::TeleworkStatus;
use domain::{
    id::PublicationId,
    publication::{
        Content, Facts, Period, Publication, PublicationKind, PublicationState,
        example::{CompanySize, ExampleFacts, ExampleRef, similar::CompanyProfile},
    },
    text::{Prose, TextLine},
};
use entity::{Coded, application, publication as row, publication_revision};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{among, assembled, at, at_public_numbers, public_revisions};
use crate::store::{
    consultation::{self, Record},
    contradiction,
};

/// An example that changed.
#[derive(Clone, Debug)]
pub struct ChangedExample {
    pub id: PublicationId,
    /// The number of the change: servers ask for what came after it.
    pub change_number: i64,
    /// The revision that the public reads; `None` if it is a draft or has ended.
    pub public: Option<PublicExample>,
}

/// An example at the revision that the public reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicExample {
    pub at: ExampleRef,
    pub until: Option<DateTime<Utc>>,
    pub state: PublicationState,
    pub title: TextLine,
    pub body: Option<Prose>,
    pub facts: ExampleFacts,
}

/// Returns the examples that changed after `last`, in the order of their changes, at most `limit`.
pub async fn changed_since(
    db: &impl ConnectionTrait,
    last: i64,
    limit: u64,
) -> Result<Vec<ChangedExample>, DbErr> {
    let rows = row::Entity::find()
        .filter(row::COLUMN.kind.eq(PublicationKind::Example.code()))
        .filter(row::COLUMN.change_number.gt(last))
        .order_by_asc(row::COLUMN.change_number)
        .limit(limit)
        .all(db)
        .await?;
    let mut revisions = public_revisions(db, rows.iter().map(|it| it.id).collect()).await?;
    let changed = rows.into_iter().map(|row| {
        let public = match revisions.remove(&row.id) {
            Some(revision) => Some(public_example(&row, revision)?),
            None => None,
        };
        Ok(ChangedExample {
            id: PublicationId(row.id),
            change_number: row.change_number,
            public: public.filter(|it| matches!(it.state, PublicationState::Published(_))),
        })
    });
    changed.collect()
}

/// Returns these examples as the public reads them now, in the same order. Those that have ended meanwhile are left out.
pub async fn lines(db: &impl ConnectionTrait, wanted: &[ExampleRef]) -> Result<Vec<PublicExample>, DbErr> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<_> = wanted.iter().map(|it| it.id.0).collect();
    let rows = at(row::Column::PublicRevision).filter(among(ids)).select_also(row::Entity).all(db).await?;
    let rows = rows.into_iter().filter_map(|(revision, row)| Some((row?, revision)));
    let mut rows: HashMap<_, _> = rows.map(|(row, revision)| (row.id, (row, revision))).collect();
    let found = wanted.iter().filter_map(|it| rows.remove(&it.id.0));
    let found = found.map(|(row, revision)| public_example(&row, revision)).collect::<Result<Vec<_>, _>>()?;
    Ok(found.into_iter().filter(|it| matches!(it.state, PublicationState::Published(_))).collect())
}

/// Returns the example at a public address, also one that has ended; `None` for a draft.
pub async fn numbered(db: &impl ConnectionTrait, number: i32) -> Result<Option<PublicExample>, DbErr> {
    Ok(at_numbers(db, &[number]).await?.remove(&number))
}

/// Returns the examples at these public addresses that are published, in the same order.
pub async fn of_numbers(db: &impl ConnectionTrait, numbers: &[i32]) -> Result<Vec<PublicExample>, DbErr> {
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    let found = at_numbers(db, numbers).await?;
    let found = numbers.iter().filter_map(|it| found.get(it).cloned());
    Ok(found.filter(|it| matches!(it.state, PublicationState::Published(_))).collect())
}

/// Returns the examples at these public addresses, by their numbers, without the drafts.
async fn at_numbers(
    db: &impl ConnectionTrait,
    numbers: &[i32],
) -> Result<HashMap<i32, PublicExample>, DbErr> {
    let found = at_public_numbers(db, PublicationKind::Example, numbers).await?;
    found.into_iter().map(|(row, revision)| Ok((row.number, public_example(&row, revision)?))).collect()
}

/// Returns what is known of the company of a consultation, to look for examples of its like and for support.
pub async fn profile(db: &impl ConnectionTrait, record: &Record) -> Result<CompanyProfile, DbErr> {
    let id = record.consultation.id;
    let written: Option<(Option<i32>, Option<Coded<TeleworkStatus>>)> = application::Entity::find_by_id(id.0)
        .select_only()
        .columns([application::Column::Employees, application::Column::TeleworkStatus])
        .into_tuple()
        .one(db)
        .await?;
    let (employees, status) = written.unwrap_or_default();
    let employees = employees.and_then(|it| u32::try_from(it).ok());
    Ok(CompanyProfile {
        industry: record.industry,
        size: employees.map(CompanySize::of),
        prefecture: record.prefecture,
        status: status.and_then(|it| it.known()),
        themes: consultation::themes(db, id).await?,
    })
}

fn public_example(row: &row::Model, revision: publication_revision::Model) -> Result<PublicExample, DbErr> {
    let number = revision.revision;
    let Publication { id, number: public, state, content, .. } = assembled(row, revision)?;
    let Content { title, body, facts } = content;
    let Facts::Example(facts) = facts else {
        return Err(contradiction(row::Entity, row.id, "has the facts of another kind"));
    };
    let period = state.period();
    let from = period.map_or(DateTime::<Utc>::MIN_UTC, Period::from);
    Ok(PublicExample {
        at: ExampleRef { id, number: public, revision: number, from },
        until: period.and_then(Period::until),
        state,
        title,
        body,
        facts,
    })
}
