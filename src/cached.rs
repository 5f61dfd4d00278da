//! Copies of data that changes seldom and is read by every page. A copy is kept until its revision in the database
//! rises: correct on several servers, for the price of one small query.
//!
//! Data that a page only shows, such as the center's telephone number, may be a little older and costs no query.
pub mod pages;

use std::{
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::{Duration, Instant},
};

use domain::{
    id::PublicationId,
    publication::example::index::{ExampleIndex, IndexedExample},
    statistics::adoption::LoadedFigure,
    text::Prose,
};
use sea_orm::{ConnectionTrait, DbErr};

use self::pages::{KeptPage, Pages};
use crate::store::{
    gathering::GatheringStanding,
    publication::{
        examples::{self, ChangedExample},
        searched_text::{FoldedTexts, SearchedTexts},
        shelf::{self, Shelf},
    },
    reference::{
        programme::{self, Programme},
        revision::{self, Revisions},
    },
    routing::expert::{self, Roster},
    statistics::{
        adoption, edition,
        shelf::{self as statistics_shelf, PublishedStatistics},
    },
};

#[derive(Debug, Default)]
pub struct Cached {
    programme: Copy<Programme>,
    experts: Copy<Roster>,
    shelf: Copy<Shelf>,
    searched: SearchedTexts,
    examples: Examples,
    shown: Shown<Programme>,
    shown_shelf: Shown<Shelf>,
    /// When the index of examples was last compared with the database.
    shown_examples: Shown<()>,
    /// The standing of the events on the start page.
    shown_standing: Shown<GatheringStanding>,
    shown_adoption: Shown<Vec<LoadedFigure>>,
    published: Copy<PublishedStatistics>,
    shown_published: Shown<PublishedStatistics>,
    pages: Pages,
    /// The age up to which a copy may be shown without a query. Zero: every page reads the revision.
    age: Duration,
}

impl Cached {
    /// Creates an empty cache whose copies for display may be as old as `age`.
    pub fn shown_for(age: Duration) -> Self {
        Self { age, ..Self::default() }
    }
}

/// The most examples that are read at once into the index.
const READ_AT_ONCE: u64 = 1_000;

/// The index of the public examples, with the number of the last change in it.
#[derive(Debug, Default)]
struct Examples {
    index: RwLock<(i64, ExampleIndex)>,
    /// The request that brings the index up to date holds it, so that it is done once.
    turn: tokio::sync::Mutex<()>,
}

/// A value with the revision at which it was read.
#[derive(Debug)]
struct Copy<T>(Mutex<Option<(i64, Arc<T>)>>);

impl<T> Default for Copy<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T> Copy<T> {
    fn at(&self, revision: i64) -> Option<Arc<T>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().filter(|(at, _)| *at == revision).map(|(_, it)| Arc::clone(it))
    }

    fn keep(&self, revision: i64, value: T) -> Arc<T> {
        let value = Arc::new(value);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((revision, Arc::clone(&value)));
        value
    }
}

/// The copy that pages showed last, with the time at which it was compared with the database.
#[derive(Debug)]
struct Shown<T>(Mutex<Option<(Instant, Arc<T>)>>);

impl<T> Default for Shown<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T> Shown<T> {
    /// Returns the copy if it was compared within `age`.
    fn within(&self, age: Duration) -> Option<Arc<T>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().filter(|(at, _)| at.elapsed() < age).map(|(_, it)| Arc::clone(it))
    }

    fn keep(&self, it: &Arc<T>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), Arc::clone(it)));
    }
}

impl Cached {
    /// Returns a public page as it was rendered last: at most `age` ago.
    pub fn page(&self, address: &str) -> Option<KeptPage> {
        self.pages.within(address, self.age)
    }

    /// Keeps a public page that was rendered now.
    pub fn keep_page(&self, address: String, page: KeptPage) {
        if !self.age.is_zero() {
            self.pages.keep(address, page);
        }
    }

    /// Returns settings, closing days and themes at their current revision.
    pub async fn programme(&self, db: &impl ConnectionTrait) -> Result<Arc<Programme>, DbErr> {
        let (revision, _) = revision::revisions(db).await?;
        self.programme_at(db, revision).await
    }

    /// Returns the programme for display: at most `age` old. Decisions use `programme`.
    pub async fn programme_to_show(&self, db: &impl ConnectionTrait) -> Result<Arc<Programme>, DbErr> {
        if let Some(programme) = self.shown.within(self.age) {
            return Ok(programme);
        }
        let programme = self.programme(db).await?;
        self.shown.keep(&programme);
        Ok(programme)
    }

    /// Returns what the public may read: at most `age` old, and by the clock of the caller what of it is public.
    pub async fn shelf_to_show(&self, db: &impl ConnectionTrait) -> Result<Arc<Shelf>, DbErr> {
        if let Some(shelf) = self.shown_shelf.within(self.age) {
            return Ok(shelf);
        }
        let revision = revision::of_publications(db).await?;
        let shelf = match self.shelf.at(revision) {
            Some(shelf) => shelf,
            None => self.shelf.keep(revision, shelf::load(db).await?),
        };
        self.shown_shelf.keep(&shelf);
        Ok(shelf)
    }

    /// Returns the folded texts of what is on a shelf, for the search of the site.
    pub async fn searched_texts(
        &self,
        db: &impl ConnectionTrait,
        shelf: &Shelf,
    ) -> Result<Arc<FoldedTexts>, DbErr> {
        self.searched.of(db, shelf).await
    }

