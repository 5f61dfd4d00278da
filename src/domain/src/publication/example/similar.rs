//! The examples that are like a company: the same industry, size, region or themes, each with the reason.
use std::cmp::Reverse;

use chrono::{DateTime, Utc};
use codes::{CompanySize, Industry, TeleworkStatus};

use super::{
    ExampleRef,
    index::{ExampleIndex, ExampleSlot},
};
use crate::prefecture::{Prefecture, Region};

/// The known facts of a company for which examples of its like and entries of the guide are looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompanyProfile {
    pub industry: Option<Industry>,
    pub size: Option<CompanySize>,
    pub prefecture: Option<Prefecture>,
    pub status: Option<TeleworkStatus>,
    /// The codes of the themes that it asks about.
    pub themes: Vec<String>,
}

/// One reason why an example is like a company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SimilarityReason {
    Industry(Industry),
    /// The codes of the themes that both have.
    Themes(Vec<String>),
    Size(CompanySize),
    Prefecture(Prefecture),
    Region(Region),
}

/// An example that is like a company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimilarExample {
    pub at: ExampleRef,
    /// The reasons, the strongest first.
    pub reasons: Vec<SimilarityReason>,
}

/// The lowest weight of an example that is shown. The industry alone suffices, or one theme with the size or the place.
const ENOUGH: usize = 3;

/// The number of shared themes beyond which more of them count no more.
const MOST_THEMES: usize = 3;

impl SimilarityReason {
    fn weight(&self) -> usize {
        match self {
            Self::Industry(_) => 4,
            Self::Themes(codes) => codes.len().min(MOST_THEMES),
            Self::Size(_) | Self::Prefecture(_) => 2,
            Self::Region(_) => 1,
        }
    }

    /// Returns the reason in words; `label` names a theme.
    pub fn words(&self, label: impl Fn(&str) -> String) -> String {
        match self {
            Self::Industry(it) => format!("業種が同じ（{}）", it.label()),
            Self::Themes(codes) => {
                let labels: Vec<_> = codes.iter().map(|it| label(it)).collect();
                format!("テーマが同じ（{}）", labels.join("、"))
            }
            Self::Size(it) => format!("従業員数が近い（{}）", it.label()),
            Self::Prefecture(it) => format!("所在地が同じ（{}）", it.name()),
            Self::Region(it) => format!("地域が同じ（{}）", it.label()),
        }
    }
}

/// Returns at most `most` examples that are public at `now` and like the company, the likest first, the newest first among
/// equals. An example that shares only its size or its place is not like the company.
pub fn similar(
    index: &ExampleIndex,
    company: &CompanyProfile,
    now: DateTime<Utc>,
    most: usize,
) -> Vec<SimilarExample> {
    let themes: Vec<_> = company.themes.iter().filter_map(|it| Some((it, index.theme_number(it)?))).collect();
    let mut best: Vec<(usize, SimilarExample)> = Vec::new();
    for (_, slot) in index.visible(now) {
        let reasons = reasons(slot, company, &themes);
        let weight = reasons.iter().map(SimilarityReason::weight).sum();
        let is_like = reasons
            .iter()
            .any(|it| matches!(it, SimilarityReason::Industry(_) | SimilarityReason::Themes(_)));
        let is_worse = best.len() >= most && best.last().is_none_or(|(last, _)| *last >= weight);
        if weight < ENOUGH || !is_like || is_worse {
            continue;
        }
        best.push((weight, SimilarExample { at: slot.at, reasons }));
        // The order of equals stays that of the index.
        best.sort_by_key(|(weight, _)| Reverse(*weight));
        best.truncate(most);
    }
    best.into_iter().map(|(_, it)| it).collect()
}

fn reasons(slot: &ExampleSlot, company: &CompanyProfile, themes: &[(&String, u16)]) -> Vec<SimilarityReason> {
    let mut reasons = Vec::new();
    reasons
        .extend(company.industry.filter(|it| slot.industry() == Some(*it)).map(SimilarityReason::Industry));
    let both: Vec<_> =
        themes.iter().filter(|(_, number)| slot.has_theme(*number)).map(|(it, _)| (*it).clone()).collect();
    if !both.is_empty() {
        reasons.push(SimilarityReason::Themes(both));
    }
    reasons.extend(company.size.filter(|it| slot.size() == Some(*it)).map(SimilarityReason::Size));
    match (company.prefecture, slot.prefecture()) {
        (Some(mine), Some(its)) if mine == its => reasons.push(SimilarityReason::Prefecture(mine)),
        (Some(mine), Some(its)) if mine.region() == its.region() => {
            reasons.push(SimilarityReason::Region(mine.region()));
        }
        _ => {}
    }
    reasons
}

#[cfg(test)]
mod tests;
