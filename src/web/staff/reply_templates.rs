//! The reply templates from which messages begin.
use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use domain::{
    actor::Role,
    correspondence::reply_template::{self, ReplyVariable},
    id::{AccountId, ReplyTemplateId},
    text::{Prose, TextLine},
};
use uuid::Uuid;

use crate::{
    app::App,
    ops,
    problem::Problem,
    store::{self, correspondence::reply_template::ReplyTemplate},
    web::kit::{
        form::Fields,
        form_state::FormState,
        page::{self, Shell},
        session::AnyStaff,
    },
};

const HERE: &str = "/staff/templates";
/// The length of the longest template, in characters; the same as for messages.
const LONGEST: usize = 2000;

#[derive(Template)]
#[template(path = "staff/reply_templates.html")]
struct TemplatesPage {
    shell: Shell,
    templates: Vec<ReplyTemplate>,
    typed: FormState,
    /// The template that the form changes; `None` if the form creates one.
    changed: Option<ReplyTemplateId>,
}

#[get("/staff/templates")]
pub async fn show(
    app: Data<App>,
    shell: Shell,
    who: AnyStaff,
    req: actix_web::HttpRequest,
) -> Result<HttpResponse, Problem> {
    writer(&who)?;
    let query = Fields::of_query(&req);
    let templates = store::correspondence::reply_template::all(&app.db).await?;
    let changed = templates.into_iter().find(|it| it.id.to_string() == query.get("change"));
    let id = changed.as_ref().map(|it| it.id);
    let form = changed.map(|it| Fields::from_iter([("name", it.name), ("body", it.body)]));
    render(&app, shell, FormState::of(form.unwrap_or_default()), id).await
}

#[post("/staff/templates")]
pub async fn add(app: Data<App>, shell: Shell, who: AnyStaff, form: Fields) -> Result<HttpResponse, Problem> {
    save(&app, shell, &who, form, None).await
}

#[post("/staff/templates/{id}")]
pub async fn change(
    app: Data<App>,
    shell: Shell,
    who: AnyStaff,
    id: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    save(&app, shell, &who, form, Some(parse(&id)?)).await
}

#[post("/staff/templates/{id}/remove")]
pub async fn remove(app: Data<App>, who: AnyStaff, id: Path<String>) -> Result<HttpResponse, Problem> {
    writer(&who)?;
    ops::correspondence::reply_template::remove(&app, parse(&id)?).await?;
    Ok(page::see_other_with(HERE, "ひな形を削除しました。"))
}

async fn save(
    app: &App,
    shell: Shell,
    who: &AnyStaff,
    form: Fields,
    id: Option<ReplyTemplateId>,
) -> Result<HttpResponse, Problem> {
    let by = writer(who)?;
    let mut typed = FormState::of(form);
    let (form, errors) = (&typed.form, &mut typed.errors);
    let name = errors.take("name", TextLine::parse("ひな形の名前", form.get("name"), 60));
    let body = errors.take("body", Prose::parse("本文", form.get("body"), LONGEST));
    if let Some(name) = reply_template::unknown(form.get("body")) {
        errors.add("body", format!("「{{{name}}}」は使えません。下の一覧にある差込み項目を使ってください"));
    }
    if let (Some(name), Some(body), true) = (name, body, errors.is_empty()) {
        if ops::correspondence::reply_template::save(app, id, &name, &body, by).await?.is_some() {
            return Ok(page::see_other_with(HERE, &format!("ひな形「{name}」を保存しました。")));
        }
        errors.add("name", "同じ名前のひな形があります。別の名前にしてください");
    }
    render(app, shell, typed, id).await
}

async fn render(
    app: &App,
    shell: Shell,
    typed: FormState,
    changed: Option<ReplyTemplateId>,
) -> Result<HttpResponse, Problem> {
    let templates = store::correspondence::reply_template::all(&app.db).await?;
    page::html_with(typed.status(), &TemplatesPage { shell, templates, typed, changed })
}

/// Returns the account, if its role may edit templates: coordinators use them, and administrators maintain
/// them.
fn writer(who: &AnyStaff) -> Result<AccountId, Problem> {
    match who.account.role {
        Role::Coordinator | Role::Administrator => Ok(who.account.id),
        Role::Expert | Role::Desk | Role::Observer | Role::Editor => Err(Problem::Forbidden),
    }
}

fn parse(id: &str) -> Result<ReplyTemplateId, Problem> {
    Uuid::parse_str(id).map(ReplyTemplateId).map_err(|_| Problem::NotFound)
}

impl TemplatesPage {
    fn action(&self) -> String {
        self.changed.map_or_else(|| HERE.to_owned(), |it| format!("{HERE}/{it}"))
    }

    fn variables() -> String {
        ReplyVariable::ALL.map(|it| format!("{{{it}}}")).join("　")
    }
}