    /// Returns the standing of these events for display: at most `age` old.
    pub async fn standing_to_show(
        &self,
        db: &impl ConnectionTrait,
        ids: &[PublicationId],
    ) -> Result<Arc<GatheringStanding>, DbErr> {
        let kept = self.shown_standing.within(self.age);
        if let Some(kept) = kept.filter(|it| ids.iter().all(|id| it.rows.contains_key(id))) {
            return Ok(kept);
        }
        let standing = Arc::new(GatheringStanding::of(db, ids).await?);
        self.shown_standing.keep(&standing);
        Ok(standing)
    }

    /// Returns the published statistics: at most `age` old. An edition never changes, so that their number tells whether
    /// there is a new one.
    pub async fn published_statistics(
        &self,
        db: &impl ConnectionTrait,
    ) -> Result<Arc<PublishedStatistics>, DbErr> {
        if let Some(kept) = self.shown_published.within(self.age) {
            return Ok(kept);
        }
        let count = i64::try_from(edition::count_released(db).await?).unwrap_or(i64::MAX);
        let published = match self.published.at(count) {
            Some(published) => published,
            None => self.published.keep(count, statistics_shelf::load(db).await?),
        };
        self.shown_published.keep(&published);
        Ok(published)
    }

    /// Returns the imported figures about the adoption of telework for display: at most `age` old.
    pub async fn adoption_to_show(&self, db: &impl ConnectionTrait) -> Result<Arc<Vec<LoadedFigure>>, DbErr> {
        if let Some(kept) = self.shown_adoption.within(self.age) {
            return Ok(kept);
        }
        let figures = Arc::new(adoption::all(db).await?);
        self.shown_adoption.keep(&figures);
        Ok(figures)
    }

    /// Returns the programme and all experts at the revisions that the caller has just read. Values that have changed
    /// are read from `db`.
    pub async fn programme_and_experts(
        &self,
        db: &impl ConnectionTrait,
        (of_programme, of_experts): Revisions,
    ) -> Result<(Arc<Programme>, Arc<Roster>), DbErr> {
        // The revision is read before the value. A change in between makes the copy look older than it is, and it is
        // read again the next time.
        let programme = self.programme_at(db, of_programme).await?;
        let experts = match self.experts.at(of_experts) {
            Some(experts) => experts,
            None => self.experts.keep(of_experts, expert::load(db).await?),
        };
        Ok((programme, experts))
    }

    /// Reads the index of examples, which has every change that was saved before.
    pub async fn examples<T>(
        &self,
        db: &impl ConnectionTrait,
        read: impl FnOnce(&ExampleIndex) -> T,
    ) -> Result<T, DbErr> {
        let revision = revision::of_publications(db).await?;
        if self.examples.last() < revision {
            let _turn = self.examples.turn.lock().await;
            if self.examples.last() < revision {
                self.read_changed(db, revision).await?;
            }
        }
        let index = self.examples.index.read().unwrap_or_else(PoisonError::into_inner);
        Ok(read(&index.1))
    }

    /// Reads the index of examples, which may be a little older than the database, and usually costs no query.
    pub async fn examples_to_show<T>(
        &self,
        db: &impl ConnectionTrait,
        read: impl FnOnce(&ExampleIndex) -> T,
    ) -> Result<T, DbErr> {
        if self.shown_examples.within(self.age).is_none() {
            self.examples(db, |_| ()).await?;
            self.shown_examples.keep(&Arc::new(()));
        }
        let index = self.examples.index.read().unwrap_or_else(PoisonError::into_inner);
        Ok(read(&index.1))
    }

    /// Reads the examples that changed after those in the index. The index as a whole is at `revision` afterwards.
    async fn read_changed(&self, db: &impl ConnectionTrait, revision: i64) -> Result<(), DbErr> {
        let programme = self.programme(db).await?;
        let label = |code: &str| {
            programme::label_even_retired(&programme.themes, code).unwrap_or_default().to_owned()
        };
        let mut last = self.examples.first_read();
        loop {
            let changed = examples::changed_since(db, last, READ_AT_ONCE).await?;
            let Some(newest) = changed.last().map(|it| it.change_number) else { break };
            last = newest;
            self.examples.take(&changed, label);
            // A large index is read while other pages are served.
            tokio::task::yield_now().await;
        }
        self.examples.end(revision.max(last));
        Ok(())
    }

    async fn programme_at(&self, db: &impl ConnectionTrait, revision: i64) -> Result<Arc<Programme>, DbErr> {
        match self.programme.at(revision) {
            Some(programme) => Ok(programme),
            None => Ok(self.programme.keep(revision, programme::load(db).await?)),
        }
    }
}

impl Examples {
    fn last(&self) -> i64 {
        self.index.read().unwrap_or_else(PoisonError::into_inner).0
    }

    /// Returns the change after which to read: none, if the index is made anew because most of it is dead.
    fn first_read(&self) -> i64 {
        let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
        if index.1.is_worn() {
            *index = Default::default();
        }
        index.0
    }

    fn take(&self, changed: &[ChangedExample], label: impl Fn(&str) -> String) {
        let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
        for it in changed {
            let Some(public) = &it.public else {
                index.1.remove(it.id);
                continue;
            };
            let labels: Vec<_> = public.facts.themes.iter().map(|it| label(it)).collect();
            let labels: Vec<_> = labels.iter().map(String::as_str).collect();
            let body = public.body.as_ref().map(Prose::as_str);
            let text = public.facts.searched_text(public.title.as_str(), body, &labels);
            index.1.put(IndexedExample {
                at: public.at,
                until: public.until,
                facts: &public.facts,
                text: &text,
            });
        }
    }

    fn end(&self, last: i64) {
        let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
        index.0 = last;
        index.1.settle();
    }
}
