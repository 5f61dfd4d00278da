//! The request to experts who were chosen among the candidates.
use actix_web::{HttpResponse, post};
use domain::{actor::Actor, consultation::ActionKind, id::ExpertId};

use super::{candidates::chosen, case, case_tabs::View, opened::Opened};
use crate::{
    ops,
    problem::Problem,
    web::kit::{form::Fields, form_state::FormState},
};

#[post("/staff/consultations/{number}/request")]
pub async fn submit(open: Opened, form: Fields) -> Result<HttpResponse, Problem> {
    let mut typed = FormState::of(form);
    let experts = chosen(&typed.form);
    if experts.is_empty() {
        typed.errors.add("expert", "依頼する専門家を選択してください");
    }
    let version = typed.value(open.seen(&typed.form, Some(ActionKind::RequestExperts)))?;
    if let Some(version) = version.filter(|_| typed.errors.is_empty()) {
        let by = Actor::Coordinator(open.me.id);
        let experts: Vec<_> = experts.into_iter().collect();
        let done = ops::routing::assignment::request(&open.app, open.id(), version, by, &experts).await;
        if typed.done(done)? {
            return requested(open.again().await?, &experts).await;
        }
    }
    case::render(open.again().await?, View::Candidates, typed).await
}

/// Leads back to the case, with the sentence that names the experts who were asked and their deadline.
async fn requested(open: Opened, experts: &[ExpertId]) -> Result<HttpResponse, Problem> {
    let (_, roster) = open.app.programme_and_experts().await?;
    let names: Vec<_> = experts.iter().map(|&it| format!("{}さん", roster.name(it))).collect();
    let due = open.case.record.due.as_ref().and_then(domain::due::Due::at);
    let due = due.map(|it| format!("回答期限は{}です。", domain::wording::month_day_time(it)));
    Ok(open.back(&format!("{}に依頼しました。{}", names.join("、"), due.unwrap_or_default())))
}
