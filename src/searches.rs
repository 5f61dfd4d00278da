//! The limit on how often one network searches the site, so that a single visitor does not keep the server busy for all
//! others. The counts are kept in memory, as those of failed sign-ins, so they are per process.
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};

/// The number of searches that a network may make in a minute. Many people can share one network.
pub const MOST_SEARCHES: u32 = 60;

const WINDOW: TimeDelta = TimeDelta::minutes(1);

/// The number of networks beyond which those are forgotten whose minute is over.
const NETWORKS: usize = 10_000;

/// The searches of each network since the beginning of its minute.
#[derive(Debug, Default)]
pub struct Searches(Mutex<HashMap<String, Window>>);

#[derive(Debug)]
struct Window {
    since: DateTime<Utc>,
    count: u32,
}

impl Searches {
    /// Counts a search of a network. Returns false if the network has made its searches of this minute already.
    pub fn admit(&self, network: String, now: DateTime<Utc>) -> bool {
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if windows.len() >= NETWORKS {
            windows.retain(|_, it| now - it.since < WINDOW);
        }
        let window = windows.entry(network).or_insert(Window { since: now, count: 0 });
        if now - window.since >= WINDOW {
            *window = Window { since: now, count: 0 };
        }
        let is_admitted = window.count < MOST_SEARCHES;
        window.count += u32::from(is_admitted);
        is_admitted
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};

    use super::{MOST_SEARCHES, NETWORKS, Searches};

    fn now() -> DateTime<Utc> {
        "2026-11-20T05:05:00Z".parse().unwrap()
    }

    #[test]
    fn a_network_waits_for_its_next_minute_and_others_do_not() {
        let searches = Searches::default();
        let search = |network: &str, seconds: i64| {
            searches.admit(network.to_owned(), now() + TimeDelta::seconds(seconds))
        };
        assert!((0..MOST_SEARCHES).all(|_| search("192.0.2.0/24", 0)));
        assert!(!search("192.0.2.0/24", 59));
        assert!(search("198.51.100.0/24", 59));
        assert!(search("192.0.2.0/24", 60));
    }

    #[test]
    fn networks_whose_minute_is_over_are_forgotten() {
        let searches = Searches::default();
        for n in 0..NETWORKS {
            searches.admit(n.to_string(), now());
        }
        searches.admit("later".to_owned(), now() + TimeDelta::minutes(1));
        assert_eq!(searches.0.lock().unwrap().len(), 1);
    }
}
