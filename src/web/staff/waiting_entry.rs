//! Putting a company on the waiting list for an earlier time, in its stead.
use actix_web::{HttpResponse, get, post};
use askama::Template;
use chrono::{DateTime, Utc};
use domain::{
    actor::{Actor, Represented},
    booking::{
        appointment::Appointment,
        notice::{change_until, window},
        waiting_list::{OFFER_HOURS, WaitingListEntry, may_wait},
    },
    calendar::{BusinessCalendar, japan_date},
    consultation::{Consultation, State},
    correspondence::company_channel::CompanyChannel,
    settings::Settings,
    wording::month_day_time,
};

use super::{case_head::Head, opened::Opened};
use crate::{
    app::App,
    ops::{self, booking::waiting_list::WaitingResult, case::actor::ActorAt},
    problem::Problem,
    store::{self, consultation::case_details::CaseAppointment},
    web::kit::{
        form::Fields,
        form_state::FormState,
        page::Shell,
        preferred_times::{self, PreferredTimesForm},
    },
};

#[derive(Template)]
#[template(path = "staff/waiting_entry.html")]
struct WaitingEntryPage {
    shell: Shell,
    head: Head,
    typed: FormState,
    hours: u16,
    place: WaitingPlace,
    /// The appointment that the company has now.
    booked: Option<CaseAppointment>,
    preferred: PreferredTimesForm,
    /// Whether a preferred time is free already, so that it can be booked at once.
    is_free: bool,
}

/// The company's place on the waiting list.
pub struct WaitingPlace {
    pub entry: Option<WaitingListEntry>,
    /// Whether the company can join the list now.
    pub may_join: bool,
}

/// Returns the company's place on the waiting list. Skips the query where there can be none.
pub async fn place(
    app: &App,
    it: &Consultation,
    now: DateTime<Utc>,
    settings: &Settings,
    appointment: Option<&CaseAppointment>,
) -> Result<WaitingPlace, Problem> {
    if !matches!(it.state, State::Scheduling | State::Booked) {
        return Ok(WaitingPlace { entry: None, may_join: false });
    }
    let entry = store::booking::waiting_list::of(&app.db, it.id).await?;
    let calendar = app.programme_to_show().await?.calendar(now);
    let limit = appointment.and_then(|it| limit(&it.appointment, settings, &calendar));
    let may_join = entry.is_none() && it.merged_into.is_none() && may_wait(&it.state, limit, now);
    Ok(WaitingPlace { entry, may_join })
}

/// Returns until when a booked appointment can be exchanged for an earlier one.
fn limit(it: &Appointment, settings: &Settings, calendar: &BusinessCalendar) -> Option<DateTime<Utc>> {
    it.is_confirmed().then(|| change_until(it.starts_at, settings, calendar))
}

#[get("/staff/consultations/{number}/wait")]
pub async fn show(open: Opened) -> Result<HttpResponse, Problem> {
    render(open, FormState::default(), false).await
}

#[post("/staff/consultations/{number}/wait")]
pub async fn submit(open: Opened, form: Fields) -> Result<HttpResponse, Problem> {
    let preferred = preferred_times::parse(&form)?;
    let mut typed = FormState::of(form);
    let mut is_free = false;
    if let Some(version) = typed.value(open.seen(&typed.form, None))? {
        let by = ActorAt::new(Actor::Stead(open.me.id, Represented::Company), version);
        let done = ops::booking::waiting_list::wait(&open.app, open.id(), by, preferred).await;
        match typed.value(done)? {
            Some(WaitingResult::Yes) => return Ok(open.back(joined(open.case.proved_channel))),
            Some(WaitingResult::FreeNow(slot)) => {
                is_free = true;
                let when = month_day_time(slot.start());
                typed.refused = Some(format!("希望に合う日時（{when}から）が、いま空いています。"));
            }
            None => {}
        }
    }
    render(open.again().await?, typed, is_free).await
}

/// Returns how the company hears of a time that becomes free.
const fn joined(channel: CompanyChannel) -> &'static str {
    match channel {
        CompanyChannel::Mail => "空き待ちに登録しました。空きが出たときに、企業にメールで案内します。",
        CompanyChannel::Telephone => {
            "空き待ちに登録しました。空きが出たときは、「電話する」に表示します。企業に電話で伝えてください。"
        }
    }
}

async fn render(open: Opened, typed: FormState, is_free: bool) -> Result<HttpResponse, Problem> {
    let (app, now) = (&open.app, open.app.clock.now());
    let calendar = app.programme().await?.calendar(now);
    let booked = open.appointments().await?.into_iter().find(|it| it.appointment.is_confirmed());
    let settings = &open.shell.settings;
    let days = window(now, settings, &calendar);
    let last = booked.as_ref().map_or(days.horizon, |it| japan_date(it.appointment.starts_at));
    let preferred = PreferredTimesForm::new(typed.form.clone(), days.earliest, last);
    let place = place(app, &open.case.record.consultation, now, settings, booked.as_ref()).await?;
    open.page(typed, |shell, head, typed| WaitingEntryPage {
        shell,
        head,
        typed,
        hours: OFFER_HOURS,
        place,
        booked,
        preferred,
        is_free,
    })
}
