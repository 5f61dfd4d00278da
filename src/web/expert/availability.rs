//! When the expert can be booked: weekly hours, single days, absences; and what follows from them.
use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use chrono::{NaiveDate, TimeDelta, Weekday};
use domain::{
    availability::{Absence, Change as DayChange, Day, Exception, Schedule, Slot, WeeklyRule},
    calendar::{Closed, at_japan, japan_date},
    text::{Line, optional},
    wording,
};
use uuid::Uuid;

use super::times::{self, DateFields, take_date, take_span};
use crate::{
    app::App,
    ops::{self, expert::Change},
    problem::Problem,
    store::{
        agenda::{self, Sitting},
        expert::Entries,
    },
    url,
    web::{
        form::{Choice, FieldErrors, Fields},
        page::{self, Shell},
        session::ExpertUser,
    },
};

/// So many days from today on are shown with what is free on them.
const SHOWN: usize = 14;
/// Characters.
const LONGEST_NOTE: usize = 100;
const WEEK: [(Weekday, &str, &str); 7] = [
    (Weekday::Mon, "mon", "月曜日"),
    (Weekday::Tue, "tue", "火曜日"),
    (Weekday::Wed, "wed", "水曜日"),
    (Weekday::Thu, "thu", "木曜日"),
    (Weekday::Fri, "fri", "金曜日"),
    (Weekday::Sat, "sat", "土曜日"),
    (Weekday::Sun, "sun", "日曜日"),
];
const ON: DateFields = DateFields { year: "on_year", month: "on_month", day: "on_day" };
const FIRST: DateFields = DateFields { year: "first_year", month: "first_month", day: "first_day" };
const LAST: DateFields = DateFields { year: "last_year", month: "last_month", day: "last_day" };

#[derive(Template)]
#[template(path = "expert/availability.html")]
struct AvailabilityPage {
    shell: Shell,
    form: Fields,
    errors: FieldErrors,
    rules: Vec<Kept>,
    exceptions: Vec<Kept>,
    absences: Vec<Kept>,
    free: Vec<(String, String)>,
    /// Bookings at times that are not offered any more.
    stranded: Vec<Stranded>,
    weekdays: Vec<Choice>,
    times: Vec<Choice>,
    kinds: Vec<Choice>,
    has_feed: bool,
    /// The new secret address, shown this once.
    feed: Option<String>,
}

/// An entry that can be taken back.
struct Kept {
    id: Uuid,
    text: String,
}

struct Stranded {
    href: Option<String>,
    when: String,
    what: String,
}

#[get("/expert/availability")]
pub async fn show(app: Data<App>, expert: ExpertUser, shell: Shell) -> Result<HttpResponse, Problem> {
    page::html(&page_of(&app, &expert, shell, Fields::default(), FieldErrors::default(), None).await?)
}

/// Adds weekly hours, a change of one day or an absence, as the form's `form` says.
#[post("/expert/availability")]
pub async fn add(
    app: Data<App>,
    expert: ExpertUser,
    shell: Shell,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let today = japan_date(app.clock.now());
    let kept = agenda_entries(&app, &expert).await?;
    let parsed = match form.get("form") {
        "rule" => parse_rules(&form, &kept),
        "exception" => parse_exception(&form, today),
        "absence" => parse_absence(&form, today),
        _ => return Err(Problem::Unreadable),
    };
    match parsed {
        Ok((change, told)) => {
            ops::expert::change_availability(&app, expert.id, change).await?;
            Ok(page::see_other_with("/expert/availability", told))
        }
        Err(errors) => page::unprocessable(&page_of(&app, &expert, shell, form, errors, None).await?),
    }
}

/// Takes an entry back. What is gone already is gone.
#[post("/expert/availability/{kind}/{id}/remove")]
pub async fn remove(
    app: Data<App>,
    expert: ExpertUser,
    path: Path<(String, Uuid)>,
) -> Result<HttpResponse, Problem> {
    let (kind, id) = path.into_inner();
    let change = match kind.as_str() {
        "rule" => Change::RemoveRule(id),
        "exception" => Change::RemoveException(id),
        "absence" => Change::RemoveAbsence(id),
        _ => return Err(Problem::NotFound),
    };
    ops::expert::change_availability(&app, expert.id, change).await?;
    Ok(page::see_other_with("/expert/availability", "削除しました。"))
}

