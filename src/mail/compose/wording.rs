//! The turns of phrase that letters share.
use chrono::{DateTime, Utc};
use domain::{
    appointment::SessionMode,
    calendar::japan_date,
    field::{Field, Fields},
    number::CaseNumber,
    settings::Settings,
    wording::{long_date_time_range, month_day_weekday},
};

use crate::mail::occasion::{House, Sitting};

/// A sitting as the templates show it.
pub struct Told<'a> {
    pub when: String,
    pub mode: &'static str,
    pub place_label: &'static str,
    /// Empty where it is not known, or not to be repeated.
    pub place: &'a str,
    pub experts: String,
}

impl<'a> Told<'a> {
    pub fn of(sitting: &Sitting<'a>) -> Self {
        Self {
            when: long_date_time_range(sitting.starts_at, sitting.ends_at),
            mode: sitting.mode.label(),
            place_label: match sitting.mode {
                SessionMode::Online => "接続先　",
                SessionMode::Visit => "訪問先　",
            },
            place: sitting.place.trim(),
            experts: names(sitting.experts),
        }
    }
}

/// Whom the letter greets: a person with 様, else a company with 御中, never both.
pub fn greeting(company: &str, person: &str) -> String {
    let company = bare(company);
    let person = bare(person);
    match (company.as_str(), person.as_str()) {
        ("", "") => "ご担当者 様".to_owned(),
        ("", person) => format!("{person} 様"),
        (company, "") => format!("{company} 御中"),
        (company, person) => format!("{company}\n{person} 様"),
    }
}

/// 「（受付番号 R08-000123）」, as subjects end.
pub fn subject_number(number: &CaseNumber) -> String {
    format!("（受付番号 {number}）")
}

/// 「平日9:00から17:00（祝日・年末年始を除く）」
pub fn hours(settings: &Settings) -> String {
    let (opens, closes) = (settings.opens_hour, settings.closes_hour);
    format!("平日{opens}:00から{closes}:00（祝日・年末年始を除く）")
}

/// 「ICT、労務管理」
pub fn fields(fields: Fields) -> String {
    let labels: Vec<_> = fields.iter().map(Field::label).collect();
    labels.join("、")
}

/// 「山田 花子、佐藤 一郎」
pub fn names(names: &[String]) -> String {
    names.join("、")
}

/// The day that is `days` business days away: 「11月26日（木）」.
pub fn in_business_days(house: &House<'_>, days: u16) -> String {
    month_day_weekday(house.calendar.add_business_days(japan_date(house.now), days))
}

/// `at`, unless it has passed.
pub fn still_ahead(house: &House<'_>, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    (at > house.now).then_some(at)
}

/// What a person wrote, marked as such line by line: it cannot be taken for what the letter itself says, nor grow a
/// button in the HTML.
pub fn quoted(text: &str) -> String {
    let lines: Vec<_> = text.trim().lines().map(|it| format!("> {}", it.trim_end())).collect();
    lines.join("\n")
}

/// No blanks at the end of a line and never two empty lines in a row.
pub fn tidied(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    for line in text.trim().lines().map(str::trim_end) {
        if !(line.is_empty() && tidy.ends_with("\n\n")) {
            tidy.push_str(line);
            tidy.push('\n');
        }
    }
    tidy
}

/// One line, without the honorific that the letter adds.
fn bare(name: &str) -> String {
    let name = name.replace(char::is_control, " ");
    let bare = ["様", "御中", "殿"].into_iter().find_map(|it| name.trim().strip_suffix(it));
    bare.unwrap_or(&name).trim().to_owned()
}
