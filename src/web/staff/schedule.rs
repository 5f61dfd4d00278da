//! The experts' appointments of one week, day by day.
use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use askama::Template;
use chrono::{Datelike, Days, NaiveDate};
use domain::{
    calendar::{Closed, at_japan, japan_date},
    id::ExpertId,
    wording,
};
use uuid::Uuid;

use super::calendars::{ExternalCalendars, external_calendars};
use crate::{
    app::App,
    problem::Problem,
    store::{
        self,
        booking::week::WeekEntry,
        intake::told_apart::{ToldApart, told_apart},
        routing::expert::Roster,
    },
    url,
    web::kit::{
        form::{Choice, Fields},
        page::{self, Shell},
        session::Coordinator,
    },
};

#[derive(Template)]
#[template(path = "staff/schedule.html")]
struct SchedulePage {
    shell: Shell,
    title: String,
    monday: String,
    typed: Fields,
    experts: Vec<Choice>,
    days: Vec<Day>,
    loads: Vec<Load>,
    external_calendars: ExternalCalendars,
    previous: String,
    this: String,
    next: String,
    is_this: bool,
}

struct Day {
    name: String,
    is_today: bool,
    is_weekend: bool,
    /// Why the center is closed on the day.
    closed: Option<&'static str>,
    entries: Vec<Line>,
}

struct Line {
    at: String,
    iso: String,
    expert: String,
    what: &'static str,
    mode: &'static str,
    case: Option<(String, String, String)>,
}

/// The used part of an expert's weekly limit.
struct Load {
    name: String,
    appointments: usize,
    limit: u16,
}

#[get("/staff/schedule")]
pub async fn show(
    app: Data<App>,
    _me: Coordinator,
    req: HttpRequest,
    shell: Shell,
) -> Result<HttpResponse, Problem> {
    let typed = Fields::of_query(&req);
    let now = app.clock.now();
    let (programme, roster) = app.programme_and_experts().await?;
    let calendar = programme.calendar(now);
    let today = japan_date(now);
    let monday = monday_of(typed.get("week").parse().unwrap_or(today));
    let expert = Uuid::try_parse(typed.get("expert")).ok().map(ExpertId);
    let (from, to) = (at_japan(monday, 0, 0), at_japan(monday, 7 * 24, 0));
    let entries = store::booking::week::between(&app.db, from, to, expert).await?;
    let loads = loads(&roster, &entries, expert);
    let companies = told_apart(&app.db, entries.iter().filter_map(|it| it.number)).await?;
    let mut by_day: BTreeMap<NaiveDate, Vec<Line>> = BTreeMap::new();
    for it in entries {
        by_day.entry(japan_date(it.starts_at)).or_default().push(line(&roster, &companies, it));
    }
    let days = monday.iter_days().take(7).map(|date| Day {
        name: wording::month_day_weekday(date),
        is_today: date == today,
        is_weekend: date.weekday().number_from_monday() > 5,
        closed: calendar.why_closed(date).map(Closed::label),
        entries: by_day.remove(&date).unwrap_or_default(),
    });
    let days: Vec<_> = days.collect();
    // A weekend day without appointments gets no line.
    let days = days.into_iter().filter(|it| !it.is_weekend || !it.entries.is_empty()).collect();
    let week = |date: Option<NaiveDate>| address(date.unwrap_or(monday), expert);
    let active = roster.all().iter().filter(|it| it.active);
    page::html(&SchedulePage {
        shell,
        title: format!("{}からの週", wording::long_date(monday)),
        monday: wording::iso_date(monday),
        experts: active.map(|it| Choice::new(it.id.to_string(), it.name.clone())).collect(),
        days,
        loads,
        external_calendars: external_calendars(&app, &roster, expert, now).await?,
        previous: week(monday.checked_sub_days(Days::new(7))),
        this: address(monday_of(today), expert),
        next: week(monday.checked_add_days(Days::new(7))),
        is_this: monday == monday_of(today),
        typed,
    })
}

fn monday_of(date: NaiveDate) -> NaiveDate {
    date.checked_sub_days(Days::new(u64::from(date.weekday().num_days_from_monday()))).unwrap_or(date)
}

fn address(monday: NaiveDate, expert: Option<ExpertId>) -> String {
    let week = wording::iso_date(monday);
    match expert {
        Some(expert) => format!("/staff/schedule?week={week}&expert={expert}"),
        None => format!("/staff/schedule?week={week}"),
    }
}

fn line(roster: &Roster, companies: &ToldApart, it: WeekEntry) -> Line {
    let company = it.company_name.unwrap_or_default();
    Line {
        at: wording::time_range(it.starts_at, it.ends_at),
        iso: wording::iso_date_time(it.starts_at),
        expert: roster.name(it.expert).to_owned(),
        what: it.state.label(),
        mode: it.mode.label(),
        case: it
            .number
            .map(|number| (url::staff(&number), number.to_string(), companies.name(&number, &company))),
    }
}

/// Returns the loads of all active experts, or of one, those with the most room first.
fn loads(roster: &Roster, entries: &[WeekEntry], only: Option<ExpertId>) -> Vec<Load> {
    let mut loads: Vec<_> = roster
        .all()
        .iter()
        .filter(|it| it.active && only.is_none_or(|only| only == it.id))
        .map(|it| Load {
            name: it.name.clone(),
            appointments: entries.iter().filter(|entry| entry.expert == it.id).count(),
            limit: it.limits.per_week,
        })
        .collect();
    loads.sort_by_key(|it| std::cmp::Reverse(it.room()));
    loads
}

impl Load {
    fn room(&self) -> usize {
        usize::from(self.limit).saturating_sub(self.appointments)
    }
}
