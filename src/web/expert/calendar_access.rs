//! Changing the address or login of one external calendar, without typing the rest again.
use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use codes::CalendarKind;
use domain::text::{TextLine, optional};
use uuid::Uuid;

use super::calendars::{LONGEST_LOGIN, PAGE};
use crate::{
    app::App,
    fetch::{self, Failed},
    ops::{
        self,
        calendars::external::{AccessChange, CalendarError},
    },
    problem::Problem,
    store::calendars::external::{self, Source},
    web::kit::{
        form::{FieldErrors, Fields},
        page::{self, Shell},
        session::ExpertUser,
    },
};

#[derive(Template)]
#[template(path = "expert/calendar_access.html")]
struct AccessPage {
    shell: Shell,
    form: Fields,
    errors: FieldErrors,
    name: String,
    host: String,
    /// Whether a user and a password belong to the address.
    has_login: bool,
}

#[get("/expert/calendars/{id}/access")]
pub async fn show(
    app: Data<App>,
    expert: ExpertUser,
    shell: Shell,
    id: Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let source = own(&app, &expert, *id).await?;
    page::html(&page_of(shell, source, Fields::default(), FieldErrors::default()))
}

#[post("/expert/calendars/{id}/access")]
pub async fn submit(
    app: Data<App>,
    expert: ExpertUser,
    shell: Shell,
    id: Path<Uuid>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let source = own(&app, &expert, *id).await?;
    let mut errors = FieldErrors::default();
    let change = parse(&form, &mut errors);
    if errors.is_empty() {
        match ops::calendars::external::change(&app, expert.id, *id, change).await? {
            Ok(()) => {
                return Ok(page::see_other_with(PAGE, "接続先を変更し、カレンダーを読み込みました。"));
            }
            Err(trouble @ CalendarError::Failed(Failed::NotLetIn)) if source.kind == CalendarKind::CalDav => {
                errors.add("password", trouble.to_string());
            }
            Err(trouble) => errors.add("url", trouble.to_string()),
        }
    }
    page::unprocessable(&page_of(shell, source, form, errors))
}

/// Parses the form; a value that is left empty stays as it is.
fn parse(form: &Fields, errors: &mut FieldErrors) -> AccessChange {
    let url = errors.take("url", optional(form.get("url"), fetch::address)).flatten();
    let user = optional(form.get("user"), |it| TextLine::parse("ユーザー名", it, LONGEST_LOGIN));
    let user = errors.take("user", user).flatten().map(String::from);
    let password = Some(form.get("password").to_owned()).filter(|it| !it.is_empty());
    if password.as_ref().is_some_and(|it| it.len() > LONGEST_LOGIN) {
        errors.add("password", "パスワードは200文字以内で入力してください");
    }
    if errors.is_empty() && url.is_none() && user.is_none() && password.is_none() {
        errors.add("url", "変更する項目を入力してください");
    }
    AccessChange { url, user, password }
}

async fn own(app: &App, expert: &ExpertUser, id: Uuid) -> Result<Source, Problem> {
    let found = external::find(&app.db, id).await?;
    found.filter(|it| it.expert_id == expert.id.0).ok_or(Problem::NotFound)
}

fn page_of(shell: Shell, source: Source, form: Fields, errors: FieldErrors) -> AccessPage {
    let has_login = source.kind == CalendarKind::CalDav;
    AccessPage { shell, form, errors, name: source.name, host: source.host, has_login }
}
