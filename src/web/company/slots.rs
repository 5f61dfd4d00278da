//! Choosing the time of an appointment, and moving an appointment.
use std::fmt;

use actix_web::{HttpRequest, HttpResponse, get, http::StatusCode, post, web::Data};
use askama::Template;
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    actor::{Actor, Party},
    booking::{
        appointment::{Appointment, AppointmentMode},
        availability::Slot,
    },
    consultation::{ActionKind, State},
    wording::{iso_date, month_day_time, month_day_weekday},
};

use super::{appointment::CompanyAppointment, own_consultation::OwnConsultation};
use crate::{
    app::App,
    ops::{self, booking::slot_offers::SlotOffers},
    problem::Problem,
    store,
    web::kit::{
        form::{FieldErrors, Fields},
        page::{self, Shell},
        slots::{self, DATES, Date},
    },
};

#[derive(Template)]
#[template(path = "company/slots.html")]
struct SlotsPage {
    shell: Shell,
    number: String,
    path: String,
    /// The appointment that is moved; `None` if a first time is chosen.
    moves: Option<CompanyAppointment>,
    /// Whether the time is kept until experts have been asked, and not booked at once.
    is_hold: bool,
    /// The conditions of the appointment, such as 「オンライン・60分・担当 山田 太郎」.
    outline: String,
    days: Vec<Date>,
    /// The first day of this page; empty on the first page.
    from: String,
    /// The first day of the next page, for its address and its label.
    later: Option<(String, String)>,
    /// Whether the time is for a further appointment that the company can take back.
    may_drop: bool,
    errors: FieldErrors,
    /// Why the chosen time could not be booked.
    problem: String,
}

/// The page for a company that can no longer move or cancel its appointment itself.
#[derive(Template)]
#[template(path = "company/too_late.html")]
struct TooLatePage {
    shell: Shell,
    number: String,
    path: String,
    until: String,
    appointment: CompanyAppointment,
}

/// The possible choice of a time in the present state.
enum Choice {
    First,
    /// A time for an application for which no expert is asked yet.
    Hold,
    Move(Appointment),
    TooLate {
        booked: Appointment,
        until: DateTime<Utc>,
    },
    /// There is nothing to choose in this state.
    Nothing,
}

#[get("/my/{number}/reschedule")]
pub async fn show(
    app: Data<App>,
    req: HttpRequest,
    shell: Shell,
    own: OwnConsultation,
) -> Result<HttpResponse, Problem> {
    let query = Fields::of_query(&req);
    let form = Fields::from_iter([("from", query.get("from"))]);
    answer(&app, shell, own, form, Said::Nothing).await
}

#[post("/my/{number}/reschedule")]
pub async fn submit(
    app: Data<App>,
    shell: Shell,
    own: OwnConsultation,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let mut errors = FieldErrors::default();
    let Some(slot) = errors.take("slot", chosen(form.get("slot"))) else {
        return answer(&app, shell, own, form, Said::Wrong(errors)).await;
    };
    let id = own.0.consultation.id;
    let booked =
        store::booking::appointment::of(&app.db, id).await?.into_iter().find(Appointment::is_confirmed);
    let mut is_hold = false;
    let done = match &booked {
        // The form was sent twice, or the chosen time is booked already.
        Some(it) if it.starts_at == slot.start() => Ok(()),
        Some(_) => ops::booking::appointment::reschedule(&app, id, Actor::Company, slot).await,
        None if own.0.consultation.state == State::Scheduling => {
            ops::booking::appointment::choose_slot(&app, id, Actor::Company, slot).await
        }
        None => ops::booking::hold::choose(&app, id, Actor::Company, slot).await.map(|()| is_hold = true),
    };
    match done {
        Ok(()) if booked.is_some() => Ok(page::see_other_with(
            own.path(""),
            &format!("日時を{}に変更しました。確認メールを送りました。", month_day_time(slot.start())),
        )),
        Ok(()) if is_hold => Ok(page::see_other_with(
            own.path(""),
            &format!("希望の日時（{}）を仮に押さえました。", month_day_time(slot.start())),
        )),
        Ok(()) => Ok(page::see_other_with(
            own.path(""),
            &format!("日時が{}に決まりました。確認メールを送りました。", month_day_time(slot.start())),
        )),
        Err(problem @ (Problem::SlotTaken | Problem::Stale | Problem::Refused(_))) => {
            // The page shows the present state, which may have changed in the meantime.
            let current = store::consultation::find(&app.db, id).await?.ok_or(Problem::NotFound)?;
            answer(&app, shell, OwnConsultation(current), form, Said::Refused(problem.to_string())).await
        }
        Err(problem) => Err(problem),
    }
}

/// The answer to a form that was sent.
enum Said {
    Nothing,
    Wrong(FieldErrors),
    Refused(String),
}

