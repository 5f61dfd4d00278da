//! The published facts of a telework month (`docs/spec/around.md` §2). Registrations are in [`crate::campaign`].
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    calendar::at_japan,
    text::{Prose, TextLine},
};

/// The most activities to choose from.
pub const MOST_ACTIVITIES: usize = 30;

/// The length of the longest activity, in characters.
pub const LONGEST_ACTIVITY: usize = 60;

/// The longest period.
const LONGEST: TimeDelta = TimeDelta::days(92);

/// The facts of a telework month beside its name and its text. All of them are public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignFacts {
    /// The first and the last day of the period.
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
    /// The first and the last day on which registrations are taken.
    pub opens_on: NaiveDate,
    pub closes_on: NaiveDate,
    /// The activities of which a registrant chooses.
    pub activities: Vec<TextLine>,
    /// The rules to which a registrant consents.
    pub rules: Prose,
    /// The words of the certificate; a sentence of ours if it is empty.
    pub certificate: Option<TextLine>,
}

/// A fault of the facts together, with the field of the form that shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CampaignFault {
    #[error("期間の最後の日は、最初の日以降にしてください")]
    EndsBeforeItStarts,
    #[error("期間は92日以内にしてください")]
    TooLong,
    #[error("期間は、1つの年の中にしてください")]
    OverNewYear,
    #[error("登録の受付の最後の日は、最初の日以降にしてください")]
    ClosesBeforeItOpens,
    #[error("登録の受付は、期間の最後の日までに終えてください")]
    ClosesAfterTheEnd,
    #[error("活動を1つ以上、1行に1つずつ入力してください")]
    NoActivities,
}

impl CampaignFault {
    pub const fn field(self) -> &'static str {
        match self {
            Self::EndsBeforeItStarts | Self::TooLong | Self::OverNewYear => "ends_date",
            Self::ClosesBeforeItOpens | Self::ClosesAfterTheEnd => "closes_date",
            Self::NoActivities => "activities",
        }
    }
}

impl CampaignFacts {
    /// Returns the year, which is the number in the public address.
    pub fn year(&self) -> i32 {
        self.starts_on.year()
    }

    /// Returns every fault of the facts together.
    pub fn faults(&self) -> Vec<CampaignFault> {
        let faults = [
            (self.ends_on < self.starts_on, CampaignFault::EndsBeforeItStarts),
            (self.ends_on - self.starts_on >= LONGEST, CampaignFault::TooLong),
            (self.ends_on.year() != self.starts_on.year(), CampaignFault::OverNewYear),
            (self.closes_on < self.opens_on, CampaignFault::ClosesBeforeItOpens),
            (self.closes_on > self.ends_on, CampaignFault::ClosesAfterTheEnd),
            (self.activities.is_empty(), CampaignFault::NoActivities),
        ];
        faults.into_iter().filter(|(is_wrong, _)| *is_wrong).map(|(_, it)| it).collect()
    }

    /// Returns the instants at which registrations begin to be taken, and end.
    pub fn open(&self) -> (DateTime<Utc>, DateTime<Utc>) {
        (at_japan(self.opens_on, 0, 0), at_japan(self.closes_on, 24, 0))
    }

    /// Returns the instants at which the period begins and ends.
    pub fn period(&self) -> (DateTime<Utc>, DateTime<Utc>) {
        (at_japan(self.starts_on, 0, 0), at_japan(self.ends_on, 24, 0))
    }
}

#[cfg(test)]
mod tests {
    use super::{CampaignFacts, CampaignFault};
    use crate::text::{Prose, TextLine};

    fn facts() -> CampaignFacts {
        CampaignFacts {
            starts_on: "2026-11-01".parse().unwrap(),
            ends_on: "2026-11-30".parse().unwrap(),
            opens_on: "2026-09-01".parse().unwrap(),
            closes_on: "2026-11-30".parse().unwrap(),
            activities: vec![TextLine::parse("", "社内での周知", 60).unwrap()],
            rules: Prose::parse("", "規約", 60).unwrap(),
            certificate: None,
        }
    }

    #[test]
    fn a_month_ends_after_it_starts_and_closes_before_it_ends() {
        assert_eq!((facts().faults(), facts().year()), (vec![], 2026));
        let with = |change: fn(&mut CampaignFacts)| {
            let mut it = facts();
            change(&mut it);
            it.faults()
        };
        assert_eq!(
            with(|it| it.opens_on = "2026-11-10".parse().unwrap()),
            [],
            "it may open within the period"
        );
        assert_eq!(
            with(|it| it.ends_on = "2026-10-31".parse().unwrap()),
            [CampaignFault::EndsBeforeItStarts, CampaignFault::ClosesAfterTheEnd]
        );
        assert_eq!(with(|it| it.starts_on = "2026-08-30".parse().unwrap()), [CampaignFault::TooLong]);
        assert_eq!(with(|it| it.ends_on = "2027-01-05".parse().unwrap()), [CampaignFault::OverNewYear]);
        assert_eq!(
            with(|it| it.opens_on = "2026-12-01".parse().unwrap()),
            [CampaignFault::ClosesBeforeItOpens]
        );
        assert_eq!(with(|it| it.activities.clear()), [CampaignFault::NoActivities]);
    }
}
