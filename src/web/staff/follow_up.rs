//! The company's answer to a survey or a follow-up question, as the center hears it on the telephone.
use actix_web::{HttpResponse, get, post, web::Path};
use askama::Template;
use domain::{
    actor::{Actor, Party, Represented},
    aftercare::follow_up::FollowUp,
    id::FollowUpId,
};
use uuid::Uuid;

use super::{case_head::Head, case_tabs::View, opened::Opened};
use crate::{
    ops,
    problem::Problem,
    store,
    web::kit::{
        follow_up_form::{self, FollowUpForm},
        form::Fields,
        form_state::FormState,
        page::Shell,
    },
};

#[derive(Template)]
#[template(path = "staff/follow_up.html")]
struct FollowUpPage {
    shell: Shell,
    head: Head,
    typed: FormState,
    label: String,
    question: FollowUpForm,
    /// Why no answer is taken now.
    closed: Option<String>,
}

#[get("/staff/consultations/{number}/questions/{id}")]
pub async fn show(open: Opened, path: Path<(String, Uuid)>) -> Result<HttpResponse, Problem> {
    let it = question(&open, FollowUpId(path.1)).await?;
    let typed = FormState::of(follow_up_form::given(&it));
    render(open, &it, typed)
}

#[post("/staff/consultations/{number}/questions/{id}")]
pub async fn submit(open: Opened, path: Path<(String, Uuid)>, form: Fields) -> Result<HttpResponse, Problem> {
    let it = question(&open, FollowUpId(path.1)).await?;
    let mut typed = FormState::of(form);
    match follow_up_form::read(&it, &typed.form) {
        Err(errors) => typed.errors = errors,
        Ok(answer) => {
            let by = Actor::Stead(open.me.id, Represented::Company);
            if typed.done(ops::aftercare::follow_up::answer_by(&open.app, it.id, by, answer).await)? {
                return Ok(open.back_to(View::Appointments, "企業の回答を記録しました。"));
            }
        }
    }
    render(open, &it, typed)
}

/// Returns the question of the consultation.
async fn question(open: &Opened, id: FollowUpId) -> Result<FollowUp, Problem> {
    let found = store::aftercare::follow_up::find(&open.app.db, id).await?;
    found.filter(|it| it.consultation == open.id()).ok_or(Problem::NotFound)
}

fn render(open: Opened, it: &FollowUp, typed: FormState) -> Result<HttpResponse, Problem> {
    let closed = it.takes_answer(Party::Coordinator, open.app.clock.now()).err().map(|it| it.to_string());
    let (label, question) = (it.step.label.clone(), FollowUpForm::of(it));
    open.page(typed, |shell, head, typed| FollowUpPage { shell, head, typed, label, question, closed })
}
