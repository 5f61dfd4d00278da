//! When the expert can be booked: weekly hours, single days and absences, with their effects.
mod absence;
pub mod day;
mod entry;

use actix_web::{
    HttpRequest, HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use chrono::{NaiveDate, TimeDelta};
use domain::{
    booking::availability::{Day, Schedule, Slot},
    calendar::{Closed, at_japan, japan_date},
    wording,
};
use uuid::Uuid;

use super::times;
use crate::{
    app::App,
    ops::{self, routing::expert::AvailabilityChange},
    problem::Problem,
    store::{
        audit::schedule_change::RecordedChange,
        booking::expert_agenda::{self, AgendaAppointment},
        routing::expert::ScheduleEntries,
    },
    url,
    web::kit::{
        form::{Choice, FieldErrors, Fields},
        page::{self, Shell},
        session::ExpertUser,
    },
};

/// The number of days, from today on, whose free time is shown.
const SHOWN: usize = 14;
/// The number of changes of the schedule that are shown.
const CHANGES: u64 = 20;

#[derive(Template)]
#[template(path = "expert/availability.html")]
struct AvailabilityPage {
    shell: Shell,
    form: Fields,
    errors: FieldErrors,
    rules: Vec<Kept>,
    exceptions: Vec<Kept>,
    absences: Vec<Kept>,
    free: Vec<FreeDay>,
    /// Bookings at times that are no longer offered.
    stranded: Vec<Stranded>,
    weekdays: Vec<Choice>,
    times: Vec<Choice>,
    kinds: Vec<Choice>,
    weeks: Vec<Choice>,
    stand_ins: Vec<Choice>,
    /// Whether a first or last day of the weekly hours was typed.
    is_limited: bool,
    has_feed: bool,
    /// The new secret address, shown only once.
    feed: Option<String>,
    /// The latest changes of the schedule, by whomever.
    changes: Vec<RecordedChange>,
}

/// An entry that can be removed.
struct Kept {
    id: Uuid,
    text: String,
}

/// A day with its free time.
struct FreeDay {
    name: String,
    text: String,
    href: String,
}

struct Stranded {
    href: Option<String>,
    when: String,
    what: String,
}

#[get("/expert/availability")]
pub async fn show(
    app: Data<App>,
    expert: ExpertUser,
    shell: Shell,
    req: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = Fields::of_query(&req);
    let form = Fields::from_iter([("copy_from", query.get("copy_from"))]);
    page::html(&page_of(&app, &expert, shell, form, FieldErrors::default(), None).await?)
}

/// Adds weekly hours, a change of one day or an absence, or copies a week; the field `form` selects which.
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
        "rule" => entry::parse_rules(&form, &kept, today),
        "exception" => entry::parse_exception(&form, today),
        "copy" => entry::parse_copy(&form, today),
        "absence" => return absence::submit(&app, &expert, shell, form).await,
        _ => return Err(Problem::Unreadable),
    };
    match parsed {
        Ok((change, flash)) => {
            ops::routing::expert::change_availability(&app, expert.id, change).await?;
            Ok(page::see_other_with("/expert/availability", flash))
        }
        Err(errors) => page::unprocessable(&page_of(&app, &expert, shell, form, errors, None).await?),
    }
}

/// Removes an entry. An entry that no longer exists counts as removed.
#[post("/expert/availability/{kind}/{id}/remove")]
pub async fn remove(
    app: Data<App>,
    expert: ExpertUser,
    path: Path<(String, Uuid)>,
) -> Result<HttpResponse, Problem> {
    let (kind, id) = path.into_inner();
    let change = match kind.as_str() {
        "rule" => AvailabilityChange::RemoveRule(id),
        "exception" => AvailabilityChange::RemoveException(id),
        "absence" => AvailabilityChange::RemoveAbsence(id),
        _ => return Err(Problem::NotFound),
    };
    ops::routing::expert::change_availability(&app, expert.id, change).await?;
    Ok(page::see_other_with("/expert/availability", "削除しました。"))
}

