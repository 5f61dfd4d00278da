//! Actions that are confirmed on a page of their own: cancelling, recording the outcome, planning the next
//! appointment.
use actix_web::{HttpResponse, get, http::StatusCode, post};
use askama::Template;
use domain::{
    actor::Party,
    consultation::{ActionKind, State},
    text::Prose,
    wording,
};

use super::case::OpenedByExpert;
use crate::{
    ops,
    problem::Problem,
    store,
    web::kit::{
        form::{Choice, Fields},
        form_state::FormState,
        outcome_form,
        page::{self, Shell},
    },
};

/// The length of the longest reason, in characters.
const LONGEST_REASON: usize = 500;
const NOT_NOW: &str = "この操作は、いまはできません。最新の内容を確認してください。";

#[derive(Template)]
#[template(path = "expert/cancel.html")]
struct CancelPage {
    shell: Shell,
    typed: FormState,
    back: String,
    when: Option<String>,
    /// Whether the experts can give another appointment, so that the company chooses a time at once.
    may_choose: bool,
}

#[derive(Template)]
#[template(path = "expert/outcome.html")]
struct OutcomePage {
    shell: Shell,
    typed: FormState,
    back: String,
    when: Option<String>,
    choices: Vec<Choice>,
}

/// The page that says what is recorded already.
#[derive(Template)]
#[template(path = "expert/outcome_recorded.html")]
struct RecordedPage {
    shell: Shell,
    back: String,
    when: String,
    recorded: String,
    /// The party that has recorded it.
    by: Option<String>,
    /// The page on which the expert corrects it.
    correct: Option<String>,
}

#[derive(Template)]
#[template(path = "expert/next.html")]
struct NextPage {
    shell: Shell,
    typed: FormState,
    back: String,
    cap: u16,
}

#[get("/expert/consultations/{number}/cancel")]
pub async fn ask_cancel(open: OpenedByExpert) -> Result<HttpResponse, Problem> {
    if !open.allows(ActionKind::CancelAppointment) {
        return Ok(open.back(NOT_NOW));
    }
    cancel_page(open, FormState::default()).await
}

#[post("/expert/consultations/{number}/cancel")]
pub async fn cancel(open: OpenedByExpert, form: Fields) -> Result<HttpResponse, Problem> {
    let mut typed = FormState::of(form);
    let reason = Prose::parse("取り消す理由", typed.form.get("reason"), LONGEST_REASON);
    if let Some(reason) = typed.errors.take("reason", reason) {
        let done = ops::booking::appointment::cancel(&open.app, open.id(), open.by(), reason.into()).await;
        if typed.done(done)? {
            let said = "予約を取り消しました。この日時は、空きの登録から除きました。";
            return after(&open, said, "別の日時を選んでいただくよう").await;
        }
    }
    cancel_page(open, typed).await
}

#[get("/expert/consultations/{number}/outcome")]
pub async fn ask_outcome(open: OpenedByExpert) -> Result<HttpResponse, Problem> {
    if !open.allows(ActionKind::RecordDone) {
        return recorded_page(open, StatusCode::OK).await;
    }
    outcome_page(open, FormState::default()).await
}

#[post("/expert/consultations/{number}/outcome")]
pub async fn outcome(open: OpenedByExpert, form: Fields) -> Result<HttpResponse, Problem> {
    let mut typed = FormState::of(form);
    match typed.form.get("outcome") {
        "done" => {
            if typed.done(ops::booking::appointment::record_done(&open.app, open.id(), open.by()).await)? {
                let flash = "実施を記録しました。続けて、実施報告書を書けます。";
                return Ok(page::see_other_with(open.case.path_of("report"), flash));
            }
        }
        "no_show" => {
            if typed.done(ops::booking::appointment::record_no_show(&open.app, open.id(), open.by()).await)? {
                return after(&open, "欠席を記録しました。", "別の日時を選んでいただくよう").await;
            }
        }
        "expert_no_show" => {
            let done =
                ops::booking::appointment::record_expert_no_show(&open.app, open.id(), open.by()).await;
            if typed.done(done)? {
                return after(&open, "専門家の欠席を記録しました。", "お詫びと、別の日時の選び方を").await;
            }
        }
        partly => match outcome_form::parse_outcome(partly).and_then(|it| it.absent) {
            Some(absent) => {
                let (id, by) = (open.id(), open.by());
                let done = ops::booking::attendance::record_absent_expert(&open.app, id, by, Some(absent));
                if typed.done(done.await)? {
                    let flash = "実施と、専門家一人の欠席を記録しました。企業には、お詫びをお送りしました。";
                    return Ok(open.back(flash));
                }
            }
            None => typed.errors.add("outcome", "相談の結果を選択してください"),
        },
    }
    let open = open.again().await?;
    if typed.refused.is_some() && !open.allows(ActionKind::RecordDone) {
        return recorded_page(open, StatusCode::CONFLICT).await;
    }
    outcome_page(open, typed).await
}

