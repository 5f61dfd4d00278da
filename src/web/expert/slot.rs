//! Settling the time of a session, or moving it, among the times at which the experts are free together.
use actix_web::{HttpRequest, HttpResponse, get, post};
use askama::Template;
use chrono::NaiveDate;
use domain::{actor::Party, availability::Slot, consultation::Deed, wording};

use super::case::{Case, Opened};
use crate::{
    ops,
    problem::Problem,
    web::{
        form::{Choice, Fields},
        page::{self, Shell},
        typed::Typed,
    },
};

/// So many days with free times stand on one page.
const DAYS: usize = 10;
const NOT_NOW: &str = "いまは日時を決められません。最新の内容を確認してください。";

#[derive(Template)]
#[template(path = "expert/slot.html")]
struct SlotPage {
    shell: Shell,
    typed: Typed,
    title: String,
    back: String,
    /// The time that is moved; nothing where none is settled yet.
    now: Option<String>,
    days: Vec<Day>,
    /// The pages with earlier and later days; nothing where there are none.
    earlier: Option<String>,
    later: Option<String>,
}

struct Day {
    label: String,
    open: bool,
    slots: Vec<Choice>,
}

#[get("/expert/consultations/{number}/slot")]
pub async fn show(open: Opened, req: HttpRequest) -> Result<HttpResponse, Problem> {
    match deed(&open.case) {
        Some(_) => slot_page(open, Typed::of(Fields::of_query(&req))).await,
        None => Ok(open.back(NOT_NOW)),
    }
}

#[post("/expert/consultations/{number}/slot")]
pub async fn submit(open: Opened, form: Fields) -> Result<HttpResponse, Problem> {
    let Some(deed) = deed(&open.case) else { return Ok(open.back(NOT_NOW)) };
    let mut typed = Typed::of(form);
    let Some(slot) = typed.form.get("slot").parse().ok().and_then(Slot::from_index) else {
        typed.errors.add("slot", "日時を選択してください");
        return slot_page(open, typed).await;
    };
    let (done, told) = if deed == Deed::Reschedule {
        (
            ops::appointment::reschedule(&open.app, open.id(), open.by(), slot).await,
            "日時を変更しました。企業に確認メールを送りました。",
        )
    } else {
        (
            ops::appointment::choose_slot(&open.app, open.id(), open.by(), slot).await,
            "日時を決めました。企業に確認メールを送りました。",
        )
    };
    if typed.done(done)? { Ok(open.back(told)) } else { slot_page(open, typed).await }
}

/// Choosing or moving, whichever is possible now.
fn deed(case: &Case) -> Option<Deed> {
    let possible = case.record.consultation.possible(Party::Expert);
    possible.into_iter().find(|it| matches!(it, Deed::ChooseSlot | Deed::Reschedule))
}

async fn slot_page(open: Opened, typed: Typed) -> Result<HttpResponse, Problem> {
    let by = open.by();
    let Opened { app, shell, case, .. } = open;
    let offers = ops::appointment::joint_offers(&app, &case.record, by).await?;
    let live = case.live(&app).await?;
    let now = app.clock.now();
    let today = domain::calendar::japan_date(now);
    let moved = live.as_ref().and_then(|it| Slot::at(it.starts_at));
    let all: Vec<_> = offers
        .days()
        .into_iter()
        .map(|(date, slots)| {
            let free = |it: &Slot| it.start() > now && Some(*it) != moved;
            (date, slots.into_iter().filter(free).collect::<Vec<_>>())
        })
        .filter(|(_, slots)| !slots.is_empty())
        .collect();
    let from = typed.form.get("from").parse::<NaiveDate>().unwrap_or(today);
    let first = all.iter().position(|(date, _)| *date >= from).unwrap_or(0);
    let link = |at: usize| {
        let date = all.get(at).map(|(date, _)| wording::iso_date(*date))?;
        Some(format!("{}?from={date}", case.path_of("slot")))
    };
    let day = |(n, (date, slots)): (usize, &(NaiveDate, Vec<Slot>))| Day {
        label: format!("{}　空き{}件", wording::month_day_weekday(*date), slots.len()),
        open: n == 0 || slots.iter().any(|it| typed.form.has("slot", &it.index().to_string())),
        slots: slots.iter().map(|it| choice(*it, &offers)).collect(),
    };
    page::html_with(
        typed.status(),
        &SlotPage {
            title: if live.is_some() {
                "相談の日時を変更する"
            } else {
                "相談の日時を決める"
            }
            .to_owned(),
            back: case.path(),
            now: live.map(|it| wording::long_date_time_range(it.starts_at, it.ends_at)),
            days: all.iter().skip(first).take(DAYS).enumerate().map(day).collect(),
            earlier: (first > 0).then(|| link(first.saturating_sub(DAYS))).flatten(),
            later: link(first + DAYS),
            shell,
            typed,
        },
    )
}

fn choice(slot: Slot, offers: &ops::offers::Offers) -> Choice {
    let when = wording::time_range(slot.start(), offers.end(slot));
    Choice::new(slot.index().to_string(), when)
}