/// Creates a new secret address for calendar programs and shows it once, or removes the address.
#[post("/expert/availability/feed")]
pub async fn change_feed(
    app: Data<App>,
    expert: ExpertUser,
    shell: Shell,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    if form.get("action") == "revoke" {
        ops::routing::expert::revoke_feed(&app, expert.id).await?;
        let flash = "カレンダー用のアドレスを使えなくしました。";
        return Ok(page::see_other_with("/expert/availability", flash));
    }
    let token = ops::routing::expert::make_feed(&app, expert.id).await?;
    let address = app.site.absolute(&format!("/calendar/{token}.ics"));
    let page =
        page_of(&app, &expert, shell, Fields::default(), FieldErrors::default(), Some(address)).await?;
    page::html(&page)
}

async fn agenda_entries(app: &App, expert: &ExpertUser) -> Result<ScheduleEntries, Problem> {
    Ok(crate::store::routing::expert::entries(&app.db, expert.id).await?)
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
    let schedule = entries.schedule();
    let horizon = TimeDelta::days(i64::from(shell.settings.horizon_days) + 365);
    let appointments = expert_agenda::between(&app.db, expert.id, now, now + horizon).await?;
    let from = at_japan(today, 0, 0);
    let occupied = expert_agenda::occupied(&app.db, expert.id, from, from + TimeDelta::days(15)).await?;
    let calendar = app.programme().await?.calendar(now);
    let (_, roster) = app.programme_and_experts().await?;
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
        FreeDay { name: wording::month_day_weekday(date), text, href: day::address(date) }
    };
    let limits = [entry::FROM.names(), entry::UNTIL.names()].concat();
    Ok(AvailabilityPage {
        is_limited: limits.iter().any(|it| !form.get(it).is_empty()),
        has_feed: feed.is_some() || crate::store::routing::expert::has_feed(&app.db, expert.id).await?,
        free: today.iter_days().take(SHOWN).map(free).collect(),
        stranded: appointments.iter().filter(|it| is_stranded(it, &schedule)).map(stranded).collect(),
        rules: entries.rules.iter().map(|(id, it)| Kept { id: *id, text: entry::rule(it) }).collect(),
        exceptions: entries
            .exceptions
            .iter()
            .filter(|(_, it)| it.date >= today)
            .map(|(id, it)| Kept { id: *id, text: entry::exception(it) })
            .collect(),
        absences: entries
            .absences
            .iter()
            .filter(|(_, it, _)| it.last >= today)
            .map(|(id, it, note)| Kept { id: *id, text: entry::absence(*it, note, &roster) })
            .collect(),
        weeks: entry::weeks(today),
        stand_ins: entry::stand_ins(&roster, expert.id),
        weekdays: entry::WEEK.into_iter().map(|(_, code, label)| Choice::new(code, label)).collect(),
        times: times::choices(),
        kinds: vec![
            Choice::new("add", "空きを増やす").with_hint("毎週の空きに、この時間を加えます。"),
            Choice::new("remove", "空きを減らす").with_hint("毎週の空きから、この時間を除きます。"),
            Choice::new("none", "終日空きなし").with_hint("時刻の選択は必要ありません。"),
        ],
        changes: crate::store::audit::schedule_change::of_expert(&app.db, expert.id, CHANGES).await?,
        shell,
        form,
        errors,
        feed,
    })
}

/// Returns whether the booking lies at a time at which the expert is away.
fn is_stranded(it: &AgendaAppointment, schedule: &Schedule) -> bool {
    let (start, last) = (it.appointment.starts_at, it.appointment.ends_at - TimeDelta::minutes(1));
    let (Some(start), Some(last)) = (Slot::at(start), Slot::at(last)) else { return false };
    let needed: Day =
        domain::booking::availability::Span::new(start.quarter(), last.quarter() + 1).into_iter().collect();
    it.appointment.is_live() && !needed.minus(schedule.day(start.date())).is_empty()
}

fn stranded(it: &AgendaAppointment) -> Stranded {
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
