//! The waiting list for an earlier time: the preferred times, the offers, and leaving the list.
use actix_web::{HttpResponse, get, http::StatusCode, post, web::Data};
use askama::Template;
use domain::{
    actor::Actor,
    booking::{
        appointment::Appointment,
        notice::{change_until, window},
        waiting_list::{OFFER_HOURS, TimePreference, WaitingListEntry, may_wait},
    },
    calendar::japan_date,
    wording::{long_date_time_range, month_day_time},
};

use super::{appointment::CompanyAppointment, own_consultation::OwnConsultation};
use crate::{
    app::App,
    ops::{self, booking::waiting_list::WaitingResult},
    problem::Problem,
    store,
    web::kit::{
        form::Fields,
        page::{self, Shell},
        preferred_times::{self, PreferredTimesForm},
    },
};

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
    preferred: PreferredTimesForm,
    problem: String,
    /// A preferred time that is free already.
    free: String,
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
    let preferred_times = preferred_times::parse(&form)?;
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
    let page = WaitingPage {
        number: own.0.number.to_string(),
        path: own.path(""),
        booked: booked.map(|it| CompanyAppointment::of(&it, &roster)),
        hours: OFFER_HOURS,
        waits,
        possible: may_wait(&own.0.consultation.state, limit, now),
        preferred: PreferredTimesForm::new(form, days.earliest, last),
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
