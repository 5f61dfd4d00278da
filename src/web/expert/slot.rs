//! Settling the time of a session, or moving it, among the times at which the experts are free together.
use actix_web::{
    HttpRequest, HttpResponse, get,
    http::StatusCode,
    post,
    web::{Data, Path},
};
use askama::Template;
use chrono::NaiveDate;
use domain::{
    actor::{Actor, Party},
    availability::Slot,
    consultation::Deed,
    wording,
};

use super::case::{self, Case, sentence};
use crate::{
    app::App,
    ops,
    problem::Problem,
    web::{
        form::{FieldErrors, Fields},
        page::{self, Shell},
        session::ExpertUser,
        slots::{self, DATES, Date},
    },
};

#[derive(Template)]
#[template(path = "expert/slot.html")]
struct SlotPage {
    shell: Shell,
    errors: FieldErrors,
    notice: Option<String>,
    title: String,
    back: String,
    /// The time that is moved; nothing where none is settled yet.
    now: Option<String>,
    days: Vec<Date>,
    /// The pages with earlier and later days; nothing where there are none.
    earlier: Option<String>,
    later: Option<String>,
}

#[get("/expert/consultations/{number}/slot")]
pub async fn show(
    app: Data<App>,
    expert: ExpertUser,
    shell: Shell,
    number: Path<String>,
    req: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let case = case::accepted(&app, &expert, &number).await?;
    let Some(_) = deed(&case) else { return Ok(not_now(&case)) };
    let form = Fields::of_query(&req);
    page::html(&slot_page(&app, &expert, shell, &case, form, FieldErrors::default(), None).await?)
}

#[post("/expert/consultations/{number}/slot")]
pub async fn submit(
    app: Data<App>,
    expert: ExpertUser,
    shell: Shell,
    number: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let case = case::accepted(&app, &expert, &number).await?;
    let Some(deed) = deed(&case) else { return Ok(not_now(&case)) };
    let mut errors = FieldErrors::default();
    let Some(slot) = slots::parse(form.get("slot")) else {
        errors.add("slot", "日時を選択してください");
        let page = slot_page(&app, &expert, shell, &case, form, errors, None).await?;
        return page::unprocessable(&page);
    };
    let (id, by) = (case.record.consultation.id, Actor::Expert(expert.id));
    let (done, told) = if deed == Deed::Reschedule {
        (
            ops::appointment::reschedule(&app, id, by, slot).await,
            "日時を変更しました。企業に確認メールを送りました。",
        )
    } else {
        (
            ops::appointment::choose_slot(&app, id, by, slot).await,
            "日時を決めました。企業に確認メールを送りました。",
        )
    };
    match done {
        Ok(()) => Ok(page::see_other_with(case.path(), told)),
        Err(problem) => {
            let notice = Some(sentence(problem)?);
            let page = slot_page(&app, &expert, shell, &case, form, errors, notice).await?;
            page::html_with(StatusCode::CONFLICT, &page)
        }
    }
}

/// Choosing or moving, whichever is possible now.
fn deed(case: &Case) -> Option<Deed> {
    let possible = case.record.consultation.possible(Party::Expert);
    possible.into_iter().find(|it| matches!(it, Deed::ChooseSlot | Deed::Reschedule))
}

fn not_now(case: &Case) -> HttpResponse {
    page::see_other_with(case.path(), "いまは日時を決められません。最新の内容を確認してください。")
}

async fn slot_page(
    app: &App,
    expert: &ExpertUser,
    shell: Shell,
    case: &Case,
    form: Fields,
    errors: FieldErrors,
    notice: Option<String>,
) -> Result<SlotPage, Problem> {
    let offers = ops::appointment::joint_offers(app, &case.record, Actor::Expert(expert.id)).await?;
    let live = case.live(app).await?;
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
    let from = form.get("from").parse::<NaiveDate>().unwrap_or(today);
    let first = all.iter().position(|(date, _)| *date >= from).unwrap_or(0);
    let link = |at: usize| {
        let date = all.get(at).map(|(date, _)| wording::iso_date(*date))?;
        Some(format!("{}?from={date}", case.path_of("slot")))
    };
    let shown = all.get(first..all.len().min(first + DATES)).unwrap_or_default();
    let days = slots::dates(shown, |it| offers.end(it), slots::parse(form.get("slot")));
    Ok(SlotPage {
        title: if live.is_some() { "相談の日時を変更する" } else { "相談の日時を決める" }.to_owned(),
        back: case.path(),
        now: live.map(|it| wording::long_date_time_range(it.starts_at, it.ends_at)),
        days,
        earlier: (first > 0).then(|| link(first.saturating_sub(DATES))).flatten(),
        later: link(first + DATES),
        shell,
        errors,
        notice,
    })
}
