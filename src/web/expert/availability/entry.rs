//! Parsing of an expert's availability forms, and the words in which entries are shown.
use chrono::{NaiveDate, Weekday};
use domain::{
    booking::availability::{Absence, Exception, ExceptionChange as DayChange, WeeklyRule},
    wording,
};

use super::super::{
    times::{self, take_span},
    week::Week,
};
use crate::{
    ops::routing::expert::AvailabilityChange,
    store::routing::expert::{Roster, ScheduleEntries},
    web::kit::{
        date_form::{DateFields, take_date, take_optional_date},
        form::{Choice, FieldErrors, Fields},
    },
};

pub use crate::web::kit::absence_form::{parse_absence, stand_ins};

pub const WEEK: [(Weekday, &str, &str); 7] = [
    (Weekday::Mon, "mon", "月曜日"),
    (Weekday::Tue, "tue", "火曜日"),
    (Weekday::Wed, "wed", "水曜日"),
    (Weekday::Thu, "thu", "木曜日"),
    (Weekday::Fri, "fri", "金曜日"),
    (Weekday::Sat, "sat", "土曜日"),
    (Weekday::Sun, "sun", "日曜日"),
];
const ON: DateFields = DateFields { year: "on_year", month: "on_month", day: "on_day" };
pub const FROM: DateFields = DateFields { year: "from_year", month: "from_month", day: "from_day" };
pub const UNTIL: DateFields = DateFields { year: "until_year", month: "until_month", day: "until_day" };
/// The number of weeks that can be chosen, including the current one.
const WEEKS: usize = 13;

pub type Parsed = Result<(AvailabilityChange, &'static str), FieldErrors>;

pub fn parse_rules(form: &Fields, kept: &ScheduleEntries, today: NaiveDate) -> Parsed {
    let mut errors = FieldErrors::default();
    let days: Vec<_> = WEEK.into_iter().filter(|it| form.has("weekday", it.1)).map(|it| it.0).collect();
    if days.is_empty() {
        errors.add("weekday", "曜日を選択してください");
    }
    let span = take_span(&mut errors, form, "rule_start", "rule_end");
    // A rule may begin in the past, as it was agreed; a rule that has ended would open nothing.
    let valid_from = take_optional_date(&mut errors, form, FROM, NaiveDate::MIN);
    let valid_until = take_optional_date(&mut errors, form, UNTIL, today);
    if valid_from.zip(valid_until).is_some_and(|(from, until)| until < from) {
        errors.add(UNTIL.year, "終わりの日には、始まりの日以降の日付を入力してください");
    }
    let Some(span) = span.filter(|_| errors.is_empty()) else { return Err(errors) };
    let overlaps =
        |it: &WeeklyRule| days.contains(&it.weekday) && !it.span.day().intersection(span.day()).is_empty();
    let flash = if kept.rules.iter().any(|(_, it)| overlaps(it)) {
        "空きを登録しました。登録済みの時間と重なる部分は、合わせて1つの空きになります。"
    } else {
        "空きを登録しました。"
    };
    let rule = |weekday| WeeklyRule { weekday, span, valid_from, valid_until };
    Ok((AvailabilityChange::AddRules(days.into_iter().map(rule).collect()), flash))
}

pub fn parse_exception(form: &Fields, today: NaiveDate) -> Parsed {
    let mut errors = FieldErrors::default();
    let date = take_date(&mut errors, form, ON, today);
    let change = match form.get("kind") {
        "none" => Some(DayChange::RemoveAll),
        kind @ ("add" | "remove") => take_span(&mut errors, form, "on_start", "on_end")
            .map(|it| if kind == "add" { DayChange::Add(it) } else { DayChange::Remove(it) }),
        _ => {
            errors.add("kind", "変更の内容を選択してください");
            None
        }
    };
    match date.zip(change) {
        Some((date, change)) if errors.is_empty() => {
            Ok((AvailabilityChange::AddException(Exception { date, change }), "この日の変更を登録しました。"))
        }
        Some(_) | None => Err(errors),
    }
}

pub fn parse_copy(form: &Fields, today: NaiveDate) -> Parsed {
    let mut errors = FieldErrors::default();
    let mut week = |name: &'static str, missing: &str| {
        let week = Week::parse(form.get(name)).filter(|it| it.first() >= Week::of(today).first());
        if week.is_none() {
            errors.add(name, missing);
        }
        week
    };
    let from = week("copy_from", "写す元の週を選択してください");
    let to = week("copy_to", "写す先の週を選択してください");
    if from.is_some() && from == to {
        errors.add("copy_to", "写す先には、写す元と別の週を選択してください");
    }
    match from.zip(to) {
        Some((from, to)) if errors.is_empty() => Ok((
            AvailabilityChange::CopyWeek { from: from.first(), to: to.first() },
            "週の時間を写しました。不在の期間と休業日は、そのままです。",
        )),
        Some(_) | None => Err(errors),
    }
}

/// Returns the weeks that can be copied, and copied to.
pub fn weeks(today: NaiveDate) -> Vec<Choice> {
    let label = |it: &Week| format!("{}からの週", wording::month_day_weekday(it.first()));
    let weeks = std::iter::successors(Some(Week::of(today)), |it| Some(it.next()));
    weeks.take(WEEKS).map(|it| Choice::new(it.name(), label(&it))).collect()
}

pub fn rule(it: &WeeklyRule) -> String {
    let day = WEEK.iter().find(|(day, _, _)| *day == it.weekday).map_or("", |it| it.2);
    let from = it.valid_from.map(|it| format!("、{}から", wording::long_date(it))).unwrap_or_default();
    let until = it.valid_until.map(|it| format!("、{}まで", wording::long_date(it))).unwrap_or_default();
    format!("{day}　{}{from}{until}", times::span(it.span))
}

pub fn exception(it: &Exception) -> String {
    let day = wording::long_date(it.date);
    match it.change {
        DayChange::Add(span) => format!("{day}　{}を空きに加える", times::span(span)),
        DayChange::Remove(span) => format!("{day}　{}を空きから除く", times::span(span)),
        DayChange::RemoveAll => format!("{day}　終日空きなし"),
    }
}

pub fn absence(it: Absence, note: &str, roster: &Roster) -> String {
    let note = if note.is_empty() { String::new() } else { format!("（{note}）") };
    let stand_in = it.stand_in.map(|it| format!("　代わり：{}", roster.name(it))).unwrap_or_default();
    let first = wording::long_date(it.first);
    if it.first == it.last {
        format!("{first}{note}{stand_in}")
    } else {
        format!("{first}から{}まで{note}{stand_in}", wording::long_date(it.last))
    }
}
