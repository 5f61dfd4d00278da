//! Another expert in place of one who was asked or has accepted, and the withdrawal of a request.
use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use domain::{
    actor::Actor,
    id::{AssignmentId, ExpertId},
    text::TextLine,
};
use uuid::Uuid;

use super::{
    case::{FormState, Head, find, seen},
    expert_answer::of,
};
use crate::{
    app::App,
    ops::{
        self,
        booking::substitute::{SubstituteConsent, SubstituteProposal},
        routing::replacement::Successor,
    },
    problem::Problem,
    store::{
        booking::substitute::Participation,
        consultation::case_details::{AskedExpert, CaseDetails},
        routing::expert::Roster,
    },
    web::kit::{
        form::{Choice, Fields},
        page::{self, Shell},
        session::Coordinator,
    },
};

#[derive(Template)]
#[template(path = "staff/replacement.html")]
struct ReplacementPage {
    shell: Shell,
    head: Head,
    typed: FormState,
    asked: AskedExpert,
    /// Whether the expert has a booked appointment, which the next expert would take over.
    booked: bool,
    /// Whether the expert can be replaced now.
    possible: bool,
    candidates: Vec<Choice>,
}

/// What the center does about an expert.
enum Replacement {
    /// The request is withdrawn or the expert released; another expert may be asked.
    Release(Successor),
    /// Another expert takes over the booked appointment.
    Exchange(Participation, ExpertId, SubstituteConsent),
}

#[get("/staff/consultations/{number}/experts/{assignment}")]
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

#[post("/staff/consultations/{number}/experts/{assignment}")]
pub async fn submit(
    app: Data<App>,
    me: Coordinator,
    shell: Shell,
    path: Path<(String, Uuid)>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let (number, assignment) = path.into_inner();
    let id = AssignmentId(assignment);
    let case = find(&app, &number).await?;
    let asked = of(&app, &case, id).await?;
    let mut typed = FormState::of(form);
    let Some(version) = typed.value(seen(&case, &typed.form, None))? else {
        return render(&app, shell, case, id, typed).await;
    };
    let (what, reason) = read(&app, &case, &asked, &mut typed).await?;
    if let (Some(what), true) = (what, typed.errors.is_empty()) {
        let by = Actor::Coordinator(me.id);
        let done = match (what, reason) {
            (Replacement::Exchange(participation, expert, consent), _) => {
                ops::booking::substitute::ask(&app, participation, expert, version, by, consent).await
            }
            (Replacement::Release(next), Some(reason)) => {
                ops::routing::replacement::release(&app, id, Some(version), by, &reason, next).await
            }
            (Replacement::Release(_), None) => Err(Problem::Unreadable),
        };
        if typed.done(done)? {
            let flash = "担当の変更を記録しました。";
            return Ok(page::see_other_with(crate::url::staff(&case.record.number), flash));
        }
    }
    let case = find(&app, &number).await?;
    render(&app, shell, case, id, typed).await
}

/// Reads what is to be done, with the reason for a release.
async fn read(
    app: &App,
    case: &CaseDetails,
    asked: &AskedExpert,
    typed: &mut FormState,
) -> Result<(Option<Replacement>, Option<TextLine>), Problem> {
    let expert = Uuid::try_parse(typed.form.get("expert")).ok().map(ExpertId);
    let vacancy = ops::routing::replacement::vacancy(app, &case.record, &asked.assignment).await?;
    let wanted = typed.form.get("act").to_owned();
    let mut named = || {
        if expert.is_none() {
            typed.errors.add("expert", "代わりの専門家を選択してください");
        }
        expert
    };
    let what =
        match (&*wanted, &vacancy) {
            ("release", _) => Some(Replacement::Release(Successor::Later)),
            ("ask", None) => named().map(|it| Replacement::Release(Successor::Expert(it))),
            ("ask", Some(it)) => named()
                .map(|expert| Replacement::Exchange(it.participation, expert, SubstituteConsent::Asked)),
            ("settle", Some(it)) => named()
                .map(|expert| Replacement::Exchange(it.participation, expert, SubstituteConsent::Given)),
            _ => return Err(Problem::Unreadable),
        };
    let needs_reason = wanted == "release" || vacancy.is_none();
    let reason = needs_reason.then(|| TextLine::parse("理由", typed.form.get("reason"), 200));
    let reason = reason.and_then(|it| typed.errors.take("reason", it));
    Ok((what, reason))
}

async fn render(
    app: &App,
    shell: Shell,
    case: CaseDetails,
    id: AssignmentId,
    typed: FormState,
) -> Result<HttpResponse, Problem> {
    let asked = of(app, &case, id).await?;
    let consultation = &case.record.consultation;
    let can = |action| consultation.allows(action, domain::actor::Party::Coordinator).is_ok();
    let vacancy = ops::routing::replacement::vacancy(app, &case.record, &asked.assignment).await?;
    let booked = vacancy.is_some();
    let possible = asked.assignment.is_live()
        && !asked.assignment.is_asked_instead()
        && (booked || can(domain::consultation::ActionKind::ReleaseExpert));
    let proposals = match vacancy {
        Some(it) => it.proposals,
        None if possible => {
            ops::routing::replacement::proposals(app, &case.record, &asked.assignment).await?
        }
        None => Vec::new(),
    };
    let (_, roster) = app.programme_and_experts().await?;
    let candidates = proposals.iter().map(|it| candidate(&roster, it)).collect();
    let status = typed.status();
    let head = Head::of_act(case, app.clock.now(), &typed);
    page::html_with(status, &ReplacementPage { shell, head, typed, asked, booked, possible, candidates })
}

fn candidate(roster: &Roster, it: &SubstituteProposal) -> Choice {
    let sentences: Vec<_> = it.reasons.iter().map(|it| it.sentence()).collect();
    Choice::new(it.expert.to_string(), roster.name(it.expert).to_owned()).with_hint(sentences.join("、"))
}
