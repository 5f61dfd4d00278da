//! Choosing or moving the time of an appointment among the times at which all its experts are free.
use actix_web::{HttpRequest, HttpResponse, get, post};
use askama::Template;
use chrono::NaiveDate;
use domain::{actor::Party, booking::availability::Slot, consultation::ActionKind, wording};

use super::case::{Case, OpenedByExpert};
use crate::{
    ops,
    problem::Problem,
    web::kit::{
        form::Fields,
        form_state::FormState,
        page::{self, Shell},
        slots::{self, DATES, Date},
    },
};

const NOT_NOW: &str = "いまは日時を決められません。最新の内容を確認してください。";

#[derive(Template)]
#[template(path = "expert/slot.html")]
struct SlotPage {
    shell: Shell,
    typed: FormState,
    title: String,
    back: String,
    /// The time that is moved; `None` if no time is chosen yet.
    now: Option<String>,
    days: Vec<Date>,
    /// The pages with earlier and later days; `None` if there are none.
    earlier: Option<String>,
    later: Option<String>,
}

#[get("/expert/consultations/{number}/slot")]
pub async fn show(open: OpenedByExpert, req: HttpRequest) -> Result<HttpResponse, Problem> {
    match action(&open.case) {
        Some(_) => slot_page(open, FormState::of(Fields::of_query(&req))).await,
        None => Ok(open.back(NOT_NOW)),
    }
}

#[post("/expert/consultations/{number}/slot")]
pub async fn submit(open: OpenedByExpert, form: Fields) -> Result<HttpResponse, Problem> {
    let Some(action) = action(&open.case) else { return Ok(open.back(NOT_NOW)) };
    let mut typed = FormState::of(form);
    let Some(slot) = slots::parse(typed.form.get("slot")) else {
        typed.errors.add("slot", "日時を選択してください");
        return slot_page(open, typed).await;
    };
    let (done, flash) = if action == ActionKind::Reschedule {
        (
            ops::booking::appointment::reschedule(&open.app, open.id(), open.by(), slot).await,
            "日時を変更しました。企業にお知らせします。",
        )
    } else {
        (
            ops::booking::appointment::choose_slot(&open.app, open.id(), open.by(), slot).await,
            "日時を決めました。企業にお知らせします。",
        )
    };
    if typed.done(done)? { Ok(open.back(flash)) } else { slot_page(open, typed).await }
}

/// Returns the action that is possible now: choosing or moving.
fn action(case: &Case) -> Option<ActionKind> {
    let possible = case.record.consultation.possible(Party::Expert);
    possible.into_iter().find(|it| matches!(it, ActionKind::ChooseSlot | ActionKind::Reschedule))
}

async fn slot_page(open: OpenedByExpert, typed: FormState) -> Result<HttpResponse, Problem> {
    let by = open.by();
    let OpenedByExpert { app, shell, case, .. } = open;
    let offers = ops::booking::appointment::joint_offers(&app, &case.record, by).await?;
    let live = case.live(&app).await?;
    let today = domain::calendar::japan_date(app.clock.now());
    let moved = live.as_ref().and_then(|it| Slot::at(it.starts_at));
    let all: Vec<_> = offers
        .days()
        .into_iter()
        .map(|(date, slots)| {
            let other = |it: &Slot| Some(*it) != moved;
            (date, slots.into_iter().filter(other).collect::<Vec<_>>())
        })
        .filter(|(_, slots)| !slots.is_empty())
        .collect();
    let from = typed.form.get("from").parse::<NaiveDate>().unwrap_or(today);
    let first = all.iter().position(|(date, _)| *date >= from).unwrap_or(0);
    let link = |at: usize| {
        let date = all.get(at).map(|(date, _)| wording::iso_date(*date))?;
        Some(format!("{}?from={date}", case.path_of("slot")))
    };
    let shown = all.get(first..all.len().min(first + DATES)).unwrap_or_default();
    let days = slots::dates(shown, |it| offers.end(it), slots::parse(typed.form.get("slot")));
    let title = if live.is_some() { "相談の日時を変更する" } else { "相談の日時を決める" };
    let status = typed.status();
    let page = SlotPage {
        title: title.to_owned(),
        back: case.path(),
        now: live.map(|it| wording::long_date_time_range(it.starts_at, it.ends_at)),
        days,
        earlier: (first > 0).then(|| link(first.saturating_sub(DATES))).flatten(),
        later: link(first + DATES),
        shell,
        typed,
    };
    page::html_with(status, &page)
}
