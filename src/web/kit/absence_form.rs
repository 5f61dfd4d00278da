//! The form of an expert's days of absence: the expert fills it in, or a coordinator who was told by telephone.
use chrono::{Datelike, NaiveDate};
use domain::{
    booking::availability::Absence,
    id::ExpertId,
    text::{TextLine, optional},
};
use uuid::Uuid;

use super::{
    date_form::{DateFields, take_date},
    form::{Choice, FieldErrors, Fields},
};
use crate::store::routing::expert::Roster;

/// The length of the longest note, in characters.
const LONGEST_NOTE: usize = 100;
const FIRST: DateFields = DateFields { year: "first_year", month: "first_month", day: "first_day" };
const LAST: DateFields = DateFields { year: "last_year", month: "last_month", day: "last_day" };

/// Parses days of absence with their note. `stand_ins` are the experts who can be named.
pub fn parse_absence(
    form: &Fields,
    today: NaiveDate,
    stand_ins: &[Choice],
) -> Result<(Absence, String), FieldErrors> {
    let mut errors = FieldErrors::default();
    let first = take_date(&mut errors, form, FIRST, today);
    let last = take_date(&mut errors, form, LAST, today);
    if first.zip(last).is_some_and(|(first, last)| last < first) {
        errors.add(LAST.year, "最後の日には、最初の日以降の日付を入力してください");
    }
    let typed = form.get("stand_in");
    let stand_in = stand_ins.iter().find(|it| it.value == typed);
    if stand_in.is_none() && !typed.is_empty() {
        errors.add("stand_in", "代わりの専門家は、一覧から選択してください");
    }
    let note = optional(form.get("note"), |it| TextLine::parse("メモ", it, LONGEST_NOTE));
    let note = errors.take("note", note).flatten().map(String::from).unwrap_or_default();
    let stand_in = stand_in.and_then(|it| Uuid::try_parse(&it.value).ok()).map(ExpertId);
    match first.zip(last) {
        Some((first, last)) if errors.is_empty() => Ok((Absence { first, last, stand_in }, note)),
        Some(_) | None => Err(errors),
    }
}

/// Fills in one day as the first and the last.
pub fn fill_day(form: &mut Fields, day: NaiveDate) {
    for names in [FIRST, LAST] {
        form.add(names.year, day.year().to_string());
        form.add(names.month, day.month().to_string());
        form.add(names.day, day.day().to_string());
    }
}

/// Returns the experts who can be named as stand-in: every other active expert who shares a field with this
/// one.
pub fn stand_ins(roster: &Roster, expert: ExpertId) -> Vec<Choice> {
    let mine = roster.get(expert).map(|it| it.fields);
    let shares = |it: domain::field::Fields| mine.is_some_and(|mine| mine.iter().any(|one| it.contains(one)));
    let others = roster.all().iter().filter(|it| it.active && it.id != expert && shares(it.fields));
    others.map(|it| Choice::new(it.id.to_string(), format!("{}（{}）", it.name, it.fields.label()))).collect()
}
