//! A limit on how often each network may do something within a time. The counts are kept in memory, so they are per process.
use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};

/// The number of networks beyond which those are forgotten whose time is over.
const NETWORKS: usize = 10_000;

/// How often each network may do something within a time that begins with its first use. `K` is the key of a network.
#[derive(Debug)]
pub struct NetworkLimit<K> {
    most: u32,
    within: TimeDelta,
    uses: Mutex<HashMap<K, Uses>>,
}

#[derive(Debug)]
struct Uses {
    since: DateTime<Utc>,
    count: u32,
}

impl<K: Eq + Hash> NetworkLimit<K> {
    pub fn new(most: u32, within: TimeDelta) -> Self {
        Self { most, within, uses: Mutex::default() }
    }

    /// Counts a use of a network. Returns false, and counts nothing, if the network has used up its number.
    pub fn spend(&self, network: K, now: DateTime<Utc>) -> bool {
        let mut uses = self.uses.lock().unwrap_or_else(PoisonError::into_inner);
        if uses.len() >= NETWORKS {
            uses.retain(|_, it| now - it.since < self.within);
        }
        let own = uses.entry(network).or_insert(Uses { since: now, count: 0 });
        if now - own.since >= self.within {
            *own = Uses { since: now, count: 0 };
        }
        let is_left = own.count < self.most;
        own.count += u32::from(is_left);
        is_left
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};

    use super::{NETWORKS, NetworkLimit};

    const MOST: u32 = 60;

    fn now() -> DateTime<Utc> {
        "2026-11-20T05:05:00Z".parse().unwrap()
    }

    #[test]
    fn a_network_waits_for_its_next_minute_and_others_do_not() {
        let limit = NetworkLimit::new(MOST, TimeDelta::minutes(1));
        let spend =
            |network: &'static str, seconds: i64| limit.spend(network, now() + TimeDelta::seconds(seconds));
        assert!((0..MOST).all(|_| spend("192.0.2.0/24", 0)));
        assert!(!spend("192.0.2.0/24", 59));
        assert!(spend("198.51.100.0/24", 59));
        assert!(spend("192.0.2.0/24", 60));
    }

    #[test]
    fn networks_whose_minute_is_over_are_forgotten() {
        let limit = NetworkLimit::new(MOST, TimeDelta::minutes(1));
        for n in 0..NETWORKS {
            limit.spend(n, now());
        }
        limit.spend(NETWORKS, now() + TimeDelta::minutes(1));
        assert_eq!(limit.uses.lock().unwrap().len(), 1);
    }
}
