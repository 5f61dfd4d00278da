//! The choice of a time, which is then held for a limited period.
use actix_web::{
    HttpRequest, HttpResponse, get,
    http::StatusCode,
    post,
    web::{Data, Path},
};
use askama::Template;
use chrono::{NaiveDate, TimeDelta};
use domain::{
    booking::availability::Slot,
    wording::{long_date_time_range, month_day_time, month_day_weekday, time},
};
use uuid::Uuid;

use super::{
    step::Step,
    writing::{Writing, open, saved_path},
};
use crate::{
    app::App,
    ops::{
        self,
        booking::slot_offers::SlotOffers,
        intake::apply::{chose_slot, slot_value},
    },
    problem::Problem,
    store::{self, gathering::Gathering},
    web::kit::{
        form::{FieldErrors, Fields},
        page::{self, Shell},
        slots::{self, DATES, Date},
    },
};

#[derive(Template)]
#[template(path = "apply/slot.html")]
struct SlotPage {
    shell: Shell,
    step: Step,
    back: String,
    errors: FieldErrors,
    /// The sentence about a chosen time that is no longer held; empty if there is none.
    lapsed: String,
    /// The conditions of the search, such as 「労務管理・オンライン・60分」.
    terms: String,
    /// The consultation day of which a time is chosen; empty if any day can be.
    consultation_day: String,
    change_terms: String,
    /// The value and label of the chosen time if this page does not list it.
    chosen: Option<(String, String)>,
    days: Vec<Date>,
    asks_center: bool,
    /// The next day with a free time, if this page has none.
    next_free: Option<(String, String)>,
    earlier: String,
    /// The link to later times, with the first of their days.
    later: Option<(String, String)>,
    /// Whether there is no free time at all.
    is_empty: bool,
}

#[get("/apply/{draft}/slot")]
pub async fn show(
    app: Data<App>,
    req: HttpRequest,
    shell: Shell,
    id: Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let writing = match open(&app, &shell, *id).await? {
        Ok(writing) => writing,
        Err(elsewhere) => return Ok(elsewhere),
    };
    // A visit needs its place; the contact may be entered later.
    if writing.first_open_step() < Step::Contact
        && let Some(elsewhere) = writing.must_go_first(Step::Slot)
    {
        return Ok(elsewhere);
    }
    let after = Fields::of_query(&req).get("after").parse().ok();
    let lapsed = lapsed(&writing);
    answer(&app, shell, &writing, StatusCode::OK, after, lapsed, FieldErrors::default()).await
}

#[post("/apply/{draft}/slot")]
pub async fn submit(
    app: Data<App>,
    req: HttpRequest,
    shell: Shell,
    id: Path<Uuid>,
    typed: Fields,
) -> Result<HttpResponse, Problem> {
    let writing = match open(&app, &shell, *id).await? {
        Ok(writing) => writing,
        Err(elsewhere) => return Ok(elsewhere),
    };
    if writing.first_open_step() < Step::Contact
        && let Some(elsewhere) = writing.must_go_first(Step::Slot)
    {
        return Ok(elsewhere);
    }
    let draft = writing.draft.id;
    let saves = typed.has("action", "save");
    let outcome = match (typed.get("slot"), slots::parse(typed.get("slot"))) {
        ("none", _) => ops::intake::apply::release(&app, draft).await,
        (_, Some(slot)) => ops::intake::apply::hold(&app, draft, slot).await.map(|_| ()),
        (_, None) if saves => Ok(()),
        (_, None) => {
            let mut errors = FieldErrors::default();
            errors.add("slot", "希望する日時を選択してください");
            let after = Fields::of_query(&req).get("after").parse().ok();
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return answer(&app, shell, &writing, status, after, String::new(), errors).await;
        }
    };
    match outcome {
        Err(Problem::SlotTaken) if !saves => {
            // The nearest alternatives are on the same day and the days after it.
            let after = slots::parse(typed.get("slot")).map(|it| it.date() - TimeDelta::days(1));
            let taken = Problem::SlotTaken.to_string();
            answer(&app, shell, &writing, StatusCode::CONFLICT, after, taken, FieldErrors::default()).await
        }
        Ok(()) | Err(Problem::SlotTaken) if saves => Ok(page::see_other(saved_path(draft))),
        Ok(()) => Ok(page::see_other(Step::Confirm.path(draft))),
        Err(problem) => Err(problem),
    }
}

