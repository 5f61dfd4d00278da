//! The fields of a telework month.
use chrono::{Datelike, NaiveDate};
use domain::{
    publication::campaign::{CampaignFacts, LONGEST_ACTIVITY, MOST_ACTIVITIES},
    text::{Prose, TextLine, optional},
    wording::iso_date,
};

use crate::web::kit::{
    date_form,
    form::{FieldErrors, Fields},
};

/// The lengths of the longest rules and of the longest words of the certificate, in characters.
const LONGEST_RULES: usize = 20_000;
const LONGEST_CERTIFICATE: usize = 200;

/// Fills the form with the days of the next November.
pub fn propose(today: NaiveDate, form: &mut Fields) {
    let year = if today.month() == 12 { today.year() + 1 } else { today.year() };
    for (name, day) in
        [("starts_date", "11-01"), ("ends_date", "11-30"), ("opens_date", "09-01"), ("closes_date", "11-30")]
    {
        form.add(name, format!("{year}-{day}"));
    }
}

pub fn fill(facts: &CampaignFacts, form: &mut Fields) {
    for (name, day) in [
        ("starts_date", facts.starts_on),
        ("ends_date", facts.ends_on),
        ("opens_date", facts.opens_on),
        ("closes_date", facts.closes_on),
    ] {
        form.add(name, iso_date(day));
    }
    let activities: Vec<_> = facts.activities.iter().map(TextLine::as_str).collect();
    form.add("activities", activities.join("\n"));
    form.add("rules", facts.rules.as_str());
    form.add("certificate", facts.certificate.as_ref().map_or("", |it| it.as_str()));
}

pub fn parse(form: &Fields, errors: &mut FieldErrors) -> Option<CampaignFacts> {
    let mut day = |name: &'static str| errors.take(name, date_form::iso(form.get(name)));
    let (starts_on, ends_on) = (day("starts_date"), day("ends_date"));
    let (opens_on, closes_on) = (day("opens_date"), day("closes_date"));
    let activities = errors.take("activities", activities(form.get("activities")));
    let rules = errors.take("rules", Prose::parse("活動規約", form.get("rules"), LONGEST_RULES));
    let certificate =
        optional(form.get("certificate"), |it| TextLine::parse("登録証の文", it, LONGEST_CERTIFICATE));
    let certificate = errors.take("certificate", certificate);
    if let Some(fault) = crate::markup::faults(form.get("rules")).first() {
        errors.add("rules", fault.to_string());
    }
    let facts = CampaignFacts {
        starts_on: starts_on?,
        ends_on: ends_on?,
        opens_on: opens_on?,
        closes_on: closes_on?,
        activities: activities?,
        rules: rules?,
        certificate: certificate?,
    };
    for fault in facts.faults() {
        errors.add(fault.field(), fault.to_string());
    }
    Some(facts)
}

/// Parses the activities, one a line. Empty lines count for nothing, and a repeated one counts once.
fn activities(typed: &str) -> Result<Vec<TextLine>, String> {
    let mut all: Vec<TextLine> = Vec::new();
    for (n, line) in typed.lines().enumerate().filter(|(_, it)| !it.trim().is_empty()) {
        let line = TextLine::parse("活動", line, LONGEST_ACTIVITY);
        let line = line.map_err(|why| format!("{}行目：{why}", n + 1))?;
        if !all.contains(&line) {
            all.push(line);
        }
    }
    if all.len() > MOST_ACTIVITIES {
        return Err(format!("活動は{MOST_ACTIVITIES}件までにしてください"));
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use domain::text::TextLine;

    use super::activities;

    #[test]
    fn activities_are_one_a_line_and_each_once() {
        let all = activities("社内での周知\r\n\n 全員で実施 \n社内での周知").unwrap();
        assert_eq!(all.iter().map(TextLine::as_str).collect::<Vec<_>>(), ["社内での周知", "全員で実施"]);
        assert!(activities(&format!("よい\n{}", "長".repeat(61))).unwrap_err().starts_with("2行目："));
        assert!(activities(&(0..31).map(|it| format!("{it}\n")).collect::<String>()).is_err());
    }
}
