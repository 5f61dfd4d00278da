//! The shelf: the news and the guide as the public may read them, in memory, because they change rarely and are read
//! often. Examples are not on it, because there may be many of them; they have an index (`cached`).
//!
//! A shelf is read whole when the revision of publications has risen. Texts are not on it; each is read when its page is
//! opened, and a bounded number of them is kept until the shelf is replaced.
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, Utc};
use domain::{
    calendar::japan_date,
    id::PublicationId,
    publication::{Facts, Period, Phase, Publication, PublicationKind, PublicationState, guide::GuideFacts},
    text::{Prose, TextLine},
};
use entity::{publication as row, publication_revision};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, Select};

use super::{assembled, at, by_publication};
use crate::store::contradiction;

/// The most texts that are kept as pages show them.
const MOST_TEXTS: usize = 256;

/// One publication that is public, will be, or was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShelvedPublication {
    pub id: PublicationId,
    pub number: i32,
    /// The revision that the public reads.
    pub revision: i32,
    pub state: PublicationState,
    pub title: TextLine,
    pub facts: Facts,
}

/// All publications but examples that are not drafts, those of a kind newest first.
#[derive(Debug, Default)]
pub struct Shelf {
    all: HashMap<PublicationKind, Vec<ShelvedPublication>>,
    /// The places of the publications among those of their kinds, by their numbers.
    places: HashMap<(PublicationKind, i32), usize>,
    /// Texts as HTML, by publication.
    texts: Mutex<HashMap<PublicationId, Arc<str>>>,
}

impl ShelvedPublication {
    /// Returns the first instant at which it is public. It is shown as the date of the publication.
    pub fn from(&self) -> DateTime<Utc> {
        self.state.period().map_or(DateTime::<Utc>::MIN_UTC, Period::from)
    }
}

/// Reads the shelf.
pub async fn load(db: &impl ConnectionTrait) -> Result<Shelf, DbErr> {
    let rows = row::Entity::find()
        .filter(row::COLUMN.public_revision.is_not_null())
        .filter(row::COLUMN.kind.ne(PublicationKind::Example.code()))
        .order_by_desc(row::COLUMN.public_from)
        .order_by_desc(row::COLUMN.number)
        .all(db)
        .await?;
    let mut revisions = by_publication(of_shelf().all(db).await?);
    let shelved = rows.into_iter().map(|row| {
        let revision = revisions.remove(&row.id);
        let revision =
            revision.ok_or_else(|| contradiction(row::Entity, row.id, "has no public revision"))?;
        let number = revision.revision;
        let Publication { id, number: at, state, content, .. } =
            assembled(&row, publication_revision::Model { body: None, ..revision })?;
        Ok::<_, DbErr>(ShelvedPublication {
            id,
            number: at,
            revision: number,
            state,
            title: content.title,
            facts: content.facts,
        })
    });
    let mut shelf = Shelf::default();
    for it in shelved {
        let it = it?;
        let kind = it.facts.kind();
        let of_kind = shelf.all.entry(kind).or_default();
        shelf.places.insert((kind, it.number), of_kind.len());
        of_kind.push(it);
    }
    Ok(shelf)
}

/// Returns the query for the public revisions of the kinds on the shelf.
fn of_shelf() -> Select<publication_revision::Entity> {
    at(row::Column::PublicRevision).filter(row::COLUMN.kind.ne(PublicationKind::Example.code()))
}

impl Shelf {
    /// Returns everything on the shelf, in no order.
    pub fn all(&self) -> impl Iterator<Item = &ShelvedPublication> {
        self.all.values().flatten()
    }

    /// Returns the publications of a kind that are public at `now`, newest first.
    pub fn current(
        &self,
        kind: PublicationKind,
        now: DateTime<Utc>,
    ) -> impl Iterator<Item = &ShelvedPublication> {
        self.of_kind(kind).iter().filter(move |it| it.state.phase(now) == Phase::Current)
    }

    /// Returns the entries of the guide that may be shown at `now`, newest first: public, valid, and checked within
    /// `check_days`.
    pub fn guide(
        &self,
        now: DateTime<Utc>,
        check_days: u16,
    ) -> impl Iterator<Item = (&ShelvedPublication, &GuideFacts)> {
        let today = japan_date(now);
        let entries = self.current(PublicationKind::Guide, now).filter_map(|it| match &it.facts {
            Facts::Guide(guide) => Some((it, guide)),
            Facts::News(_)
            | Facts::Example(_)
            | Facts::Gathering(_)
            | Facts::Campaign(_)
            | Facts::Survey(_) => None,
        });
        entries.filter(move |(_, guide)| guide.hidden(today, check_days).is_none())
    }

    /// Returns the publications of a kind whose page exists at `now`: public ones and those that have ended, newest
    /// first.
    pub fn with_page(
        &self,
        kind: PublicationKind,
        now: DateTime<Utc>,
    ) -> impl Iterator<Item = &ShelvedPublication> {
        self.of_kind(kind).iter().filter(move |it| it.state.phase(now).has_page())
    }

    /// Returns the publication at a public address, if its page exists at `now`.
    pub fn numbered(
        &self,
        kind: PublicationKind,
        number: i32,
        now: DateTime<Utc>,
    ) -> Option<&ShelvedPublication> {
        let it = self.of_kind(kind).get(*self.places.get(&(kind, number))?)?;
        Some(it).filter(|it| it.state.phase(now).has_page())
    }

    fn of_kind(&self, kind: PublicationKind) -> &[ShelvedPublication] {
        self.all.get(&kind).map_or(&[], Vec::as_slice)
    }

    /// Returns the text of a publication as `render` makes it of the stored text; `None` if it has no text.
    pub async fn text(
        &self,
        db: &impl ConnectionTrait,
        it: &ShelvedPublication,
        render: impl FnOnce(&str) -> String,
    ) -> Result<Option<Arc<str>>, DbErr> {
        if let Some(kept) = self.texts.lock().unwrap_or_else(PoisonError::into_inner).get(&it.id) {
            return Ok(Some(Arc::clone(kept)));
        }
        let found = publication_revision::Entity::find_by_id((it.id.0, it.revision)).one(db).await?;
        let Some(body) = found.and_then(|it| it.body).and_then(|it| Prose::try_from(it).ok()) else {
            return Ok(None);
        };
        let html: Arc<str> = render(body.as_str()).into();
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        if texts.len() >= MOST_TEXTS {
            texts.clear();
        }
        texts.insert(it.id, Arc::clone(&html));
        Ok(Some(html))
    }
}
