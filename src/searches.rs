//! The limit on how often one network searches the site, so that a single visitor does not keep the server busy for all
//! others.
use chrono::{DateTime, TimeDelta, Utc};

use crate::network_limit::NetworkLimit;

/// The number of searches that a network may make in a minute. Many people can share one network.
pub const MOST_SEARCHES: u32 = 60;

/// The searches of each network since the beginning of its minute.
#[derive(Debug)]
pub struct Searches(NetworkLimit<String>);

impl Default for Searches {
    fn default() -> Self {
        Self(NetworkLimit::new(MOST_SEARCHES, TimeDelta::minutes(1)))
    }
}

impl Searches {
    /// Counts a search of a network. Returns false if the network has made its searches of this minute already.
    pub fn admit(&self, network: String, now: DateTime<Utc>) -> bool {
        self.0.spend(network, now)
    }
}
