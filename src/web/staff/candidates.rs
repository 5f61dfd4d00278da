//! The experts who can be asked for a consultation, those who cannot, and the reasons.
use std::collections::BTreeSet;

use actix_web::HttpResponse;
use askama::Template;
use domain::{
    booking::availability::Slot,
    field::Fields as Wanted,
    id::ExpertId,
    prefecture::Prefecture,
    routing::{Eligibility, ReasonFor, rank},
};
use uuid::Uuid;

use super::case_head::{self, Head};
use crate::{
    app::App,
    ops,
    problem::Problem,
    store::routing::expert::Roster,
    web::kit::{
        form::Fields,
        form_state::FormState,
        page::{self, Shell},
    },
};

/// How many candidates are shown before the rest is folded away.
const FIRST: usize = 10;

#[derive(Template)]
#[template(path = "staff/candidates.html")]
struct Candidates {
    shell: Shell,
    head: Head,
    typed: FormState,
    /// The time that is held for the company.
    slot: Option<Slot>,
    both: bool,
    /// The fields for which experts are to be asked.
    wanted: Wanted,
    first: Vec<Person>,
    rest: Vec<Person>,
    out: Vec<Person>,
    /// The names of the team that is ranked first.
    best: Vec<String>,
}

struct Person {
    id: String,
    name: String,
    covers: &'static str,
    home: &'static str,
    /// Each sentence, with the address at which the missing value is entered; empty if nothing is missing.
    sentences: Vec<(String, String)>,
    chosen: bool,
}

/// Shows the candidates for a consultation for which experts can be asked.
pub async fn render(app: &App, shell: Shell, head: Head, typed: FormState) -> Result<HttpResponse, Problem> {
    let status = typed.status();
    let (offers, slot) = ops::routing::assignment::candidates(app, &head.case.record).await?;
    let (_, roster) = app.programme_and_experts().await?;
    let wanted = ops::routing::assignment::fields_to_ask(&app.db, &head.case.record).await?;
    let best: Vec<_> =
        offers.teams(slot).next().unwrap_or_default().into_iter().map(|it| it.expert).collect();
    let picked = chosen(&typed.form);
    let picked = if picked.is_empty() { best.iter().copied().collect() } else { picked };
    let path = head.at("");
    let all = offers.candidates(slot);
    let mut first: Vec<_> = rank(&all)
        .into_iter()
        .map(|it| person(&roster, it.expert, &it.eligibility, &picked, &path))
        .collect();
    let rest = first.split_off(first.len().min(FIRST));
    let out = all
        .iter()
        .filter(|it| !it.is_in())
        .map(|it| person(&roster, it.expert, &it.eligibility, &picked, &path))
        .collect();
    let best = best.iter().map(|&it| roster.name(it).to_owned()).collect();
    let both = wanted == Wanted::Both;
    page::html_with(status, &Candidates { shell, head, typed, slot, both, wanted, first, rest, out, best })
}

fn person(
    roster: &Roster,
    id: ExpertId,
    eligibility: &Eligibility,
    picked: &BTreeSet<ExpertId>,
    path: &str,
) -> Person {
    let profile = roster.get(id);
    let (covers, sentences) = match eligibility {
        Eligibility::In { covers, reasons, .. } => {
            (*covers, reasons.iter().map(|it| (it.sentence(), entered_at(*it, path))).collect())
        }
        Eligibility::Out { reasons } => (
            profile.map_or(Wanted::Both, |it| it.fields),
            reasons.iter().map(|it| (it.sentence(), String::new())).collect(),
        ),
    };
    Person {
        id: id.to_string(),
        name: roster.name(id).to_owned(),
        covers: covers.label(),
        home: profile.and_then(|it| it.home).map(Prefecture::short_name).unwrap_or_default(),
        sentences,
        chosen: picked.contains(&id),
    }
}

/// Returns the address at which the value is entered that a reason names as missing; empty if none is.
pub fn entered_at(reason: ReasonFor, path: &str) -> String {
    reason.missing().map(|it| case_head::entered_at(path, it)).unwrap_or_default()
}

/// Returns the experts who are ticked.
pub fn chosen(form: &Fields) -> BTreeSet<ExpertId> {
    form.all("expert").filter_map(|it| Uuid::try_parse(it).ok()).map(ExpertId).collect()
}
