//! The change of the coordinator in charge: of one consultation, or of many from the worklist.
use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use domain::{actor::Role, id::AccountId, number::CaseNumber};
use uuid::Uuid;

use super::case::{FormState, Head, find, seen, sentence};
use crate::{
    app::App,
    ops,
    problem::Problem,
    store::{self, consultation::case_details::CaseDetails, worklist::WorklistTab},
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
            if typed.done(done)? {
                let flash = "センターの担当を替えました。";
                return Ok(page::see_other_with(crate::url::staff(&case.record.number), flash));
            }
        }
    }
    let case = find(&app, &number).await?;
    render(&app, &me, shell, case, typed).await
}

/// Puts a coordinator in charge of the consultations that are ticked in the worklist.
#[post("/staff/transfer")]
pub async fn many(app: Data<App>, me: Coordinator, form: Fields) -> Result<HttpResponse, Problem> {
    let back = match WorklistTab::from_code(form.get("back")) {
        None | Some(WorklistTab::Center) => "/staff".to_owned(),
        Some(tab) => format!("/staff?tab={}", tab.code()),
    };
    let (Some(to), true) = (chosen(&form), form.all("case").next().is_some()) else {
        return Ok(page::see_other_with(back, "担当を替える案件と、新しい担当を選んでください。"));
    };
    let mut cases = Vec::new();
    for number in form.all("case") {
        let number = CaseNumber::parse(number).map_err(|_| Problem::NotFound)?;
        let found = store::consultation::by_number(&app.db, number).await?.ok_or(Problem::NotFound)?;
        cases.push(found.consultation.id);
    }
    let to = match ops::consultation::transfer::successor(&app, to).await {
        Ok(to) => to,
        Err(problem) => return Ok(page::see_other_with(back, &sentence(problem)?)),
    };
    let changed = ops::consultation::transfer::transfer_many(&app, &cases, me.id, to.id).await?;
    Ok(page::see_other_with(back, &format!("{changed}件の担当を{}さんに替えました。", to.name)))
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

fn chosen(form: &Fields) -> Option<AccountId> {
    Uuid::try_parse(form.get("to")).ok().map(AccountId)
}
