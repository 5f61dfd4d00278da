//! The answer of an expert who has telephoned, as the center records it.
use actix_web::{HttpResponse, get, post, web::Path};
use askama::Template;
use domain::{
    actor::{Actor, Represented},
    id::AssignmentId,
    text::TextLine,
    wording,
};
use uuid::Uuid;

use super::{case_head::Head, opened::Opened};
use crate::{
    ops,
    problem::Problem,
    store::consultation::case_details::{AskedExpert, asked_experts},
    web::kit::{
        form::{Choice, Fields},
        form_state::FormState,
        page::Shell,
    },
};

#[derive(Template)]
#[template(path = "staff/expert_answer.html")]
struct ExpertAnswerPage {
    shell: Shell,
    head: Head,
    typed: FormState,
    request: AskedExpert,
    answers: Vec<Choice>,
}

#[get("/staff/consultations/{number}/requests/{assignment}")]
pub async fn show(open: Opened, path: Path<(String, Uuid)>) -> Result<HttpResponse, Problem> {
    render(open, AssignmentId(path.1), FormState::default()).await
}

#[post("/staff/consultations/{number}/requests/{assignment}")]
pub async fn submit(open: Opened, path: Path<(String, Uuid)>, form: Fields) -> Result<HttpResponse, Problem> {
    let request = of(&open, AssignmentId(path.1)).await?;
    let by = Actor::Stead(open.me.id, Represented::Expert(request.assignment.expert));
    let mut typed = FormState::of(form);
    let id = request.assignment.id;
    let done = match (open.seen(&typed.form, None), typed.form.get("answer")) {
        (Err(problem), _) => Err(problem),
        (Ok(_), "accept") => ops::routing::assignment::accept(&open.app, id, by).await,
        (Ok(_), "decline") => {
            let reason = TextLine::parse("理由", typed.form.get("reason"), 200);
            let Some(reason) = typed.errors.take("reason", reason) else {
                return render(open, id, typed).await;
            };
            ops::routing::assignment::decline(&open.app, id, by, reason.into()).await
        }
        (Ok(_), _) => {
            typed.errors.add("answer", "専門家の回答を選択してください");
            return render(open, id, typed).await;
        }
    };
    if typed.done(done)? {
        return Ok(open.back(&format!("{}さんの回答を記録しました。", request.name)));
    }
    render(open.again().await?, id, typed).await
}

async fn render(open: Opened, id: AssignmentId, typed: FormState) -> Result<HttpResponse, Problem> {
    let request = of(&open, id).await?;
    let answers = vec![
        Choice::new("accept", "引き受ける").with_hint("専門家が承諾したときに記録します"),
        Choice::new("decline", "断る").with_hint("次の候補がいれば、続けて依頼します"),
    ];
    open.page(typed, |shell, head, typed| ExpertAnswerPage { shell, head, typed, request, answers })
}

/// Returns the assignment of the consultation with its expert.
pub async fn of(open: &Opened, id: AssignmentId) -> Result<AskedExpert, Problem> {
    let all = asked_experts(&open.app.db, open.id()).await?;
    all.into_iter().find(|it| it.assignment.id == id).ok_or(Problem::NotFound)
}

impl ExpertAnswerPage {
    /// Returns whether the request still waits for an answer.
    const fn waits(&self) -> bool {
        matches!(self.request.assignment.state, domain::routing::assignment::AssignmentState::Offered)
    }

    fn due(&self) -> String {
        wording::month_day_time(self.request.assignment.due_at)
    }
}
