//! The facts of a telework month as its public page and the editors' previews show them.
use chrono::{Datelike, NaiveDate};
use domain::{
    publication::{Facts, campaign::CampaignFacts},
    wording::{long_date, month_day_weekday},
};

/// The facts of a telework month in words.
#[derive(Clone, Debug)]
pub struct CampaignView {
    pub facts: CampaignFacts,
    /// The period, such as 「2026年（令和8年）11月1日（日）から11月30日（月）」.
    pub period: String,
    /// The days on which registrations are taken.
    pub open: String,
}

impl CampaignView {
    /// Returns the view of a publication's facts, if it is a telework month.
    pub fn of_facts(facts: &Facts) -> Option<Self> {
        if let Facts::Campaign(facts) = facts { Some(Self::of(facts)) } else { None }
    }

    pub fn of(facts: &CampaignFacts) -> Self {
        Self {
            period: days(facts.starts_on, facts.ends_on),
            open: days(facts.opens_on, facts.closes_on),
            facts: facts.clone(),
        }
    }
}

/// Returns two days, the second without its year if that is the same: 「2026年（令和8年）11月1日（日）から11月30日（月）」.
pub fn days(from: NaiveDate, until: NaiveDate) -> String {
    let until = if from.year() == until.year() { month_day_weekday(until) } else { long_date(until) };
    format!("{}から{until}", long_date(from))
}

#[cfg(test)]
mod tests {
    use super::days;

    #[test]
    fn the_year_is_said_once() {
        let of = |from: &str, until: &str| days(from.parse().unwrap(), until.parse().unwrap());
        assert_eq!(of("2026-11-01", "2026-11-30"), "2026年（令和8年）11月1日（日）から11月30日（月）");
        assert!(of("2025-12-01", "2026-11-30").ends_with("から2026年（令和8年）11月30日（月）"));
    }
}
