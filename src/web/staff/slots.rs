//! Choosing or moving the time of an appointment on behalf of the company.
use actix_web::{
    HttpRequest, HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use chrono::NaiveDate;
use domain::{
    actor::{Actor, Party},
    consultation::ActionKind,
    wording,
};

use super::{
    case::{FormState, Head, find, seen},
    stead,
};
use crate::{
    app::App,
    ops::{self, case::actor::ActorAt},
    problem::Problem,
    store::consultation::case_details::{CaseAppointment, CaseDetails},
    web::kit::{
        form::{Choice, Fields},
        page::{self, Shell},
        session::Coordinator,
        slots::{self, DATES, Date},
    },
};

#[derive(Template)]
#[template(path = "staff/slots.html")]
struct SlotsPage {
    shell: Shell,
    head: Head,
    typed: FormState,
    action: ActionKind,
    /// Whether the time can still be chosen or moved.
    possible: bool,
    days: Vec<Date>,
    /// The people whose decision may be recorded.
    sayers: Vec<Choice>,
    /// The appointment at its present time.
    now_at: Option<CaseAppointment>,
    /// The requested time, if it is not free.
    missing: Option<String>,
    later: Option<String>,
    earliest: String,
}

#[get("/staff/consultations/{number}/slots")]
pub async fn show(
    app: Data<App>,
    me: Coordinator,
    req: HttpRequest,
    shell: Shell,
    number: Path<String>,
) -> Result<HttpResponse, Problem> {
    let case = find(&app, &number).await?;
    let refused = case.record.consultation.allows(action(&case), Party::Coordinator).err();
    let typed = FormState {
        form: Fields::of_query(&req),
        refused: refused.map(|it| it.to_string()),
        ..FormState::default()
    };
    render(&app, &me, shell, case, typed).await
}

#[post("/staff/consultations/{number}/slots")]
pub async fn submit(
    app: Data<App>,
    me: Coordinator,
    shell: Shell,
    number: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let case = find(&app, &number).await?;
    let action = action(&case);
    let mut typed = FormState::of(form);
    let slot = slots::parse(typed.form.get("slot"));
    if slot.is_none() {
        typed.errors.add("slot", "日時を選択してください");
    }
    let version = typed.value(seen(&case, &typed.form, Some(action)))?;
    if let (Some(version), Some(slot)) = (version, slot) {
        let by = ActorAt::new(stead::actor(&typed.form, me.id)?, version);
        let id = case.record.consultation.id;
        let (done, flash) = if action == ActionKind::Reschedule {
            let moved = ops::booking::appointment::reschedule(&app, id, by, slot).await;
            (moved, "日時を変更しました。確認メールを送りました。")
        } else {
            let chosen = ops::booking::appointment::choose_slot(&app, id, by, slot).await;
            (chosen, "日時を決めました。確認メールを送りました。")
        };
        if typed.done(done)? {
            return Ok(page::see_other_with(crate::url::staff(&case.record.number), flash));
        }
    }
    let case = find(&app, &number).await?;
    render(&app, &me, shell, case, typed).await
}

async fn render(
    app: &App,
    me: &Coordinator,
    shell: Shell,
    case: CaseDetails,
    mut typed: FormState,
) -> Result<HttpResponse, Problem> {
    let action = action(&case);
    let sayers = stead::sayers(app, &case, action).await?;
    stead::preset(&mut typed.form);
    let possible = case.record.consultation.allows(action, Party::Coordinator).is_ok();
    let offers =
        ops::booking::appointment::joint_offers(app, &case.record, Actor::Coordinator(me.id)).await?;
    let now = app.clock.now();
    let id = case.record.consultation.id;
    let now_at = crate::store::consultation::case_details::appointments(&app.db, id).await?;
    let now_at = now_at.into_iter().find(|it| it.appointment.is_live());
    let from: Option<NaiveDate> = typed.form.get("from").parse().ok();
    let all = if possible { offers.days() } else { Vec::new() };
    let mut ahead = all.into_iter().filter(|(date, _)| from.is_none_or(|it| *date >= it));
    let shown: Vec<_> = ahead.by_ref().take(DATES).collect();
    let wished = slots::parse(typed.form.get("slot"));
    let days = slots::dates(&shown, |it| offers.end(it), wished);
    let missing = wished.filter(|it| possible && !offers.has(*it));
    let missing = missing.map(|it| wording::long_date_time(it.start()));
    let status = typed.status();
    let head = Head::of_act(case, now, &typed);
    let later = ahead.next().map(|(date, _)| head.at(&format!("/slots?from={}", wording::iso_date(date))));
    let earliest = head.at("/slots");
    let page =
        SlotsPage { shell, head, typed, action, possible, days, sayers, now_at, missing, later, earliest };
    page::html_with(status, &page)
}

/// Returns the action of this page in the present state: moving or choosing.
fn action(case: &CaseDetails) -> ActionKind {
    let can_move = case.record.consultation.allows(ActionKind::Reschedule, Party::Coordinator).is_ok();
    if can_move { ActionKind::Reschedule } else { ActionKind::ChooseSlot }
}
