//! Choosing or moving the time of an appointment on behalf of the company.
use actix_web::{HttpRequest, HttpResponse, get, post};
use askama::Template;
use chrono::NaiveDate;
use domain::{
    actor::{Actor, Party, Represented},
    consultation::ActionKind,
    wording,
};

use super::{case_head::Head, opened::Opened, stead};
use crate::{
    app::App,
    ops::{self, case::actor::ActorAt},
    problem::Problem,
    store::consultation::case_details::{CaseAppointment, CaseDetails},
    web::kit::{
        form::{Choice, Fields},
        form_state::FormState,
        page::Shell,
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
    /// Whether the time is the company's wish for its application, which is kept until experts have been asked.
    is_wish: bool,
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
pub async fn show(open: Opened, req: HttpRequest) -> Result<HttpResponse, Problem> {
    let refused = open.case.record.consultation.allows(action(&open.case), Party::Coordinator).err();
    let is_wish = is_wish(&open.app, &open.case).await?;
    let refused = if is_wish { None } else { refused };
    let typed = FormState {
        form: Fields::of_query(&req),
        refused: refused.map(|it| it.to_string()),
        ..FormState::default()
    };
    render(open, typed, is_wish).await
}

#[post("/staff/consultations/{number}/slots")]
pub async fn submit(open: Opened, form: Fields) -> Result<HttpResponse, Problem> {
    let action = action(&open.case);
    let mut typed = FormState::of(form);
    let slot = slots::parse(typed.form.get("slot"));
    if slot.is_none() {
        typed.errors.add("slot", "日時を選択してください");
    }
    let is_wish = is_wish(&open.app, &open.case).await?;
    let version = typed.value(open.seen(&typed.form, (!is_wish).then_some(action)))?;
    if let (Some(version), Some(slot)) = (version, slot) {
        let by = if is_wish {
            Actor::Stead(open.me.id, Represented::Company)
        } else {
            stead::actor(&typed.form, open.me.id)?
        };
        let by = ActorAt::new(by, version);
        let (app, id) = (&open.app, open.id());
        if is_wish {
            if typed.done(ops::booking::hold::choose(app, id, by, slot).await)? {
                return Ok(open.back("企業の希望の日時を仮に押さえました。"));
            }
            return render_again(open, typed).await;
        }
        let (done, flash) = if action == ActionKind::Reschedule {
            let moved = ops::booking::appointment::reschedule(app, id, by, slot).await;
            (moved, "日時を変更しました。")
        } else {
            let chosen = ops::booking::appointment::choose_slot(app, id, by, slot).await;
            (chosen, "日時を決めました。")
        };
        if typed.done(done)? {
            return Ok(open.back(&format!("{flash}{}", open.confirmation(by.actor))));
        }
    }
    render_again(open, typed).await
}

/// Shows the page with the case as it is now.
async fn render_again(open: Opened, typed: FormState) -> Result<HttpResponse, Problem> {
    let open = open.again().await?;
    let is_wish = is_wish(&open.app, &open.case).await?;
    render(open, typed, is_wish).await
}

async fn render(open: Opened, mut typed: FormState, is_wish: bool) -> Result<HttpResponse, Problem> {
    let (app, case) = (&open.app, &open.case);
    let action = action(case);
    let sayers = if is_wish { Vec::new() } else { stead::sayers(app, case, action).await? };
    stead::preset(&mut typed.form);
    let possible = is_wish || case.record.consultation.allows(action, Party::Coordinator).is_ok();
    let offers = if is_wish {
        ops::booking::hold::offers(app, &case.record).await?
    } else {
        let by = Actor::Coordinator(open.me.id);
        ops::booking::appointment::joint_offers(app, &case.record, by).await?
    };
    let now_at = open.appointments().await?.into_iter().find(|it| it.appointment.is_live());
    let from: Option<NaiveDate> = typed.form.get("from").parse().ok();
    let all = if possible { offers.days() } else { Vec::new() };
    let mut ahead = all.into_iter().filter(|(date, _)| from.is_none_or(|it| *date >= it));
    let shown: Vec<_> = ahead.by_ref().take(DATES).collect();
    let wished = slots::parse(typed.form.get("slot"));
    let days = slots::dates(&shown, |it| offers.end(it), wished);
    let missing = wished.filter(|it| possible && !offers.has(*it));
    let missing = missing.map(|it| wording::long_date_time(it.start()));
    let earliest = format!("{}/slots", crate::url::staff(&open.number()));
    let later = ahead.next().map(|(date, _)| format!("{earliest}?from={}", wording::iso_date(date)));
    open.page(typed, |shell, head, typed| SlotsPage {
        shell,
        head,
        typed,
        action,
        is_wish,
        possible,
        days,
        sayers,
        now_at,
        missing,
        later,
        earliest,
    })
}

/// Returns whether the company could choose a time for its application, so that its wish can be recorded.
pub async fn is_wish(app: &App, case: &CaseDetails) -> Result<bool, Problem> {
    ops::booking::hold::may_choose(app, &case.record.consultation).await
}

/// Returns the action of this page in the present state: moving or choosing.
fn action(case: &CaseDetails) -> ActionKind {
    let can_move = case.record.consultation.allows(ActionKind::Reschedule, Party::Coordinator).is_ok();
    if can_move { ActionKind::Reschedule } else { ActionKind::ChooseSlot }
}
