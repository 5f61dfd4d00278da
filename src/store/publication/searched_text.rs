//! The texts of all publications on the shelf, folded for the search of the site. They are read at the first search after a
//! change, and only those that have changed: a search in memory costs no query and gives both databases the same results.
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use domain::{
    id::PublicationId,
    publication::search::{SiteSearch, searched_key},
};
use sea_orm::{ConnectionTrait, DbErr};

use super::{
    content, public_revisions,
    shelf::{Shelf, ShelvedPublication},
};

/// The number of publications that are read and folded before other pages are served.
const READ_AT_ONCE: usize = 100;

/// The folded text of a publication at one revision.
#[derive(Clone, Debug)]
pub struct SearchedText {
    revision: i32,
    title: Arc<str>,
    text: Arc<str>,
}

/// The folded texts of publications, by publication.
pub type FoldedTexts = HashMap<PublicationId, SearchedText>;

/// The folded texts of a shelf, kept from one search to the next.
#[derive(Debug, Default)]
pub struct SearchedTexts {
    kept: Mutex<Arc<FoldedTexts>>,
    /// The request that reads what has changed holds it, so that it is done once.
    turn: tokio::sync::Mutex<()>,
}

impl SearchedText {
    /// Returns whether the publication has every word.
    pub fn fits(&self, search: &SiteSearch) -> bool {
        search.finds(&self.text)
    }

    /// Returns whether the title alone has every word.
    pub fn is_named_so(&self, search: &SiteSearch) -> bool {
        search.finds(&self.title)
    }
}

impl SearchedTexts {
    /// Returns the texts of everything on a shelf.
    pub async fn of(&self, db: &impl ConnectionTrait, shelf: &Shelf) -> Result<Arc<FoldedTexts>, DbErr> {
        let kept = self.kept();
        if outdated(shelf, &kept).is_empty() {
            return Ok(kept);
        }
        let _turn = self.turn.lock().await;
        let kept = self.kept();
        let missing = outdated(shelf, &kept);
        if missing.is_empty() {
            return Ok(kept);
        }
        let current = shelf.all().filter_map(|it| Some((it.id, kept.get(&it.id)?.clone())));
        let mut texts: HashMap<_, _> = current.collect();
        for some in missing.chunks(READ_AT_ONCE) {
            let mut revisions = public_revisions(db, some.iter().map(|it| it.id.0).collect()).await?;
            for it in some {
                // A draft again meanwhile: its text is not public any more.
                let Some(row) = revisions.remove(&it.id.0) else { continue };
                let text = searched_key(&content(row)?.searched_text());
                let title = searched_key(it.title.as_str());
                let folded = SearchedText { revision: it.revision, title: title.into(), text: text.into() };
                texts.insert(it.id, folded);
            }
            tokio::task::yield_now().await;
        }
        let texts = Arc::new(texts);
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&texts);
        Ok(texts)
    }

    fn kept(&self) -> Arc<FoldedTexts> {
        Arc::clone(&self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Returns the publications on a shelf whose text is not there, or is that of another revision.
fn outdated<'a>(shelf: &'a Shelf, kept: &FoldedTexts) -> Vec<&'a ShelvedPublication> {
    shelf.all().filter(|it| kept.get(&it.id).is_none_or(|kept| kept.revision != it.revision)).collect()
}
