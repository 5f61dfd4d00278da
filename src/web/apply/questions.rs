//! The three steps with questions: the topic, the company, and the contact.
use actix_web::{
    HttpRequest, HttpResponse, get,
    http::StatusCode,
    post,
    web::{Data, Path},
};
use askama::Template;
use domain::{
    field::Field,
    id::DraftId,
    intake::company::{Industry, Mode, Organization, TeleworkStatus},
};
use uuid::Uuid;

use super::{
    step::{Step, shown},
    writing::{open, opened_from, saved_path},
};
use crate::{
    app::App,
    ops,
    problem::Problem,
    store::reference::programme::Programme,
    web::kit::{
        form::{Choice, FieldErrors, Fields, prefectures},
        page::{self, Shell},
    },
};

#[derive(Template)]
#[template(path = "apply/topic.html")]
struct TopicPage {
    shell: Shell,
    step: Step,
    back: String,
    form: Fields,
    errors: FieldErrors,
    fields: Vec<Choice>,
    /// Each field that has themes: its code, its name and its themes.
    themes: Vec<(&'static str, &'static str, Vec<Choice>)>,
    modes: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "apply/company.html")]
struct CompanyPage {
    shell: Shell,
    step: Step,
    back: String,
    form: Fields,
    errors: FieldErrors,
    organizations: Vec<Choice>,
    prefectures: Vec<Choice>,
    industries: Vec<Choice>,
    statuses: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "apply/contact.html")]
struct ContactPage {
    shell: Shell,
    step: Step,
    back: String,
    form: Fields,
    errors: FieldErrors,
}

#[get("/apply/{draft}/{question:topic|company|contact}")]
pub async fn show(
    app: Data<App>,
    req: HttpRequest,
    shell: Shell,
    path: Path<(Uuid, String)>,
) -> Result<HttpResponse, Problem> {
    let (id, step) = draft_and_step(&path)?;
    let writing = match open(&app, &shell, id.0).await? {
        Ok(writing) => writing,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let question = Question { step, back: back(step, id, &req), programme: &*app.programme().await? };
    question.page(StatusCode::OK, shell, shown(&writing.draft.form), FieldErrors::default())
}

#[post("/apply/{draft}/{question:topic|company|contact}")]
pub async fn submit(
    app: Data<App>,
    req: HttpRequest,
    shell: Shell,
    path: Path<(Uuid, String)>,
    typed: Fields,
) -> Result<HttpResponse, Problem> {
    let (id, step) = draft_and_step(&path)?;
    if let Err(elsewhere) = open(&app, &shell, id.0).await? {
        return Ok(elsewhere);
    }
    let draft = ops::intake::apply::save(&app, id, |form| step.keep(&typed, form)).await?;
    if typed.has("action", "save") {
        return Ok(page::see_other(saved_path(id)));
    }
    let errors = step.mistakes(&draft.form);
    if errors.is_empty() {
        let next = opened_from(&req).unwrap_or(step.next());
        return Ok(page::see_other(next.path(id)));
    }
    let question = Question { step, back: back(step, id, &req), programme: &*app.programme().await? };
    question.page(StatusCode::UNPROCESSABLE_ENTITY, shell, shown(&draft.form), errors)
}

struct Question<'a> {
    step: Step,
    back: String,
    programme: &'a Programme,
}

impl Question<'_> {
    fn page(
        self,
        status: StatusCode,
        shell: Shell,
        form: Fields,
        errors: FieldErrors,
    ) -> Result<HttpResponse, Problem> {
        let Self { step, back, programme } = self;
        match step {
            Step::Topic => {
                let fields = fields();
                let themes = themes(programme);
                let modes = choices(&Mode::ALL, Mode::code, Mode::label);
                page::html_with(status, &TopicPage { shell, step, back, form, errors, fields, themes, modes })
            }
            Step::Company => page::html_with(
                status,
                &CompanyPage {
                    shell,
                    step,
                    back,
                    form,
                    errors,
                    organizations: choices(&Organization::ALL, Organization::code, Organization::label),
                    prefectures: prefectures(),
                    industries: choices(&Industry::ALL, Industry::code, Industry::label),
                    statuses: choices(&TeleworkStatus::ALL, TeleworkStatus::code, TeleworkStatus::label),
                },
            ),
            Step::Contact => page::html_with(status, &ContactPage { shell, step, back, form, errors }),
            Step::Slot | Step::Confirm => Err(Problem::NotFound),
        }
    }
}

fn draft_and_step(path: &(Uuid, String)) -> Result<(DraftId, Step), Problem> {
    let step = Step::from_code(&path.1).ok_or(Problem::NotFound)?;
    Ok((DraftId(path.0), step))
}

/// Returns the address of the page before: the page that opened the step, else the previous step.
fn back(step: Step, id: DraftId, req: &HttpRequest) -> String {
    let before = opened_from(req).or(step.previous());
    before.map_or_else(|| "/apply".to_owned(), |it| it.path(id))
}

fn fields() -> Vec<Choice> {
    let about = |field| match field {
        Field::Ict => "機器・セキュリティ・ツール",
        Field::Labor => "規則・労働時間・評価",
    };
    let choice = |it: Field| Choice::new(it.code(), format!("{}（{}）", it.label(), about(it)));
    Field::ALL.into_iter().map(choice).collect()
}

fn themes(programme: &Programme) -> Vec<(&'static str, &'static str, Vec<Choice>)> {
    let of = |field: Field| {
        let themes = programme.themes.iter().filter(|it| it.field == field);
        let choices: Vec<_> = themes.map(|it| Choice::new(it.code.clone(), it.label.clone())).collect();
        (field.code(), field.label(), choices)
    };
    Field::ALL.into_iter().map(of).filter(|(_, _, choices)| !choices.is_empty()).collect()
}

fn choices<T: Copy>(
    all: &[T],
    code: impl Fn(T) -> &'static str,
    label: impl Fn(T) -> &'static str,
) -> Vec<Choice> {
    all.iter().map(|&it| Choice::new(code(it), label(it))).collect()
}