async fn answer(
    app: &App,
    shell: Shell,
    writing: &Writing,
    status: StatusCode,
    after: Option<NaiveDate>,
    lapsed: String,
    errors: FieldErrors,
) -> Result<HttpResponse, Problem> {
    let found = ops::intake::apply::slots(app, &writing.draft).await?;
    let page = slot_page(shell, writing, &found, after, lapsed, errors);
    let day = match writing.draft.day {
        Some(day) => store::gathering::find(&app.db, day).await?,
        None => None,
    };
    let named = |it: Gathering| format!("{}（{}）", it.title, long_date_time_range(it.starts_at, it.ends_at));
    let consultation_day = day.map(named).unwrap_or_default();
    page::html_with(status, &SlotPage { consultation_day, ..page })
}

fn slot_page(
    shell: Shell,
    writing: &Writing,
    found: &SlotOffers,
    after: Option<NaiveDate>,
    lapsed: String,
    errors: FieldErrors,
) -> SlotPage {
    let path = Step::Slot.path(writing.draft.id);
    let all = found.days();
    let from = after.map_or(0, |after| all.partition_point(|(date, _)| *date <= after));
    // If the last of all times was lost, the page starts again from the first.
    let from = if from == all.len() && !lapsed.is_empty() { 0 } else { from };
    let to = all.len().min(from + DATES);
    let shown = all.get(from..to).unwrap_or_default();
    let typed = writing.draft.form.slot.as_str();
    let chosen = slots::parse(typed);
    let listed = shown.iter().flat_map(|(_, slots)| slots).any(|&it| Some(it) == chosen);
    let held = writing.held.as_ref().and_then(|it| Slot::at(it.starts_at));
    let link = |day: Option<&(NaiveDate, Vec<Slot>)>, path: String| {
        day.map(|(date, _)| (path, month_day_weekday(*date)))
    };
    let last_shown = shown.last().map(|(date, _)| *date);
    SlotPage {
        shell,
        step: Step::Slot,
        back: Step::Contact.path(writing.draft.id),
        errors,
        lapsed,
        terms: terms(writing, found),
        consultation_day: String::new(),
        change_terms: format!("{}?from=slot", Step::Topic.path(writing.draft.id)),
        chosen: held.filter(|_| !listed).map(|it| (slot_value(it), month_day_time(it.start()))),
        asks_center: typed == "none" || all.is_empty(),
        next_free: link(all.first().filter(|_| shown.is_empty()), path.clone()),
        earlier: earlier(&all, from, &path),
        later: last_shown.and_then(|last| link(all.get(to), format!("{path}?after={last}"))),
        is_empty: all.is_empty(),
        days: slots::dates(shown, |it| found.end(it), chosen),
    }
}

/// Returns the address of the page of dates before the one at `from`; empty on the first page.
fn earlier(all: &[(NaiveDate, Vec<Slot>)], from: usize, path: &str) -> String {
    match (from, from.checked_sub(DATES + 1).and_then(|it| all.get(it))) {
        (0, _) => String::new(),
        (_, Some((before, _))) => format!("{path}?after={before}"),
        (_, None) => path.to_owned(),
    }
}

fn terms(writing: &Writing, found: &SlotOffers) -> String {
    let fields: Vec<_> = domain::field::Field::ALL
        .into_iter()
        .filter(|field| writing.draft.form.field.iter().any(|it| it == field.code()))
        .map(domain::field::Field::label)
        .collect();
    format!("{}・{}・{}分", fields.join("と"), found.mode().label(), found.minutes())
}

/// Returns the sentence about a time that was chosen and is no longer held.
fn lapsed(writing: &Writing) -> String {
    if !writing.slot_has_lapsed() || !chose_slot(&writing.draft.form) {
        return String::new();
    }
    let until = writing.expired_at.map(|it| format!("（{}）", time(it))).unwrap_or_default();
    let was = slots::parse(&writing.draft.form.slot).map(|it| month_day_time(it.start()));
    let was = was.map(|it| format!("選んでいた日時は、{it}です。")).unwrap_or_default();
    format!("お取り置きの期限{until}が過ぎました。もう一度日時を選んでください。{was}")
}