async fn answer(
    app: &App,
    shell: Shell,
    own: OwnConsultation,
    form: Fields,
    said: Said,
) -> Result<HttpResponse, Problem> {
    let status = match &said {
        Said::Nothing => StatusCode::OK,
        Said::Wrong(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Said::Refused(_) => StatusCode::CONFLICT,
    };
    match choice(app, &shell, &own).await? {
        Choice::Nothing => match said {
            Said::Refused(why) => Err(Problem::Refused(why)),
            Said::Nothing | Said::Wrong(_) => {
                Ok(page::see_other_with(own.path(""), "いまは、日時を選ぶ必要はありません。"))
            }
        },
        Choice::TooLate { booked, until } => {
            let (_, roster) = app.programme_and_experts().await?;
            let page = TooLatePage {
                shell,
                number: own.0.number.to_string(),
                path: own.path(""),
                until: month_day_time(until),
                appointment: CompanyAppointment::of(&booked, &roster),
            };
            page::html_with(status, &page)
        }
        Choice::First => {
            let offers = ops::booking::appointment::joint_offers(app, &own.0, Actor::Company).await?;
            page::html_with(status, &slots_page(app, shell, &own, (form, said), offers, None).await?)
        }
        Choice::Hold => {
            let offers = ops::booking::hold::offers(app, &own.0).await?;
            let page = slots_page(app, shell, &own, (form, said), offers, None).await?;
            page::html_with(status, &SlotsPage { is_hold: true, ..page })
        }
        Choice::Move(it) => {
            let offers = ops::booking::appointment::joint_offers(app, &own.0, Actor::Company).await?;
            page::html_with(status, &slots_page(app, shell, &own, (form, said), offers, Some(it)).await?)
        }
    }
}

async fn choice(app: &App, shell: &Shell, own: &OwnConsultation) -> Result<Choice, Problem> {
    let can = |action| own.0.consultation.allows(action, Party::Company).is_ok();
    if can(ActionKind::ChooseSlot) {
        return Ok(Choice::First);
    }
    if ops::booking::hold::may_choose(app, &own.0.consultation).await? {
        return Ok(Choice::Hold);
    }
    let all = store::booking::appointment::of(&app.db, own.0.consultation.id).await?;
    let Some(booked) =
        all.into_iter().find(Appointment::is_confirmed).filter(|_| can(ActionKind::Reschedule))
    else {
        return Ok(Choice::Nothing);
    };
    let now = app.clock.now();
    let programme = app.programme().await?;
    let until =
        ops::booking::change_limit::change_limit(&app.db, &programme, &shell.settings, &booked, now).await?;
    Ok(if now < until { Choice::Move(booked) } else { Choice::TooLate { booked, until } })
}

async fn slots_page(
    app: &App,
    shell: Shell,
    own: &OwnConsultation,
    (form, said): (Fields, Said),
    offers: SlotOffers,
    moves: Option<Appointment>,
) -> Result<SlotsPage, Problem> {
    let (_, roster) = app.programme_and_experts().await?;
    let assignments = store::routing::assignment::of(&app.db, own.0.consultation.id).await?;
    let accepted = assignments.iter().filter(|it| it.is_accepted());
    let experts: Vec<_> = accepted.map(|it| roster.name(it.expert)).collect();
    let mode = moves.as_ref().map_or(AppointmentMode::wished(own.0.mode), |it| it.mode);
    let minutes = match mode {
        AppointmentMode::Online => shell.settings.online_minutes,
        AppointmentMode::Visit => shell.settings.visit_minutes,
    };
    let from = form.get("from").parse::<NaiveDate>().ok();
    let (days, later) =
        on_offer(&offers, from, moves.as_ref().map(|it| it.starts_at), slots::parse(form.get("slot")));
    let (errors, problem) = match said {
        Said::Nothing => (FieldErrors::default(), String::new()),
        Said::Wrong(errors) => (errors, String::new()),
        Said::Refused(why) => (FieldErrors::default(), why),
    };
    let may_drop =
        moves.is_none() && store::audit::event::may_drop_further(&app.db, &own.0, Party::Company).await?;
    Ok(SlotsPage {
        shell,
        number: own.0.number.to_string(),
        path: own.path(""),
        is_hold: false,
        outline: match experts.as_slice() {
            [] => format!("{}・{minutes}分", mode.label()),
            names => format!("{}・{minutes}分・担当 {}", mode.label(), names.join("、")),
        },
        moves: moves.map(|it| CompanyAppointment::of(&it, &roster)),
        days,
        from: from.map(iso_date).unwrap_or_default(),
        later,
        may_drop,
        errors,
        problem,
    })
}

/// Returns the days of one page from a day on, without the time that is booked already, and the day after
/// them.
fn on_offer(
    offers: &SlotOffers,
    from: Option<NaiveDate>,
    booked: Option<DateTime<Utc>>,
    chosen: Option<Slot>,
) -> (Vec<Date>, Option<(String, String)>) {
    let free = |(day, slots): (NaiveDate, Vec<Slot>)| {
        let slots: Vec<_> = slots.into_iter().filter(|it| Some(it.start()) != booked).collect();
        (!slots.is_empty() && from.is_none_or(|it| it <= day)).then_some((day, slots))
    };
    let mut days = offers.days().into_iter().filter_map(free);
    let shown: Vec<_> = days.by_ref().take(DATES).collect();
    let later = days.next().map(|(day, _)| (iso_date(day), month_day_weekday(day)));
    (slots::dates(&shown, |it| offers.end(it), chosen), later)
}

/// The error for a form with no valid time.
#[derive(Clone, Copy, Debug)]
struct NotChosen;

impl fmt::Display for NotChosen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("希望する日時を選択してください")
    }
}

fn chosen(raw: &str) -> Result<Slot, NotChosen> {
    slots::parse(raw).ok_or(NotChosen)
}
