//! The answer of an expert who has telephoned, as the center records it.
use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use domain::{
    actor::{Actor, Represented},
    id::AssignmentId,
    text::TextLine,
    wording,
};
use uuid::Uuid;

use super::case::{FormState, Head, find, seen};
use crate::{
    app::App,
    ops,
    problem::Problem,
    store::consultation::case_details::{AskedExpert, CaseDetails, asked_experts},
    web::kit::{
        form::Choice,
        form::Fields,
        page::{self, Shell},
        session::Coordinator,
    },
};

#[derive(Template)]
#[template(path = "staff/expert_answer.html")]
struct ExpertAnswerPage {
    shell: Shell,
    head: Head,
    typed: FormState,
    asked: AskedExpert,
    answers: Vec<Choice>,
}

#[get("/staff/consultations/{number}/requests/{assignment}")]
pub async fn show(
    app: Data<App>,
    _me: Coordinator,
    shell: Shell,
    path: Path<(String, Uuid)>,
) -> Result<HttpResponse, Problem> {
    let (number, assignment) = path.into_inner();
    let case = find(&app, &number).await?;
    render(&app, shell, case, AssignmentId(assignment), FormState::default()).await
}

#[post("/staff/consultations/{number}/requests/{assignment}")]
pub async fn submit(
    app: Data<App>,
    me: Coordinator,
    shell: Shell,
    path: Path<(String, Uuid)>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let (number, assignment) = path.into_inner();
    let case = find(&app, &number).await?;
    let asked = of(&app, &case, AssignmentId(assignment)).await?;
    let by = Actor::Stead(me.id, Represented::Expert(asked.assignment.expert));
    let mut typed = FormState::of(form);
    let id = asked.assignment.id;
    let done = match (seen(&case, &typed.form, None), typed.form.get("answer")) {
        (Err(problem), _) => Err(problem),
        (Ok(_), "accept") => ops::routing::assignment::accept(&app, id, by).await,
        (Ok(_), "decline") => {
            let reason = TextLine::parse("理由", typed.form.get("reason"), 200);
            let Some(reason) = typed.errors.take("reason", reason) else {
                return render(&app, shell, case, id, typed).await;
            };
            ops::routing::assignment::decline(&app, id, by, reason.into()).await
        }
        (Ok(_), _) => {
            typed.errors.add("answer", "専門家の回答を選択してください");
            return render(&app, shell, case, id, typed).await;
        }
    };
    if typed.done(done)? {
        let flash = format!("{}さんの回答を記録しました。", asked.name);
        return Ok(page::see_other_with(crate::url::staff(&case.record.number), &flash));
    }
    let case = find(&app, &number).await?;
    render(&app, shell, case, id, typed).await
}

async fn render(
    app: &App,
    shell: Shell,
    case: CaseDetails,
    id: AssignmentId,
    typed: FormState,
) -> Result<HttpResponse, Problem> {
    let asked = of(app, &case, id).await?;
    let status = typed.status();
    let head = Head::of_act(case, app.clock.now(), &typed);
    let answers = vec![
        Choice::new("accept", "引き受ける").with_hint("専門家が承諾したときに記録します"),
        Choice::new("decline", "断る").with_hint("次の候補がいれば、続けて依頼します"),
    ];
    page::html_with(status, &ExpertAnswerPage { shell, head, typed, asked, answers })
}

/// Returns the assignment of the consultation with its expert.
pub async fn of(app: &App, case: &CaseDetails, id: AssignmentId) -> Result<AskedExpert, Problem> {
    let all = asked_experts(&app.db, case.record.consultation.id).await?;
    all.into_iter().find(|it| it.assignment.id == id).ok_or(Problem::NotFound)
}

impl ExpertAnswerPage {
    /// Returns whether the request still waits for an answer.
    const fn waits(&self) -> bool {
        matches!(self.asked.assignment.state, domain::routing::assignment::AssignmentState::Offered)
    }

    fn due(&self) -> String {
        wording::month_day_time(self.asked.assignment.due_at)
    }
}