/// Makes a new secret address for calendar programs, and shows it once; or takes it back.
#[post("/expert/availability/feed")]
pub async fn change_feed(
    app: Data<App>,
    expert: ExpertUser,
    shell: Shell,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    if form.get("act") == "revoke" {
        ops::expert::revoke_feed(&app, expert.id).await?;
        let told = "カレンダー用のアドレスを使えなくしました。";
        return Ok(page::see_other_with("/expert/availability", told));
    }
    let token = ops::expert::make_feed(&app, expert.id).await?;
    let address = app.site.absolute(&format!("/calendar/{token}.ics"));
    let page =
        page_of(&app, &expert, shell, Fields::default(), FieldErrors::default(), Some(address)).await?;
    page::html(&page)
}

type Parsed = Result<(Change, &'static str), FieldErrors>;

fn parse_rules(form: &Fields, kept: &Entries) -> Parsed {
    let mut errors = FieldErrors::default();
    let days: Vec<_> = WEEK.into_iter().filter(|it| form.has("weekday", it.1)).map(|it| it.0).collect();
    if days.is_empty() {
        errors.add("weekday", "曜日を選択してください");
    }
    let span = take_span(&mut errors, form, "rule_start", "rule_end");
    let Some(span) = span.filter(|_| errors.is_empty()) else { return Err(errors) };
    let overlaps =
        |it: &WeeklyRule| days.contains(&it.weekday) && !it.span.day().intersection(span.day()).is_empty();
    let told = if kept.rules.iter().any(|(_, it)| overlaps(it)) {
        "空きを登録しました。登録済みの時間と重なる部分は、合わせて1つの空きになります。"
    } else {
        "空きを登録しました。"
    };
    let rule = |weekday| WeeklyRule { weekday, span, valid_from: None, valid_until: None };
    Ok((Change::AddRules(days.into_iter().map(rule).collect()), told))
}

fn parse_exception(form: &Fields, today: NaiveDate) -> Parsed {
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
            Ok((Change::AddException(Exception { date, change }), "この日の変更を登録しました。"))
        }
        Some(_) | None => Err(errors),
    }
}

fn parse_absence(form: &Fields, today: NaiveDate) -> Parsed {
    let mut errors = FieldErrors::default();
    let first = take_date(&mut errors, form, FIRST, today);
    let last = take_date(&mut errors, form, LAST, today);
    if first.zip(last).is_some_and(|(first, last)| last < first) {
        errors.add(LAST.year, "最後の日には、最初の日以降の日付を入力してください");
    }
    let note = optional(form.get("note"), |it| Line::parse("メモ", it, LONGEST_NOTE));
    let note = errors.take("note", note).flatten().map(String::from).unwrap_or_default();
    match first.zip(last) {
        Some((first, last)) if errors.is_empty() => {
            Ok((Change::AddAbsence(Absence { first, last }, note), "不在の期間を登録しました。"))
        }
        Some(_) | None => Err(errors),
    }
}

async fn agenda_entries(app: &App, expert: &ExpertUser) -> Result<Entries, Problem> {
    Ok(crate::store::expert::entries(&app.db, expert.id).await?)
}

