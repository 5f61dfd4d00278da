//! The expert's week: bookings, holds, times taken elsewhere, free times and absences.
use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use askama::Template;
use domain::{
    booking::availability::{Occupied, Schedule, quarter_index},
    calendar::{at_japan, japan_date},
    wording,
};

use super::week::{Agenda, Week, WeekFacts};
use crate::{
    app::App,
    problem::Problem,
    store::{self, booking::expert_agenda},
    web::kit::{
        form::Fields,
        page::{self, Shell},
        session::ExpertUser,
    },
};

#[derive(Template)]
#[template(path = "expert/calendar.html")]
struct CalendarPage {
    shell: Shell,
    title: String,
    /// The title in pieces, between which a narrow heading breaks.
    heading: [String; 3],
    /// Whether only the list is shown, on every screen.
    as_list: bool,
    week: String,
    previous: String,
    next: String,
    agenda: Agenda,
    /// Whether the expert has never entered any time.
    offers_nothing: bool,
}

#[get("/expert/calendar")]
pub async fn show(
    app: Data<App>,
    expert: ExpertUser,
    shell: Shell,
    req: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = Fields::of_query(&req);
    let now = app.clock.now();
    let week = Week::parse(query.get("week")).unwrap_or_else(|| Week::of(japan_date(now)));
    let (programme, roster) = app.programme_and_experts().await?;
    let (from, to) = (at_japan(week.first(), 0, 0), at_japan(week.last(), 24, 0));
    let appointments = expert_agenda::between(&app.db, expert.id, from, to).await?;
    let occupied = expert_agenda::occupied(&app.db, expert.id, from, to).await?;
    let week_of = quarter_index(from)..quarter_index(to);
    let busy = store::calendars::external::busy(&app.db, week_of, Some(expert.id)).await?;
    let busy: Occupied = busy.into_iter().flat_map(|it| it.1).collect();
    let none = Schedule::default();
    let facts = WeekFacts {
        schedule: roster.get(expert.id).map_or(&none, |it| &it.schedule),
        occupied: &occupied,
        busy: &busy,
        appointments: &appointments,
        calendar: &programme.calendar(now),
        now,
    };
    page::html(&CalendarPage {
        shell,
        title: heading(week).concat(),
        heading: heading(week),
        as_list: query.get("view") == "list",
        week: week.name(),
        previous: week.previous().name(),
        next: week.next().name(),
        agenda: week.agenda(&facts),
        offers_nothing: facts.schedule.offers_nothing(),
    })
}

/// Returns the heading, such as 「2026年（令和8年）」「11月23日（月・祝）から」「11月29日（日）の予定」.
fn heading(week: Week) -> [String; 3] {
    let first = wording::month_day_weekday(week.first());
    let year = wording::long_date(week.first()).replace(&first, "");
    [year, format!("{first}から"), format!("{}の予定", wording::month_day_weekday(week.last()))]
}

impl CalendarPage {
    fn is_empty(&self) -> bool {
        self.agenda.days.iter().all(|it| it.items.is_empty())
    }

    /// Returns the query that the links between weeks add to keep the chosen view.
    const fn view(&self) -> &'static str {
        if self.as_list { "&view=list" } else { "" }
    }
}
