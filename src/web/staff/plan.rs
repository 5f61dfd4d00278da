//! Routing of all waiting consultations together: the plan, and accepting all or some of its lines.
use actix_web::{HttpResponse, get, http::StatusCode, post, web::Data};
use askama::Template;
use domain::{
    actor::Actor,
    id::{ConsultationId, ExpertId},
    wording,
};
use uuid::Uuid;

use super::candidates::entered_at;
use crate::{
    app::App,
    ops::{self, routing::plan::MOST},
    problem::Problem,
    store::{
        consultation::Record,
        intake::told_apart::{ToldApart, told_apart},
        routing::expert::Roster,
    },
    url,
    web::kit::{
        form::Fields,
        form_state::sentence,
        page::{self, Shell},
        session::Coordinator,
    },
};

/// The number of lines on one page; further lines follow when these are accepted.
const SHOWN: usize = 200;

#[derive(Template)]
#[template(path = "staff/plan.html")]
struct PlanPage {
    shell: Shell,
    lines: Vec<Line>,
    left: Vec<Left>,
    /// The number of lines that are not shown.
    more: usize,
    is_cut: bool,
    /// The number of lines just accepted; the refused ones are listed with their reasons.
    taken: usize,
    refused: Vec<Refused>,
    nothing_chosen: bool,
    /// The mean waiting time of the lines, in business days with one decimal.
    mean_wait: String,
    experts: usize,
}

struct Line {
    /// The consultation, version and experts, as the form sends them back.
    value: String,
    case: Head,
    at: String,
    is_chosen: bool,
    ahead: u32,
    team: Vec<Person>,
    chosen: bool,
}

struct Person {
    name: String,
    field: Option<&'static str>,
    /// Each reason, with whether it needs attention.
    /// Each sentence, with the address at which the missing value is entered; empty if nothing is missing.
    reasons: Vec<(String, String)>,
}

struct Left {
    case: Head,
    eligible: usize,
}

struct Refused {
    case: Head,
    why: String,
}

struct Head {
    href: String,
    number: String,
    company: String,
    received: String,
    fields: &'static str,
    place: &'static str,
}

#[get("/staff/plan")]
pub async fn show(app: Data<App>, _me: Coordinator, shell: Shell) -> Result<HttpResponse, Problem> {
    render(&app, shell, 0, Vec::new(), None).await
}

#[post("/staff/plan")]
pub async fn submit(
    app: Data<App>,
    me: Coordinator,
    shell: Shell,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let mut taken = 0;
    let mut refused = Vec::new();
    let chosen: Vec<_> = form.all("line").filter_map(parse).collect();
    for line in &chosen {
        // Each line is requested by itself, so that a line that became impossible does not stop the others.
        let by = Actor::Coordinator(me.id);
        match ops::routing::assignment::request(&app, line.id, line.version, by, &line.experts).await {
            Ok(()) => taken += 1,
            Err(problem) => {
                let record = crate::store::consultation::find(&app.db, line.id).await?;
                let why = sentence(problem)?;
                refused.extend(record.map(|it| Refused { case: head(&it, &ToldApart::default()), why }));
            }
        }
    }
    if taken > 0 && refused.is_empty() {
        let flash = format!("{taken}件の担当を専門家に依頼しました。");
        return Ok(page::see_other_with("/staff/plan", &flash));
    }
    render(&app, shell, taken, refused, Some(&form)).await
}

async fn render(
    app: &App,
    shell: Shell,
    taken: usize,
    refused: Vec<Refused>,
    form: Option<&Fields>,
) -> Result<HttpResponse, Problem> {
    let plan = ops::routing::plan::make(app).await?;
    let (_, roster) = app.programme_and_experts().await?;
    let total = plan.lines.len();
    let ahead: u32 = plan.lines.iter().map(|it| it.ahead).sum();
    let mut experts: Vec<_> = plan.lines.iter().flat_map(|it| &it.team).map(|it| it.expert).collect();
    experts.sort_unstable();
    experts.dedup();
    let nothing_chosen = form.is_some() && taken == 0 && refused.is_empty();
    let status = match (refused.is_empty(), nothing_chosen) {
        (false, _) => StatusCode::CONFLICT,
        (true, true) => StatusCode::UNPROCESSABLE_ENTITY,
        (true, false) => StatusCode::OK,
    };
    // After a refusal, the coordinator's choice is kept; at first, every line is chosen.
    let kept = form.map(|it| it.all("line").filter_map(parse).map(|it| it.id).collect::<Vec<_>>());
    let records = plan.lines.iter().map(|it| &it.record).chain(plan.left.iter().map(|it| &it.record));
    let companies = told_apart(&app.db, records.map(|it| it.number)).await?;
    let lines = plan.lines.into_iter().take(SHOWN).map(|it| {
        let chosen = kept.as_ref().is_none_or(|ids| ids.contains(&it.record.consultation.id));
        line(it, &roster, &companies, chosen)
    });
    page::html_with(
        status,
        &PlanPage {
            shell,
            lines: lines.collect(),
            more: total.saturating_sub(SHOWN),
            is_cut: u64::try_from(total + plan.left.len()).is_ok_and(|it| it >= MOST),
            left: plan
                .left
                .into_iter()
                .take(SHOWN)
                .map(|it| Left { case: head(&it.record, &companies), eligible: it.eligible })
                .collect(),
            taken,
            refused,
            nothing_chosen,
            mean_wait: mean(ahead, total),
            experts: experts.len(),
        },
    )
}

fn line(
    it: ops::routing::plan::PlannedRequest,
    roster: &Roster,
    companies: &ToldApart,
    chosen: bool,
) -> Line {
    let experts: Vec<_> = it.team.iter().map(|it| it.expert.to_string()).collect();
    let several = it.team.len() > 1;
    let path = crate::url::staff(&it.record.number);
    let person = |member: ops::booking::slot_offers::TeamMember| Person {
        name: roster.name(member.expert).to_owned(),
        field: several.then(|| member.fields.label()),
        reasons: member.reasons.iter().map(|it| (it.sentence(), entered_at(*it, &path))).collect(),
    };
    let at = it.slot.start();
    Line {
        value: format!("{}:{}:{}", it.record.consultation.id, it.record.version, experts.join(",")),
        case: head(&it.record, companies),
        at: if it.is_chosen { wording::month_day_time(at) } else { wording::month_day_weekday(at) },
        is_chosen: it.is_chosen,
        ahead: it.ahead,
        team: it.team.into_iter().map(person).collect(),
        chosen,
    }
}

fn head(record: &Record, companies: &ToldApart) -> Head {
    Head {
        href: url::staff(&record.number),
        number: record.number.to_string(),
        company: companies.name(&record.number, &record.company_name),
        received: wording::table_date(record.received_at),
        fields: record.consultation.fields.label(),
        place: record.prefecture.map_or("所在地未登録", domain::prefecture::Prefecture::short_name),
    }
}

fn mean(sum: u32, n: usize) -> String {
    let tenths = usize::try_from(sum).unwrap_or_default() * 10 / n.max(1);
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// One line of the plan as the form sent it.
struct Chosen {
    id: ConsultationId,
    version: i32,
    experts: Vec<ExpertId>,
}

fn parse(value: &str) -> Option<Chosen> {
    let mut parts = value.split(':');
    let id = ConsultationId(Uuid::try_parse(parts.next()?).ok()?);
    let version = parts.next()?.parse().ok()?;
    let experts = parts.next()?.split(',').map(|it| Uuid::try_parse(it).ok().map(ExpertId));
    Some(Chosen { id, version, experts: experts.collect::<Option<_>>()? })
}
