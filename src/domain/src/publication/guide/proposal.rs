//! The entries of the guide that fit the company of a consultation: the conditions are compared with what is known of the
//! company, and the purpose follows from the themes of the consultation.
use std::cmp::Reverse;

use chrono::NaiveDate;

use super::{GuideAnswers, GuideFacts, GuideMatch, GuidePurpose, Reception};
use crate::{field::Field, publication::example::similar::CompanyProfile};

/// The most entries of a report.
pub const MOST_GUIDES: usize = 5;

/// The themes of the programme that name a purpose of their own. Any other theme names the purpose of its field.
const PURPOSES: [(&str, GuidePurpose); 4] = [
    ("ict_security", GuidePurpose::Security),
    ("ict_subsidy", GuidePurpose::Cost),
    ("labor_subsidy", GuidePurpose::Cost),
    ("labor_costs", GuidePurpose::Cost),
];

/// Returns the purposes for which a consultation about these themes looks for support.
pub fn purposes(themes: &[String]) -> Vec<GuidePurpose> {
    let mut purposes: Vec<_> = themes.iter().filter_map(|it| purpose(it)).collect();
    purposes.sort_by_key(|it| it.code());
    purposes.dedup();
    purposes
}

fn purpose(theme: &str) -> Option<GuidePurpose> {
    let own = PURPOSES.iter().find(|(code, _)| *code == theme).map(|(_, purpose)| *purpose);
    own.or_else(|| match theme.split_once('_').and_then(|(field, _)| Field::from_code(field)) {
        Some(Field::Ict) => Some(GuidePurpose::Tools),
        Some(Field::Labor) => Some(GuidePurpose::Labor),
        None => None,
    })
}

/// Returns at most `most` of the entries that fit a company, the best first: those without an open condition, then those
/// of which more conditions are met, then in the order of `entries`. An entry for which the applications are over is left
/// out. A purpose that the themes do not name excludes no entry, because a company may have more purposes than one.
pub fn proposals<'a, T>(
    entries: impl IntoIterator<Item = (T, &'a GuideFacts)>,
    company: &CompanyProfile,
    today: NaiveDate,
    most: usize,
) -> Vec<(T, GuideMatch)> {
    let purposes = purposes(&company.themes);
    let mut best: Vec<((bool, Reverse<usize>), T, GuideMatch)> = Vec::new();
    for (entry, facts) in entries {
        if facts.reception(today) == Reception::Closed {
            continue;
        }
        let answers = GuideAnswers {
            prefecture: company.prefecture,
            size: company.size,
            status: company.status,
            purpose: facts.purposes.iter().find(|it| purposes.contains(it)).copied(),
            industry: company.industry,
        };
        let Some(found) = facts.matching(&answers, today) else { continue };
        let rank = (!found.is_whole(), Reverse(found.met.len()));
        if best.len() >= most && best.last().is_none_or(|(last, ..)| *last <= rank) {
            continue;
        }
        best.push((rank, entry, found));
        // The order of equals stays that of the entries.
        best.sort_by_key(|(rank, ..)| *rank);
        best.truncate(most);
    }
    best.into_iter().map(|(_, entry, found)| (entry, found)).collect()
}

#[cfg(test)]
mod tests;
