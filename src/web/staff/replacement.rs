//! Another expert in place of one who was asked or has accepted, and the withdrawal of a request.
use actix_web::{HttpResponse, get, post, web::Path};
use askama::Template;
use domain::{
    consultation::{ActionKind, State},
    id::{AssignmentId, ExpertId},
    text::TextLine,
};
use uuid::Uuid;

use super::{case_head::Head, expert_answer::of, opened::Opened, stead};
use crate::{
    ops::{
        self,
        booking::substitute::SubstituteConsent,
        routing::replacement::{Successor, keeps_acceptances},
    },
    problem::Problem,
    store::{booking::substitute::Participation, consultation::case_details::AskedExpert},
    web::kit::{
        form::{Choice, Fields},
        form_state::FormState,
        page::Shell,
        team_choice,
    },
};

#[derive(Template)]
#[template(path = "staff/replacement.html")]
struct ReplacementPage {
    shell: Shell,
    head: Head,
    typed: FormState,
    expert: AskedExpert,
    /// Whether the expert has a booked appointment, which the next expert would take over.
    booked: bool,
    /// Whether another expert can be asked in the same step.
    is_asked: bool,
    /// Whether the expert can be replaced or released now.
    possible: bool,
    candidates: Vec<Choice>,
    /// The people whose wish it may be.
    sayers: Vec<Choice>,
}

/// The way in which the center replaces an expert.
enum Replacement {
    /// The request is withdrawn or the expert released; another expert may be asked.
    Release(Successor),
    /// Another team takes over the booked appointment.
    Exchange(Participation, Vec<ExpertId>, SubstituteConsent),
}

#[get("/staff/consultations/{number}/experts/{assignment}")]
pub async fn show(open: Opened, path: Path<(String, Uuid)>) -> Result<HttpResponse, Problem> {
    render(open, AssignmentId(path.1), FormState::default()).await
}

#[post("/staff/consultations/{number}/experts/{assignment}")]
pub async fn submit(open: Opened, path: Path<(String, Uuid)>, form: Fields) -> Result<HttpResponse, Problem> {
    let id = AssignmentId(path.1);
    let expert = of(&open, id).await?;
    let mut typed = FormState::of(form);
    let Some(version) = typed.value(open.seen(&typed.form, None))? else {
        return render(open, id, typed).await;
    };
    let (replacement, reason) = read(&open, &expert, &mut typed).await?;
    if let (Some(replacement), true) = (replacement, typed.errors.is_empty()) {
        let (app, by) = (&open.app, stead::actor(&typed.form, open.me.id)?);
        let done = match (replacement, reason) {
            (Replacement::Exchange(participation, team, consent), _) => {
                ops::booking::substitute::ask_team(app, participation, &team, version, by, consent).await
            }
            (Replacement::Release(next), Some(reason)) => {
                ops::routing::replacement::release(app, id, Some(version), by, &reason, next).await
            }
            (Replacement::Release(_), None) => Err(Problem::Unreadable),
        };
        if typed.done(done)? {
            return Ok(open.back("担当の変更を記録しました。"));
        }
    }
    render(open.again().await?, id, typed).await
}

/// Reads what is to be done, with the reason for a release.
async fn read(
    open: &Opened,
    expert: &AskedExpert,
    typed: &mut FormState,
) -> Result<(Option<Replacement>, Option<TextLine>), Problem> {
    let team = team_choice::parse(typed.form.get("expert"));
    let vacancy =
        ops::routing::replacement::vacancy(&open.app, &open.case.record, &expert.assignment).await?;
    let action = typed.form.get("action").to_owned();
    let mut named = || {
        if team.is_none() {
            typed.errors.add("expert", "代わりの専門家を選択してください");
        }
        team.clone()
    };
    let replacement = match (&*action, &vacancy) {
        ("release", _) => Some(Replacement::Release(Successor::Later)),
        ("ask", None) => named().and_then(|it| successor(&it)).map(Replacement::Release),
        ("ask", Some(it)) => {
            named().map(|team| Replacement::Exchange(it.participation, team, SubstituteConsent::Asked))
        }
        ("settle", Some(it)) => {
            named().map(|team| Replacement::Exchange(it.participation, team, SubstituteConsent::Given))
        }
        _ => return Err(Problem::Unreadable),
    };
    let needs_reason = action == "release" || vacancy.is_none();
    let reason = needs_reason.then(|| TextLine::parse("理由", typed.form.get("reason"), 200));
    let reason = reason.and_then(|it| typed.errors.take("reason", it));
    Ok((replacement, reason))
}

async fn render(open: Opened, id: AssignmentId, mut typed: FormState) -> Result<HttpResponse, Problem> {
    let expert = of(&open, id).await?;
    stead::preset(&mut typed.form);
    let sayers = stead::sayers_of_release(expert.assignment.expert, &expert.name);
    let (app, record) = (&open.app, &open.case.record);
    let consultation = &record.consultation;
    let can = |action| consultation.allows(action, domain::actor::Party::Coordinator).is_ok();
    let vacancy = ops::routing::replacement::vacancy(app, record, &expert.assignment).await?;
    let booked = vacancy.is_some();
    let is_asked = can(ActionKind::ReleaseExpert) && consultation.state != State::Booked;
    let possible = expert.assignment.is_live()
        && !expert.assignment.is_asked_instead()
        && (booked || is_asked || keeps_acceptances(&consultation.state));
    let teams = match vacancy {
        Some(it) => it.teams(),
        None if possible && is_asked => {
            ops::routing::replacement::proposals(app, record, &expert.assignment).await?
        }
        None => Vec::new(),
    };
    let (_, roster) = app.programme_and_experts().await?;
    let candidates = teams.iter().map(|it| team_choice::choice(&roster, it, str::to_owned)).collect();
    open.page(typed, |shell, head, typed| ReplacementPage {
        shell,
        head,
        typed,
        expert,
        booked,
        is_asked,
        possible,
        candidates,
        sayers,
    })
}

/// Returns the team that was chosen as the successor of an expert without a booking.
fn successor(team: &[ExpertId]) -> Option<Successor> {
    match *team {
        [one] => Some(Successor::Expert(one)),
        [one, other] => Some(Successor::Pair([one, other])),
        _ => None,
    }
}
