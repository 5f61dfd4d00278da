//! How a telework month stands, and which one is shown.
use chrono::{DateTime, Utc};

use crate::publication::campaign::CampaignFacts;

/// The stage of a telework month at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CampaignStage {
    /// Registrations are not taken yet. The period may have begun.
    Ahead,
    Open,
    /// Registrations are taken no more, and the period is not over.
    Closed,
    Over,
}

impl CampaignStage {
    pub fn of(facts: &CampaignFacts, now: DateTime<Utc>) -> Self {
        let (opens, closes) = facts.open();
        match () {
            () if facts.period().1 <= now => Self::Over,
            () if now < opens => Self::Ahead,
            () if now < closes => Self::Open,
            () => Self::Closed,
        }
    }

    pub const fn label(self) -> &'static str {
        match self {
            Self::Ahead => "受付前",
            Self::Open => "受付中",
            Self::Closed => "受付終了",
            Self::Over => "終了",
        }
    }
}

/// Returns the telework month that is shown as the present one: first one that takes registrations, then one whose
/// period runs, then the one that comes next, then the one that was last. Of two months that overlap, the later one that
/// takes registrations comes first.
pub fn current_campaign<'a, T>(
    all: impl IntoIterator<Item = (T, &'a CampaignFacts)>,
    now: DateTime<Utc>,
) -> Option<T> {
    let rank = |facts: &CampaignFacts| {
        let (starts, ends) = facts.period();
        let stage = CampaignStage::of(facts, now);
        let class = match stage {
            CampaignStage::Open => 0,
            _ if starts <= now && now < ends => 1,
            CampaignStage::Ahead | CampaignStage::Closed => 2,
            CampaignStage::Over => 3,
        };
        // Of the coming ones the first, of all others the last.
        let order = if class == 2 { facts.year() } else { -facts.year() };
        (class, order)
    };
    all.into_iter().min_by_key(|(_, facts)| rank(facts)).map(|(it, _)| it)
}
