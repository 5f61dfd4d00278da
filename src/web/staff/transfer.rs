//! The change of the coordinator in charge of one consultation.
use actix_web::{HttpResponse, get, post};
use askama::Template;
use domain::{actor::Role, id::AccountId};
use uuid::Uuid;

use super::{case_head::Head, opened::Opened};
use crate::{
    app::App,
    ops,
    problem::Problem,
    store,
    web::kit::{
        form::{Choice, Fields},
        form_state::FormState,
        page::Shell,
    },
};

#[derive(Template)]
#[template(path = "staff/transfer.html")]
struct TransferPage {
    shell: Shell,
    head: Head,
    typed: FormState,
    coordinators: Vec<Choice>,
}

#[get("/staff/consultations/{number}/coordinator")]
pub async fn show(open: Opened) -> Result<HttpResponse, Problem> {
    let typed = FormState::of(Fields::from_iter([("to", open.me.id.to_string())]));
    render(open, typed).await
}

#[post("/staff/consultations/{number}/coordinator")]
pub async fn submit(open: Opened, form: Fields) -> Result<HttpResponse, Problem> {
    let mut typed = FormState::of(form);
    match (typed.value(open.seen(&typed.form, None))?, chosen(&typed.form)) {
        (None, _) => {}
        (Some(_), None) => typed.errors.add("to", "新しい担当を選択してください"),
        (Some(version), Some(to)) => {
            let (app, me) = (&open.app, open.me.id);
            let done = ops::consultation::transfer::transfer(app, open.id(), Some(version), me, to).await;
            if typed.value(done)?.is_some() {
                return Ok(open.back("センターの担当を替えました。"));
            }
        }
    }
    render(open.again().await?, typed).await
}

async fn render(open: Opened, typed: FormState) -> Result<HttpResponse, Problem> {
    let coordinators = coordinators(&open.app, open.me.id).await?;
    open.page(typed, |shell, head, typed| TransferPage { shell, head, typed, coordinators })
}

/// Returns the people who can be in charge, the signed-in coordinator first.
pub async fn coordinators(app: &App, me: AccountId) -> Result<Vec<Choice>, Problem> {
    let mut all = store::accounts::account::active(&app.db, Role::Coordinator).await?;
    all.sort_by_key(|it| it.id != me);
    let choice = |it: store::accounts::account::Account| {
        let label = if it.id == me { format!("{}（自分）", it.name) } else { it.name };
        Choice::new(it.id.to_string(), label)
    };
    Ok(all.into_iter().map(choice).collect())
}

/// Returns the person who is to be in charge.
pub fn chosen(form: &Fields) -> Option<AccountId> {
    Uuid::try_parse(form.get("to")).ok().map(AccountId)
}
