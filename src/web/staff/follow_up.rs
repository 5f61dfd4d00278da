//! The company's answer to a survey or a follow-up question, as the center hears it on the telephone.
use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use domain::{
    actor::{Actor, Represented},
    aftercare::follow_up::FollowUp,
    id::FollowUpId,
};
use uuid::Uuid;

use super::case::{FormState, Head, find};
use crate::{
    app::App,
    ops,
    problem::Problem,
    store::{self, consultation::case_details::CaseDetails},
    web::kit::{
        follow_up_form::{self, FollowUpForm},
        form::Fields,
        page::{self, Shell},
        session::Coordinator,
    },
};

#[derive(Template)]
#[template(path = "staff/follow_up.html")]
struct FollowUpPage {
    shell: Shell,
    head: Head,
    typed: FormState,
    label: String,
    asked: FollowUpForm,
    /// Why no answer is taken now.
    closed: Option<String>,
}

#[get("/staff/consultations/{number}/questions/{id}")]
pub async fn show(
    app: Data<App>,
    _me: Coordinator,
    shell: Shell,
    path: Path<(String, Uuid)>,
) -> Result<HttpResponse, Problem> {
    let (case, it) = question(&app, path.into_inner()).await?;
    let typed = FormState::of(follow_up_form::given(&it));
    render(&app, shell, case, &it, typed)
}

#[post("/staff/consultations/{number}/questions/{id}")]
pub async fn submit(
    app: Data<App>,
    me: Coordinator,
    shell: Shell,
    path: Path<(String, Uuid)>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let (case, it) = question(&app, path.into_inner()).await?;
    let mut typed = FormState::of(form);
    match follow_up_form::read(&it, &typed.form) {
        Err(errors) => typed.errors = errors,
        Ok(answer) => {
            let by = Actor::Stead(me.id, Represented::Company);
            if typed.done(ops::aftercare::follow_up::answer_by(&app, it.id, by, answer).await)? {
                let sessions = format!("{}?view=sessions", crate::url::staff(&case.record.number));
                return Ok(page::see_other_with(sessions, "企業の回答を記録しました。"));
            }
        }
    }
    render(&app, shell, case, &it, typed)
}

/// Returns the question of the consultation.
async fn question(app: &App, (number, id): (String, Uuid)) -> Result<(CaseDetails, FollowUp), Problem> {
    let case = find(app, &number).await?;
    let found = store::aftercare::follow_up::find(&app.db, FollowUpId(id)).await?;
    let found = found.filter(|it| it.consultation == case.record.consultation.id);
    Ok((case, found.ok_or(Problem::NotFound)?))
}

fn render(
    app: &App,
    shell: Shell,
    case: CaseDetails,
    it: &FollowUp,
    typed: FormState,
) -> Result<HttpResponse, Problem> {
    let now = app.clock.now();
    let status = typed.status();
    let closed = it.takes_answer(now).err().map(|it| it.to_string());
    let head = Head::of_act(case, now, &typed);
    let (label, asked) = (it.step.label.clone(), FollowUpForm::of(it));
    page::html_with(status, &FollowUpPage { shell, head, typed, label, asked, closed })
}
