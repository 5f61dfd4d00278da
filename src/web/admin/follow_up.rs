//! The follow-up questions of each fiscal year. A change is shown with its effects before it is saved.
use actix_web::{
    HttpResponse, get,
    http::StatusCode,
    post,
    web::{Data, Path},
};
use askama::Template;
use chrono::{DateTime, Utc};
use domain::{
    aftercare::follow_up::{FollowUpStep, MOST_STEPS, PlanChange},
    calendar::japan_date,
    number::FiscalYear,
};
use uuid::Uuid;

use super::{Tab, follow_up_form as fields, tabs};
use crate::{
    app::App,
    ops::{self, aftercare::follow_up_programme::Replanned},
    problem::Problem,
    store::{self, aftercare::follow_up_programme::ProgrammeVersion},
    web::kit::{
        form::{Choice, FieldErrors, Fields},
        page::{self, Shell},
        session::Administrator,
    },
};

const HERE: &str = "/admin/follow-up";
/// The id that stands in addresses for a question that does not exist yet.
const NEW: &str = "new";
/// The most changes that are listed one by one.
const SHOWN: usize = 200;

#[derive(Template)]
#[template(path = "admin/follow_up.html")]
struct ListPage {
    shell: Shell,
    tabs: Vec<Tab>,
    year: FiscalYear,
    years: Vec<FiscalYear>,
    steps: Vec<FollowUpStep>,
    version: i32,
    history: Vec<ProgrammeVersion>,
    /// Why the last change was refused; empty if it was not.
    refused: String,
}

#[derive(Template)]
#[template(path = "admin/follow_up_step.html")]
struct EditPage {
    shell: Shell,
    tabs: Vec<Tab>,
    year: FiscalYear,
    /// The question's id in the address.
    id: String,
    /// Whether the administrator wrote the question; the shipped questions have a fixed text.
    is_custom: bool,
    form: Fields,
    errors: FieldErrors,
    units: Vec<Choice>,
    origins: Vec<Choice>,
    addressees: Vec<Choice>,
    conditions: Vec<Choice>,
    stops: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "admin/follow_up_preview.html")]
struct PreviewPage {
    shell: Shell,
    tabs: Vec<Tab>,
    year: FiscalYear,
    version: i32,
    /// The whole programme with the change applied, as JSON for the confirmation step.
    json: String,
    steps: Vec<FollowUpStep>,
    lines: Vec<Line>,
    /// The number of planned questions and of consultations that would change.
    questions: usize,
    consultations: usize,
}

/// One planned question that would change.
struct Line {
    number: String,
    company_name: String,
    label: String,
    old: Option<DateTime<Utc>>,
    new: Option<DateTime<Utc>>,
}

#[get("/admin/follow-up")]
pub async fn index(app: Data<App>, _: Administrator) -> Result<HttpResponse, Problem> {
    Ok(page::see_other(address(current(&app)?)))
}

#[get("/admin/follow-up/{year}")]
pub async fn show(
    app: Data<App>,
    shell: Shell,
    _: Administrator,
    path: Path<String>,
) -> Result<HttpResponse, Problem> {
    page::html(&list_page(&app, shell, year(&path)?, String::new()).await?)
}

#[get("/admin/follow-up/{year}/{step}")]
pub async fn edit(
    app: Data<App>,
    shell: Shell,
    _: Administrator,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (year, id) = (year(&path.0)?, path.1.as_str());
    let steps = app.programme().await?.follow_up(year);
    let step = named(&steps, id)?;
    page::html(&edit_page(shell, year, id, &step, fields::fill(&step), FieldErrors::default()))
}

/// Changes one step of the programme and shows the effects for confirmation.
#[post("/admin/follow-up/{year}/{step}")]
pub async fn change(
    app: Data<App>,
    shell: Shell,
    _: Administrator,
    path: Path<(String, String)>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let (year, id) = (year(&path.0)?, path.1.as_str());
    let programme = app.programme().await?;
    let mut steps = programme.follow_up(year);
    let at = steps.iter().position(|it| it.id == id);
    match (form.get("action"), at) {
        ("shipped", _) => steps = FollowUpStep::shipped(programme.settings(year)),
        ("remove", Some(_)) if steps.len() == 1 => {
            let refused = "質問を1件は残してください。".to_owned();
            let page = list_page(&app, shell, year, refused).await?;
            return page::html_with(StatusCode::CONFLICT, &page);
        }
        ("remove", Some(at)) => drop(steps.remove(at)),
        ("up", Some(at)) => steps.swap(at, at.saturating_sub(1)),
        ("down", Some(at)) => {
            let last = steps.len() - 1;
            steps.swap(at, (at + 1).min(last));
        }
        ("save", _) => {
            let step = named(&steps, id)?;
            let mut errors = FieldErrors::default();
            let parsed = fields::parse(&form, step.clone(), &mut errors);
            if at.is_none() && steps.len() >= MOST_STEPS {
                errors.add("label", format!("質問は{MOST_STEPS}件まで登録できます"));
            }
            let Some(parsed) = parsed.filter(|_| errors.is_empty()) else {
                return page::unprocessable(&edit_page(shell, year, id, &step, form, errors));
            };
            match at {
                Some(at) => steps[at] = parsed,
                None => steps.push(parsed),
            }
        }
        _ => return Err(Problem::Unreadable),
    }
    let replanned = ops::aftercare::follow_up_programme::preview(&app, year, &steps).await?;
    page::html(&PreviewPage {
        shell,
        tabs: tabs(HERE),
        year,
        version: programme.follow_up_version(year),
        json: serde_json::to_string(&steps)?,
        steps,
        questions: replanned.iter().map(|it| it.changes.len()).sum(),
        consultations: replanned.len(),
        lines: replanned.into_iter().flat_map(lines).take(SHOWN).collect(),
    })
}