#[get("/expert/consultations/{number}/next")]
pub async fn ask_plan(open: OpenedByExpert) -> Result<HttpResponse, Problem> {
    if !open.allows(ActionKind::PlanFurtherAppointment) {
        return Ok(open.back(NOT_NOW));
    }
    next_page(open, FormState::default())
}

#[post("/expert/consultations/{number}/next")]
pub async fn plan(open: OpenedByExpert) -> Result<HttpResponse, Problem> {
    let mut typed = FormState::default();
    let done = ops::consultation::plan_further_appointment(&open.app, open.id(), open.by(), None).await;
    if typed.done(done)? {
        let now = store::consultation::find(&open.app.db, open.id()).await?.ok_or(Problem::NotFound)?;
        return Ok(open.back(if now.consultation.state == State::Scheduling {
            "次回の相談を計画しました。企業に、日時を選んでいただくようお知らせしました。"
        } else {
            "次回の相談を計画しました。センターが、ほかの専門家を調整します。"
        }));
    }
    next_page(open, typed)
}

/// Redirects after an appointment that did not take place: `said` has happened, and the company was told `what`, unless the
/// center asks experts first.
async fn after(open: &OpenedByExpert, said: &str, what: &str) -> Result<HttpResponse, Problem> {
    let rest = match open.is_searched_for().await? {
        true => "次の日時の専門家は、センターがあらためて調整します。企業にも、そのようにお知らせしました。"
            .to_owned(),
        false => format!("企業には、{what}お知らせしました。"),
    };
    open.after(&format!("{said}{rest}")).await
}

async fn cancel_page(open: OpenedByExpert, typed: FormState) -> Result<HttpResponse, Problem> {
    let when = when(&open).await?;
    let may_choose = ops::routing::presence::can_give_another(&open.app, &open.case.record).await?;
    let back = open.case.path();
    page::html_with(typed.status(), &CancelPage { shell: open.shell, typed, back, when, may_choose })
}

async fn outcome_page(open: OpenedByExpert, typed: FormState) -> Result<HttpResponse, Problem> {
    let live = open.case.live(&open.app).await?;
    let (_, roster) = open.app.programme_and_experts().await?;
    let next = match ops::routing::presence::can_give_another(&open.app, &open.case.record).await? {
        true => "企業は、別の日時を選べます。",
        false => "次の日時の専門家は、センターがあらためて調整します。",
    };
    let mut choices = vec![
        Choice::new("done", "実施した").with_hint("続けて、実施報告書を書きます。"),
        Choice::new("no_show", "企業が欠席した").with_hint(format!("企業に知らせます。{next}")),
        Choice::new("expert_no_show", "専門家が行けなかった")
            .with_hint(format!("企業にお詫びします。{next}")),
    ];
    choices.extend(live.iter().flat_map(|it| outcome_form::partly_choices(it, &roster)));
    let when = when(&open).await?;
    let back = open.case.path();
    page::html_with(typed.status(), &OutcomePage { shell: open.shell, typed, back, when, choices })
}

/// Shows what is recorded of the latest appointment of the expert, with the way to its correction where that is allowed.
async fn recorded_page(open: OpenedByExpert, status: StatusCode) -> Result<HttpResponse, Problem> {
    let all = store::booking::appointment::of(&open.app.db, open.id()).await?;
    let mine = all.into_iter().filter(|it| it.experts.contains(&open.expert.id));
    let latest = mine.filter(|it| it.recorded().is_some()).max_by_key(|it| it.starts_at);
    let Some((it, recorded)) = latest.and_then(|it| it.recorded().map(|recorded| (it, recorded))) else {
        return Ok(open.back(NOT_NOW));
    };
    let (_, roster) = open.app.programme_and_experts().await?;
    let may = open.case.record.consultation.allows(ActionKind::CorrectOutcome, Party::Expert).is_ok();
    let history = store::audit::event::of(&open.app.db, open.id()).await?;
    let recorder = history.iter().rev().find(|it| {
        matches!(
            it.action,
            ActionKind::RecordDone
                | ActionKind::RecordPartlyDone
                | ActionKind::RecordNoShow
                | ActionKind::RecordExpertNoShow
                | ActionKind::CorrectOutcome
        )
    });
    let page = RecordedPage {
        back: open.case.path(),
        when: wording::long_date_time_range(it.starts_at, it.ends_at),
        recorded: outcome_form::label(recorded, &roster),
        by: recorder.map(|it| format!("{}が記録", it.by.party().label())),
        correct: may.then(|| format!("{}/{}", open.case.path_of("outcome"), it.id)),
        shell: open.shell,
    };
    page::html_with(status, &page)
}

fn next_page(open: OpenedByExpert, typed: FormState) -> Result<HttpResponse, Problem> {
    let (back, cap) = (open.case.path(), open.shell.settings.appointment_cap);
    page::html_with(typed.status(), &NextPage { shell: open.shell, typed, back, cap })
}

async fn when(open: &OpenedByExpert) -> Result<Option<String>, Problem> {
    let live = open.case.live(&open.app).await?;
    Ok(live.map(|it| wording::long_date_time_range(it.starts_at, it.ends_at)))
}
