//! The reports of doubtful requests: a list of those that wait, and one report with the center's remark.
use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use chrono::NaiveDate;
use domain::{
    calendar::japan_date,
    id::DoubtId,
    survey::{DoubtStatus, doubt::KEPT},
    text::{Prose, optional},
};
use uuid::Uuid;

use crate::{
    app::App,
    ops,
    problem::Problem,
    store::survey::doubt::{self, Doubt},
    url,
    web::kit::{
        form::Fields,
        form_state::FormState,
        page::{self, Shell},
        session::Coordinator,
    },
};

/// The most reports of each state on the page.
const SHOWN: u64 = 100;

/// The length of the longest remark, in characters.
const LONGEST_NOTE: usize = 2_000;

#[derive(Template)]
#[template(path = "staff/doubts.html")]
struct DoubtsPage {
    shell: Shell,
    waiting: Vec<Doubt>,
    settled: Vec<Doubt>,
    today: NaiveDate,
}

#[derive(Template)]
#[template(path = "staff/doubt.html")]
struct DoubtPage {
    shell: Shell,
    doubt: Doubt,
    typed: FormState,
    kept_days: i64,
}

#[get("/staff/doubts")]
pub async fn list(app: Data<App>, shell: Shell, _: Coordinator) -> Result<HttpResponse, Problem> {
    page::html(&DoubtsPage {
        shell,
        waiting: doubt::in_state(&app.db, DoubtStatus::Reported, SHOWN).await?,
        settled: doubt::in_state(&app.db, DoubtStatus::Settled, SHOWN).await?,
        today: japan_date(app.clock.now()),
    })
}

#[get("/staff/doubts/{id}")]
pub async fn show(
    app: Data<App>,
    shell: Shell,
    _: Coordinator,
    id: Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    render(&app, shell, *id, FormState::default()).await
}

/// Settles a report, with a remark if one was typed.
#[post("/staff/doubts/{id}")]
pub async fn submit(
    app: Data<App>,
    shell: Shell,
    me: Coordinator,
    id: Path<Uuid>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let mut typed = FormState::of(form);
    let note = optional(typed.form.get("note"), |it| Prose::parse("対応の記録", it, LONGEST_NOTE));
    let Some(note) = typed.errors.take("note", note) else { return render(&app, shell, *id, typed).await };
    let settled = ops::survey::doubt::settle(&app, DoubtId(*id), note.as_ref(), me.id).await;
    if typed.done(settled)? {
        return Ok(page::see_other_with(url::DOUBTS, "対応済みにしました。"));
    }
    render(&app, shell, *id, typed).await
}

async fn render(app: &App, shell: Shell, id: Uuid, mut typed: FormState) -> Result<HttpResponse, Problem> {
    let doubt = doubt::find(&app.db, DoubtId(id)).await?.ok_or(Problem::NotFound)?;
    if typed.form == Fields::default() {
        typed.form.add("note", doubt.note.clone().unwrap_or_default());
    }
    let status = typed.status();
    page::html_with(status, &DoubtPage { shell, doubt, typed, kept_days: KEPT.num_days() })
}
