//! Public pages as they were rendered last, for visitors who are not signed in: they change rarely and are asked for often.
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use actix_web::web::Bytes;
use domain::id::PublicationId;

/// The most bytes of all kept pages together. Beyond them all are forgotten.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// One page.
#[derive(Clone, Debug)]
pub struct KeptPage {
    pub body: Bytes,
    /// The entry of the guide whose openings are counted; `None` for any other page.
    pub counted: Option<PublicationId>,
}

/// The pages by their addresses, each with the time at which it was rendered.
#[derive(Debug, Default)]
pub struct Pages(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    pages: HashMap<String, (Instant, KeptPage)>,
    bytes: usize,
}

impl Pages {
    /// Returns the page at an address, if it was rendered within `age`.
    pub fn within(&self, address: &str, age: Duration) -> Option<KeptPage> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.pages.get(address).filter(|(at, _)| at.elapsed() < age).map(|(_, page)| page.clone())
    }

    pub fn keep(&self, address: String, page: KeptPage) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.bytes + page.body.len() > MOST_BYTES {
            *kept = Kept::default();
        }
        kept.bytes += page.body.len();
        if let Some((_, before)) = kept.pages.insert(address, (Instant::now(), page)) {
            kept.bytes -= before.body.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use actix_web::web::Bytes;

    use super::{KeptPage, MOST_BYTES, Pages};

    #[test]
    fn a_page_is_kept_for_a_while_and_all_together_stay_small() {
        let pages = Pages::default();
        let page = |size: usize| KeptPage { body: Bytes::from(vec![b'a'; size]), counted: None };
        pages.keep("/news".to_owned(), page(3));
        assert_eq!(pages.within("/news", Duration::from_secs(60)).unwrap().body.len(), 3);
        assert!(pages.within("/news", Duration::ZERO).is_none());
        pages.keep("/news".to_owned(), page(5));
        assert_eq!(pages.0.lock().unwrap().bytes, 5);
        pages.keep("/guide".to_owned(), page(MOST_BYTES));
        assert!(pages.within("/news", Duration::from_secs(60)).is_none());
    }
}
