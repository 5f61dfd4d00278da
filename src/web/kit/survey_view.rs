//! The facts of a survey as its public page and the editors' previews show them.
use domain::{
    intake::contact::Telephone,
    publication::{Facts, survey::SurveyFacts},
    text::TextLine,
};

use super::{
    campaign_view::days,
    example_view::{ShownPicture, shown_pictures},
};

/// The facts of a survey in words.
#[derive(Clone, Debug)]
pub struct SurveyView {
    pub facts: SurveyFacts,
    /// The days, such as 「2026年（令和8年）11月1日（日）から12月15日（火）」.
    pub period: String,
    pub channels: String,
    /// The companies that are asked, as labels and values.
    pub target: Vec<(&'static str, String)>,
    /// The telephone number in the form in which pages show it.
    pub phone: Option<String>,
    pub pictures: Vec<ShownPicture>,
}

impl SurveyView {
    /// Returns the view of a publication's facts, if it is the notice of a survey. The pictures are below `address`.
    pub fn of_facts(facts: &Facts, address: &str) -> Option<Self> {
        if let Facts::Survey(facts) = facts { Some(Self::of(facts, address)) } else { None }
    }

    pub fn of(facts: &SurveyFacts, address: &str) -> Self {
        let target = &facts.target;
        let named = [
            ("地域", joined(target.prefectures.iter().map(|it| it.name()), "全国")),
            ("業種", joined(target.industries.iter().map(|it| it.label()), "すべての業種")),
            ("テレワークの状況", joined(target.statuses.iter().map(|it| it.label()), "問いません")),
        ];
        Self {
            period: days(facts.starts_on, facts.ends_on),
            channels: joined(facts.channels.iter().map(|it| it.label()), ""),
            target: named.to_vec(),
            phone: facts.phone.as_ref().map(|it| Telephone::shown(it.as_str())),
            pictures: shown_pictures(&facts.pictures, address),
            facts: facts.clone(),
        }
    }

    /// Returns the body that asks: the firm in the name of the office, or the office itself.
    pub fn asker(&self) -> String {
        match &self.facts.firm {
            Some(firm) => format!("{}（{}が委託）", firm, self.facts.office),
            None => self.facts.office.to_string(),
        }
    }

    pub fn note(&self) -> Option<&TextLine> {
        self.facts.target.note.as_ref()
    }
}

fn joined<'a>(labels: impl Iterator<Item = &'a str>, none: &str) -> String {
    let all: Vec<_> = labels.collect();
    if all.is_empty() { none.to_owned() } else { all.join("、") }
}