#[post("/admin/follow-up/{year}")]
pub async fn take(
    app: Data<App>,
    shell: Shell,
    user: Administrator,
    path: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let year = year(&path)?;
    let version = form.get("version").parse().map_err(|_| Problem::Unreadable)?;
    let steps: Vec<FollowUpStep> =
        serde_json::from_str(form.get("steps")).map_err(|_| Problem::Unreadable)?;
    match ops::aftercare::follow_up_programme::take(&app, year, version, &steps, user.id).await {
        Ok(count) => {
            let message = format!("フォローアップを変更しました。予定の変わった質問は{count}件です。");
            Ok(page::see_other_with(address(year), &message))
        }
        Err(Problem::Stale) => {
            let refused = "ほかの管理者が先に更新しました。いまの内容を確認して、もう一度変更してください。";
            let page = list_page(&app, shell, year, refused.to_owned()).await?;
            page::html_with(StatusCode::CONFLICT, &page)
        }
        Err(Problem::Refused(refused)) => {
            let page = list_page(&app, shell, year, refused).await?;
            page::html_with(StatusCode::CONFLICT, &page)
        }
        Err(problem) => Err(problem),
    }
}

fn lines(it: Replanned) -> Vec<Line> {
    let Replanned { number, company_name, changes } = it;
    let line = |it: PlanChange| {
        let (label, old, new) = match it {
            PlanChange::Add { step, due_at } => (step.label, None, Some(due_at)),
            PlanChange::Move { step, from, due_at, .. } => (step.label, Some(from), Some(due_at)),
            PlanChange::Reword { step, due_at, .. } => (step.label, Some(due_at), Some(due_at)),
            PlanChange::Drop { label, from, .. } => (label, Some(from), None),
        };
        Line { number: number.to_string(), company_name: company_name.clone(), label, old, new }
    };
    changes.into_iter().map(line).collect()
}

fn edit_page(
    shell: Shell,
    year: FiscalYear,
    id: &str,
    step: &FollowUpStep,
    form: Fields,
    errors: FieldErrors,
) -> EditPage {
    EditPage {
        shell,
        tabs: tabs(HERE),
        year,
        id: id.to_owned(),
        is_custom: step.kind == domain::aftercare::follow_up::Kind::Custom,
        form,
        errors,
        units: fields::units(),
        origins: fields::origins(),
        addressees: fields::addressees(),
        conditions: fields::conditions(),
        stops: fields::stops(),
    }
}

async fn list_page(app: &App, shell: Shell, year: FiscalYear, refused: String) -> Result<ListPage, Problem> {
    let programme = app.programme().await?;
    let current = current(app)?;
    let years = [current.previous().ok(), Some(current), current.next().ok()];
    Ok(ListPage {
        shell,
        tabs: tabs(HERE),
        year,
        years: years.into_iter().flatten().collect(),
        steps: programme.follow_up(year),
        version: programme.follow_up_version(year),
        history: store::aftercare::follow_up_programme::history(&app.db, year).await?,
        refused,
    })
}

/// Returns the step of the programme with this id, or a new step for `NEW`.
fn named(steps: &[FollowUpStep], id: &str) -> Result<FollowUpStep, Problem> {
    if id == NEW {
        return Ok(fields::new(Uuid::new_v4().simple().to_string()));
    }
    steps.iter().find(|it| it.id == id).cloned().ok_or(Problem::NotFound)
}

fn current(app: &App) -> Result<FiscalYear, Problem> {
    Ok(FiscalYear::of(japan_date(app.clock.now())).map_err(anyhow::Error::from)?)
}

fn year(typed: &str) -> Result<FiscalYear, Problem> {
    typed.parse().ok().and_then(|it| FiscalYear::new(it).ok()).ok_or(Problem::NotFound)
}

fn address(year: FiscalYear) -> String {
    format!("{HERE}/{}", year.start_year())
}
