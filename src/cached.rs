//! Copies of what changes seldom and is read by every page, kept until its revision in the database rises: correct on
//! several servers, at the price of one small query.
use std::sync::{Arc, Mutex, PoisonError};

use sea_orm::DbErr;

use crate::{
    app::App,
    store::{
        expert::{self, Roster},
        programme::{self, Programme},
    },
};

#[derive(Debug, Default)]
pub struct Cached {
    programme: Copy<Programme>,
    experts: Copy<Roster>,
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

impl App {
    /// Settings, closing days and themes as they are now.
    pub async fn programme(&self) -> Result<Arc<Programme>, DbErr> {
        let (revision, _) = programme::revisions(&self.db).await?;
        self.programme_at(revision).await
    }

    /// The programme and all experts as they are now.
    pub async fn programme_and_experts(&self) -> Result<(Arc<Programme>, Arc<Roster>), DbErr> {
        // The revision is read before the value: a change in between makes the copy look older than it is, and it is
        // read again next time.
        let (of_programme, of_experts) = programme::revisions(&self.db).await?;
        let programme = self.programme_at(of_programme).await?;
        let experts = match self.cached.experts.at(of_experts) {
            Some(experts) => experts,
            None => self.cached.experts.keep(of_experts, expert::load(&self.db).await?),
        };
        Ok((programme, experts))
    }

    async fn programme_at(&self, revision: i64) -> Result<Arc<Programme>, DbErr> {
        match self.cached.programme.at(revision) {
            Some(programme) => Ok(programme),
            None => Ok(self.cached.programme.keep(revision, programme::load(&self.db).await?)),
        }
    }
}
