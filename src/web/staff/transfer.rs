//! The change of the coordinator in charge of one consultation.
use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use domain::{actor::Role, id::AccountId};
use uuid::Uuid;

use super::case::{FormState, Head, find, seen};
use crate::{
    app::App,
    ops,
    problem::Problem,
    store::{self, consultation::case_details::CaseDetails},
    web::kit::{
        form::{Choice, Fields},
        page::{self, Shell},
        session::Coordinator,
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
pub async fn show(
    app: Data<App>,
    me: Coordinator,
    shell: Shell,
    number: Path<String>,
) -> Result<HttpResponse, Problem> {
    let case = find(&app, &number).await?;
    let typed = FormState::of(Fields::from_iter([("to", me.id.to_string())]));
    render(&app, &me, shell, case, typed).await
}

#[post("/staff/consultations/{number}/coordinator")]
pub async fn submit(
    app: Data<App>,
    me: Coordinator,
    shell: Shell,
    number: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let case = find(&app, &number).await?;
    let mut typed = FormState::of(form);
    match (typed.value(seen(&case, &typed.form, None))?, chosen(&typed.form)) {
        (None, _) => {}
        (Some(_), None) => typed.errors.add("to", "新しい担当を選択してください"),
        (Some(version), Some(to)) => {
            let id = case.record.consultation.id;
            let done = ops::consultation::transfer::transfer(&app, id, Some(version), me.id, to).await;
            if typed.value(done)?.is_some() {
                let flash = "センターの担当を替えました。";
                return Ok(page::see_other_with(crate::url::staff(&case.record.number), flash));
            }
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
    typed: FormState,
) -> Result<HttpResponse, Problem> {
    let coordinators = coordinators(app, me.id).await?;
    let status = typed.status();
    let head = Head::of_act(case, app.clock.now(), &typed);
    page::html_with(status, &TransferPage { shell, head, typed, coordinators })
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
