//! The facts of a telework month as its public page and the editors' previews show them.
use domain::{
    publication::{Facts, campaign::CampaignFacts},
    wording::long_date,
};

/// The facts of a telework month in words.
#[derive(Clone, Debug)]
pub struct CampaignView {
    pub facts: CampaignFacts,
    /// The period, such as 「2026年（令和8年）11月1日（日）から2026年（令和8年）11月30日（月）」.
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
        let days = |from, until| format!("{}から{}", long_date(from), long_date(until));
        Self {
            period: days(facts.starts_on, facts.ends_on),
            open: days(facts.opens_on, facts.closes_on),
            facts: facts.clone(),
        }
    }
}
