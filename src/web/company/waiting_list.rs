//! The waiting list for an earlier time: the preferred times, the offers, and leaving the list.
use actix_web::{HttpResponse, get, http::StatusCode, post, web::Data};
use askama::Template;
use chrono::{Datelike, Days, NaiveDate, Weekday};
use domain::{
    actor::Actor,
    booking::{
        appointment::Appointment,
        notice::{change_until, window},
        waiting_list::{
            HalfDay, MOST_PREFERRED_TIMES, OFFER_HOURS, TimePreference, WaitingListEntry, may_wait,
            weekday_label,
        },
    },
    calendar::japan_date,
    wording::{iso_date, long_date_time_range, month_day_time, month_day_weekday},
};

use super::{appointment::CompanyAppointment, own_consultation::OwnConsultation};
use crate::{
    app::App,
    ops::{self, booking::waiting_list::WaitingResult},
    problem::Problem,
    store,
    web::kit::{
        form::{Choice, Fields},
        page::{self, Shell},
    },
};

/// The weekdays on which the center works.
const WEEKDAYS: [(&str, Weekday); 5] = [
    ("mon", Weekday::Mon),
    ("tue", Weekday::Tue),
    ("wed", Weekday::Wed),
    ("thu", Weekday::Thu),
    ("fri", Weekday::Fri),
];
/// The days from Monday to Friday of a preferred week.
const WORKING_WEEK: Days = Days::new(4);

#[derive(Template)]
#[template(path = "company/waiting.html")]
struct WaitingPage {
    shell: Shell,
    number: String,
    path: String,
    booked: Option<CompanyAppointment>,
    hours: u16,
    /// The preferred times while the company waits; `None` shows the form to begin.
    waits: Option<Shown>,
    /// Whether the company can join the waiting list.
    possible: bool,
    form: Fields,
    groups: Vec<Group>,
    /// Whether a preferred time after the first is filled in.
    more: bool,
    weeks: Vec<Choice>,
    weekdays: Vec<Choice>,
    parts: Vec<Choice>,
    problem: String,
    /// A preferred time that is free already.
    free: String,
}

/// The names of the fields of one preferred time.
struct Group {
    n: usize,
    week: String,
    weekday: String,
    part: String,
}

struct Shown {
    since: String,
    preferred_times: Vec<String>,
    turned_down: u16,
    offer: Option<OfferShown>,
}

struct OfferShown {
    when: String,
    until: String,
    href: String,
}

#[get("/my/{number}/waiting")]
pub async fn show(app: Data<App>, shell: Shell, own: OwnConsultation) -> Result<HttpResponse, Problem> {
    answer(&app, shell, &own, Fields::default(), Said::Nothing).await
}

#[post("/my/{number}/waiting")]
pub async fn submit(
    app: Data<App>,
    shell: Shell,
    own: OwnConsultation,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let preferred_times = time_preferences(&form)?;
    match ops::booking::waiting_list::wait(&app, own.0.consultation.id, Actor::Company, preferred_times).await
    {
        Ok(WaitingResult::Yes) => Ok(page::see_other_with(
            own.path("/waiting"),
            "空き待ちを受け付けました。空きが出たときに、メールでご案内します。",
        )),
        Ok(WaitingResult::FreeNow(slot)) => {
            answer(&app, shell, &own, form, Said::Free(month_day_time(slot.start()))).await
        }
        Err(problem @ (Problem::Refused(_) | Problem::Stale)) => {
            let current = store::consultation::find(&app.db, own.0.consultation.id).await?;
            let own = OwnConsultation(current.ok_or(Problem::NotFound)?);
            answer(&app, shell, &own, form, Said::Refused(problem.to_string())).await
        }
        Err(problem) => Err(problem),
    }
}

#[post("/my/{number}/waiting/stop")]
pub async fn stop(app: Data<App>, own: OwnConsultation) -> Result<HttpResponse, Problem> {
    ops::booking::waiting_list::stop(&app, own.0.consultation.id, Actor::Company).await?;
    Ok(page::see_other_with(own.path(""), "空き待ちを終えました。"))
}

enum Said {
    Nothing,
    Refused(String),
    Free(String),
}

async fn answer(
    app: &App,
    shell: Shell,
    own: &OwnConsultation,
    form: Fields,
    said: Said,
) -> Result<HttpResponse, Problem> {
    let (programme, roster) = app.programme_and_experts().await?;
    let now = app.clock.now();
    let id = own.0.consultation.id;
    let booked =
        store::booking::appointment::of(&app.db, id).await?.into_iter().find(Appointment::is_confirmed);
    let calendar = programme.calendar(now);
    let limit = booked.as_ref().map(|it| change_until(it.starts_at, &shell.settings, &calendar));
    let waits = match store::booking::waiting_list::of(&app.db, id).await? {
        Some(it) => Some(shown(app, it).await?),
        None => None,
    };
    let days = window(now, &shell.settings, &calendar);
    let last = booked.as_ref().map_or(days.horizon, |it| japan_date(it.starts_at));
    let (status, problem, free) = match said {
        Said::Nothing => (StatusCode::OK, String::new(), String::new()),
        Said::Refused(why) => (StatusCode::CONFLICT, why, String::new()),
        Said::Free(when) => (StatusCode::CONFLICT, String::new(), when),
    };
    let more = form.pairs().any(|(name, value)| !name.ends_with("-1") && !value.is_empty());
    let page = WaitingPage {
        number: own.0.number.to_string(),
        path: own.path(""),
        booked: booked.map(|it| CompanyAppointment::of(&it, &roster)),
        hours: OFFER_HOURS,
        waits,
        possible: may_wait(&own.0.consultation.state, limit, now),
        more,
        form,
        groups: (1..=MOST_PREFERRED_TIMES).map(group).collect(),
        weeks: weeks(days.earliest, last),
        weekdays: WEEKDAYS.map(|(code, it)| Choice::new(code, format!("{}曜日", weekday_label(it)))).to_vec(),
        parts: HalfDay::ALL.map(|it| Choice::new(it.code(), it.label())).to_vec(),
        problem,
        free,
        shell,
    };
    page::html_with(status, &page)
}