async fn page_of(
    app: &App,
    expert: &ExpertUser,
    shell: Shell,
    form: Fields,
    errors: FieldErrors,
    feed: Option<String>,
) -> Result<AvailabilityPage, Problem> {
    let now = app.clock.now();
    let today = japan_date(now);
    let entries = agenda_entries(app, expert).await?;
    let schedule = schedule(&entries);
    let horizon = TimeDelta::days(i64::from(shell.settings.horizon_days) + 365);
    let sittings = agenda::between(&app.db, expert.id, now, now + horizon).await?;
    let from = at_japan(today, 0, 0);
    let occupied = agenda::occupied(&app.db, expert.id, from, from + TimeDelta::days(15)).await?;
    let calendar = app.programme().await?.calendar(now);
    let free = |date: NaiveDate| {
        let day = schedule.day(date).minus(occupied.day(date));
        let spans: Vec<_> = day.spans().into_iter().map(times::span).collect();
        let text = match calendar.why_closed(date) {
            Some(Closed::Saturday | Closed::Sunday) => "休業日".to_owned(),
            Some(it @ (Closed::Holiday(_) | Closed::YearEnd | Closed::Operator)) => {
                format!("休業日（{}）", it.label())
            }
            None if schedule.is_absent(date) => "不在".to_owned(),
            None if spans.is_empty() => "空きなし".to_owned(),
            None => spans.join("、"),
        };
        (wording::month_day_weekday(date), text)
    };
    Ok(AvailabilityPage {
        has_feed: feed.is_some() || crate::store::expert::has_feed(&app.db, expert.id).await?,
        free: today.iter_days().take(SHOWN).map(free).collect(),
        stranded: sittings.iter().filter(|it| is_stranded(it, &schedule)).map(stranded).collect(),
        rules: entries.rules.iter().map(|(id, it)| Kept { id: *id, text: rule(it) }).collect(),
        exceptions: entries
            .exceptions
            .iter()
            .filter(|(_, it)| it.date >= today)
            .map(|(id, it)| Kept { id: *id, text: exception(it) })
            .collect(),
        absences: entries
            .absences
            .iter()
            .filter(|(_, it, _)| it.last >= today)
            .map(|(id, it, note)| Kept { id: *id, text: absence(*it, note) })
            .collect(),
        weekdays: WEEK.into_iter().map(|(_, code, label)| Choice::new(code, label)).collect(),
        times: times::choices(),
        kinds: vec![
            Choice::new("add", "空きを増やす").with_hint("毎週の空きに、この時間を加えます。"),
            Choice::new("remove", "空きを減らす").with_hint("毎週の空きから、この時間を除きます。"),
            Choice::new("none", "終日空きなし").with_hint("時刻の選択は必要ありません。"),
        ],
        shell,
        form,
        errors,
        feed,
    })
}

fn schedule(entries: &Entries) -> Schedule {
    Schedule {
        rules: entries.rules.iter().map(|it| it.1).collect(),
        exceptions: entries.exceptions.iter().map(|it| it.1).collect(),
        absences: entries.absences.iter().map(|it| it.1).collect(),
    }
}

/// Booked at a time at which the expert says to be away.
fn is_stranded(it: &Sitting, schedule: &Schedule) -> bool {
    let (start, last) = (it.appointment.starts_at, it.appointment.ends_at - TimeDelta::minutes(1));
    let (Some(start), Some(last)) = (Slot::at(start), Slot::at(last)) else { return false };
    let needed: Day =
        domain::availability::Span::new(start.quarter(), last.quarter() + 1).into_iter().collect();
    it.appointment.is_live() && !needed.minus(schedule.day(start.date())).is_empty()
}

fn stranded(it: &Sitting) -> Stranded {
    let what = match &it.case {
        Some(case) => match &case.company_name {
            Some(name) => format!("{name}（{}）", case.number),
            None => format!("回答待ちの依頼（{}）", case.number),
        },
        None => "申込み中の仮予約".to_owned(),
    };
    Stranded {
        href: it.case.as_ref().map(|case| url::expert(&case.number)),
        when: wording::long_date_time_range(it.appointment.starts_at, it.appointment.ends_at),
        what,
    }
}

fn rule(it: &WeeklyRule) -> String {
    let day = WEEK.iter().find(|(day, _, _)| *day == it.weekday).map_or("", |it| it.2);
    let from = it.valid_from.map(|it| format!("、{}から", wording::long_date(it))).unwrap_or_default();
    let until = it.valid_until.map(|it| format!("、{}まで", wording::long_date(it))).unwrap_or_default();
    format!("{day}　{}{from}{until}", times::span(it.span))
}

fn exception(it: &Exception) -> String {
    let day = wording::long_date(it.date);
    match it.change {
        DayChange::Add(span) => format!("{day}　{}を空きに加える", times::span(span)),
        DayChange::Remove(span) => format!("{day}　{}を空きから除く", times::span(span)),
        DayChange::RemoveAll => format!("{day}　終日空きなし"),
    }
}

fn absence(it: Absence, note: &str) -> String {
    let note = if note.is_empty() { String::new() } else { format!("（{note}）") };
    if it.first == it.last {
        format!("{}{note}", wording::long_date(it.first))
    } else {
        format!("{}から{}まで{note}", wording::long_date(it.first), wording::long_date(it.last))
    }
}