async fn shown(app: &App, it: WaitingListEntry) -> Result<Shown, Problem> {
    let now = app.clock.now();
    let open = store::booking::waiting_list::offers(&app.db, it.id)
        .await?
        .into_iter()
        .find(|it| it.offer.stands(now));
    let offer = match open {
        Some(held) => {
            let kept = store::booking::appointment::find(&app.db, held.appointment).await?;
            kept.map(|kept| OfferShown {
                when: long_date_time_range(kept.starts_at, kept.ends_at),
                until: month_day_time(held.offer.until),
                href: ops::booking::waiting_list::offer_link(app, &held.offer),
            })
        }
        None => None,
    };
    Ok(Shown {
        since: month_day_time(it.since),
        preferred_times: it.preferred_times.iter().map(TimePreference::label).collect(),
        turned_down: it.turned_down,
        offer,
    })
}

fn group(n: usize) -> Group {
    Group { n, week: format!("week-{n}"), weekday: format!("weekday-{n}"), part: format!("part-{n}") }
}

/// Returns the Mondays of the weeks in which an earlier time is possible, as choices.
fn weeks(earliest: NaiveDate, last: NaiveDate) -> Vec<Choice> {
    let monday = earliest - Days::new(u64::from(earliest.weekday().num_days_from_monday()));
    monday
        .iter_weeks()
        .take_while(|&it| it <= last)
        .map(|it| Choice::new(iso_date(it), format!("{}からの週", month_day_weekday(it))))
        .collect()
}

/// Parses the preferred times. The first counts even if it is empty: any time is suitable. A value that is
/// not among the choices did not come from our form and is refused.
fn time_preferences(form: &Fields) -> Result<Vec<TimePreference>, Problem> {
    let mut preferred_times = Vec::new();
    for n in 1..=MOST_PREFERRED_TIMES {
        let Group { week, weekday, part, .. } = group(n);
        let preferred = time_preference(form.get(&week), form.get(&weekday), form.get(&part))
            .ok_or(Problem::Unreadable)?;
        if (n == 1 || preferred != TimePreference::default()) && !preferred_times.contains(&preferred) {
            preferred_times.push(preferred);
        }
    }
    // Beside other preferred times, an empty first one means nothing.
    if preferred_times.len() > 1 && preferred_times.first() == Some(&TimePreference::default()) {
        preferred_times.remove(0);
    }
    Ok(preferred_times)
}

fn time_preference(week: &str, weekday: &str, part: &str) -> Option<TimePreference> {
    let from = if week.is_empty() { None } else { Some(week.parse::<NaiveDate>().ok()?) };
    let weekday = match weekday {
        "" => None,
        code => Some(WEEKDAYS.iter().find(|it| it.0 == code)?.1),
    };
    let part = if part.is_empty() { None } else { Some(HalfDay::from_code(part)?) };
    Some(TimePreference { weekday, part, from, until: from.and_then(|it| it.checked_add_days(WORKING_WEEK)) })
}

#[cfg(test)]
mod tests {
    use domain::booking::waiting_list::TimePreference;

    use super::{Fields, time_preferences, weeks};

    #[test]
    fn empty_preferences_are_left_out_unless_there_is_no_other() {
        assert_eq!(time_preferences(&Fields::default()).unwrap(), [TimePreference::default()]);
        let form = Fields::from_iter([("part-2", "morning"), ("weekday-3", "tue"), ("part-1", "")]);
        let labels: Vec<_> = time_preferences(&form).unwrap().iter().map(TimePreference::label).collect();
        assert_eq!(labels, ["午前", "火曜日"]);
        let form = Fields::from_iter([("week-1", "2026-11-23"), ("week-2", "2026-11-23")]);
        let labels: Vec<_> = time_preferences(&form).unwrap().iter().map(TimePreference::label).collect();
        assert_eq!(labels, ["11月23日（月・祝）から11月27日（金）"], "the same wish counts once");
        for wrong in [("week-1", "soon"), ("weekday-1", "sun"), ("part-3", "night")] {
            assert!(time_preferences(&Fields::from_iter([wrong])).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn the_weeks_end_with_that_of_the_booking() {
        let weeks = weeks("2026-11-26".parse().unwrap(), "2026-12-08".parse().unwrap());
        let values: Vec<_> = weeks.iter().map(|it| it.value.as_ref()).collect();
        assert_eq!(values, ["2026-11-23", "2026-11-30", "2026-12-07"]);
    }
}
